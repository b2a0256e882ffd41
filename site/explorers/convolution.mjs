// <convolution-explorer>: choose a picture, a kernel and how it moves; see each output's sum of products.
import { format, grey, isRounded, parse, signed } from "./core/numbers.mjs";
import { conv2d, taps, tensor } from "./core/tensor.mjs";
import { geometry } from "./core/windows.mjs";
import { Explorer, end, grid, paint, pills, stepwise } from "./ui/base.mjs";
import { DIGIT, LINE, LOOKS, read, thumbnail } from "./ui/pictures.mjs";

const IMAGES = {
  halves: ["Halves", "aaa000 aaa000 aaa000 aaa000 aaa000 aaa000"],
  square: ["Square", "0000000 0000000 00aaa00 00aaa00 00aaa00 0000000 0000000"],
  line: ["Line", LINE],
  digit: ["Digit", DIGIT],
};
const pixels = (name) => read(IMAGES[name][1]);
const KERNELS = {
  identity: ["Identity", "0 0 0 0 1 0 0 0 0"],
  vertical: ["Vertical edges", "1 0 -1 1 0 -1 1 0 -1"],
  horizontal: ["Horizontal edges", "1 1 1 0 0 0 -1 -1 -1"],
  sobel: ["Sobel, vertical", "1 0 -1 2 0 -2 1 0 -1"],
  blur: ["Blur", "1/9 1/9 1/9 1/9 1/9 1/9 1/9 1/9 1/9"],
  sharpen: ["Sharpen", "0 -1 0 -1 5 -1 0 -1 0"],
  laplacian: ["Laplacian", "0 1 0 1 -4 1 0 1 0"],
  diagonal: ["Diagonal edges", "2 1 0 1 0 -1 0 -1 -2"],
};
const CHOICES = {
  picture: Object.keys(IMAGES),
  stride: ["1", "2", "3"],
  padding: ["valid", "same", "1", "2"],
  dilation: ["1", "2"],
};
const thumb = (name) => `<canvas id=${name}></canvas>${IMAGES[name][0]}`;

// The text of a number in the kernel without what only people write: "+01/9" is 1/9.
const tidy = (text) => text.replace(/\s/g, "").replace(/−/g, "-").split("/").map(Number).join("/");
const real = (text) => text.replace(/-/g, "−");
const factor = (text) => (text < "0" ? `(${real(text)})` : text); // "-" comes before "0"

class ConvolutionExplorer extends Explorer {
  static css = `${LOOKS}
.controls { display: grid; gap: .9rem 1.5rem; }
.moves { display: flex; flex-wrap: wrap; gap: .9rem 1.5rem; }
.taps { display: grid; grid-template-columns: repeat(3, 3.4rem); gap: .25rem; margin-top: .4rem; }
.taps input { width: 100%; padding: .2rem; text-align: center; font-variant-numeric: tabular-nums; }
[aria-invalid=true] { border: 2px solid var(--mark) !important; }
select { display: block; margin-top: .25rem; width: 10.7rem; }
.wrong { border-left: .25rem solid var(--mark); padding: .3rem .7rem; margin-top: .5rem; max-width: 26rem; }
.stage { display: grid; gap: 1rem 1.5rem; margin: 1.4rem 0 1rem; align-content: start; }
#output td.later { background: none !important; color: transparent !important; border: 1px dotted var(--line); }
.legend { display: flex; align-items: center; gap: .5rem; }
.legend, .hint { font-size: .8rem; color: var(--soft); margin: .4rem 0 0 1.2rem; }
.legend i { width: 4.5rem; height: .7rem; border-radius: 3px; }
.sum { min-height: 7.9rem; }
.products { display: inline-grid; grid-template-columns: repeat(3, auto); gap: .1rem .5rem; margin: .2rem 0; }
.products span:first-child { padding-left: 1em; }
.products .pad { color: var(--soft); }
.size { margin: .7rem 0; font-size: .9rem; min-height: 2.6em; }
.output:has(.wrong) :is(.legend, .hint) { display: none; }
@container (max-width: 599px) {
  .kernel { display: grid; grid-template-columns: auto 1fr; column-gap: 1.5rem; }
  .taps, .wrong { grid-column: 1 / -1; }
}
@container (min-width: 600px) {
  .controls { grid-template-columns: 1fr auto; }
  .kernel { grid-column: 2; grid-row: 1 / span 2; }
  .stage { grid-template-columns: auto 1fr; min-height: var(--stage); }
}`;

