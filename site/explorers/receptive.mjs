// <receptive-explorer>: stack layers, choose a deep value, and see which pixels it is made of.
import { levels, ways } from "./core/field.mjs";
import { Explorer, end } from "./ui/base.mjs";

const PIXELS = 32;
const MOST = 6; // layers
const ROW = 3.2;
const CHOICES = { window: [1, 2, 3, 5, 7], stride: [1, 2, 3], dilation: [1, 2, 4] };
const STACKS = {
  three: ["Three windows of 3", "3/1/1 3/1/1 3/1/1"],
  one: ["One window of 7", "7/1/1"],
  pooled: ["5, pool, 5, pool", "5/1/1 2/2/1 5/1/1 2/2/1"],
  wide: ["Two taps, gaps of 1, 2, 4", "2/1/1 2/1/2 2/1/4"],
  holes: ["Gaps of 2, twice", "3/1/2 3/1/2"],
  strides: ["Strides of 2", "3/2/1 3/2/1 3/2/1"],
};
const read = (text) => text.split(/[ ,]/).map((layer) => {
  const [window, stride, dilation] = layer.split("/").map(Number);
  return { window, stride, dilation };
});
const write = (layers) => layers.map(({ window, stride, dilation }) => `${window}/${stride}/${dilation}`).join();
const lawful = (layer) => Object.keys(CHOICES).every((name) => CHOICES[name].includes(layer[name]));
const range = (length) => [...Array(length).keys()];

class ReceptiveExplorer extends Explorer {
  static css = `
.controls { display: flex; flex-wrap: wrap; gap: .9rem 2rem; align-items: start; }
select { display: block; margin-top: .25rem; }
.layers { display: grid; gap: .3rem; }
.layers p { display: grid; grid-template-columns: 4.2rem repeat(3, 4.6rem); align-items: center; gap: .4rem; }
.layers select { margin: 0; min-height: 1.9rem; padding: 0 .4rem; width: 4.6rem; }
.layers .head { font-size: .85rem; color: var(--soft); }
.add { display: flex; gap: .5rem; margin-top: .5rem; }
.stage { margin: 1.2rem 0 .3rem; }
svg { display: block; width: 100%; }
svg rect { fill: var(--ground); stroke: var(--soft); stroke-width: .07; }
svg .sees { fill: var(--key); stroke: var(--key); }
svg .chosen { fill: var(--mark); stroke: var(--mark); }
svg .cone { fill: var(--course-wash); stroke: none; }
svg { cursor: pointer; }
svg text { font-size: .85px; fill: currentColor; }
svg .top:focus-visible { outline: none; stroke: var(--mark); stroke-width: .3; }
.hint { font-size: .85rem; margin-bottom: .8rem; }
.sum { min-height: 9rem; margin-bottom: 1rem; }
.wrong { border-left: .25rem solid var(--mark); padding: .3rem .7rem; }
@container (max-width: 599px) { svg text { font-size: 1.25px; } }`;

