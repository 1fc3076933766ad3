// Which rows are shown. The fields are those of analysis/result.py, Selection, with the same meaning; `words` and `having` are the page's own.

const CODE_FIELDS = {
  persons: "person",
  identifiers: "identifier",
  channels: "channel",
  kinds: "kind",
  directions: "direction",
  statuses: "status",
  sources: "source",
  bases: "basis",
  clocks: "clock",
  corrections: "correction",
  differing: "differing",
  left_out: "left_out",
  categories: "categories",
  rules: "same_rule",
  suggested: "maybe_rule",
};
const MARKS = { items: "item", sessions: "opens_session", unanswered: "unanswered", repeated: "repeated", corroborated: "corroborated" };
const LISTS = [...Object.keys(CODE_FIELDS), "hours", "weekdays", "ids"];
const SEARCHED_CODES = ["sender_written", "recipients_written", "identifier", "name_written", "thread", "flags", "categories", "channel", "kind", "status"];
const SEARCHED_TEXTS = ["text", "subject", "attachments", "place_written", "note", "at"];
const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

// What the list "Show" offers beside the marks: words, and a test of one row.
const HAVING = {
  remarks: ["with remarks", (rows, row) => rows.say("flags", row) !== ""],
  attachments: ["with attachments", (rows, row) => rows.say("attachments", row) !== ""],
  assumed: ["with a time that is not given by the source", (rows, row) => !["given", ""].includes(rows.say("basis", row))],
  differing: ["with clocks that differ", (rows, row) => rows.say("differing", row) !== ""],
  repeats: ["repeats of another record", (rows, row) => (rows.columns.same_as?.[row] ?? -1) >= 0],
  suggested: ["that may repeat another record", (rows, row) => rows.say("maybe_rule", row) !== ""],
  excluded: ["excluded in the review", (rows, row) => rows.is("excluded", row)],
  notes: ["with a reviewer's note", (rows, row) => rows.say("note", row) !== ""],
};

function noFilter() {
  const filter = { start: "", end: "", first_id: "", last_id: "", words: "", having: "" };
  for (const name of LISTS) filter[name] = [];
  for (const name of Object.keys(MARKS)) filter[name] = false;
  return filter;
}

// "persons=P2&directions=in&items=1" as Selection.query writes it.
function filterFrom(query) {
  const filter = noFilter();
  for (const part of query.split("&").filter(Boolean)) {
    const cut = part.indexOf("=");
    const name = part.slice(0, cut);
    const value = decodeURIComponent(part.slice(cut + 1));
    if (LISTS.includes(name)) filter[name].push(value);
    else if (name in MARKS) filter[name] = true;
    else if (name in filter) filter[name] = value;
    else throw new Error(`unknown filter: ${name}`); // a number must never show other rows than it counts
  }
  return filter;
}

function matching(rows, filter) {
  const { count, columns, values } = rows;
  const keep = new Uint8Array(count).fill(1);
  const only = (test) => {
    for (let row = 0; row < count; row++) if (keep[row] && !test(row)) keep[row] = 0;
  };
  for (const [field, column] of Object.entries(CODE_FIELDS)) {
    if (!filter[field].length) continue;
    // A row may have several categories, in one text; of everything else it has one.
    const parts = (value) => (field === "categories" ? value.split(" ") : [value]);
    const allowed = (values[column] ?? [""]).map((value) => parts(value).some((part) => filter[field].includes(part)));
    const codes = columns[column];
    only(codes ? (row) => allowed[codes[row]] : () => allowed[0]);
  }
  for (const [field, column] of Object.entries(MARKS)) if (filter[field]) only((row) => columns[column][row]);
  if (filter.start) {
    const first = dayOf(filter.start);
    only((row) => columns.day[row] !== NO_DAY && columns.day[row] >= first);
  }
  if (filter.end) {
    const last = dayOf(filter.end);
    only((row) => columns.day[row] !== NO_DAY && columns.day[row] <= last);
  }
  if (filter.hours.length) {
    const hours = new Set(filter.hours.map(Number));
    only((row) => hours.has(rows.hours[row]));
  }
  if (filter.weekdays.length) {
    const weekdays = new Set(filter.weekdays.map(Number));
    only((row) => weekdays.has(rows.weekday(row)));
  }
  if (filter.ids.length) {
    const ids = new Set(filter.ids.map((id) => parseInt(id, 16)));
    only((row) => ids.has(rows.idNumber(row)));
  }
  if (filter.first_id) {
    const first = rows.rowOf(filter.first_id);
    only((row) => first >= 0 && row >= first);
  }
  if (filter.last_id) {
    const last = rows.rowOf(filter.last_id);
    only((row) => row <= last);
  }
  if (filter.having) {
    const test = HAVING[filter.having][1];
    only((row) => test(rows, row));
  }
  if (filter.words.trim()) {
    const found = searched(rows, filter.words.trim());
    only((row) => found[row]);
  }
  let kept = 0;
  for (let row = 0; row < count; row++) kept += keep[row];
  const shown = new Uint32Array(kept);
  for (let row = 0, at = 0; row < count; row++) if (keep[row]) shown[at++] = row;
  return shown;
}

