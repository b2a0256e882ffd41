// <pooling-explorer>: what a window keeps of a picture, and what is left of that when the picture moves.
import { format, grey, isRounded } from "./core/numbers.mjs";
import { KINDS, compare, members, plan, pool, shifted, winner } from "./core/pooling.mjs";
import { Explorer, end, grid, paint, pills } from "./ui/base.mjs";
import { DIGIT, LINE, LOOKS, read, thumbnail } from "./ui/pictures.mjs";

const [BRIGHT, FAR] = [16, 4]; // the brightest pixel, and how far the picture moves
const six = (row) => Array(6).fill(row).join(" ");
const IMAGES = {
  digit: ["Digit", DIGIT],
  square: ["Square", "000000 000000 00gg00 00gg00 000000 000000"],
  edge: ["Edge", six("ggg00000")],
  stripes: ["Stripes", six("00gg00gg")],
  line: ["Line", LINE],
};
const CHOICES = {
  picture: Object.keys(IMAGES),
  kind: Object.keys(KINDS),
  window: ["2", "3", "4", "6"],
  stride: ["1", "2", "3", "4"],
  padding: ["valid", "same", "1"],
};
const NAMES = { max: "maxima", average: "means" };
const MOVES = { ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, 0] };
const thumb = (name) => `<canvas id=${name}></canvas>${IMAGES[name][0]}`;
const button = ([key, by], n) => `${n === 2 ? "<button data-by=0,0>Back</button>" : ""}<button class=${key} data-by=${
  by} aria-label="Move the picture ${key.slice(5).toLowerCase()}">${"↑←→↓"[n]}</button>`;
// A picture of 4 to 8 rows, all of one length.
const lawful = (text) => /^[\da-g]{4,8}([ .][\da-g]{4,8}){3,7}$/.test(text) && new Set(read(text).map((row) => row.length)).size === 1;
const write = (rows) => rows.map((row) => row.map((value) => value.toString(17)).join("")).join(".");
const far = ([down, right]) => [[down, "down", "up"], [right, "right", "left"]].filter(([n]) => n)
  .map(([n, ahead, back]) => `${n > 0 ? ahead : back} by ${Math.abs(n)}`).join(" and ");
const equals = (value) => `${isRounded(value) ? "≈" : "="} <strong>${format(value)}</strong>`;

class PoolingExplorer extends Explorer {
  static css = `${LOOKS}
.controls, .moves { display: flex; flex-wrap: wrap; gap: .9rem 1.5rem; }
.stage { display: grid; gap: 1rem 2rem; margin: 1.4rem 0 1rem; align-content: start; }
#input td:not(.pad, .corner) { cursor: cell; }
#input td.winner { box-shadow: 0 0 0 2px var(--mark), inset 0 0 0 5px var(--mark) !important; font-weight: 650; }
td.changed { position: relative; }
td.changed::after, .flag { content: ""; display: inline-block; width: .8rem; height: 3px; background: var(--mark);
  box-shadow: 0 0 0 1px var(--ground); }
td.changed::after { position: absolute; inset: auto 20% 2px; width: auto; }
.hint { font-size: .8rem; color: var(--soft); margin: .4rem 0 0 1.2rem; max-width: 24rem; }
.output:has(.wrong) .hint { display: none; }
.sum { min-height: 4.2rem; margin-bottom: 1.2rem; }
.wrong { border-left: .25rem solid var(--mark); padding: .3rem .7rem; max-width: 26rem; }
.test { display: grid; gap: .8rem 2rem; margin-bottom: 1.2rem; }
.move { display: grid; grid-template-columns: repeat(3, 3.4rem); gap: .3rem; margin-top: .3rem; }
.move button { min-height: 2.4rem; padding: 0; }
.ArrowUp, .ArrowDown { grid-column: 2; }
.ArrowLeft { grid-column: 1; }
[aria-disabled=true] { opacity: .5; cursor: default; }
.counts { border-spacing: 0; }
.counts :is(td, th) { width: auto; height: auto; min-width: 0; padding: .1rem 1.4rem .1rem 0; text-align: left; font-size: .95rem;
  line-height: 1.4; color: inherit; }
.counts th { font-weight: 650; }
.verdict { margin-top: .5rem; min-height: 4.4rem; }
@container (max-width: 599px) {
  .picture .pills { grid-template-columns: repeat(5, 1fr); }
  .picture .pill { padding: .2rem; }
  .sum { min-height: 5.6rem; }
}
@container (min-width: 600px) {
  .stage { grid-template-columns: auto 1fr; }
  .test { grid-template-columns: auto 1fr; }
}`;

