// <network-explorer>: stack layers; see what each puts out, learns and multiplies.
import { FIELDS, complaint, count, read, total, usual, write } from "./core/network.mjs";
import { geometry } from "./core/windows.mjs";
import { Explorer, end, pills } from "./ui/base.mjs";

const VGG = [[64, 2], [128, 2], [256, 3], [512, 3], [512, 3]].map(([filters, times]) =>
  `${`conv-${filters}-3-1-same,`.repeat(times)}max-2,`).join("");
// Name, input and layers.
const PRESETS = {
  lenet5: ["LeNet-5", "32-32-1", "conv-6-5,avg-2,conv-16-5,avg-2,flat,dense-120,dense-84,dense-10"],
  alexnet: ["AlexNet", "227-227-3", "conv-96-11-4,max-3-2,conv-256-5-1-same-2,max-3-2,conv-384-3-1-same,"
    + "conv-384-3-1-same-2,conv-256-3-1-same-2,max-3-2,flat,dense-4096,dense-4096,dense-1000"],
  vgg16: ["VGG-16", "224-224-3", `${VGG}flat,dense-4096,dense-4096,dense-1000`],
};
// Name, what a new one is, and Keras' name.
const KINDS = {
  input: ["Input"],
  conv: ["Convolution", "conv-16-3-1-same", "Conv2D"],
  max: ["Max pooling", "max-2", "MaxPooling2D"],
  avg: ["Average pooling", "avg-2", "AveragePooling2D"],
  mean: ["Mean of each map", "mean", "GlobalAveragePooling2D"],
  flat: ["Flatten", "flat", "Flatten"],
  dense: ["Dense", "dense-10", "Dense"],
};
const LAYERS = 50;
const { format: whole } = new Intl.NumberFormat("en-US");
const times = (numbers) => numbers.map(whole).join(" × ");
const dot = (...numbers) => numbers.join(" · ");
const percent = (part, all) => `${Math.round((100 * part) / all)}%`;
const select = (field, values, face) => `<select data-field=${field}>${values.map((value) => `<option value=${value}>${face(value)}</option>`).join("")}</select>`;
const COUNTS = ["params", "macs"];
// A phone has no room for those in the middle; there they stand below the layer's name.
const HEAD = ["Layer", "Window", "Filters, units", "Stride", "Padding", "Output", "Parameters", "Multiplications"];
const place = (n) => (n > 5 ? "count" : n && "wide");

class NetworkExplorer extends Explorer {
  static css = `
.controls legend { text-transform: none; }
.stage { margin: 1.1rem 0 .5rem; }
table { width: 100%; border-spacing: 0; }
th, td { width: auto; height: 2.15rem; padding: 0 .6rem 0 0; font-size: .9rem; font-weight: inherit; color: inherit;
  line-height: 1.3; text-align: right; border-radius: 0; border-top: 1px solid var(--line); }
th:first-child { text-align: left; }
thead th { font-size: .8rem; color: var(--soft); border: 0; vertical-align: bottom; height: auto; }
td:nth-child(6) { white-space: nowrap; }
.count { width: 7.4rem; padding: 0 0 0 .5rem; position: relative; }
tr[data-n] { cursor: pointer; }
.open, .total { font-weight: 650; }
.total th { padding-left: 1.2rem; }
.row { all: unset; cursor: pointer; color: var(--key); line-height: 1.5rem; white-space: nowrap; }
.row::before { content: "▸"; display: inline-block; width: 1.2rem; }
.row[aria-expanded=true]::before { content: "▾"; }
.fold { display: none; padding-left: 1.2rem; font-size: .8rem; }
.bar { position: absolute; inset: auto 0 .15rem .5rem; height: .35rem; display: flex; }
i { background: var(--key); min-width: 2px; }
.dense { background: repeating-linear-gradient(135deg, var(--mark) 0 3px, transparent 3px 4px); }
.more { text-align: left; border: 0; padding: 0 0 .8rem 1.2rem; font-weight: 400; }
.fields, .acts { display: flex; flex-wrap: wrap; gap: .4rem .6rem; }
.fields label { font-size: .9rem; text-transform: capitalize; }
.fields * { display: block; }
.fields input { width: 4.9rem; }
[aria-invalid=true] { border: 2px solid var(--mark) !important; }
.how { margin: .6rem 0; min-height: 3.9em; line-height: 1.4; font-variant-numeric: tabular-nums; }
.how:empty { min-height: 0; }
.no { border-left: .25rem solid var(--mark); padding-left: .6rem; }
.key { font-size: .85rem; }
.key i { display: inline-block; width: 1.2rem; height: .5rem; }
.sum { min-height: 6rem; margin: .8rem 0 1rem; }
@container (max-width: 599px) {
  .wide { display: none; }
  .fold { display: block; }
  th, td { vertical-align: top; padding: .2rem 0 .3rem; }
  .count { width: 5.9rem; font-size: .85rem; }
  td.count { padding-top: .4rem; }
  .bar { position: static; margin-top: .15rem; }
  .more { padding-left: 0; }
  .acts button { padding: 0 .3rem; }
  .how { min-height: 6.7em; }
  .sum { min-height: 9rem; }
}
@media print {
  .row { display: none; }
  [data-name]::before { content: attr(data-name); }
}`;

