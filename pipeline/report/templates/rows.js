// The events, as packed.py wrote them: unpacked once, read column by column, never as a million objects.

const NO_DAY = -(2 ** 31);
const SEARCH_BLOCK = 8192;

async function unpacked(element) {
  const text = element.textContent.trim();
  const stream = new DecompressionStream("deflate-raw");
  const whole = new Response(stream.readable).arrayBuffer();
  const writer = stream.writable.getWriter();
  const step = 1 << 22; // a multiple of 4, so each piece of base64 stands alone
  for (let at = 0; at < text.length; at += step) {
    const piece = atob(text.slice(at, at + step));
    const bytes = new Uint8Array(piece.length);
    for (let i = 0; i < piece.length; i++) bytes[i] = piece.charCodeAt(i);
    await writer.write(bytes);
  }
  await writer.close();
  return whole;
}

// A column of texts, each ended by a NUL.
class Texts {
  constructor(bytes, count) {
    this.bytes = bytes;
    this.count = count;
    this.decoder = new TextDecoder();
    this.starts = new Uint32Array(count + 1);
    for (let row = 0, at = 0; row < count; row++) {
      at = bytes.indexOf(0, at) + 1;
      this.starts[row + 1] = at;
    }
    this.blocks = [];
  }

  at(row) {
    return this.decoder.decode(this.bytes.subarray(this.starts[row], this.starts[row + 1] - 1));
  }

  // Marks in `found` every row that holds `sought` (folded). The folded text is made once and kept.
  search(sought, found) {
    for (let first = 0, number = 0; first < this.count; first += SEARCH_BLOCK, number++) {
      const block = (this.blocks[number] ??= this.block(first));
      let row = 0;
      for (let at = block.text.indexOf(sought); at >= 0; at = block.text.indexOf(sought, block.ends[row])) {
        while (block.ends[row] <= at) row++;
        found[first + row] = 1;
      }
    }
  }

  block(first) {
    const last = Math.min(first + SEARCH_BLOCK, this.count);
    const text = folded(this.decoder.decode(this.bytes.subarray(this.starts[first], this.starts[last])));
    const ends = new Uint32Array(last - first);
    for (let row = 0, at = 0; row < ends.length; row++) {
      at = text.indexOf("\0", at) + 1;
      ends[row] = at;
    }
    return { text, ends };
  }
}

// One form for searching: small letters, straight quotes.
function folded(text) {
  return text.toLowerCase().replace(/[\u2018\u2019]/g, "'").replace(/[\u201c\u201d]/g, '"');
}

const ARRAYS = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, i32: Int32Array, f64: Float64Array, bit: Uint8Array, id: Uint8Array };

