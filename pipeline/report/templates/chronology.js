// The chronology: filters, rows, details, printing. Evidence reaches the page as textContent only.

const PRINTED = 1000;
const DIRECTIONS = { in: "to the client", out: "from the client", "": "direction not stated" };
const BASES = {
  given: "given by the source",
  "assumed zone": "written without a zone; UK time assumed",
  "ambiguous hour": "in the hour that happens twice when the clocks go back; nothing settles which, the first is assumed",
  "hour settled by file order": "in the hour that happens twice when the clocks go back; settled by the order of the file",
  "corrected clock": "by a clock that was checked and is corrected as case.toml says",
  "skipped hour": "in the hour that does not exist when the clocks go forward",
};
const PRECISIONS = { subsecond: "to the second", second: "to the second", minute: "to the minute", hour: "to the hour", day: "day only", about: "about" };
const LABELS = { directions: DIRECTIONS, bases: BASES };

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== "" && child != null));
  return element;
}

// Words of the evidence, held apart from the direction of the text around them.
const quoted = (text, tag = "bdi") => make(tag, "", text);

function lengthOf(seconds) {
  if (seconds === null) return "";
  if (seconds < 60) return `${Math.round(seconds)}\u00a0s`;
  return `${Math.floor(seconds / 60)}\u00a0min ${Math.floor(seconds % 60)}\u00a0s`;
}

class Chronology {
  constructor(rows) {
    this.rows = rows;
    this.filter = noFilter();
    this.origin = null;
    this.open = new Set();
    this.form = document.getElementById("filters");
    this.chips = document.getElementById("chips");
    this.said = document.getElementById("shown");
    this.grid = document.getElementById("grid");
    this.list = new RowList(this.grid, document.getElementById("sizer"), document.getElementById("drawn"), (row) => this.row(row));
    this.fillChoices();
    this.listen();
    this.apply(this.filter);
  }

  fillChoices() {
    const seen = (column) => this.rows.values[column] ?? [];
    const offer = (name, pairs) => {
      const select = this.form.elements[name];
      for (const [value, words] of pairs) select.append(new Option(words, value));
    };
    const order = Object.keys(this.rows.names.persons);
    const persons = seen("person").filter((key) => key).sort((a, b) => order.indexOf(a) - order.indexOf(b));
    offer("persons", [...persons.map((key) => [key, this.rows.person(key)]), ["\u0000", "nobody named"]]);
    for (const [name, column] of [["channels", "channel"], ["kinds", "kind"], ["directions", "direction"]]) {
      offer(name, seen(column).filter((value) => value).map((value) => [value, LABELS[name]?.[value] ?? value]));
    }
    const marks = [["items", "counted as contact"], ["sessions", "first of each session"], ["unanswered", "no reply within a day"], ["repeated", "in more than one source"], ["corroborated", "in an independent source too"]];
    offer("show", [...marks, ...seen("left_out").filter(Boolean).map((value) => [`left_out ${value}`, `not counted: ${value}`]), ...Object.entries(HAVING).map(([key, [words]]) => [`having ${key}`, words])]);
  }