  static html = `
<div class=controls>${pills("preset", Object.keys(PRESETS), (name) => PRESETS[name][0], "Start from")}</div>
<div class=stage></div>
<p class="key soft">Bars: <i></i> convolution, <i class=dense></i> dense; in the last row, both together.</p>
<div class=sum></div>
${end("")}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { input: null, layers: [], open: 1 };
    if (!this.state.input) this.choose("lenet5");
    const text = params.get("layers") ?? "";
    const layers = text.split(",").map(read);
    if (Object.hasOwn(PRESETS, text)) this.choose(text);
    else if (layers.length <= LAYERS && layers.every((layer) => layer && layer.kind !== "input")) this.state.layers = layers;
    this.state.input = read(`input-${params.get("input")}`) ?? this.state.input;
    const open = params.get("open");
    if (/^(-1|\d+)$/.test(open)) this.state.open = Number(open);
    // Fewer layers may have come than there were.
    this.state.open = Math.min(this.state.open, this.state.layers.length);
  }

  choose(preset) {
    const [, input, layers] = PRESETS[preset];
    this.state = { input: read(`input-${input}`), layers: layers.split(",").map(read), open: 1 };
  }

  params() {
    const { input, layers, open } = this.state;
    return { input: write(input).slice(6), layers: layers.map(write).join(), open };
  }

  get stack() {
    return [this.state.input, ...this.state.layers];
  }

  listen() {
    const root = this.shadowRoot;
    root.addEventListener("change", ({ target }) => {
      if (target.name === "preset") this.choose(target.value);
      else if (target.dataset.field === "kind") this.turnInto(target.value);
      else return;
      this.show(target.name ? ":checked" : "[data-field=kind]");
    });
    root.addEventListener("input", ({ target }) => {
      if (target.dataset.field && target.dataset.field !== "kind") this.type(target);
    });
    root.addEventListener("click", ({ target }) => {
      const { act } = target.dataset;
      const row = target.closest("tr[data-n]");
      if (act) this.act(act);
      else if (row) this.toggle(Number(row.dataset.n));
    });
  }

  // A change is shown and said, and the keyboard gets its place.
  show(focus) {
    this.draw();
    (this.$(focus) ?? this.$(".open .row")).focus();
    this.tell();
  }

  tell() {
    this.say([".open .row", ".refused", ".sum"].map((part) => this.$(part)?.innerText).join(". "));
  }

  toggle(n) {
    this.state.open = n === this.state.open ? -1 : n;
    this.draw();
    this.$(`[data-n="${n}"] .row`).focus();
    if (this.state.open === n) this.say(this.$(".how").innerText);
  }

  // Another kind of layer in the same place; windows of the same form stay.
  turnInto(kind) {
    const { layers, open } = this.state;
    const before = layers[open - 1];
    layers[open - 1] = FIELDS[kind] === FIELDS[before.kind] ? { ...before, kind } : read(KINDS[kind][1]);
  }

  type(field) {
    const name = field.dataset.field;
    const wrong = name === "padding" ? "" : complaint(name, field.value);
    field.setAttribute("aria-invalid", Boolean(wrong));
    if (wrong) {
      this.$(".how").innerHTML = `<p class=no>${wrong} Until then, ${this.stack[this.state.open][name]} counts.</p>`;
      return this.say(wrong);
    }
    this.stack[this.state.open][name] = name === "padding" ? field.value : Number(field.value);
    this.draw(false);
    return this.tell();
  }

  // Move, add or remove a layer; the keyboard stays with what it did.
  act(act) {
    const { state } = this;
    const { layers, open } = state;
    if (act === "add") {
      const { rows } = count(state.input, layers.slice(0, open));
      layers.splice(open, 0, read(KINDS[rows.at(-1).shape[1] ? "conv" : "dense"][1]));
      state.open += 1;
      return this.show("[data-field=kind]");
    }
    const [layer] = layers.splice(open - 1, 1);
    if (act === "remove") {
      state.open = Math.min(open, layers.length);
      return this.show(".open .row");
    }
    state.open += act === "up" ? -1 : 1;
    layers.splice(state.open - 1, 0, layer);
    return this.show(`[data-act=${act}]:enabled`);
  }

  draw(rebuild = true) {
    const { state, stack } = this;
    const { rows, wrong } = count(state.input, state.layers);
    if (rebuild) this.build();
    const { input, layers } = this.params();
    for (const pill of this.$$("[name=preset]")) pill.checked = String(PRESETS[pill.value].slice(1)) === String([input, layers]);
    const most = COUNTS.map((what) => Math.max(...rows.map((row) => row[what])));
    this.$$("[data-n]").forEach((tr, n) => { tr.innerHTML = this.row(stack[n], n, rows[n], most); });
    this.$(".refused")?.remove();
    if (wrong) {
      this.$(`[data-n="${rows.length}"]`).insertAdjacentHTML("afterend",
        `<tr class=refused><td colspan=8 class=more><p class=no>Does not fit: ${wrong}</p></td></tr>`);
    }
    const parts = COUNTS.map((what) => ["conv", "dense"].map((kind) =>
      total(rows.filter((_, n) => stack[n].kind === kind), what)));
    this.$(".total").innerHTML = `<th scope=row>${wrong ? "So far" : "All"}</th><td class=wide colspan=5></td>${
      parts.map(([conv, dense]) => this.cell([[conv, "conv"], [dense, "dense"]], conv + dense)).join("")}`;
    if (state.open >= 0) this.$(".how").innerHTML = this.how(state.open, rows);
    this.$(".sum").innerHTML = this.words(rows, wrong, parts);
    this.$("pre").textContent = this.python(rows);
  }

  // The table's rows, empty, and the fields of the open layer.
  build() {
    const { state: { layers, open }, stack } = this;
    const layer = stack[open];
    const button = (act, name, off) => `<button data-act=${act}${off ? " disabled" : ""}>${name}</button>`;
    const field = (name) => `<label>${name}${name === "padding" ? select(name, ["valid", "same"], String)
      : name === "kind" ? select(name, Object.keys(KINDS).slice(1), (kind) => KINDS[kind][0])
        : `<input type=number min=1 data-field=${name} aria-describedby=how>`}</label>`;
    const edit = layer && `<tr><td colspan=8 class=more><div class=fields>${
      (open ? ["kind"] : []).concat(FIELDS[layer.kind]).map(field).join("")}</div><div class=how id=how></div><div class=acts>${open
      ? button("up", "Move up", open === 1) + button("down", "Move down", open === layers.length) : ""}${
      button("add", "Add below", layers.length === LAYERS)}${open ? button("remove", "Remove", layers.length === 1) : ""}</div></td></tr>`;
    this.$(".stage").innerHTML = `<table><thead><tr>${HEAD.map((name, n) => `<th scope=col class="${place(n)}">${name}</th>`).join("")
    }</tr></thead><tbody>${stack.map((_, n) => `<tr data-n=${n}${n === open ? " class=open" : ""}></tr>${n === open ? edit : ""}`).join("")
    }<tr class=total></tr></tbody></table>`;
    for (const control of this.$$("[data-field]")) control.value = layer[control.dataset.field];
  }

  row({ kind, window, filters, units, stride, padding, groups }, n, row, most) {
    const size = window && times([window, window]);
    // The second space does not break.
    const split = groups > 1 ? `, ${groups} groups` : "";
    const told = window ? `${filters ? `${filters} of ` : ""}${size}, stride ${stride}, ${padding}${split}<br>` : units ? `${units} units<br>` : "";
    const out = row ? times(row.shape) : "";
    const cells = [size, (filters ?? units ?? "") + split, stride, padding, out].map((text) => `<td class=wide>${text ?? ""}</td>`);
    const counts = COUNTS.map((what, at) => (row ? this.cell([[row[what], kind]], most[at]) : "<td class=count>–</td>"));
    const name = `${n || ""} ${KINDS[kind][0]}`.trim();
    return `<th scope=row data-name="${name}"><button class=row aria-expanded=${n === this.state.open}>${name}</button><span class="fold soft">${
      told}${out && `→ ${out}`}</span></th>${cells.join("")}${counts.join("")}`;
  }

  // What layers of some kinds have together, and its bar.
  cell(parts, most) {
    const bars = parts.map(([part, kind]) => (part ? `<i class=${kind} style="width:${(100 * part) / most}%"></i>` : ""));
    return `<td class=count>${whole(parts.reduce((sum, [part]) => sum + part, 0))}<span class=bar>${bars.join("")}</span></td>`;
  }

  // How the numbers of a layer come about.
  how(n, rows) {
    const { kind, window, filters, stride, groups, padding } = this.stack[n];
    if (!rows[n]) return "";
    const { shape, params, macs } = rows[n];
    const before = rows[n - 1]?.shape;
    const nothing = "Nothing is learnt here, and no products are counted.";
    if (kind === "input") return `${dot(...shape)} = ${whole(shape.reduce((a, b) => a * b))} numbers come in.`;
    if (kind === "flat") return `${dot(...before)} = ${whole(shape[0])} numbers in a row. ${nothing}`;
    if (kind === "mean") return `${dot(before[0], before[1])} values of each map become one. ${nothing}`;
    if (kind === "dense") {
      return `Each of ${shape[0]} units has a weight for each of ${whole(before[0])} inputs, and a bias: ${
        dot(whole(before[0]), shape[0])} + ${shape[0]} = ${whole(params)} parameters.<br>Each weight is used once: ${whole(macs)} multiplications.`;
    }
    const { size, pads, out } = geometry([1, ...before], [window, window], { strides: stride, padding });
    const rules = out.map((places, axis) => {
      const padded = pads[axis][0] + pads[axis][1];
      return `⌊(${size[axis]}${padded ? ` + ${padded}` : ""} − ${window}) / ${stride}⌋ + 1 = ${places}`;
    });
    return `Rows and columns: ${[...new Set(rules)].join(" and ")}.<br>${kind === "conv" ? `${filters} filters${
      groups > 1 ? ` in ${groups} groups` : ""}, each of ${dot(window, window, before[2] / groups)} weights and a bias: ${whole(params)} parameters.<br>Each of ${
      whole(params - filters)} weights is used at ${dot(...out)} places: ${whole(macs)} multiplications.` : nothing}`;
  }

  // Where the parameters are, and where the work is.
  words(rows, wrong, parts) {
    const lines = ["parameters", "multiplications"].map((name, at) => {
      const [conv, dense] = parts[at];
      const all = conv + dense;
      const counts = rows.map((row) => row[COUNTS[at]]);
      const top = Math.max(...counts);
      const tops = [...counts.keys()].filter((n) => counts[n] === top);
      return `<p><strong>${whole(all)} ${name}</strong>${all ? `: ${percent(conv, all)} in convolutions, ${percent(dense, all)} in dense layers, the most in layer${
        tops.length > 1 ? "s" : ""} ${tops.join(", ")} (${percent(top, all)}${tops.length > 1 ? " each" : ""})` : ""}.</p>`;
    });
    return `${wrong && `<p>Layer ${rows.length} does not fit. So far:</p>`}${lines.join("")}`;
  }

  // The table is as wide as its place.
  fit() {}

  python(rows) {
    const { input, layers } = this.state;
    const fitting = layers.slice(0, rows.length - 1);
    if (!fitting.length) return "# Nothing to count: the first layer does not fit.\n";
    const call = (layer) => {
      const { kind, filters, units, window, stride, padding, groups } = layer;
      const said = [filters ?? units, window, stride !== usual(layer, "stride") && `strides=${stride}`,
        padding === "same" && 'padding="same"', groups > 1 && `groups=${groups}`];
      return `    layers.${KINDS[kind][2]}(${said.filter(Boolean).join(", ")}),\n`;
    };
    return `from keras import Input, Sequential, layers

from cnnutils import zoo
from cnnutils.model_costs import model_costs

stack = [
    Input((${Object.values(input).slice(1).join(", ")})),
${fitting.map(call).join("")}]
with zoo.without_weights():  # counts, no memory
    model = Sequential(stack)
costs = model_costs(model)
output = [(row.output_shape, row.params, row.macs) for row in costs.layers]
print(model.count_params(), costs.macs)
`;
  }
}

customElements.define("network-explorer", NetworkExplorer);