  static html = `
<div class=controls>
  <div><label class=name for=stack>Layers, from the picture on</label><select id=stack>${
    Object.entries(STACKS).map(([key, [name]]) => `<option value=${key}>${name}</option>`).join("")
  }<option value=own>Your own</option></select></div>
  <div><div class=layers></div><div class=add><button id=add>Add a layer</button><button id=less>Remove the last</button></div></div>
</div>
<div class=stage><svg role=group></svg></div>
<p class="hint soft" id=how>Choose a value in the uppermost row: click it, tap it, or walk with the arrow keys.</p>
<div class=sum></div>
${end("")}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { layers: read(STACKS.three[1]), cell: 12 };
    const name = params.get("layers") ?? "";
    const layers = read(Object.hasOwn(STACKS, name) ? STACKS[name][1] : name);
    if (layers.length <= MOST && layers.every(lawful)) this.state.layers = layers;
    if (/^\d+$/.test(params.get("cell"))) this.state.cell = Number(params.get("cell"));
  }

  params() {
    return { layers: write(this.state.layers), cell: this.state.cell };
  }

  listen() {
    const root = this.shadowRoot;
    root.addEventListener("change", ({ target }) => {
      if (target.id === "stack" && target.value !== "own") this.state.layers = read(STACKS[target.value][1]);
      else if (target.name) this.state.layers[target.dataset.layer][target.name] = Number(target.value);
      this.show();
    });
    this.$("#add").addEventListener("click", () => {
      this.state.layers.push({ window: 3, stride: 1, dilation: 1 });
      this.show();
    });
    this.$("#less").addEventListener("click", () => {
      this.state.layers.pop();
      this.show();
    });
    const svg = this.$("svg");
    // Boxes are small on a phone: what is nearest is meant.
    svg.addEventListener("click", ({ clientX }) => {
      const found = levels(PIXELS, this.state.layers);
      if (found.length <= this.state.layers.length) return;
      const { size, jump } = found.at(-1);
      const x = new DOMPoint(clientX).matrixTransform(svg.getScreenCTM().inverse()).x;
      this.choose(Math.round((x - size / 2) / jump));
    });
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, Home: -PIXELS, End: PIXELS }[event.key];
      if (!step) return;
      event.preventDefault(); // the page shall not scroll
      this.choose(this.state.cell + step);
    });
  }

  // Choose a value; beyond an end, the last one before it.
  choose(cell) {
    this.state.cell = Math.max(0, cell);
    this.show();
    this.$(".top[tabindex='0']").focus();
  }

  show() {
    this.draw();
    this.say(this.$$(".sum p").map((p) => p.textContent).join(" "));
  }

  draw() {
    const { layers } = this.state;
    const found = levels(PIXELS, layers);
    const fits = found.length > layers.length;
    this.$("#stack").value = Object.keys(STACKS).find((key) => write(read(STACKS[key][1])) === write(layers)) ?? "own";
    this.$("#add").disabled = layers.length === MOST || !fits;
    this.$("#less").disabled = layers.length === 1;
    this.drawLayers();
    this.state.cell = Math.min(this.state.cell, found.at(-1).count - 1);
    this.drawStack(found, fits);
    this.$(".sum").innerHTML = fits ? this.words(found) : this.refusal(found);
    this.$("pre").textContent = this.python();
  }

  // The settings of each layer; the one that is being changed keeps the keyboard.
  drawLayers() {
    const { layers } = this.state;
    const at = this.shadowRoot.activeElement;
    const [layer, name] = [at?.dataset.layer, at?.name];
    const options = (n, key) => `<select name=${key} data-layer=${n} aria-label="layer ${n + 1}, ${key}">${
      CHOICES[key].map((value) => `<option${value === layers[n][key] ? " selected" : ""}>${value}</option>`).join("")}</select>`;
    this.$(".layers").innerHTML = `<p class=head><span></span><span>window</span><span>stride</span><span>dilation</span></p>${
      layers.map((_, n) => `<p><span>Layer ${n + 1}</span>${Object.keys(CHOICES).map((key) => options(n, key)).join("")}</p>`).join("")}`;
    if (layer !== undefined) this.$(`[data-layer="${layer}"][name=${name}]`)?.focus();
  }

  // The picture below, a row for each layer above it; each value stands over the middle of what it sees.
  drawStack(found, fits) {
    const { layers, cell } = this.state;
    const counts = fits ? ways(PIXELS, layers, cell) : null;
    const height = (level) => (found.length - 1 - level) * ROW + 1.1;
    const place = (level, i) => i * found[level].jump + (found[level].size - 1) / 2;
    const top = found.length - 1;
    const { size, jump } = found[top];
    const cone = `<polygon class=cone points="${cell * jump},${height(0)} ${cell * jump + size},${height(0)} ${
      place(top, cell) + 1},${height(top) + 0.9} ${place(top, cell)},${height(top) + 0.9}" />`;
    const most = counts && Math.max(...counts[0]);
    const box = (level, i) => {
      const reached = counts?.[level][i];
      const chosen = level === top && i === cell && fits;
      const kind = [level === top && fits && top ? "top" : "", chosen ? "chosen" : reached ? "sees" : ""].join(" ");
      const share = level === 0 && reached ? ` fill-opacity=${0.25 + (0.75 * reached) / most}` : "";
      const use = level === top && fits && top
        ? ` data-cell=${i} role=button tabindex=${chosen ? 0 : -1} aria-pressed=${chosen} aria-label="value ${i}"` : "";
      return `<rect class="${kind}" x=${place(level, i) + 0.05} y=${height(level)} width=.9 height=.9 rx=.15${share}${use} />`;
    };
    const svg = this.$("svg");
    svg.setAttribute("viewBox", `-0.2 0 ${PIXELS + 0.4} ${height(0) + 1.2}`);
    svg.ariaLabel = `${PIXELS} pixels and ${top} layers above them`;
    svg.innerHTML = (fits ? cone : "") + found.map(({ count }, level) =>
      `<text x=0 y=${height(level) - 0.25}>${level ? `layer ${level}: ${count} values` : `picture: ${PIXELS} pixels`}</text>${
        range(count).map((i) => box(level, i)).join("")}`).join("");
  }

  refusal(found) {
    const layer = this.state.layers[found.length - 1];
    return `<p class=wrong>Layer ${found.length} has a window that spans ${layer.dilation * (layer.window - 1) + 1} values, and gets only ${
      found.at(-1).count}. Nothing can be above it.</p>`;
  }

  words(found) {
    const { layers, cell } = this.state;
    const { count, size, jump } = found.at(-1);
    const counts = ways(PIXELS, layers, cell)[0];
    const seen = counts.flatMap((number, pixel) => (number ? [pixel] : []));
    const steps = layers.map((layer, n) => {
      const { size: before, jump: far } = found[n];
      const gaps = layer.dilation > 1 ? `${layer.dilation} · ` : "";
      return `${before} + ${gaps}(${layer.window} − 1) · ${far} = ${found[n + 1].size}`;
    });
    const [holes, most] = [size - seen.length, Math.max(...counts)];
    return `<p><strong>Value ${cell}</strong> of ${count} sees the ${size} pixels ${seen[0]} to ${seen.at(-1)}${
      holes ? `, but ${holes} of them not at all: holes between the taps` : ""}. Neighbours look ${jump} pixel${jump > 1 ? "s" : ""} apart.</p><p>Layer by layer, what was seen + dilation · (window − 1) · jump: ${steps.join("; ")}.</p><p>${most > 1 ? `The pixels count 1 to ${most} times` : "Each pixel counts once"}, if all weights are 1: ${
      most > 1 ? "the darker, the more ways lead up" : "a single way leads up from it"}.</p>`;
  }

  fit() {} // the drawing is as wide as its place

  python() {
    const lines = this.state.layers.map(({ window, stride, dilation }) =>
      `    shapes.Window(${window}, strides=${stride}, dilation_rate=${dilation}),\n`);
    return `from cnnutils import shapes

layers = [
${lines.join("")}]
output = shapes.receptive_field(layers)
print(output)
`;
  }
}

customElements.define("receptive-explorer", ReceptiveExplorer);
