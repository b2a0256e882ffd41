// <gram-explorer>: what a Gram matrix keeps of feature maps, what the content cost keeps, and a picture painted with both.
import { answers, contentCost, gram, move, products, step, styleCost } from "./core/gram.mjs";
import { format, grey, isRounded } from "./core/numbers.mjs";
import { Explorer, end, grid, paint, pills } from "./ui/base.mjs";

const [SIZE, MOST] = [18, 150];
// Name, where the picture is white, and the same in Python.
const PICTURES = {
  level: ["Level", (y) => y % 3 === 1, "rows % 3 == 1"],
  upright: ["Upright", (y, x) => x % 3 === 1, "columns % 3 == 1"],
  slanted: ["Slanted", (y, x) => (y + x) % 4 === 0, "(rows + columns) % 4 == 0"],
  checks: ["Checks", (y, x) => (Math.floor(y / 3) + Math.floor(x / 3)) % 2 === 0, "(rows // 3 + columns // 3) % 2 == 0"],
  dots: ["Dots", (y, x) => y % 3 === 1 && x % 3 === 1, "(rows % 3 == 1) & (columns % 3 == 1)"],
  ring: ["Ring", (y, x) => Math.abs(Math.hypot(y - 8.5, x - 8.5) - 6) < 1.5, "abs(np.hypot(rows - 8.5, columns - 8.5) - 6) < 1.5"],
  square: ["Square", (y, x) => Math.max(Math.abs(y - 8.5), Math.abs(x - 8.5)) < 6, "np.maximum(abs(rows - 8.5), abs(columns - 8.5)) < 6"],
};
// What stands on the right: the same maps, or maps of the same pixels, elsewhere; or a picture that is painted.
const STYLES = Object.keys(PICTURES).slice(0, 6);
const ways = (what) => ["shifted", "shuffled", "transposed"].map((how) => `${what}-${how}`);
const OTHERS = {
  maps: ["Its maps", ways("maps")], pixels: ["Or its pixels", ways("pixels")],
  paint: ["Or painted, from", ["paint-ring", "paint-square"]],
};
const BETAS = ["0.3", "1", "3", "10"];
// Each filter finds bright lines of one direction: 2 on the line, −1 beside it.
const LINES = [["—", "level", "000111000"], ["|", "upright", "010010010"], ["\\", "falling", "100010001"], ["/", "rising", "001010100"]];
const KERNEL = { shape: [3, 3, 4], data: Array.from({ length: 36 }, (_, n) => 3 * LINES[n % 4][2][n >> 2] - 1) };

const picture = (name) => ({
  shape: [SIZE, SIZE, 1],
  data: Float64Array.from({ length: SIZE * SIZE }, (_, n) => PICTURES[name][1](Math.floor(n / SIZE), n % SIZE)),
});
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const equals = (value) => `${isRounded(value) ? "≈" : "="} <strong>${format(value)}</strong>`;
// Costs may be small: three digits, unless they are next to nothing.
const three = (value) => (value && value < 1e-4 ? "&lt;0.0001" : String(Number(value.toPrecision(3))));

// Numbers from 0 to `top` as a picture, the larger the brighter.
function show(canvas, data, label, top = 1) {
  [canvas.width, canvas.height] = [Math.sqrt(data.length), Math.sqrt(data.length)];
  const bytes = [...data].flatMap((value) => [...grey(value / top), 255]);
  canvas.getContext("2d").putImageData(new ImageData(Uint8ClampedArray.from(bytes), canvas.width), 0, 0);
  canvas.ariaLabel = label;
}
const canvas = "<canvas role=img></canvas>";
const side = (id) => `<div class=side id=${id}><p class=name></p>
<div class=seen><div class=picture>${canvas}</div><div class=maps>${LINES.map(([sign]) => `<div><b>${sign}</b>${canvas}</div>`).join("")}</div></div>
<div class=seen><div class=gram><p class=soft>Gram matrix</p>${grid(`"Gram matrix, ${id}"`, "grid", [4, 4], (i, j) => `<td data-at=${i},${j}></td>`)}</div>
<div class=products><p class=soft></p>${canvas}</div></div></div>`;