  listen() {
    let waiting;
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => this.apply(this.fromForm()), 120);
    });
    document.getElementById("clear").addEventListener("click", () => this.apply(noFilter()));
    document.getElementById("back").addEventListener("click", () => this.goBack());
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.grid.addEventListener("click", (event) => {
      const element = event.target.closest("[data-place]");
      if (!element || event.target.closest("a, .more") || String(window.getSelection())) return;
      this.list.active = Number(element.id.slice(4));
      this.toggle(this.list.active);
    });
    window.addEventListener("beforeprint", () => this.print());
    window.addEventListener("hashchange", () => this.follow());
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.('a[href^="#rows"]');
      if (!link) return;
      this.origin = link;
      if (link.getAttribute("href") === location.hash) this.follow(); // the same number again: no hashchange
    });
    this.follow();
  }

  // A link to rows: #rows?persons=P2&...
  follow() {
    if (!location.hash.startsWith("#rows?") && location.hash !== "#rows") return;
    this.select(location.hash.slice(6));
    document.getElementById("chronology").scrollIntoView();
    this.grid.focus({ preventScroll: true });
  }

  // Shows the rows that a number counts; `query` as Selection.query writes it.
  select(query) {
    this.apply(filterFrom(query));
  }

  goBack() {
    const origin = this.origin;
    this.origin = null;
    this.describe();
    for (let closed = origin?.closest("details:not([open])"); closed; closed = closed.parentElement.closest("details:not([open])")) closed.open = true;
    origin?.scrollIntoView({ block: "center" });
    origin?.focus({ preventScroll: true });
  }

  fromForm() {
    const values = Object.fromEntries(new FormData(this.form));
    const filter = { ...this.filter, words: values.words, start: this.day("start"), end: this.day("end"), having: "", left_out: [], items: false, sessions: false, unanswered: false, repeated: false, corroborated: false, rules: [], suggested: [] };
    const [show, which] = values.show.split(/ (.*)/);
    if (show in MARKS) filter[show] = true;
    else if (show === "left_out") filter.left_out = [which];
    else if (show === "having") filter.having = which;
    else if (show === "several") for (const name of ["left_out", "items", "sessions", "unanswered", "repeated", "corroborated", "rules", "suggested", "having"]) filter[name] = this.filter[name];
    for (const name of ["persons", "channels", "kinds", "directions"]) {
      if (values[name] !== "several") filter[name] = values[name] === "" ? [] : [values[name] === "\u0000" ? "" : values[name]];
    }
    return filter;
  }

  // A day as it is being written; until it is whole, the filter stays as it is.
  day(name) {
    const field = this.form.elements[name];
    const written = field.value.trim();
    const iso = isoOf(written);
    field.setAttribute("aria-invalid", String(written !== "" && !iso));
    return written === "" ? "" : iso || this.filter[name];
  }

  toForm() {
    const { form, filter } = this;
    const set = (name, value) => {
      const select = form.elements[name];
      select.querySelector('option[value="several"]')?.remove();
      if (value === "several" || ![...select.options].some((option) => option.value === value)) {
        select.append(new Option("as chosen below", "several"));
        value = "several";
      }
      select.value = value;
    };
    if (form.elements.words.value.trim() !== filter.words.trim()) form.elements.words.value = filter.words;
    for (const name of ["start", "end"]) {
      const field = form.elements[name];
      if (field !== document.activeElement) field.value = filter[name] ? dateOf(dayOf(filter[name])) : "";
    }
    for (const name of ["persons", "channels", "kinds", "directions"]) {
      const chosen = filter[name].map((value) => (value === "" ? "\u0000" : value));
      set(name, chosen.length > 1 ? "several" : (chosen[0] ?? ""));
    }
    const shows = [...Object.keys(MARKS).filter((name) => filter[name]), ...filter.left_out.map((value) => `left_out ${value}`), ...(filter.having ? [`having ${filter.having}`] : [])];
    set("show", shows.length > 1 ? "several" : (shows[0] ?? ""));
  }

  apply(filter) {
    this.filter = filter;
    this.shown = matching(this.rows, filter);
    this.open.clear();
    this.toForm();
    this.list.show(this.shown);
    this.describe();
  }

  describe() {
    const number = (value) => value.toLocaleString("en-GB");
    const all = this.rows.count;
    const some = this.shown.length === all ? `All ${number(all)} rows are shown` : `${number(this.shown.length)} of ${number(all)} rows are shown`;
    const days = daysOf(this.rows, this.shown);
    this.said.textContent = `${some}, on ${number(days)} ${days === 1 ? "day" : "days"}.`;
    document.getElementById("none").hidden = this.shown.length > 0;
    const chips = chipsOf(this.rows, this.filter, LABELS);
    this.chips.replaceChildren(
      ...chips.map(({ words, without }) => {
        const remove = make("button", "remove", "×");
        remove.type = "button";
        remove.setAttribute("aria-label", `Remove the filter ${words}`);
        remove.addEventListener("click", () => this.apply(without));
        return make("li", "", quoted(words), remove);
      }),
    );
    document.getElementById("clear").hidden = !chips.length;
    document.getElementById("back").hidden = !this.origin;
  }

  key(event) {
    const list = this.list;
    const steps = {
      ArrowDown: () => list.go(list.active + 1),
      ArrowUp: () => list.go(list.active - 1),
      PageDown: () => list.page(1),
      PageUp: () => list.page(-1),
      Home: () => list.go(0),
      End: () => list.go(this.shown.length - 1),
      Enter: () => this.toggle(list.active),
      " ": () => this.toggle(list.active),
    };
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    steps[event.key]();
  }

  toggle(place) {
    const element = this.list.drawn.get(place);
    if (!element) return;
    const row = this.shown[place];
    const opened = !this.open.delete(row);
    if (opened) this.open.add(row);
    element.classList.toggle("open", opened);
    element.querySelector(".when").setAttribute("aria-expanded", String(opened));
    element.querySelector(".more")?.remove();
    if (opened) element.append(this.details(row));
    this.list.changed(place);
  }

  // One row of the list.
  row(row) {
    const { rows } = this;
    const direction = rows.say("direction", row);
    const opened = this.open.has(row);
    const element = make("div", `row ${direction || "none"}${opened ? " open" : ""}`);
    element.setAttribute("role", "row");
    element.dataset.place = "";
    const cell = (name, ...children) => {
      const made = make("div", name, ...children);
      made.setAttribute("role", "gridcell");
      element.append(made);
    };
    const date = rows.date(row);
    cell("when", make("span", "date", date ? `${rows.weekdayName(row)} ${date}` : "no date"), make("span", "time", [rows.time(row), date ? rows.say("zone", row) : ""].filter(Boolean).join(" ")));
    element.firstChild.setAttribute("aria-expanded", String(opened));
    cell("who", make("span", "", quoted(rows.sender(row))), this.recipientsOf(row));
    cell("how", make("span", "", [rows.say("channel", row), rows.say("kind", row)].filter((word, i, all) => word && all.indexOf(word) === i).join(", ")), this.statusOf(row));
    cell("words", ...this.wordsOf(row));
    const key = rows.say("source", row);
    cell("place", make("span", "", rows.names.sources[key]?.label ?? key, ", ", quoted(rows.say("at", row))), make("code", "", rows.id(row)));
    if (opened) element.append(this.details(row));
    return element;
  }

  recipientsOf(row) {
    const recipients = this.rows.recipients(row);
    return recipients ? make("span", "to", "to ", quoted(recipients)) : "";
  }

  statusOf(row) {
    const said = [this.rows.say("status", row), lengthOf(this.rows.number("seconds", row))].filter(Boolean).join(", ");
    return said ? make("span", "status", said) : "";
  }

  wordsOf(row) {
    const { rows } = this;
    const parts = [];
    const subject = rows.say("subject", row);
    const text = rows.say("text", row);
    const place = rows.say("place_written", row);
    if (subject) parts.push(make("div", "subject", "Subject: ", quoted(subject)));
    if (text) parts.push(make("div", "text", quoted(text)));
    if (place) parts.push(make("div", "where", "Place: ", quoted(place)));
    for (const one of rows.attachments(row)) parts.push(make("div", "attachment", "Attachment: ", quoted(one.name || "without a name")));
    const reason = rows.say("reason", row);
    const remarks = [rows.say("flags", row), rows.is("excluded", row) ? `left out by a person${reason ? `: ${reason}` : ""}` : ""].filter(Boolean);
    if (rows.say("maybe_same_as", row)) remarks.unshift(`may repeat ${rows.say("maybe_same_as", row)}; nobody has decided`);
    if (rows.say("also_in", row)) remarks.unshift(`also in ${rows.say("also_in", row)}`);
    const same = rows.columns.same_as?.[row] ?? -1;
    if (same >= 0) remarks.unshift(`repeats ${rows.id(same)}; not counted again`);
    if (remarks.length) parts.push(make("div", "remark", quoted(remarks.join("; "))));
    return parts;
  }

  // Everything that is known of the row.
  details(row) {
    const { rows } = this;
    const list = make("dl", "");
    const entry = (title, value, tag = "bdi") => {
      if (value === "" || value === null || value === undefined) return;
      list.append(make("dt", "", title), make("dd", "", quoted(String(value), tag)));
    };
    const source = rows.names.sources[rows.say("source", row)] ?? {};
    entry("Event", rows.id(row), "code");
    entry("Time as written", rows.say("written", row));
    entry("How the time is known", [BASES[rows.say("basis", row)] ?? rows.say("basis", row), rows.say("clock", row), PRECISIONS[rows.say("precision", row)]].filter(Boolean).join("; "));
    entry("Other clocks of the record", rows.say("clocks", row));
    entry("Until", rows.say("until", row));
    entry("Direction", DIRECTIONS[rows.say("direction", row)]);
    entry("From, as written", rows.say("sender_written", row) || (rows.say("sender", row) ? "the owner of the phone or account" : "not given"));
    entry("To, as written", rows.say("recipients_written", row));
    entry("Other party", rows.person(rows.say("person", row)) || "nobody is named for this identifier");
    entry("Identifier", rows.say("identifier", row));
    entry("Name shown by the export", rows.say("name_written", row));
    entry("Conversation or folder", rows.say("thread", row));
    for (const one of rows.attachments(row)) {
      const held = one.sha256 ? `${one.size.toLocaleString("en-GB")} bytes, SHA-256 ${one.sha256}` : "not held";
      entry("Attachment", [one.name || "without a name", one.type, held, one.fault].filter(Boolean).join("; "));
    }
    if (rows.number("lat", row) !== null) {
      const within = rows.number("accuracy_m", row);
      entry("Position", `${rows.number("lat", row)}, ${rows.number("lon", row)}${within === null ? "" : ` (within ${within} m)`}`);
    }
    entry("Place of the case", rows.placed(row));
    entry("Categories", [rows.say("categories", row), rows.say("categories_by", row)].filter(Boolean).join(" — recorded by: "));
    entry("Who is seen", [rows.say("seen", row).split(" ").filter(Boolean).map((key) => rows.person(key)).join(", "), rows.say("seen_basis", row), rows.say("seen_by", row)].filter(Boolean).join("; "));
    entry("Also in", rows.say("also_in", row));
    entry("Repeats by the rule", rows.say("same_rule", row));
    entry("May repeat by the rule", rows.say("maybe_rule", row));
    entry("Decided by", rows.say("decided", row));
    entry("Counted as contact", rows.is("item", row) ? "yes" : `no: ${rows.say("left_out", row)}`);
    entry("Reviewer's note", rows.say("note", row));
    const extra = rows.say("extra", row);
    if (extra) for (const [name, value] of Object.entries(JSON.parse(extra))) entry(`In the record: ${name}`, value);
    entry("Source", [source.label, source.file].filter(Boolean).join(", "));
    entry("Place in the file", rows.say("at", row));
    entry("SHA-256 of the file", source.sha256, "code");
    entry("Read by", [source.title, source.version].filter(Boolean).join(", "));
    const more = make("div", "more", list);
    more.setAttribute("role", "gridcell");
    return more;
  }

  // On paper: the rows of the filter in force, up to a stated limit.
  print() {
    const number = (value) => value.toLocaleString("en-GB");
    const printed = this.shown.subarray(0, PRINTED);
    const left = this.shown.length - printed.length;
    const chips = chipsOf(this.rows, this.filter, LABELS).map(({ words }) => words);
    const note = document.getElementById("print-note");
    note.textContent =
      (chips.length ? `Rows chosen by: ${chips.join("; ")}. ` : "") +
      `${number(printed.length)} of ${number(this.rows.count)} rows are printed.` +
      (left ? ` ${number(left)} more rows are chosen and not printed here; chronology.xlsx has all rows.` : "");
    document.getElementById("print-rows").replaceChildren(...Array.from(printed, (row) => this.printedRow(row)));
  }

  printedRow(row) {
    const { rows } = this;
    const td = (...children) => make("td", "", ...children);
    const lines = (...children) => children.filter(Boolean).flatMap((child, i) => (i ? [document.createElement("br"), child] : [child]));
    const date = rows.date(row);
    const to = rows.recipients(row);
    const source = rows.names.sources[rows.say("source", row)];
    const how = [rows.say("channel", row), rows.say("kind", row)].filter((word, i, all) => word && all.indexOf(word) === i).join(", ");
    const status = [rows.say("status", row), lengthOf(rows.number("seconds", row))].filter(Boolean).join(", ");
    return make(
      "tr",
      "",
      td(...lines(date || "no date", [rows.time(row), date ? rows.say("zone", row) : ""].filter(Boolean).join(" "))),
      td(...lines(quoted(rows.sender(row)), to && make("span", "", "to ", quoted(to)))),
      td(...lines(how, status)),
      make("td", "words", ...this.wordsOf(row)),
      td(...lines(make("span", "", `${source?.label ?? ""}, `, quoted(rows.say("at", row))), make("code", "", rows.id(row)))),
    );
  }
}
