// The chronology: only the rows in sight are in the page. Rows have the height their words need; a row's height is estimated until it has been drawn.

const HEIGHT_BLOCK = 256;
const TALLEST = 12_000_000; // browsers stop drawing somewhere above 17 million pixels
const MARGIN = 600;

class RowList {
  // `grid` scrolls, `sizer` has the height of all rows, `body` holds those drawn; `draw(row)` makes the element of one row.
  constructor(grid, sizer, body, draw) {
    Object.assign(this, { grid, sizer, body, draw, shown: new Uint32Array(0), drawn: new Map(), active: -1, top: 0, last: 0 });
    grid.addEventListener("scroll", () => this.scrolled());
    new ResizeObserver(() => this.resized()).observe(grid);
  }

  show(shown) {
    this.shown = shown;
    this.active = -1;
    this.forget();
    this.top = 0;
    this.grid.setAttribute("aria-rowcount", String(shown.length + 1));
    this.refresh();
    this.settle();
  }

  // Heights are unknown again.
  forget() {
    this.estimate = this.grid.clientWidth < 640 ? 120 : 62;
    this.heights = new Float32Array(this.shown.length).fill(this.estimate);
    this.blocks = new Float64Array(Math.ceil(this.shown.length / HEIGHT_BLOCK));
    for (let block = 0; block < this.blocks.length; block++) this.blocks[block] = this.estimate * Math.min(HEIGHT_BLOCK, this.shown.length - block * HEIGHT_BLOCK);
    this.total = this.estimate * this.shown.length;
    for (const element of this.drawn.values()) element.remove();
    this.drawn.clear();
  }

  offset(place) {
    const block = Math.floor(place / HEIGHT_BLOCK);
    let sum = 0;
    for (let i = 0; i < block; i++) sum += this.blocks[i];
    for (let i = block * HEIGHT_BLOCK; i < place; i++) sum += this.heights[i];
    return sum;
  }

  placeAt(offset) {
    let place = 0;
    for (let block = 0; block < this.blocks.length - 1 && offset >= this.blocks[block]; block++) {
      offset -= this.blocks[block];
      place += HEIGHT_BLOCK;
    }
    while (place < this.shown.length - 1 && offset >= this.heights[place]) offset -= this.heights[place++];
    return place;
  }

  get view() {
    return Math.max(0, this.grid.clientHeight - this.sizer.offsetTop);
  }

  get range() {
    return Math.max(0, this.total - this.view);
  }

  // The scroll bar stands for all rows; where they are too many for its pixels, a small movement is taken as it is and a large one in proportion.
  scrolled() {
    const now = this.grid.scrollTop;
    const by = now - this.last;
    this.last = now;
    if (!by) return;
    const reach = this.grid.scrollHeight - this.grid.clientHeight;
    this.top = Math.abs(by) > 3 * this.grid.clientHeight ? (now / Math.max(1, reach)) * this.range : this.top + by;
    this.refresh();
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.settle(), 150);
  }

  resized() {
    if (this.grid.clientWidth === this.width) return this.refresh();
    const place = this.shown.length ? this.placeAt(this.top) : 0;
    this.width = this.grid.clientWidth;
    this.forget();
    this.top = this.offset(place);
    this.refresh();
    this.settle();
  }

  // Puts the scroll bar where the rows are.
  settle() {
    this.sizer.style.height = `${Math.min(this.total, TALLEST)}px`;
    const reach = this.grid.scrollHeight - this.grid.clientHeight;
    this.grid.scrollTop = this.total <= TALLEST ? this.top : (this.top / Math.max(1, this.range)) * reach;
    this.last = this.grid.scrollTop;
    this.position();
  }

  refresh() {
    this.top = Math.min(Math.max(0, this.top), this.range);
    const first = this.shown.length ? this.placeAt(this.top) : 0;
    const from = Math.max(0, first - 8);
    let to = first;
    for (let height = -MARGIN; height < this.view && to < this.shown.length; to++) height += this.heights[to];
    for (const [place, element] of this.drawn) {
      if (place < from || place >= to) {
        element.remove();
        this.drawn.delete(place);
      }
    }
    const fresh = [];
    let after = null;
    for (let place = to - 1; place >= from; place--) {
      let element = this.drawn.get(place);
      if (!element) {
        element = this.draw(this.shown[place]);
        element.id = `row-${place}`;
        element.setAttribute("aria-rowindex", String(place + 2));
        this.drawn.set(place, element);
        fresh.push(place);
        this.body.insertBefore(element, after);
      }
      after = element;
    }
    for (const place of fresh) this.measure(place, first);
    this.from = from;
    this.markActive();
    this.position();
  }

  measure(place, first) {
    const height = this.drawn.get(place).getBoundingClientRect().height;
    const more = height - this.heights[place];
    this.heights[place] = height;
    this.blocks[Math.floor(place / HEIGHT_BLOCK)] += more;
    this.total += more;
    if (place < first) this.top += more;
  }

  position() {
    const y = this.shown.length ? this.grid.scrollTop + this.offset(this.from ?? 0) - this.top : 0;
    this.body.style.transform = `translateY(${y}px)`;
  }

  markActive() {
    for (const [place, element] of this.drawn) element.classList.toggle("active", place === this.active);
    if (this.drawn.has(this.active)) this.grid.setAttribute("aria-activedescendant", `row-${this.active}`);
    else this.grid.removeAttribute("aria-activedescendant");
  }

  // Makes the row at this place the active one and brings it into sight.
  go(place) {
    if (!this.shown.length) return;
    this.active = Math.min(Math.max(0, place), this.shown.length - 1);
    for (let round = 0; round < 2; round++) {
      const above = this.offset(this.active);
      const below = above + this.heights[this.active];
      if (above < this.top) this.top = above;
      else if (below > this.top + this.view) this.top = Math.min(above, below - this.view);
      this.refresh(); // draws and measures, so the second round knows the true height
    }
    this.settle();
  }

  // A row's height has changed: its details were opened or closed.
  changed(place) {
    if (this.drawn.has(place)) this.measure(place, this.placeAt(this.top));
    this.refresh();
    this.settle();
  }

  page(direction) {
    const visible = this.placeAt(this.top + this.view - 1) - this.placeAt(this.top);
    this.go((this.active < 0 ? this.placeAt(this.top) : this.active) + direction * Math.max(1, visible));
  }
}