class GramExplorer extends Explorer {
  static css = `
.controls, .others { display: flex; flex-wrap: wrap; gap: .9rem 1.5rem; }
.controls legend { text-transform: none; }
canvas { display: block; width: 100%; image-rendering: pixelated; border: 1px solid var(--soft); border-radius: 2px; }
.pill canvas { width: 1.5rem; }
.stage { display: grid; grid-template-columns: 1fr 1fr; gap: 1.5rem; margin: 1.3rem 0 1rem; max-width: 44rem; }
.name { min-height: 1.5em; }
.seen { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem 1rem; margin-top: .4rem; }
.maps { display: grid; grid-template-columns: 1fr 1fr; gap: .3rem; align-content: space-between; }
.maps div { display: flex; gap: .15rem; }
.maps b { width: .8rem; font-size: .8rem; text-align: center; }
.maps canvas { flex: 1; width: 0; }
.seen .soft { font-size: .85rem; }
.gram table { width: 100%; table-layout: fixed; }
.gram :is(td, th) { width: auto; height: 1.9rem; min-width: 0; font-size: .78rem; }
.gram th { font-size: .8rem; height: 1.1rem; font-weight: 650; }
.gram tr > :first-child { width: 1rem; }
.gram td:not(.corner) { cursor: pointer; }
.sum { min-height: 10.4rem; margin-bottom: 1rem; }
@container (max-width: 599px) {
  .stage { gap: .8rem; }
  .name { font-size: .85rem; white-space: nowrap; }
  .seen { grid-template-columns: 1fr; }
}`;

