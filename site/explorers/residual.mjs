// <residual-explorer>: signal and gradient by depth, in the same network with and without shortcuts.
import { draw, travel } from "./core/depth.mjs";
import { Explorer, end, pills } from "./ui/base.mjs";

const CHOICES = {
  depth: ["2", "4", "8", "16", "32", "64"],
  scale: ["0.5", "0.7", "1", "1.4", "2"],
  norm: ["no", "yes"],
  last: ["random", "zero"],
  seed: ["1", "2", "3", "4", "5"],
};
const TITLES = {
  depth: "Layers", scale: "First weights, times He's", norm: "Batch normalisation",
  last: "Last weights of a block", seed: "Seed",
};
const NAMES = ["plain", "residual"];
// Pixels: left and right of the curves, height of one chart, of a title above it, of the place for 0.
const [LEFT, RIGHT, HIGH, TITLE, ZERO] = [46, 14, 150, 26, 22];

// Three digits, or two and a power of ten; "10^−5" is then set with a raised −5, or said.
function written(value) {
  if (!value || (value >= 0.001 && value < 9999.5)) return String(Number(value.toPrecision(3)));
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits} · 10^${power.replace("+", "").replace("-", "−")}`;
}
const set = (text) => text.replace(/\^(−?\d+)/g, "<sup>$1</sup>");
const spoken = (html) => html.replace(/<[^>]+>/g, "").replaceAll("^", " to the ");

class ResidualExplorer extends Explorer {
  static css = `
.controls { display: flex; flex-wrap: wrap; gap: .9rem 1.5rem; }
.controls legend { text-transform: none; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin-top: 1.2rem; font-size: .9rem; }
.key svg { width: 2.6rem; height: .9rem; vertical-align: middle; margin-right: .4rem; }
.stage { max-width: 44rem; }
.stage svg { display: block; width: 100%; cursor: pointer; }
svg text { font-size: 13px; fill: var(--soft); }
svg .title { fill: currentColor; font-weight: 650; font-size: 14px; }
.rule { stroke: var(--line); }
.zero { stroke-dasharray: 2 4; stroke: var(--soft); }
sup { line-height: 0; font-size: .75em; }
.at { stroke: var(--soft); stroke-width: 1.5; }
.plain { fill: var(--key); stroke: var(--key); stroke-width: 2; }
.residual { fill: var(--ground); stroke: var(--mark); stroke-width: 2; }
path.plain, path.residual { fill: none; }
path.residual { stroke-dasharray: 5 4; }
.place { display: block; max-width: 44rem; font-size: .95rem; font-weight: 650; margin-bottom: 1rem; }
.place input { display: block; width: calc(100% - ${LEFT + RIGHT - 16}px); margin: .3rem 0 0 ${LEFT - 8}px; height: 1.6rem;
  accent-color: var(--key); }
.sum { min-height: 12rem; margin-bottom: 1rem; }
.sum table { border-spacing: 0; margin-bottom: .5rem; }
.sum :is(td, th) { width: auto; height: auto; min-width: 0; padding: .05rem 1.6rem .05rem 0; text-align: left;
  font-size: .95rem; line-height: 1.45; color: inherit; }
.sum th { font-weight: 650; }
@container (max-width: 599px) { .sum { min-height: 15rem; } }`;

  static html = `
<div class=controls>${Object.entries(CHOICES).map(([name, values]) =>
    pills(name, values, (value) => value, TITLES[name])).join("")}</div>
<p class=key>${NAMES.map((name) => `<span><svg viewBox="0 0 42 14" aria-hidden=true><path class=${name} d="M0 7H42" />${
    mark(name, 21, 7, 4)}</svg>${name === "plain" ? "plain" : "residual: the same weights, with shortcuts"}</span>`).join("")}</p>
