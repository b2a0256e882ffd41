// <inception-explorer>: a module of GoogLeNet, and what its bottlenecks save.
import { convCost } from "./core/costs.mjs";
import { Explorer, end, pills } from "./ui/base.mjs";

// Rows and channels that come in; filters of 1 × 1, 3 × 3 and its bottleneck, 5 × 5 and its, 1 × 1 after pooling.
const MODULES = {
  "3a": [28, 192, 64, 96, 128, 16, 32, 32],
  "3b": [28, 256, 128, 128, 192, 32, 96, 64],
  "4a": [14, 480, 192, 96, 208, 16, 48, 64],
  "4b": [14, 512, 160, 112, 224, 24, 64, 64],
  "4c": [14, 512, 128, 128, 256, 24, 64, 64],
  "4d": [14, 512, 112, 144, 288, 32, 64, 64],
  "4e": [14, 528, 256, 160, 320, 32, 128, 128],
  "5a": [7, 832, 256, 160, 320, 32, 128, 128],
  "5b": [7, 832, 384, 192, 384, 48, 128, 128],
};
const CHOICES = {
  module: Object.keys(MODULES),
  narrow3: ["none", "32", "64", "96", "112", "128", "144", "160", "192"],
  narrow5: ["none", "4", "8", "16", "24", "32", "48", "64"],
};
const TITLES = {
  module: "Module of GoogLeNet", narrow3: "Bottleneck before 3 × 3", narrow5: "Bottleneck before 5 × 5",
};
const BRANCHES = ["1 × 1", "3 × 3", "5 × 5", "Pooling, 1 × 1", "All four"];
const whole = (number) => number.toLocaleString("en-US");
const share = (value) => Math.round(value * 100) / 100;

class InceptionExplorer extends Explorer {
  static css = `
.controls { display: grid; gap: .9rem 1.5rem; }
.controls legend { text-transform: none; }
.stage { margin: 1.3rem 0 1rem; }
.stage table { width: 100%; border-spacing: 0 .2rem; }
.stage :is(th, td) { width: auto; height: 1.9rem; font-size: .95rem; font-weight: 400; color: inherit; line-height: 1.3; }
.stage th { text-align: left; padding-right: .6rem; }
.stage td { text-align: right; padding-right: .8rem; width: 6.5rem; }
.stage td:nth-child(2) { width: 4rem; }
.stage td.place { width: 45%; padding: 0; }
.bar { display: flex; height: 1.2rem; min-width: 2px; }
.bar i { background: var(--key); border-radius: 2px; }
.bar .narrow { background: var(--mark); }
tr:last-of-type :is(th, td) { font-weight: 650; }
thead th { font-size: .85rem !important; color: var(--soft) !important; }
thead th:nth-child(2), thead th:nth-child(3) { text-align: right; padding-right: .8rem; }
.key { font-size: .85rem; margin-bottom: .8rem; }
.key i { display: inline-block; width: 1rem; height: .7rem; background: var(--mark); border-radius: 2px; }
.sum { min-height: 13rem; margin-bottom: 1rem; }
@container (max-width: 599px) {
  .stage td.place { width: 22%; }
  .stage td { width: 6.2rem; font-size: .85rem; }
}`;