  static html = `
<div class=controls>${pills("style", STYLES, (name) => `<canvas data-of=${name}></canvas>${PICTURES[name][0]}`, "Left: a picture")}
<div class=others>${Object.values(OTHERS).map(([title, values], n) => pills("other", values, (value) => capital(value.split("-")[1]),
    n ? title : `Right: ${title.toLowerCase()}`)).join("")}
${pills("beta", BETAS, (value) => value, "Weight β of the style")}</div></div>
<div class=stage>${side("left")}${side("right")}</div>
<div class=sum></div>
${end(`<button class=main data-by=1>One step</button><button class=main data-by=50>Fifty steps</button><button data-by=-${MOST}>Start again</button>`)}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { style: "ring", other: "maps-shuffled", entry: [0, 0], beta: "1", steps: 0 };
    const { state } = this;
    const choices = { style: STYLES, other: Object.values(OTHERS).flatMap(([, values]) => values), beta: BETAS };
    for (const [name, values] of Object.entries(choices)) {
      if (values.includes(params.get(name))) state[name] = params.get(name);
    }
    if (/^[0-3],[0-3]$/.test(params.get("entry"))) state.entry = params.get("entry").split(",").map(Number);
    if (/^\d{1,3}$/.test(params.get("steps")) && params.get("steps") <= MOST) state.steps = Number(params.get("steps"));
  }

  params() {
    return { ...this.state, entry: this.state.entry.join() };
  }

  listen() {
    const root = this.shadowRoot;
    for (const thumb of this.$$("[data-of]")) show(thumb, picture(thumb.dataset.of).data);
    for (const name of ["col", "row"]) {
      this.$$(`th[scope=${name}]`).forEach((th, n) => { [th.textContent, th.ariaLabel] = LINES[n % 4]; });
    }
    root.addEventListener("change", ({ target }) => {
      this.state[target.name] = target.value;
      this.tell();
    });
    const choose = ({ target }) => {
      const at = target.closest("[data-at]")?.dataset.at;
      if (!at || at === String(this.state.entry)) return;
      this.state.entry = at.split(",").map(Number);
      this.tell();
    };
    const stage = this.$(".stage");
    stage.addEventListener("click", choose);
    stage.addEventListener("focusin", choose);
    stage.addEventListener("keydown", (event) => {
      const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (!by) return;
      event.preventDefault(); // the page shall not scroll
      const to = this.state.entry.map((at, axis) => at + by[axis]);
      event.target.closest("table").querySelector(`[data-at="${to}"]`)?.focus();
    });
    for (const button of this.$$("[data-by]")) {
      button.addEventListener("click", () => {
        this.state.steps = Math.max(0, Math.min(MOST, this.state.steps + Number(button.dataset.by)));
        this.tell();
      });
    }
  }

  tell() {
    this.draw();
    this.say(this.$(".sum").innerText);
  }

  // The picture that is painted: as many steps as are asked for, from the last one known.
  painted(from, style) {
    const { beta, steps } = this.state;
    const key = [from, this.state.style, beta].join();
    if (this.known?.key !== key || this.known.steps > steps) {
      this.known = { key, steps: 0, made: picture(from), content: answers(picture(from), KERNEL) };
    }
    const { known } = this;
    for (; known.steps < steps; known.steps++) known.made = step(known.made, KERNEL, known.content, gram(style), Number(beta));
    return known;
  }

  draw() {
    const { state } = this;
    const [what, how] = state.other.split("-");
    for (const name of ["style", "other", "beta"]) this.$(`[name=${name}][value="${state[name]}"]`).checked = true;
    for (const one of [".beta", "[data-by='1']", "[data-by='50']", `[data-by='-${MOST}']`]) this.$(one).hidden = what !== "paint";
    for (const button of this.$$("[data-by]")) button.disabled = state.steps === (button.dataset.by > 0 ? MOST : 0);

    const left = { seen: picture(state.style) };
    left.maps = answers(left.seen, KERNEL);
    left.title = what === "paint" ? "S, the style" : "S, as it is";
    let [right, content] = [null, left.maps];
    if (what === "maps") right = { seen: left.seen, maps: move(left.maps, how), title: `S, its maps ${how}` };
    if (what === "pixels") right = { seen: move(left.seen, how), title: `S, its pixels ${how}` };
    if (what === "paint") {
      ({ made: right, content } = this.painted(how, left.maps));
      right = { seen: right, title: `G, from the ${how}, step ${state.steps}` };
    }
    right.maps ??= answers(right.seen, KERNEL);
    for (const one of [left, right]) Object.assign(one, { gram: gram(one.maps), products: products(one.maps, ...state.entry) });
    this.drawSide("#left", left, right);
    this.drawSide("#right", right, left);
    const costs = [contentCost(content, right.maps), styleCost(left.gram, right.maps)];
    this.$(".sum").innerHTML = [this.words(left, right), what === "paint" ? this.weighed(costs, left.gram, content)
      : this.apart(costs, left.gram, right.gram)].join("");
    this.$("pre").textContent = this.python(what, how);
  }

  drawSide(id, { seen, maps, title, ...mine }, other) {
    const { state: { entry } } = this;
    const top = Math.max(...mine.products, ...other.products) || 1;
    const bright = Math.max(...maps.data, ...other.maps.data);
    const names = entry.map((channel) => LINES[channel]);
    this.$(`${id} .name`).textContent = title;
    show(this.$(`${id} .picture canvas`), seen.data, `Picture ${title}`);
    this.$$(`${id} .maps canvas`).forEach((canvas, n) => {
      const map = maps.data.filter((_, at) => at % 4 === n);
      show(canvas, map, `Map of ${LINES[n][1]} lines: above 0 at ${map.filter(Boolean).length} of 256 places`, bright);
    });
    this.$(`${id} .products p`).textContent = `Products of ${names[0][0]} and ${names[1][0]}`;
    show(this.$(`${id} .products canvas`), mine.products, `Products of ${names[0][1]} and ${names[1][1]}, place by place`, top);
    const peak = Math.max(...mine.gram, ...other.gram) || 1;
    this.$$(`${id} [data-at]`).forEach((td, n) => {
      const chosen = td.dataset.at === String(entry);
      td.textContent = Math.round(mine.gram[n]);
      td.style = paint(grey(mine.gram[n] / peak));
      td.classList.toggle("marked", chosen);
      td.tabIndex = chosen ? 0 : -1;
      td.ariaSelected = chosen;
    });
  }

  // The sum that makes the chosen entry: how often there is which product.
  words(...sides) {
    const [one, other] = this.state.entry.map((channel) => LINES[channel][1]);
    const lines = sides.map(({ products: all }, n) => {
      const above = [...all].filter(Boolean).sort((a, b) => b - a);
      const kinds = [...new Set(above)];
      const sum = kinds.map((product) => `${above.filter((value) => value === product).length} · ${product}`).join(" + ");
      const value = above.reduce((a, b) => a + b, 0);
      const long = !sum || kinds.length > 6 || kinds.some(isRounded);
      return `${["Left", "Right"][n]}: ${long ? `${above.length || "no"} products above 0, together` : sum} ${equals(value)}`;
    });
    return `<p><strong>${capital(one)} with ${other}</strong>, at each of 256 places a product; equal ones together:<br>${lines.join("<br>")}</p>`;
  }

  apart([content, style], before, after) {
    const changed = before.filter((value, n) => value !== after[n]).length;
    return `<p>Of the 16 entries, <strong>${changed || "none"}</strong> changed.<br>Style cost, by the Gram matrices: <strong>${
      three(style)}</strong><br>Content cost, place by place: <strong>${three(content)}</strong></p>`;
  }

  weighed([content, style], wanted, start) {
    const beta = Number(this.state.beta);
    return `<p>J = content cost + β · style cost = ${three(content)} + ${beta} · ${three(style)} = <strong>${
      three(content + beta * style)}</strong><br>At the start, G is the content: J = 0 + ${beta} · ${three(styleCost(wanted, start))}</p>`;
  }

  fit() {} // the pictures are as wide as their place

  python(what, how) {
    const { style, beta, steps } = this.state;
    const order = "np.argsort(np.sin(np.arange(SIZE) ** 2))";
    const head = `import keras
import numpy as np
from cnnutils import style

rows, columns = np.mgrid[:18, :18]
S = np.where(${PICTURES[style][2]}, 1.0, 0.0)
level = np.repeat([[-1.0], [2.0], [-1.0]], 3, axis=1)
falling = 3 * np.eye(3) - 1
kernel = np.stack([level, level.T, falling, falling[::-1]], axis=-1)


def maps(picture):
    sums = keras.ops.conv(picture[None, ..., None], kernel[:, :, None])
    return keras.ops.relu(sums)[0]


`;
    const tail = `output = [np.array(style.gram_matrix(a)) for a in (left, right)]
losses = style.content_loss(content, right), style.style_loss(left, right)
costs = [float(loss) for loss in losses]
print(output, costs)
`;
    if (what === "paint") {
      return `${head.replace("import numpy as np", "import numpy as np\nimport tensorflow as tf")}C = np.where(${PICTURES[how][2]}, 1.0, 0.0)
left, content = maps(S), maps(C)
G = tf.Variable(C)
for _ in range(${steps}):
    with tf.GradientTape() as tape:
        J = (style.content_loss(content, maps(G))
             + ${beta} * style.style_loss(left, maps(G)))
    moved = np.array(G - tape.gradient(J, G))
    # rounded, so that every computer paints the same picture
    G.assign(np.clip(np.floor(moved * 2**20 + 0.5) / 2**20, 0, 1))
right = maps(G)
${tail}`;
    }
    const moved = {
      "maps-shifted": "np.roll(left, (2, 5), axis=(0, 1))",
      "maps-shuffled": "left.reshape(256, 4)[order].reshape(left.shape)",
      "maps-transposed": "left.transpose(1, 0, 2)",
      "pixels-shifted": "maps(np.roll(S, (2, 5), axis=(0, 1)))",
      "pixels-shuffled": "maps(S.ravel()[order].reshape(S.shape))",
      "pixels-transposed": "maps(S.T)",
    }[`${what}-${how}`];
    return `${head}left = content = np.array(maps(S))
${how === "shuffled" ? `order = ${order.replace("SIZE", what === "maps" ? 256 : 324)}\n` : ""}right = ${moved}
${tail}`;
  }
}

customElements.define("gram-explorer", GramExplorer);
