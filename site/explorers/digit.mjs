// <digit-explorer>: draw a digit, see what a small LeNet reads, and what each of its layers makes of it.
import { LAYERS, parts, prepare, read, stroke, unpack } from "./core/digit.mjs";
import { format, grey, isRounded, signed } from "./core/numbers.mjs";
import { Explorer, end, grid, paint, pills } from "./ui/base.mjs";

const counted = (picture) => [...picture].map((sign) => parseInt(sign, 17));
const written = (counts) => counts.map((count) => count.toString(17)).join("");
let [LAYER, SAMPLES, CODE] = [null, []];
try {
  const [numbers, code] = await Promise.all(["bin", "py"].map((kind) => fetch(new URL(`data/digit.${kind}`, import.meta.url))));
  ({ layers: LAYER, samples: SAMPLES } = unpack(await numbers.arrayBuffer()));
  CODE = await code.text();
  for (const sample of SAMPLES) sample.picture = written(sample.counts);
} catch { // no connection, or another file
}
const RIGHT = 10; // the first samples are read rightly, the others are not
const EMPTY = "0".repeat(64);
const NAMES = LAYERS.map(({ name }) => name);
const UNITS = { C5: [6, 8], F6: [4, 8], OUTPUT: [2, 5] }; // how the units of a layer are laid out
const SIDES = { C1: 8, S2: 4, C3: 4, S4: 2 };
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const depth = (name) => LAYERS.find((layer) => layer.name === name).kernel[3];
const size = (name) => (UNITS[name] ? "" : `${SIDES[name]} × ${SIDES[name]} × `) + depth(name);
const plus = (value, first) => `${value < 0 ? "− " : first ? "" : "+ "}${format(Math.abs(value))}`;
const makes = (value) => `${isRounded(value) ? "≈" : "="} <strong>${format(value)}</strong>`;

// Shares of white as a picture.
function show(canvas, shares) {
  canvas.width = canvas.height = Math.sqrt(shares.length);
  const bytes = shares.flatMap((share) => [...grey(share), 255]);
  canvas.getContext("2d").putImageData(new ImageData(Uint8ClampedArray.from(bytes), canvas.width), 0, 0);
}
const face = (name) => `<canvas aria-hidden=true></canvas>${name}`;
const samples = (title, from, to) => pills("sample", [...SAMPLES.keys()].slice(from, to), (n) => face(SAMPLES[n].label), title);

class DigitExplorer extends Explorer {
  static css = `
:host { --cell: 1.9rem; }
legend { text-transform: none; }
.seen { grid-area: seen; }
canvas { display: block; image-rendering: pixelated; border: 1px solid var(--soft); }
fieldset { margin-bottom: .6rem; }
.pill { padding: .2rem .45rem; }
.pill canvas { width: 2rem; }
.stage { display: grid; grid-template: ". seen says" / auto auto 1fr; gap: 1rem 1.6rem; margin: 1.2rem 0; }
.says { grid-area: says; }
#pad { width: 12rem; touch-action: none; margin: .3rem 0 .6rem; }
.note, .kernels p { font-size: .8rem; }
.note { min-height: 2.6em; }
.bars { list-style: none; margin: 0; padding: 0; }
.bars li { display: grid; grid-template-columns: 1rem 1fr 3.7rem; gap: .4rem; align-items: center; margin: 0; }
.bars i { height: .8rem; background: var(--key); }
.bars span { text-align: right; font-size: .8rem; }
.says .name { font-size: 1.3rem; }
.detail { gap: 1rem 1.6rem; margin: 1rem 0; }
.kernels { gap: .6rem .9rem; }
.weights { flex: 1; min-width: 15rem; }
[data-at] { cursor: pointer; }
.sum { margin-bottom: 1rem; }
@container (max-width: 649px) {
  .stage { grid-template: ". says" "seen seen" / auto 1fr; gap: 1rem; }
  #pad { width: 10.4rem; }
  .note { min-height: 3.9em; }
}`;