class Rows {
  constructor(buffer, names) {
    const length = new DataView(buffer).getUint32(buffer.byteLength - 4, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, buffer.byteLength - 4 - length, length)));
    this.count = header.rows;
    this.names = names;
    this.columns = {};
    this.values = {};
    for (const column of header.columns) {
      if (column.form === "text") {
        this.columns[column.name] = new Texts(new Uint8Array(buffer, column.at, column.bytes), this.count);
      } else {
        const type = ARRAYS[column.form];
        this.columns[column.name] = new type(buffer, column.at, column.bytes / type.BYTES_PER_ELEMENT);
      }
      if (column.values) this.values[column.name] = column.values;
    }
    this.hours = this.hoursOf();
  }

  // The text in a column of codes or of texts; "" where the column is empty throughout.
  say(column, row) {
    const held = this.columns[column];
    if (!held) return "";
    return held instanceof Texts ? held.at(row) : this.values[column][held[row]];
  }

  number(column, row) {
    const held = this.columns[column];
    return held && !Number.isNaN(held[row]) ? held[row] : null;
  }

  is(column, row) {
    return Boolean(this.columns[column]?.[row]);
  }

  id(row) {
    let text = "";
    for (let i = row * 6; i < row * 6 + 6; i++) text += this.columns.id[i].toString(16).padStart(2, "0");
    return text;
  }

  // The six bytes of an id as one number, exact below 2^53.
  idNumber(row) {
    const id = this.columns.id;
    let number = 0;
    for (let i = row * 6; i < row * 6 + 6; i++) number = number * 256 + id[i];
    return number;
  }

  rowOf(id) {
    const wanted = parseInt(id, 16);
    for (let row = 0; row < this.count; row++) if (this.idNumber(row) === wanted) return row;
    return -1;
  }

  // 0-23, or -1 where the source does not give the hour: the rule of analysis/contact.py.
  hoursOf() {
    const hours = new Int8Array(this.count);
    const { day, second } = this.columns;
    for (let row = 0; row < this.count; row++) {
      const precision = this.say("precision", row);
      hours[row] = day[row] === NO_DAY || precision === "day" || precision === "about" ? -1 : Math.floor(second[row] / 3600);
    }
    return hours;
  }

  weekday(row) {
    return this.hours[row] < 0 ? -1 : (((this.columns.day[row] + 3) % 7) + 7) % 7; // 1 January 1970 was a Thursday
  }

  date(row) {
    const day = this.columns.day[row];
    return day === NO_DAY ? "" : dateOf(day);
  }

  weekdayName(row) {
    const day = this.columns.day[row];
    return day === NO_DAY ? "" : ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][(((day + 3) % 7) + 7) % 7];
  }

  // The time of day as far as it is known.
  time(row) {
    if (this.columns.day[row] === NO_DAY) return "";
    const precision = this.say("precision", row);
    const second = this.columns.second[row], until = this.say("until", row); // dd/mm/yyyy hh:mm
    const days = second === 0 && until.endsWith(" 00:00") && !until.startsWith(this.date(row)) ? ` until ${until.slice(0, 10)}` : "";
    if (precision === "day") return days ? `day only,${days}` : "day only";
    if (precision === "about" && days) return `some day${days}`; // "March 2026"
    const two = (number) => String(Math.floor(number)).padStart(2, "0");
    const minute = `${two(second / 3600)}:${two((second / 60) % 60)}`;
    if (precision === "about" || precision === "hour") return `~${minute}${until && ` to ${until.slice(11)}`}`;
    return precision === "minute" ? minute : `${minute}:${two(second % 60)}`;
  }

  person(key) {
    return this.names.persons[key] ?? key;
  }

  sender(row) {
    const key = this.say("sender", row);
    if (key) return this.person(key);
    return this.say("sender_written", row) || (this.say("identifier", row) === "withheld" ? "number withheld" : "not given");
  }

  recipients(row) {
    const keys = this.say("recipients", row);
    if (keys) return keys.split(" ").map((key) => this.person(key)).join(", ");
    return this.say("recipients_written", row);
  }

  // "at Home, 40 m ± 12 m from its middle (position)"; away from every place, the distance from the nearest.
  placed(row) {
    const near = this.names.places[this.say("nearest", row)] ?? this.names.places[this.say("place", row)];
    if (!near) return "";
    const metres = this.number("place_m", row);
    const given = this.number("accuracy_m", row);
    const within = given > 0 ? `${Math.round(given)} m` : "30 m, assumed";
    const far = metres === null ? "" : `${metres < 1000 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`} ± ${within} from its middle`;
    const camera = this.names.cameras[this.say("camera", row)];
    const basis = [this.say("place_basis", row), camera ? `“${camera}”` : ""].filter(Boolean).join(" ");
    return `${this.say("place_fit", row) || "at"} ${near}${far ? `, ${far}` : ""}${basis ? ` (${basis})` : ""}`;
  }

  attachments(row) {
    const listed = this.say("attachments", row);
    return listed ? JSON.parse(listed) : [];
  }
}

function dateOf(day) {
  const [year, month, date] = new Date(day * 86400000).toISOString().slice(0, 10).split("-").slice(-3);
  return `${date}/${month}/${year}`;
}

function dayOf(iso) {
  return Math.floor(Date.parse(`${iso}T00:00:00Z`) / 86400000);
}

// "4/3/2026", "04.03.2026" -> "2026-03-04"; "" if it is no day. Day first, always.
function isoOf(written) {
  const [, day, month, year] = written.match(/^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/) ?? [];
  if (!day) return "";
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 ? date.toISOString().slice(0, 10) : "";
}