  static html = `
<div class=controls>${pills("picture", CHOICES.picture, thumb)}
<div class=moves>${["kind", "window", "stride", "padding"].map((name) => pills(name, CHOICES[name])).join("")}</div></div>
<div class=stage>
  <div><p class=name>Picture <span id=insize class=soft></span></p><div id=input></div>
    <p class=hint>Click a pixel: it turns dark, or bright. Keys + and − change it by one.</p></div>
  <div class=output><p class=name>Pooled <span id=outsize class=soft></span></p><div id=output></div>
    <p class=hint>Pick a value: its window is framed. <span class=flag></span> changed when the picture moved.</p></div>
</div>
<div class=sum></div>
<div class=test>
  <div><p class=name>Move the picture</p><div class=move role=group aria-label="Move the picture">${
    Object.entries(MOVES).map(button).join("")}</div></div>
  <div><table class=counts><tr><td></td><th scope=col>changed</th><th scope=col>came along</th></tr>${
    ["pixels", ...Object.values(NAMES)].map((name) => `<tr><th scope=row>${name}</th><td></td><td></td></tr>`).join("")
  }</table><p class=verdict></p></div>
</div>
${end("")}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { picture: "digit", kind: "max", window: "2", stride: "2", padding: "valid", cell: [1, 1], shift: [0, 0] };
    const { state } = this;
    for (const name of Object.keys(CHOICES)) {
      if (CHOICES[name].includes(params.get(name))) state[name] = params.get(name);
    }
    if (lawful(params.get("picture") ?? "")) this.keep(read(params.get("picture")));
    if (/^\d+,\d+$/.test(params.get("cell"))) state.cell = params.get("cell").split(",").map(Number);
    if (/^-?\d,-?\d$/.test(params.get("shift"))) {
      const shift = params.get("shift").split(",").map(Number);
      if (shift.every((n) => Math.abs(n) <= FAR)) state.shift = shift;
    }
  }

  params() {
    return { ...this.state, cell: this.state.cell.join(), shift: this.state.shift.join() };
  }

  // A picture that has a name is called by it.
  keep(rows) {
    const text = write(rows);
    this.state.picture = CHOICES.picture.find((name) => write(read(IMAGES[name][1])) === text) ?? text;
  }

  get image() {
    return read(IMAGES[this.state.picture]?.[1] ?? this.state.picture);
  }

  get options() {
    const { stride, padding } = this.state;
    return { strides: +stride, padding: Number(padding) || padding };
  }

  listen() {
    const root = this.shadowRoot;
    for (const canvas of this.$$("canvas")) thumbnail(canvas, read(IMAGES[canvas.id][1]));
    root.addEventListener("change", ({ target }) => {
      this.state[target.name] = target.value;
      if (target.name === "picture") this.state.shift = [0, 0];
      this.draw();
      this.say(this.words);
    });
    const output = this.$("#output");
    const pick = ({ target }) => {
      const at = target.closest("[data-value]")?.dataset.at;
      if (!at || at === String(this.state.cell)) return;
      this.state.cell = at.split(",").map(Number);
      this.mark();
      this.say(this.words);
    };
    for (const name of ["pointerover", "click", "focusin"]) output.addEventListener(name, pick);
    output.addEventListener("keydown", (event) => this.walk(event));
    const input = this.$("#input");
    const pixel = ({ target }) => target.closest("[tabindex]");
    input.addEventListener("focusin", (event) => {
      this.$("#input [tabindex='0']").tabIndex = -1;
      pixel(event).tabIndex = 0;
      this.pen = pixel(event).dataset.at;
    });
    input.addEventListener("click", (event) => {
      if (pixel(event)) this.edit(pixel(event).dataset.at, (value) => (value ? 0 : BRIGHT));
    });
    input.addEventListener("keydown", (event) => {
      const by = { "+": 1, "=": 1, "-": -1, "−": -1 }[event.key];
      const press = event.key === "Enter" || event.key === " ";
      if (!by && !press) return this.walk(event);
      event.preventDefault(); // the page shall not scroll
      return this.edit(pixel(event).dataset.at, (value) => (by ? Math.max(0, Math.min(BRIGHT, value + by)) : (value ? 0 : BRIGHT)));
    });
    const move = this.$(".move");
    move.addEventListener("click", ({ target }) => {
      if (target.dataset.by) this.move(target.dataset.by.split(",").map(Number));
    });
    move.addEventListener("keydown", (event) => {
      if (!MOVES[event.key]) return;
      event.preventDefault(); // the page shall not scroll
      this.move(MOVES[event.key]);
    });
  }

  // Arrow keys go from cell to cell of a table.
  walk(event) {
    const by = MOVES[event.key];
    if (!by) return;
    event.preventDefault(); // the page shall not scroll
    const to = event.target.dataset.at.split(",").map((at, axis) => Number(at) + by[axis]);
    event.target.closest("table").querySelector(`[data-at="${to}"][tabindex]`)?.focus();
  }

  // Change a pixel of what is seen; a shift that went before is part of the new picture.
  edit(at, change) {
    const [i, j] = at.split(",").map(Number);
    const rows = shifted(this.image, this.state.shift);
    rows[i][j] = change(rows[i][j]);
    this.keep(rows);
    this.state.shift = [0, 0];
    this.draw();
    this.$(`#input [data-at="${at}"]`).focus();
    this.say(`Pixel in row ${i}, column ${j}: ${rows[i][j]}. ${this.words}`);
  }

  // [0, 0] is the way back.
  move(by) {
    const to = this.state.shift.map((n, axis) => (by.some(Boolean) ? n + by[axis] : 0));
    if (to.some((n) => Math.abs(n) > FAR)) return;
    this.state.shift = to;
    this.draw();
    this.say(this.$$(".counts tr, .verdict").map((line) => line.innerText).join("\n"));
  }

  // Compute and show everything anew.
  draw() {
    const { state, image } = this;
    for (const radio of this.$$("input")) radio.checked = radio.value === state[radio.name];
    for (const one of this.$$("[data-by]")) {
      const by = one.dataset.by.split(",").map(Number);
      // aria-disabled, so that the keyboard can stay
      const idle = by.some(Boolean) ? state.shift.some((n, axis) => Math.abs(n + by[axis]) > FAR) : !state.shift.some(Boolean);
      one.setAttribute("aria-disabled", idle);
    }
    const now = shifted(image, state.shift);
    this.maps = {};
    try {
      this.plan = plan(state.kind, image, +state.window, this.options);
      for (const kind of CHOICES.kind) this.maps[kind] = [image, now].map((rows) => pool(kind, rows, +state.window, this.options));
    } catch (error) {
      this.plan = null;
      this.$("#output").innerHTML = `<p class=wrong>Nothing to pool: ${error.message.replace(/^\w+: | \(images .*\)/g, "")}</p>`;
      this.$(".sum").textContent = "No window fits, so there is nothing to pool.";
      this.$("#outsize").textContent = "";
    }
    this.drawInput(now);
    if (this.plan) this.drawOutput();
    this.drawTest(now);
    this.$("pre").textContent = this.python();
    this.fit();
  }

  drawInput(now) {
    const size = [now.length, now[0].length];
    const pads = this.plan?.pads ?? [[0, 0], [0, 0]];
    const padded = size.map((n, axis) => n + pads[axis][0] + pads[axis][1]);
    this.$("#insize").textContent = `${size.join(" × ")}${padded.join() === size.join() ? "" : `, padded ${padded.join(" × ")}`}`;
    this.$("#input").innerHTML = grid("Picture", "grid", padded, (i, j) => {
      const value = now[i]?.[j];
      return value === undefined ? `<td class=pad data-at=${i},${j} aria-label=padding></td>`
        : `<td data-at=${i},${j} tabindex=-1 aria-label="row ${i}, column ${j}: ${value}" style="${
          paint(grey(value / BRIGHT))}">${value}</td>`;
    }, [-pads[0][0], -pads[1][0]], size);
    // Tab comes back to the pixel that was left.
    (this.$(`#input [data-at="${this.pen}"][tabindex]`) ?? this.$("#input [tabindex]")).tabIndex = 0;
  }

  drawOutput() {
    const { state, plan: { out } } = this;
    const [before, after] = this.maps[state.kind];
    state.cell = state.cell.map((n, axis) => Math.min(n, out[axis] - 1));
    this.$("#outsize").textContent = out.join(" × ");
    this.$("#output").innerHTML = grid("Pooled", "grid", out, (i, j) => {
      const [value, changed] = [after[i][j], after[i][j] !== before[i][j]];
      const text = format(value);
      return `<td data-at=${i},${j} data-value=${value} aria-label="row ${i}, column ${j}: ${text}${changed ? `, before ${format(before[i][j])}` : ""}" class="${
        text.length > 3 ? "long" : ""} ${changed ? "changed" : ""}" style="${paint(grey(value / BRIGHT))}">${text}</td>`;
    });
    this.mark();
  }

  // Show which pixels the chosen value comes from, and write out what became of them.
  mark() {
    const { state: { cell, kind, shift, window }, plan: moves } = this;
    const [i, j] = cell;
    const now = shifted(this.image, shift);
    const places = members(moves, i, j);
    const values = places.map(([y, x]) => now[y][x]);
    const best = places[winner(values)];
    const [before, value] = this.maps[kind].map((map) => map[i][j]);
    const marked = new Set(places.map(String));
    for (const td of this.$$("#input [data-at]")) {
      td.classList.toggle("marked", marked.has(td.dataset.at));
      td.classList.toggle("winner", kind === "max" && td.dataset.at === String(best));
    }
    for (const td of this.$$("#output [data-at]")) {
      const chosen = td.dataset.at === String(cell);
      td.classList.toggle("marked", chosen);
      td.tabIndex = chosen ? 0 : -1;
      td.ariaSelected = chosen;
    }
    const ties = values.filter((one) => one === value).length;
    const won = `: the pixel in row ${best[0]}, column ${best[1]}${ties > 1 ? `, first of ${ties} that are as large` : ""}`;
    const outside = window ** 2 - values.length;
    this.$(".sum").innerHTML = `<strong>output[${cell.join(", ")}]</strong> = ${kind === "max" ? `max(${values.join(", ")})`
      : `(${values.join(" + ")}) / ${values.length}`} ${equals(value)}${kind === "max" ? won : ""}.${
      outside ? ` Padding, ${outside} of the window’s ${window ** 2} places, ${kind === "max" ? "never wins" : "is not counted"}.` : ""}${
      before === value ? "" : ` Before the picture moved: ${format(before)}.`}`;
  }

  get words() {
    return `${this.$("#output .wrong")?.textContent ?? ""} ${this.$(".sum").innerText}`.trim();
  }

  // How much changed in the picture and in both maps, and what that is called.
  drawTest(now) {
    const { state: { shift, stride } } = this;
    const whole = shift.some(Boolean) && shift.every((n) => n % stride === 0);
    const counts = { pixels: compare(this.image, now) };
    for (const [kind, maps] of Object.entries(this.maps)) counts[NAMES[kind]] = compare(...maps, shift.map((n) => n / stride));
    const total = { pixels: now.flat().length };
    for (const name of Object.values(NAMES)) total[name] = this.plan && this.plan.out[0] * this.plan.out[1];
    this.$$(".counts tr:nth-child(n+2)").forEach((row) => {
      const name = row.firstChild.textContent;
      const { changed, came, common } = counts[name] ?? {};
      row.children[1].textContent = name in counts ? `${changed} of ${total[name]}` : "–";
      row.children[2].textContent = name in counts && name !== "pixels" && whole && common ? `${came} of ${common}` : "–";
    });
    this.$(".verdict").textContent = this.plan ? this.verdict(counts, total, whole) : "";
  }

  verdict({ pixels, ...counts }, total, whole) {
    const { state: { shift, stride } } = this;
    if (!shift.some(Boolean)) return "Predict: if the picture moves by one pixel, how many values change? Then press an arrow, or an arrow key on one.";
    const moved = `The picture moved ${far(shift)}.`;
    if (!pixels.changed) return `${moved} No pixel changed, so no value could.`;
    const still = Object.keys(counts).filter((name) => !counts[name].changed);
    if (still.length) {
      return `${moved} ${pixels.changed} pixels changed, but none of the ${still.join(" and none of the ")}: invariance to this shift of this picture.`;
    }
    if (!whole) {
      return `${moved} That is no whole number of strides, so the windows cut it elsewhere: ${Object.keys(counts).map((name) =>
        `${total[name] - counts[name].changed} of ${total[name]} ${name}`).join(" and ")} stayed as they were.`;
    }
    if (!counts.maxima.common) return `${moved} That is a whole number of strides, but the map has no place left for what it had.`;
    return `${moved} That is a whole number of strides: ${Object.entries(counts).map(([name, { came, common }]) =>
      `${came} of ${common} ${name}`).join(" and ")} came along, ${far(shift.map((n) => n / stride))}. That is equivariance${
      Object.values(counts).some(({ came, common }) => came < common) ? ", but for windows that lie on padding, now or before" : ""}.`;
  }

  // Cells as large as the width allows, at least 24 pixels, however the picture is padded.
  fit() {
    const { image } = this;
    const wide = this.clientWidth >= 600;
    const count = (wide ? 2 : 1) * image[0].length + 5;
    const cell = Math.max(24, Math.min(34, Math.floor((this.clientWidth - (wide ? 80 : 20)) / count) - 1));
    this.style.setProperty("--cell", `${cell}px`);
  }

  python() {
    const { state: { kind, window, shift }, image } = this;
    const { strides, padding } = this.options;
    // Where the pixels that stay go, and where they come from.
    const slices = (sign) => shift.map((n, axis) => {
      const by = sign * n;
      return `${Math.max(by, 0)}:${[image.length, image[0].length][axis] + Math.min(by, 0)}`;
    }).join(", ");
    return `import numpy as np
from cnnutils import ops

image = np.array([
${image.map((row) => `    [${row.join(", ")}],\n`).join("")}])
moved = np.zeros_like(image)
moved[${slices(1)}] = image[${slices(-1)}]


def pooled(picture, pool):
    images = picture[np.newaxis, :, :, np.newaxis]
    return pool(images, ${window}, strides=${strides}, padding=${JSON.stringify(padding)})[0, :, :, 0]


output = pooled(moved, ops.${KINDS[kind][0]})
print(output.round(2))
print("pixels changed:", np.sum(moved != image))
for pool in (ops.max_pool2d, ops.avg_pool2d):
    changed = pooled(moved, pool) != pooled(image, pool)
    print(pool.__name__, "changed:", np.sum(changed), "of", changed.size)
`;
  }
}

customElements.define("pooling-explorer", PoolingExplorer);