  static html = `
<div class=controls>${Object.entries(CHOICES).map(([name, values]) =>
    pills(name, values, (value) => value, TITLES[name])).join("")}</div>
<div class=stage></div>
<p class="key soft"><i></i> in the bottlenecks</p>
<div class=sum></div>
${end("<button id=own>As in the paper</button>")}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { module: "3a", narrow3: "96", narrow5: "16" };
    if (CHOICES.module.includes(params.get("module"))) this.choose(params.get("module"));
    for (const name of ["narrow3", "narrow5"]) {
      if (CHOICES[name].includes(params.get(name))) this.state[name] = params.get(name);
    }
  }

  // A module, with its own bottlenecks.
  choose(module) {
    const row = MODULES[module];
    this.state = { module, narrow3: String(row[3]), narrow5: String(row[5]) };
  }

  params() {
    return this.state;
  }

  listen() {
    const show = () => {
      this.draw();
      this.say(this.$(".sum").textContent);
    };
    this.shadowRoot.addEventListener("change", ({ target }) => {
      if (target.name === "module") this.choose(target.value);
      else this.state[target.name] = target.value;
      show();
    });
    this.$("#own").addEventListener("click", () => {
      this.choose(this.state.module);
      show();
    });
  }

  // Of each branch its filters, and what its convolutions cost: the bottleneck's first, if there is one.
  get branches() {
    const { state } = this;
    const [size, channels, one, , three, , five, pooled] = MODULES[state.module];
    const wide = (window, filters, narrow) => {
      const conv = (depth) => convCost([size, size, depth], filters, [window, window], { padding: "same" });
      if (narrow === "none") return { filters, costs: [null, conv(channels)] };
      return { filters, costs: [convCost([size, size, channels], Number(narrow), [1, 1]), conv(Number(narrow))] };
    };
    return [wide(1, one, "none"), wide(3, three, state.narrow3), wide(5, five, state.narrow5), wide(1, pooled, "none")];
  }

  draw() {
    const { state, branches } = this;
    for (const name of Object.keys(CHOICES)) this.$(`[name=${name}][value="${state[name]}"]`).checked = true;
    const rows = branches.map(({ filters, costs }) => [filters, costs[0]?.macs ?? 0, costs[1].macs]);
    rows.push([0, 1, 2].map((column) => rows.reduce((sum, row) => sum + row[column], 0)));
    const all = rows[4][1] + rows[4][2];
    const part = (macs, kind) => (macs ? `<i class="${kind}" style="width:${(100 * macs) / all}%"></i>` : "");
    this.$(".stage").innerHTML = `<table><thead><tr><th scope=col>Branch</th><th scope=col>Channels out</th><th scope=col>Multiplications</th><td></td></tr></thead>${
      rows.map(([filters, narrow, wide], n) => `<tr><th scope=row>${BRANCHES[n]}</th><td>${filters}</td><td>${
        whole(narrow + wide)}</td><td class=place><span class=bar>${part(narrow, "narrow")}${part(wide, "")}</span></td></tr>`).join("")}</table>`;
    this.$(".sum").innerHTML = [this.words(3), this.words(5), this.together()].map((text) => `<p>${text}</p>`).join("");
    this.$("pre").textContent = this.python();
  }

  // What a bottleneck does for one of the wide windows.
  words(window) {
    const [size, channels] = MODULES[this.state.module];
    const { filters, costs: [narrow, wide] } = this.branches[window === 3 ? 1 : 2];
    const direct = convCost([size, size, channels], filters, [window, window], { padding: "same" }).macs;
    const limit = (window * window * channels * filters) / (channels + window * window * filters);
    const head = `<strong>${window} × ${window}</strong>, directly: ${size} · ${size} places · ${window} · ${window} · ${channels} · ${filters} = ${whole(direct)}.`;
    if (!narrow) return `${head} A bottleneck saves if it has fewer than ${share(limit)} channels.`;
    const macs = narrow.macs + wide.macs;
    return `${head} Through ${narrow.shape[2]} channels: ${whole(narrow.macs)} + ${whole(wide.macs)} = ${whole(macs)}, ${
      macs < direct ? `1 in ${share(direct / macs)}` : "which saves nothing"}. It saves below ${share(limit)} channels.`;
  }

  together() {
    const parts = this.branches;
    const params = parts.flatMap(({ costs }) => costs).reduce((sum, cost) => sum + (cost?.params ?? 0), 0);
    const filters = parts.map((branch) => branch.filters);
    return `The branches are put side by side: ${filters.join(" + ")} = ${filters.reduce((a, b) => a + b)} channels out, ${whole(params)} parameters with biases.`;
  }

  fit() {} // the table is as wide as its place

  python() {
    const { module, narrow3, narrow5 } = this.state;
    const [size, channels, one, , three, , five, pooled] = MODULES[module];
    const wide = (window, filters, narrow) => (narrow === "none"
      ? `    costs.conv2d_cost(shape, ${filters}, ${window}, padding="same"),\n`
      : `    costs.conv2d_cost(shape, ${narrow}, 1),
    costs.conv2d_cost((${size}, ${size}, ${narrow}), ${filters}, ${window}, padding="same"),\n`);
    return `from cnnutils import costs

shape = (${size}, ${size}, ${channels})
layers = [
    costs.conv2d_cost(shape, ${one}, 1),
${wide(3, three, narrow3)}${wide(5, five, narrow5)}    costs.conv2d_cost(shape, ${pooled}, 1),  # after the pooling
]
output = [layer.macs for layer in layers]
print(sum(output), sum(layer.params for layer in layers))
`;
  }
}

customElements.define("inception-explorer", InceptionExplorer);