// Rows that hold these words, wherever: in the text, a name, a number however it is spaced, a place in a file, or the event's id.
function searched(rows, words) {
  const sought = folded(words);
  const found = new Uint8Array(rows.count);
  const digits = /^[+\d\s()-]+$/.test(words) ? words.replace(/\D/g, "").replace(/^(0|44)/, "") : "";
  const matches = (text) => folded(text).includes(sought) || (digits.length > 4 && text.replace(/\D/g, "").includes(digits));
  const mark = (column, test) => {
    const hits = rows.values[column]?.map(test) ?? [];
    const codes = rows.columns[column];
    if (hits.some(Boolean)) for (let row = 0; row < rows.count; row++) if (hits[codes[row]]) found[row] = 1;
  };
  for (const column of SEARCHED_CODES) mark(column, matches);
  mark("sender", (key) => matches(rows.person(key)));
  mark("recipients", (keys) => keys.split(" ").some((key) => matches(rows.person(key))));
  for (const column of SEARCHED_TEXTS) rows.columns[column]?.search(sought, found);
  if (/^[0-9a-f]{4,12}$/.test(sought)) {
    const least = parseInt(sought.padEnd(12, "0"), 16);
    const most = parseInt(sought.padEnd(12, "f"), 16);
    for (let row = 0; row < rows.count; row++) {
      const id = rows.idNumber(row);
      if (id >= least && id <= most) found[row] = 1;
    }
  }
  return found;
}

// One entry for each restriction: its words, and the filter without it.
function chipsOf(rows, filter, labels) {
  const chips = [];
  const chip = (words, without) => chips.push({ words, without: { ...filter, ...without } });
  const said = (field, value) => labels[field]?.[value] ?? (value === "" ? "not given" : value);
  const listed = (name, title, say) => {
    const all = filter[name];
    if (!all.length) return;
    const some = all.length > 6 ? `${all.slice(0, 5).map(say).join(", ")} and ${all.length - 5} more` : all.map(say).join(", ");
    chip(`${title}: ${some}`, { [name]: [] });
  };
  if (filter.words) chip(`Words: “${filter.words}”`, { words: "" });
  listed("persons", "Other party", (key) => (key ? rows.person(key) : "nobody named"));
  listed("identifiers", "Identifier", (value) => value || "none");
  listed("channels", "Channel", (value) => said("channels", value));
  listed("kinds", "Kind", (value) => said("kinds", value));
  listed("directions", "Direction", (value) => said("directions", value));
  listed("statuses", "Status", (value) => said("statuses", value));
  listed("sources", "Source", (key) => rows.names.sources[key]?.label ?? key);
  listed("bases", "Time", (value) => said("bases", value));
  listed("categories", "Recorded category", (code) => code);
  listed("clocks", "Clock", (value) => value || "none");
  listed("corrections", "Correction", (value) => value.replace("-", " ") || "none");
  listed("differing", "Clock that differs", (value) => value || "none");
  listed("left_out", "Not counted", (value) => (value ? value : "(counted)"));
  listed("rules", "Repeats by the rule", (value) => value || "none");
  listed("suggested", "May repeat by the rule", (value) => value || "none");
  if (filter.start && filter.start === filter.end) chip(`On ${dateOf(dayOf(filter.start))}`, { start: "", end: "" });
  else {
    if (filter.start) chip(`From ${dateOf(dayOf(filter.start))}`, { start: "" });
    if (filter.end) chip(`To ${dateOf(dayOf(filter.end))}`, { end: "" });
  }
  listed("hours", "Hour", (hour) => (Number(hour) < 0 ? "not known" : `${String(hour).padStart(2, "0")}:00–${String(hour).padStart(2, "0")}:59`));
  listed("weekdays", "Day of the week", (day) => WEEKDAYS[day] ?? "not known");
  if (filter.items) chip("Counted as contact", { items: false });
  if (filter.sessions) chip("First item of each session", { sessions: false });
  if (filter.unanswered) chip("No reply within a day", { unanswered: false });
  if (filter.repeated) chip("In more than one source", { repeated: false });
  if (filter.corroborated) chip("In an independent source too", { corroborated: false });
  if (filter.first_id || filter.last_id) chip(`From event ${filter.first_id || "the first"} to event ${filter.last_id || "the last"}`, { first_id: "", last_id: "" });
  if (filter.ids.length) chip(filter.ids.length === 1 ? `Event ${filter.ids[0]}` : `${filter.ids.length.toLocaleString("en-GB")} events, named one by one`, { ids: [] });
  if (filter.having) chip(`Only: ${HAVING[filter.having][0]}`, { having: "" });
  return chips;
}

// On how many different days these rows fall; the rows are in order of time.
function daysOf(rows, shown) {
  const { day } = rows.columns;
  const seen = new Set();
  for (const row of shown) if (day[row] !== NO_DAY) seen.add(day[row]);
  return seen.size;
}
