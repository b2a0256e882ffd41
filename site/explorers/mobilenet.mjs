// <mobilenet-explorer>: what a convolution costs, and the two steps that MobileNet takes instead.
import { convCost, depthwiseCost } from "./core/costs.mjs";
import { Explorer, end, pills } from "./ui/base.mjs";

const CHOICES = {
  size: ["112", "56", "28", "14", "7"],
  window: ["1", "3", "5", "7"],
  channels: ["16", "64", "256", "512"],
  filters: ["16", "64", "256", "512", "1024"],
  alpha: ["0.25", "0.5", "0.75", "1"],
  picture: ["128", "160", "192", "224"],
};
const TITLES = {
  size: "Rows and columns of the maps", window: "Window", channels: "Channels in",
  filters: "Channels out", alpha: "Width α", picture: "Pixels of the picture",
};
const LAYERS = ["One convolution", "Depthwise step", "Pointwise step", "Both steps"];
const whole = (number) => number.toLocaleString("en-US");
const share = (value) => String(Math.round(value * 1000) / 1000);
const equals = (value) => `${Math.abs(value - share(value)) > 1e-9 ? "≈" : "="} ${share(value)}`;

class MobilenetExplorer extends Explorer {
  static css = `
.controls { display: flex; flex-wrap: wrap; gap: .9rem 1.5rem; }
.controls legend { text-transform: none; }
.stage { margin: 1.3rem 0 1rem; }
.stage table { width: 100%; border-spacing: 0 .2rem; }
.stage caption { text-align: left; font-weight: 650; font-size: .95rem; padding-top: .6rem; }
.stage :is(th, td) { width: auto; height: 1.9rem; font-size: .95rem; font-weight: 400; color: inherit; line-height: 1.3; }
.stage th { text-align: left; width: 8.5rem; }
.stage td { text-align: right; width: 7.6rem; padding-right: .8rem; }
.stage td.place { width: auto; padding: 0; }
.bar { display: block; height: 1.2rem; min-width: 2px; background: var(--key); border-radius: 2px; }
tr:first-of-type .bar { background: var(--soft); }
tr:last-of-type :is(th, td) { font-weight: 650; }
.sum { min-height: 10.4rem; margin-bottom: 1rem; }
@container (max-width: 599px) {
  .stage th { width: 7.4rem; }
  .stage td { width: 6.6rem; font-size: .85rem; }
}`;

  static html = `
<div class=controls>${Object.entries(CHOICES).map(([name, values]) =>
    pills(name, values, (value) => (name === "window" ? `${value} × ${value}` : value), TITLES[name])).join("")}</div>
<div class=stage></div>
<div class=sum></div>
${end("")}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { size: "14", window: "3", channels: "512", filters: "512", alpha: "1", picture: "224" };
    for (const name of Object.keys(CHOICES)) {
      if (CHOICES[name].includes(params.get(name))) this.state[name] = params.get(name);
    }
  }

  params() {
    return this.state;
  }

  listen() {
    this.shadowRoot.addEventListener("change", ({ target }) => {
      this.state[target.name] = target.value;
      this.draw();
      this.say(this.$(".sum").textContent);
    });
  }

  // Rows, channels in and channels out: as in the full network, and after both multipliers.
  get sizes() {
    const [size, channels, filters, alpha] = ["size", "channels", "filters", "alpha"].map((name) => Number(this.state[name]));
    const shrunk = (size * this.state.picture) / 224; // a whole number for each choice
    return [[size, channels, filters], [shrunk, channels * alpha, filters * alpha]];
  }

  // One convolution, and the two steps, at the sizes given.
  costs([size, channels, filters]) {
    const [shape, kernel] = [[size, size, channels], Array(2).fill(Number(this.state.window))];
    return [
      convCost(shape, filters, kernel, { padding: "same", bias: false }),
      depthwiseCost(shape, kernel, { padding: "same", bias: false }),
      convCost(shape, filters, [1, 1], { bias: false }),
    ];
  }

  draw() {
    const { state, sizes: [before, after] } = this;
    for (const name of Object.keys(CHOICES)) this.$(`[name=${name}][value="${state[name]}"]`).checked = true;
    const [full] = this.costs(before);
    const [, first, second] = this.costs(after);
    const table = (title, count) => {
      const counts = [full, first, second].map((cost) => cost[count]);
      counts.push(counts[1] + counts[2]);
      const most = Math.max(...counts);
      return `<table><caption>${title}</caption>${counts.map((number, n) => `<tr><th scope=row>${LAYERS[n]}</th><td>${
        whole(number)}</td><td class=place><span class=bar style="width:${(100 * number) / most}%"></span></td></tr>`).join("")}</table>`;
    };
    this.$(".stage").innerHTML = table("Multiplications", "macs") + table("Parameters, without biases", "params");
    this.$(".sum").innerHTML = this.words(before, after);
    this.$("pre").textContent = this.python(before, after);
  }

  words(before, after) {
    const f = this.state.window;
    const [full, first, second] = this.costs(before);
    const pair = first.macs + second.macs;
    const [n, channels, filters] = before;
    const lines = [
      `One convolution: ${n} · ${n} places, each ${f} · ${f} · ${channels} products for each of ${filters} filters.`,
      `Depthwise: ${n} · ${n} places, ${f} · ${f} products for each of ${channels} channels. Pointwise: ${n} · ${n} places, ${channels} for each of ${filters} filters.`,
      `Both steps over one convolution: <strong>1 / ${filters} + 1 / ${f * f} ${equals(pair / full.macs)}</strong>${
        pair > full.macs ? ": two steps cost more than one here" : `, or 1 in ${share(full.macs / pair)}`}.`,
    ];
    if (String(before) !== String(after)) {
      const { alpha, picture } = this.state;
      const [, less, fewer] = this.costs(after);
      lines.push(`α = ${alpha} leaves ${after[1]} channels in and ${after[2]} out, ${picture} pixels leave ${after[0]} · ${after[0]} places:
        of the two steps' multiplications a share ${equals((less.macs + fewer.macs) / pair)} remains; α²ρ² ${equals((alpha * picture / 224) ** 2)}.`);
    }
    return lines.map((line) => `<p>${line}</p>`).join("");
  }

  fit() {} // the table is as wide as its place

  python([size, channels, filters], after) {
    const f = this.state.window;
    return `from cnnutils import costs

full = costs.conv2d_cost(
    (${size}, ${size}, ${channels}), ${filters}, ${f}, padding="same", use_bias=False)
shape, filters = (${after[0]}, ${after[0]}, ${after[1]}), ${after[2]}
depthwise = costs.depthwise_conv2d_cost(
    shape, ${f}, padding="same", use_bias=False)
pointwise = costs.conv2d_cost(shape, filters, 1, use_bias=False)
output = [cost.macs for cost in (full, depthwise, pointwise)]
print(output)
`;
  }
}

customElements.define("mobilenet-explorer", MobilenetExplorer);