  static html = `
<div class=controls>
  ${pills("picture", CHOICES.picture, thumb)}
  <div class=moves>${["stride", "padding", "dilation"].map((name) => pills(name, CHOICES[name])).join("")}</div>
  <div class=kernel><label class=name for=preset>Kernel</label><select id=preset>${
    Object.entries(KERNELS).map(([key, [name]]) => `<option value=${key}>${name}</option>`).join("")
  }<option value=own>Your own</option></select>
    <div class=taps role=group aria-label="The kernel's numbers">${Array.from({ length: 9 }, (_, n) =>
      `<input type=text autocomplete=off spellcheck=false aria-describedby=wrong aria-label="kernel row ${
        Math.floor(n / 3)}, column ${n % 3}">`).join("")}</div>
    <p id=wrong class=wrong hidden></p></div>
</div>
<div class=stage>
  <div><p class=name>Picture <span id=insize class=soft></span></p><div id=input></div></div>
  <div class=output><p class=name>Output <span id=outsize class=soft></span></p><div id=output></div>
    <p class=legend>negative <i></i> positive</p><p class=hint>Pick a number: its pixels are framed.</p></div>
</div>
<div class=sum></div>
<p class="size soft"></p>
${end("<button class=main id=slide></button>")}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { picture: "halves", kernel: "vertical", stride: "1", padding: "valid", dilation: "1", cell: [0, 0] };
    for (const name of Object.keys(CHOICES)) {
      if (CHOICES[name].includes(params.get(name))) this.state[name] = params.get(name);
    }
    const kernel = params.get("kernel") ?? "";
    const taps = kernel.split(",");
    if (Object.hasOwn(KERNELS, kernel)) this.state.kernel = kernel;
    else if (taps.length === 9 && taps.every((tap) => !Number.isNaN(parse(tap)))) this.state.kernel = taps.map(tidy).join();
    if (/^\d+,\d+$/.test(params.get("cell"))) this.state.cell = params.get("cell").split(",").map(Number);
  }

  params() {
    return { ...this.state, cell: this.state.cell.join() };
  }

  get image() {
    return pixels(this.state.picture);
  }

  get taps() { // as text, because 1/9 says more than 0.1111
    const { kernel } = this.state;
    return kernel in KERNELS ? KERNELS[kernel][1].split(" ") : kernel.split(",");
  }

  get options() {
    const { stride, padding, dilation } = this.state;
    return { strides: +stride, padding: Number(padding) || padding, dilation: +dilation };
  }

  listen() {
    const root = this.shadowRoot;
    const fields = this.$$(".taps input");
    for (const canvas of this.$$("canvas")) thumbnail(canvas, pixels(canvas.id));
    this.$(".legend i").style.background = `linear-gradient(90deg,${
      [-1, -0.67, -0.33, 0, 0.33, 0.67, 1].map((share) => `rgb(${signed(share)})`)})`;
    root.addEventListener("change", ({ target }) => {
      if (target.name) this.state[target.name] = target.value;
      else if (target.id === "preset") this.state.kernel = target.value === "own" ? this.taps.join() : target.value;
      else return;
      this.draw();
    });
    root.addEventListener("input", ({ target }) => {
      if (fields.includes(target)) this.type(fields);
    });
    const output = this.$("#output");
    const pick = ({ target }) => {
      const cell = target.closest("[data-value]");
      if (cell) this.choose(cell);
    };
    output.addEventListener("pointerover", pick);
    output.addEventListener("click", pick);
    output.addEventListener("focusin", pick);
    output.addEventListener("keydown", (event) => this.walk(event));
    this.$("#slide").addEventListener("click", () => this.slide());
  }

  // A number in the kernel was edited: use all nine when all nine are numbers.
  type(fields) {
    const wrong = fields.filter((field) => Number.isNaN(parse(field.value)));
    for (const field of fields) field.setAttribute("aria-invalid", wrong.includes(field));
    const note = this.$("#wrong");
    note.hidden = !wrong.length;
    note.textContent = wrong.length
      ? `“${wrong[0].value}” is not a number. Write 2, -0.5 or 1/9. Until then, the last kernel counts.` : "";
    if (wrong.length) return this.say(note.textContent);
    this.state.kernel = fields.map((field) => tidy(field.value)).join();
    return this.draw(false);
  }

  // Compute and show everything anew; the reader's own text in the kernel's fields can stay.
  draw(rewrite = true) {
    this.stop();
    const { state, taps: texts, image } = this;
    for (const name of Object.keys(CHOICES)) this.$(`[name=${name}][value="${state[name]}"]`).checked = true;
    this.$("#preset").value = Object.keys(KERNELS).find((key) => KERNELS[key][1] === texts.join(" ")) ?? "own";
    if (rewrite) {
      this.$$(".taps input").forEach((field, n) => { field.value = texts[n]; field.setAttribute("aria-invalid", false); });
      this.$("#wrong").hidden = true;
    }
    const size = [image.length, image[0].length];
    const shape = [1, ...size, 1];
    this.map = null;
    try {
      this.plan = geometry(shape, [3, 3], this.options);
      this.map = conv2d(tensor(shape, image.flat()), tensor([3, 3, 1, 1], texts.map(parse)), this.options);
    } catch (error) {
      this.refuse(error);
    }
    this.drawInput(size);
    if (this.map) this.drawOutput();
    this.$("pre").textContent = this.python();
    this.fit();
  }

  refuse({ message }) {
    this.plan = null;
    const span = 2 * this.state.dilation + 1;
    const text = `With dilation ${this.state.dilation}, the kernel spans ${span} × ${span} pixels, and does not fit: ${
      message.replace(/^conv2d: | \(.*\)/g, "")}`;
    this.$("#output").innerHTML = `<p class=wrong>${text}</p>`;
    this.$("#outsize").textContent = this.$(".size").textContent = "";
    this.$(".sum").textContent = "No window fits, so there is no sum.";
    this.say(text);
  }

  drawInput(size) {
    const { image } = this;
    const top = Math.max(...image.flat());
    const pads = this.plan?.pads ?? [[0, 0], [0, 0]];
    const padded = size.map((n, axis) => n + pads[axis][0] + pads[axis][1]);
    this.$("#insize").textContent = `${size.join(" × ")}${padded.join() === size.join() ? "" : `, padded ${padded.join(" × ")}`}`;
    this.$("#input").innerHTML = grid("Picture", "table", padded, (i, j) => {
      const value = image[i]?.[j];
      return value === undefined ? `<td class=pad data-at=${i},${j}>0</td>`
        : `<td data-at=${i},${j} style="${paint(grey(value / top))}">${value}</td>`;
    }, [-pads[0][0], -pads[1][0]], size);
  }

  drawOutput() {
    const { state, plan, map: { data } } = this;
    const { out, pads, spans } = plan;
    state.cell = state.cell.map((n, axis) => Math.min(n, out[axis] - 1));
    const top = Math.max(...data.map(Math.abs)) || 1;
    this.$("#outsize").textContent = out.join(" × ");
    this.$("#output").innerHTML = grid("Output", "grid", out, (i, j) => {
      const value = data[i * out[1] + j];
      const text = format(value);
      return `<td data-at=${i},${j} data-value=${value} aria-label="row ${i}, column ${j}: ${text}"${
        text.length > 3 ? " class=long" : ""} style="${paint(signed(value / top))}">${text}</td>`;
    });
    const rules = new Set(out.map((size, axis) => `⌊(${plan.size[axis]} + ${pads[axis][0] + pads[axis][1]} − ${
      spans[axis]}) / ${state.stride}⌋ + 1 = ${size}`));
    this.$(".size").textContent = `Height and width: ${[...rules].join(" and ")
    }, that is ⌊(pixels + padding − span of the kernel) / stride⌋ + 1; ⌊ ⌋ rounds down.`;
    this.mark();
  }

  // Show which pixels the chosen output is made of, and write out the sum.
  mark() {
    const { state: { cell }, plan, map, image, taps: texts, upto } = this;
    const places = taps(plan, ...cell);
    const marked = new Set(places.map(String));
    for (const td of this.$$("#input [data-at]")) td.classList.toggle("marked", marked.has(td.dataset.at));
    this.$$("#output [data-at]").forEach((td, n) => {
      const chosen = td.dataset.at === String(cell);
      td.classList.toggle("marked", chosen);
      td.classList.toggle("later", n > upto);
      td.tabIndex = chosen ? 0 : -1;
      td.ariaSelected = chosen;
    });
    const value = map.data[cell[0] * plan.out[1] + cell[1]];
    const products = places.map(([i, j], n) => [image[i]?.[j], texts[n]]);
    this.$(".sum").innerHTML = `<strong>output[${cell.join(", ")}]</strong> = sum of pixel · kernel<br><span class=products>${
      products.map(([pixel, tap], n) => `<span${pixel === undefined ? " class=pad" : ""}>${n ? "+ " : ""}${
        pixel ?? 0} · ${factor(tap)} </span>`).join("")}</span><br>${isRounded(value) ? "≈" : "="} <strong>${format(value)}</strong>${
      products.some(([pixel]) => pixel === undefined) ? " <span class=soft>(grey: padding, counts as 0)</span>" : ""}`;
  }

  get words() {
    return this.$(".sum").textContent.replace(/·/g, "×");
  }

  choose(td) {
    const cell = td.dataset.at.split(",").map(Number);
    if (String(cell) === String(this.state.cell) && this.upto === undefined) return;
    this.stop();
    this.state.cell = cell;
    this.mark();
    this.say(this.words);
  }

  walk(event) {
    const [rows, columns] = this.plan?.out ?? [0, 0];
    const [i, j] = this.state.cell;
    const to = { ArrowUp: [i - 1, j], ArrowDown: [i + 1, j], ArrowLeft: [i, j - 1], ArrowRight: [i, j + 1],
      Home: [i, 0], End: [i, columns - 1] }[event.key];
    if (!to) return;
    event.preventDefault(); // the page shall not scroll
    if (to[0] < 0 || to[1] < 0 || to[0] >= rows || to[1] >= columns) return;
    this.$(`#output [data-at="${to}"]`).focus();
  }

  // Show one output after the other: by itself, or a step a press where motion is not wanted.
  slide() {
    if (this.timer) return this.stop();
    if (!this.map) return undefined;
    if (!stepwise()) this.$("#slide").textContent = "Stop";
    return this.step();
  }

  step() {
    const [rows, columns] = this.plan.out;
    this.upto = (this.upto ?? -1) + 1;
    if (this.upto >= rows * columns) {
      this.say(`All ${rows * columns} sums are done.`);
      return this.stop();
    }
    this.state.cell = [Math.floor(this.upto / columns), this.upto % columns];
    this.mark();
    if (stepwise()) return this.say(this.words);
    this.timer = setTimeout(() => this.step(), Math.max(150, Math.min(600, 15000 / (rows * columns))));
    return undefined;
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const slid = this.upto !== undefined;
    this.upto = undefined;
    this.$("#slide").textContent = stepwise() ? "Next step" : "Slide the kernel";
    if (slid && this.map) this.mark();
  }

  // Cells as large as the width allows, at least 24 pixels; both grids fit however the picture is padded.
  fit() {
    const [rows, columns] = [this.image.length, this.image[0].length];
    const wide = this.clientWidth >= 600;
    const count = wide ? 2 * columns + 6 : columns + 4;
    const cell = Math.max(24, Math.min(34, Math.floor((this.clientWidth - (wide ? 70 : 20)) / count) - 1));
    this.style.setProperty("--cell", `${cell}px`);
    this.style.setProperty("--stage", `${(rows + 2) * (cell + 1) + 75}px`);
  }

  python() {
    const { strides, padding, dilation } = this.options;
    const array = (rows) => `np.array([\n${rows.map((row) => `    [${row.join(", ")}],\n`).join("")}])`;
    const kernel = [0, 3, 6].map((at) => this.taps.slice(at, at + 3));
    return `import numpy as np
from cnnutils import ops

image = ${array(this.image)}
kernel = ${array(kernel)}
output = ops.conv2d(
    image[np.newaxis, :, :, np.newaxis],
    kernel[:, :, np.newaxis, np.newaxis],
    strides=${strides}, padding=${JSON.stringify(padding)}, dilation_rate=${dilation},
)[0, :, :, 0]
print(output.round(2))
`;
  }
}

customElements.define("convolution-explorer", ConvolutionExplorer);