  static html = `
<div class=samples>${samples("Held-out digits", 0, RIGHT)}${samples("Read wrongly", RIGHT)}</div>
<div class=stage>
  <div><p class=name>Draw here</p><canvas id=pad role=img aria-label="The drawing; the table says the same"></canvas><button class=main id=clear>Clear</button></div>
  <div class=seen><p class=name>The network gets <span class=soft>8 × 8, ink 0 to 16</span></p><div id=picture>${
    grid('"Picture, to be edited"', "grid", [8, 8], (i, j) => `<td data-at=${i},${j}></td>`)}</div></div>
  <div class=says><p class=name></p><p class="note soft"></p><ol class=bars></ol></div>
</div>
${pills("layer", NAMES, (name) => `${name} <span class=soft>${size(name)}</span>`, "Look into a layer")}
<div class=maps></div>
<div class="pills detail"><div><p class=name></p><div id=map></div></div><div class=weights><p class=name>Its weights</p><div class="pills kernels"></div></div></div>
<div class=sum></div>
${end("")}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { picture: SAMPLES[RIGHT].picture, layer: "C1", map: 0, cell: [3, 3] };
    const { state } = this;
    if (/^[0-9a-g]{64}$/.test(params.get("picture"))) state.picture = params.get("picture");
    if (NAMES.includes(params.get("layer"))) state.layer = params.get("layer");
    if (/^\d+$/.test(params.get("map")) && params.get("map") < depth(state.layer)) state.map = Number(params.get("map"));
    if (/^\d,\d$/.test(params.get("cell"))) state.cell = params.get("cell").split(",").map(Number);
    this.keep();
  }

  params() {
    return { ...this.state, cell: this.state.cell.join() };
  }

  get at() {
    return NAMES.indexOf(this.state.layer);
  }

  // Layers differ in how many maps they have, and of which size.
  keep() {
    const { state } = this;
    state.map = Math.min(state.map, depth(state.layer) - 1);
    state.cell = state.cell.map((n) => Math.min(n, (SIDES[state.layer] ?? 1) - 1));
  }

  listen() {
    const pad = this.$("#pad");
    this.$$("[name=sample] + canvas").forEach((canvas, n) => show(canvas, SAMPLES[n].counts.map((count) => count / 16)));
    this.shadowRoot.addEventListener("change", ({ target: { name, value } }) => {
      if (name === "sample") return this.take(SAMPLES[value].picture);
      this.state[name] = name === "map" ? Number(value) : value;
      this.keep();
      return this.tell();
    });
    this.$("#clear").addEventListener("click", () => this.take(EMPTY));
    pad.addEventListener("pointerdown", (event) => {
      pad.setPointerCapture(event.pointerId);
      this.dots ??= new Uint8Array(1024); // a picture that was not drawn has no strokes to go on with
      this.pen = null;
      this.ink(event);
    });
    pad.addEventListener("pointermove", (event) => event.buttons && this.ink(event));
    pad.addEventListener("pointerup", () => this.say(this.reading));
    const cell = ({ target }) => target.closest("[data-at]")?.dataset.at;
    const picture = this.$("#picture");
    this.$$("#picture [data-at]").forEach((td, n) => { td.tabIndex = n ? -1 : 0; });
    picture.addEventListener("click", (event) => cell(event) && this.edit(cell(event), " "));
    picture.addEventListener("focusin", ({ target }) => {
      for (const td of this.$$("#picture [data-at]")) td.tabIndex = td === target ? 0 : -1;
    });
    picture.addEventListener("keydown", (event) => this.walk(event) || this.edit(cell(event), event.key, event));
    const map = this.$("#map");
    map.addEventListener("focusin", (event) => { // a click focuses, too
      const at = cell(event);
      if (!at || at === this.chosen) return;
      const [i, j] = at.split(",").map(Number);
      const units = UNITS[this.state.layer];
      if (units) this.state.map = i * units[1] + j;
      else this.state.cell = [i, j];
      this.tell();
    });
    map.addEventListener("keydown", (event) => this.walk(event));
  }

  // Arrow keys go from cell to cell of a table.
  walk(event) {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!by) return false;
    event.preventDefault(); // the page shall not scroll
    const to = event.target.dataset.at.split(",").map((n, axis) => Number(n) + by[axis]);
    event.currentTarget.querySelector(`[data-at="${to}"]`)?.focus();
    return true;
  }

  take(picture) {
    this.state.picture = picture;
    this.dots = null;
    this.draw();
    this.say(this.reading);
  }

  // A dot under the pointer, and a line from the one before.
  ink({ offsetX, offsetY, target }) {
    const to = [offsetX, offsetY].map((at) => (at / target.clientWidth) * 32 - 0.5);
    stroke(this.dots, this.pen ?? to, to);
    this.pen = to;
    this.state.picture = written(prepare(this.dots));
    this.draw();
  }

  // A key changes the ink of a pixel; a click is like the space bar.
  edit(at, key, event) {
    const [i, j] = at.split(",").map(Number);
    const counts = counted(this.state.picture);
    const ink = counts[i * 8 + j];
    const wanted = { " ": ink ? 0 : 16, "+": ink + 2, "-": ink - 2 }[key];
    if (wanted === undefined) return;
    event?.preventDefault();
    counts[i * 8 + j] = Math.max(0, Math.min(16, wanted));
    this.take(written(counts));
    this.say(`row ${i}, column ${j}: ${counts[i * 8 + j]}. ${this.reading}`);
  }

  tell() {
    this.draw();
    this.say(this.$(".sum").innerText.replace(/·/g, "×"));
  }

  draw() {
    const { state } = this;
    this.found = read(LAYER, counted(state.picture));
    this.drawPicture();
    this.drawReading();
    this.drawLayer();
    this.$("pre").textContent = this.python();
  }

  drawPicture() {
    const { state: { picture }, dots } = this;
    const counts = counted(picture);
    show(this.$("#pad"), dots ? [...dots] : counts.map((count) => count / 16));
    this.$$("[name=sample]").forEach((input, n) => { input.checked = SAMPLES[n].picture === picture; });
    this.$$("#picture [data-at]").forEach((td, n) => {
      td.textContent = counts[n];
      td.ariaLabel = `row ${n >> 3}, column ${n & 7}: ${counts[n]}`;
      td.style = paint(grey(counts[n] / 16));
    });
  }

  drawReading() {
    const shares = [...this.found.at(-1).data];
    const [first, second] = [...shares.keys()].sort((a, b) => shares[b] - shares[a]);
    const sample = SAMPLES.find(({ picture }) => picture === this.state.picture);
    const note = this.state.picture === EMPTY ? "No ink, and it answers all the same."
      : sample ? `Written as ${sample.label}: ${sample.label === first ? "right" : "wrong"}.` : "";
    this.$(".says .name").textContent = `Read as ${first}`;
    this.$(".note").textContent = note;
    this.$(".bars").innerHTML = shares.map((share, n) => `<li><b>${n}</b><i style="width:${100 * share}%"></i><span>${percent(share)}</span></li>`).join("");
    this.reading = `Read as ${first}, ${percent(shares[first])}. Then ${second}, ${percent(shares[second])}. ${note}`;
  }

  // The chosen layer: its maps, one of them in numbers, and what made one of these.
  drawLayer() {
    const { state: { layer: name, map, cell }, at } = this;
    const { shape: [, rows, columns, count], data, sums } = this.found[at + 1];
    const units = UNITS[name];
    const top = Math.max(...data) || 1;
    this.$(`[name=layer][value=${name}]`).checked = true;
    if (this.shown !== name) { // else the keyboard would lose its place
      this.$(".maps").innerHTML = units ? "" : pills("map", [...Array(count).keys()], face, `Maps of ${name}`);
      this.shown = name;
    }
    this.$$(".maps canvas").forEach((canvas, n) => show(canvas, [...data.filter((_, place) => place % count === n)].map((value) => value / top)));
    this.$$("[name=map]").forEach((input, n) => { input.checked = n === map; });

    this.chosen = String(units ? [Math.floor(map / units[1]), map % units[1]] : cell);
    const held = this.shadowRoot.activeElement?.closest("#map");
    this.$(".detail .name").textContent = units ? `The ${count} units of ${name}, row by row` : `Map ${map} of ${name}`;
    this.$("#map").innerHTML = this.table("grid", `Values of ${name}`, units ?? [rows, columns], (i, j) =>
      (units ? data[i * units[1] + j] : data[(i * columns + j) * count + map]), (value) => grey(value / top));
    if (held) this.$("#map [tabindex='0']").focus();

    const found = parts(LAYER[at], this.found[at], cell, map);
    const place = (cell[0] * columns + cell[1]) * count + map;
    this.drawWeights(found);
    this.$(".sum").innerHTML = this.words(found, sums[place], data[place]);
  }

  // Numbers in colours; in a grid, one is chosen.
  table(role, label, sides, number, colour) {
    const units = UNITS[this.state.layer];
    return grid(`"${label}"`, role, sides, (i, j) => {
      const text = format(number(i, j));
      const chosen = role === "grid" && this.chosen === `${i},${j}`;
      return `<td ${role === "grid" ? `data-at=${i},${j} tabindex=${chosen - 1} aria-selected=${chosen} aria-label="${
        units ? `unit ${i * sides[1] + j}` : `row ${i}, column ${j}`}: ${text}"` : ""} class="${
        chosen ? "marked" : ""}${text.length > 3 ? " long" : ""}" style="${paint(colour(number(i, j)))}">${text}</td>`;
    }, [0, 0], role === "grid" && !units ? sides : [0, 0]);
  }

  // The weights that made the chosen value: a kernel for each map below, or one number for each unit.
  drawWeights(found) {
    const units = UNITS[NAMES[this.at - 1]];
    const most = Math.max(...found.flatMap(({ products }) => products.map(([, weight]) => Math.abs(weight))));
    const table = (weights, sides) => this.table("table", "Weights", sides, (i, j) => weights[i * sides[1] + j], (weight) => signed(weight / most));
    this.$(".kernels").innerHTML = units ? table(found.map(({ products }) => products[0][1]), units)
      : found.map(({ from, products, sum }) => `<div>${found.length > 1 ? `<p class=soft>map ${from}: ${format(sum)}</p>` : ""}${
        table(products.map(([, weight]) => weight), Array(2).fill(Math.sqrt(products.length)))}</div>`).join("");
  }

  // The sum, written out: product by product where there are few, else the largest.
  words(found, sum, value) {
    const { state: { layer: name, map, cell: [i, j] }, at } = this;
    const { bias } = LAYER[at];
    const large = found.toSorted((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
    const others = large.splice(6);
    const terms = found.length > 1 ? `sum over the ${found.length} ${UNITS[NAMES[at - 1]] ? "units" : "maps"} of ${NAMES[at - 1]}, the largest first<br>${
      large.map((part, n) => plus(part.sum, !n)).join(" ")}${
      others.length ? `<br>${plus(others.reduce((total, part) => total + part.sum, 0))} from the other ${others.length}` : ""}`
      : `sum of ${bias ? "pixel · weight, a pixel is its ink / 16" : `value of ${NAMES[at - 1]} · 1/4`}<br>${found[0].products.map(([input, weight]) =>
        `${format(input)} · ${weight < 0 ? `(${format(weight)})` : format(weight)}`).join(" + ")}`;
    const squashed = name === "OUTPUT" ? `softmax: its exp by the sum of exp of all ten ${makes(value)}`
      : `ReLU: ${sum < 0 ? "below 0, so" : "it stays"} <strong>${format(value)}</strong>`;
    return `<strong>${name}, ${UNITS[name] ? `unit ${map}` : `map ${map}, row ${i}, column ${j}`}</strong> = ${terms}<br>${
      bias ? `${plus(bias[map])} (bias) ` : ""}${makes(sum)}${bias ? `<br>${squashed}` : ""}`;
  }

  fit() {}

  // The code of the first state, with another picture, layer and value in it.
  python() {
    const { picture, layer, map, cell } = this.state;
    return CODE.replace(/(?<=rows = """)[^"]*/, `\n${picture.match(/.{8}/g).join("\n")}\n`).replace(/(?<=get_layer\(")\w+/, layer)
      .replace(/(?<=output\[0, )[^\]]*/, UNITS[layer] ? map : [...cell, map].join(", "));
  }
}

// Without its weights the network cannot read: then the picture stays, and a sentence says why.
class Refusal extends HTMLElement {
  connectedCallback() {
    this.insertAdjacentHTML("afterbegin", "<p role=alert>The network’s weights could not be loaded: reload the page to try again.</p>");
  }
}

customElements.define("digit-explorer", LAYER ? DigitExplorer : Refusal);