<div class=stage><svg aria-hidden=true></svg></div>
<label class=place>Layer <span class=soft>(arrow keys, or tap a chart)</span><input type=range min=0 step=2></label>
<div class=sum></div>
${end("")}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { depth: "32", scale: "0.5", norm: "no", last: "random", seed: "1", layer: "16" };
    const { state } = this;
    for (const name of Object.keys(CHOICES)) {
      if (CHOICES[name].includes(params.get(name))) state[name] = params.get(name);
    }
    const layer = params.get("layer") ?? "";
    if (/^\d+$/.test(layer) && layer % 2 === 0 && Number(layer) <= state.depth) state.layer = layer;
    this.keepLayer();
  }

  keepLayer() {
    this.state.layer = String(Math.min(this.state.layer, this.state.depth));
  }

  params() {
    return this.state;
  }

  listen() {
    const choose = (layer) => {
      this.state.layer = String(layer);
      this.draw();
      this.say(spoken(this.here()));
    };
    this.shadowRoot.addEventListener("change", ({ target }) => {
      if (target.type === "range") return;
      this.state[target.name] = target.value;
      this.keepLayer();
      this.draw();
      this.say(spoken(`${this.here()} ${this.words()}`));
    });
    this.$("[type=range]").addEventListener("input", ({ target }) => choose(target.value));
    this.$(".stage svg").addEventListener("click", ({ clientX, currentTarget }) => {
      const { left, width } = currentTarget.getBoundingClientRect();
      const blocks = this.state.depth / 2;
      const block = Math.round(((clientX - left - LEFT) / (width - LEFT - RIGHT)) * blocks);
      choose(2 * Math.max(0, Math.min(blocks, block)));
    });
  }

  // Compute both networks; another layer of the same ones is only read off.
  compute() {
    const { depth, scale, norm, last, seed } = this.state;
    const asked = [depth, scale, norm, last, seed].join();
    if (this.asked === asked) return;
    this.asked = asked;
    const drawn = draw({ depth: Number(depth), scale: Number(scale), zero: last === "zero", seed: Number(seed) });
    this.found = [false, true].map((shortcut) => travel(drawn, { normed: norm === "yes", shortcut }));
  }

  draw() {
    const { state } = this;
    this.compute();
    for (const name of Object.keys(CHOICES)) this.$(`[name=${name}][value="${state[name]}"]`).checked = true;
    const slider = this.$("[type=range]");
    slider.max = state.depth;
    slider.value = state.layer;
    slider.ariaValueText = `${state.layer} of ${state.depth}`;
    this.drawCharts();
    this.$(".sum").innerHTML = set(this.table() + this.words());
    this.$("pre").textContent = this.python();
  }

  // Two charts with the same axes, above one another, drawn as wide as their place.
  drawCharts() {
    const { found, state } = this;
    const svg = this.$(".stage svg");
    this.width = svg.clientWidth;
    const all = found.flatMap(({ signal, gradient }) => [...signal, ...gradient]);
    const powers = all.filter(Boolean).map(Math.log10);
    const span = Math.max(...powers, 1) - Math.min(...powers, -1);
    const step = [1, 2, 5, 10].find((size) => span / size <= 5) ?? 10;
    const [low, high] = [Math.floor(Math.min(...powers, -1) / step), Math.ceil(Math.max(...powers, 1) / step)];
    const floor = HIGH - (all.includes(0) ? ZERO : 0);
    const x = (n) => LEFT + (n * (this.width - LEFT - RIGHT)) / (state.depth / 2);
    const y = (value) => (value ? (floor * (high * step - Math.log10(value))) / ((high - low) * step) : HIGH);
    const rule = (at, text, kind = "") => `<path class="rule ${kind}" d="M${LEFT} ${at}H${this.width - RIGHT}" /><text x=${LEFT - 8} y=${
      at + 4} text-anchor=end>${text}</text>`;
    const powersOfTen = Array.from({ length: high - low + 1 }, (_, n) => (low + n) * step);
    const axis = powersOfTen.map((power) => rule(y(10 ** power),
      Math.abs(power) > 1 ? `10<tspan dy=-5 font-size=10>${String(power).replace("-", "−")}</tspan>` : 10 ** power)).join("")
      + (floor < HIGH ? rule(HIGH, "0", "zero") : "");
    const chosen = state.layer / 2;
    const curve = (name, values) => `<path class=${name} d="M${values.map((value, n) => `${x(n)} ${y(value)}`).join("L")}" />${
      values.map((value, n) => mark(name, x(n), y(value), n === chosen ? 5 : 2.5)).join("")}`;
    const chart = (title, key) => `<text class=title x=${LEFT} y=-11>${title}</text>${axis}<path class=at d="M${x(chosen)} 0V${
      HIGH}" />${found.map((values, n) => curve(NAMES[n], values[key])).join("")}`;
    const below = 2 * (HIGH + TITLE) + 16;
    svg.setAttribute("viewBox", `0 0 ${this.width} ${below + 26}`);
    svg.innerHTML = `<g transform="translate(0 ${TITLE})">${chart("Signal, on its way forward →", "signal")}</g>
<g transform="translate(0 ${2 * TITLE + HIGH + 14})">${chart("Gradient, on its way back ←", "gradient")}</g>
${[0, 0.25, 0.5, 0.75, 1].map((share) => share * state.depth).filter((layer) => layer % 2 === 0).map((layer) =>
    `<text x=${x(layer / 2)} y=${below + 22} text-anchor=middle>${layer}</text>`).join("")}`;
  }

  // The sizes at the chosen layer.
  at() {
    return this.found.map(({ signal, gradient }) => [signal, gradient].map((sizes) => written(sizes[this.state.layer / 2])));
  }

  here() {
    const { layer, depth } = this.state;
    return `Layer ${layer} of ${depth}. ${this.at().map(([signal, gradient], n) =>
      `${NAMES[n]}: signal ${signal}, gradient ${gradient}.`).join(" ")}`;
  }

  table() {
    const { layer, depth } = this.state;
    return `<table><tr><th scope=col>Layer ${layer} of ${depth}<th scope=col>signal<th scope=col>gradient</tr>${
      this.at().map((sizes, n) => `<tr><th scope=row>${NAMES[n]}<td>${sizes.join("<td>")}</tr>`).join("")}</table>`;
  }

  // The whole way: what of it arrives.
  words() {
    const { found, state: { depth, last } } = this;
    const part = (value, what) => {
      if (!value) return `nothing of the ${what}`;
      if (value === 1) return `all of the ${what}, exactly`;
      return `<strong>${written(value)}</strong> ${value < 1 ? "of" : "times"} the ${what}`;
    };
    const each = (value) => (value && value !== 1 ? ` (${written(value ** (1 / depth))} for each layer)` : "");
    const [plain, residual] = found.map(({ signal, gradient }) => [signal.at(-1), gradient[0]]);
    return `<p><strong>Forward</strong>, after ${depth} layers: plain, ${part(plain[0], "signal")}${each(plain[0])}; residual, ${part(residual[0], "signal")}.</p>
<p><strong>Back</strong>, before the first layer: plain, ${part(plain[1], "gradient")}${each(plain[1])}; residual, ${part(residual[1], "gradient")}.</p>${
  last === "zero" ? "<p>Each residual block gives back its input, to the last digit. Only where an activation is 0 does the gradient stop, in the last ReLU.</p>" : ""}`;
  }

  fit() {
    if (this.$(".stage svg").clientWidth !== this.width) this.drawCharts();
  }

  python() {
    const { depth, scale, norm, last, seed, layer } = this.state;
    const normed = norm === "yes";
    return `import numpy as np
from cnnutils import ops


def numbers(count, seed):
    """Draw numbers of mean 0 and variance 1, the same as the page."""
    state, drawn = seed * 2654435769 % 2**32, []
    for _ in range(count):
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        drawn.append(state / 2**31 - 1)
    return np.sqrt(3) * np.array(drawn)


depth, units = ${depth}, 32
drawn = numbers((2 + depth) * units**2, seed=${seed})
first, end, *weights = drawn.reshape(-1, units, units)
weights = ${scale} * np.sqrt(2 / units) * np.array(weights)
${last === "zero" ? "weights[1::2] = 0  # the last ones of each block\n" : ""}${normed ? `

def layer(a, w):
    z = ops.dense(a, w)[:, None, None]
    z = ops.batch_normalization(z, np.ones(units), np.zeros(units))
    return z.output[:, 0, 0]


def layer_back(g, a, w):
    z, g = ops.dense(a, w)[:, None, None], g[:, None, None]
    g = ops.batch_normalization_gradients(g, z, np.ones(units)).images
    return ops.dense_gradients(g[:, 0, 0], a, w).inputs

` : `
layer = ops.dense


def layer_back(g, a, w):
    return ops.dense_gradients(g, a, w).inputs

`}
def sizes(shortcut):
    """Size of the signal and of the gradient at the end of each block."""
    a, g, blocks = ops.relu(first), end, []
    signal, gradient = [np.linalg.norm(a)], [np.linalg.norm(g)]
    for w1, w2 in zip(weights[::2], weights[1::2]):
        z1 = layer(a, w1)
        z2 = layer(ops.relu(z1), w2) + shortcut * a
        blocks.append((a, w1, z1, w2, z2))
        a = ops.relu(z2)
        signal.append(np.linalg.norm(a))
    for a, w1, z1, w2, z2 in reversed(blocks):
        g = ops.relu_gradient(g, z2)
        inside = ops.relu_gradient(layer_back(g, ops.relu(z1), w2), z1)
        g = layer_back(inside, a, w1) + shortcut * g
        gradient.insert(0, np.linalg.norm(g))
    return signal / signal[0], gradient / gradient[-1]


output = [sizes(shortcut) for shortcut in (0, 1)]
for name, (signal, gradient) in zip(("plain", "residual"), output):
    print(f"{name}: {signal[${layer / 2}]:.3g} {gradient[${layer / 2}]:.3g}")
`;
  }
}

// A point of a curve: round and filled, or square and hollow.
function mark(name, x, y, size) {
  return name === "plain" ? `<circle class=plain cx=${x} cy=${y} r=${size - 1} />`
    : `<rect class=residual x=${x - size} y=${y - size} width=${2 * size} height=${2 * size} />`;
}

customElements.define("residual-explorer", ResidualExplorer);
