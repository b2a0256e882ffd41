// <boxes-explorer>: drag boxes; see their IoU, non-maximum suppression step by step, anchors.
import { encode, overlap, suppress } from "./core/boxes.mjs";
import { format, isRounded } from "./core/numbers.mjs";
import { Explorer, end, pills } from "./ui/base.mjs";

const [WIDTH, HEIGHT, CELL] = [32, 24, 8];
const ANCHORS = [[6, 6], [16, 8], [8, 16]];
const SCORES = [0.9, 0.8, 0.75, 0.6, 0.5];
const LETTERS = "ABCDE";
// Name, task, and the boxes at the start.
const SCENES = {
  crossing: ["Crossing", "iou", "4,3,20,15 12,7,28,17"],
  inside: ["One in the other", "iou", "4,3,28,21 12,9,20,15"],
  apart: ["Side by side", "iou", "3,6,16,18 16,6,29,18"],
  one: ["One object", "nms", "8,4,22,20 9,5,24,21 6,3,20,18 11,6,24,18 20,13,31,23"],
  two: ["Two close together", "nms", "4,5,16,20 9,5,21,20 3,6,16,21 10,6,22,21 4,4,15,20"],
  chain: ["A chain", "nms", "2,6,14,18 6,6,18,18 10,6,22,18 14,6,26,18 18,6,30,18"],
  tall: ["Tall", "anchors", "11,3,18,20"],
  wide: ["Wide", "anchors", "6,9,27,16"],
};
const TASKS = { iou: "IoU", nms: "Suppression", anchors: "Anchors" };
// Where a box has its name: each at another place, so that names of boxes that nearly agree do not.
const PLACES = [[0, 0], [1, 0], [0, 1], [0.5, 0], [0.5, 1]];
const ANCHOR = { 0: "start", 0.5: "middle", 1: "end" };
const rule = (a, sign, b) => `${a} ${sign} ${b}`;
const about = (value) => `${isRounded(value) ? "≈" : "="} <strong>${format(value)}</strong>`;
const read = (text) => text.split(/[ ;]/).map((box) => box.split(",").map(Number));
const lawful = (box) => box.length === 4 && box.every(Number.isInteger) && box[0] >= 0 && box[1] >= 0
  && box[0] < box[2] && box[1] < box[3] && box[2] <= WIDTH && box[3] <= HEIGHT;

class BoxesExplorer extends Explorer {
  static css = `
.controls { display: flex; flex-wrap: wrap; gap: .9rem 1.5rem; }
.controls legend { text-transform: none; }
.stage { margin: 1.2rem 0 .3rem; max-width: 40rem; }
svg { display: block; width: 100%; border: 1px solid var(--soft); border-radius: .4rem; }
.ground { fill: none; stroke: var(--line); stroke-width: .06; }
.cell { fill: var(--course-wash); }
.shared { fill: url(#hatch); }
.hatch { stroke: var(--mark); stroke-width: .5; }
.box { cursor: move; touch-action: none; outline: none; }
.box rect { fill: var(--key); fill-opacity: .07; stroke: var(--key); stroke-width: .28; }
.box text { font-size: 1.5px; font-weight: 650; fill: var(--key); paint-order: stroke; stroke: var(--ground);
  stroke-width: .35; }
.box circle { fill: var(--ground); stroke: var(--key); stroke-width: .2; cursor: nwse-resize; }
.box .field { fill: none; stroke: none; pointer-events: all; }
.box:focus-visible rect { stroke: var(--mark); stroke-width: .45; }
.kept rect { stroke-width: .5; fill-opacity: .18; }
.gone rect { stroke-dasharray: .3 .5; stroke: var(--soft); fill: none; }
.gone text { fill: var(--soft); text-decoration: line-through; }
.anchor { fill: none; stroke: var(--soft); stroke-width: .16; stroke-dasharray: .7 .4; pointer-events: none; }
.best { stroke: var(--mark); stroke-width: .35; }
.hint { font-size: .85rem; margin-bottom: .8rem; }
.sum { min-height: 9.5rem; margin-bottom: 1rem; }
.sum table { border-spacing: 0; margin-top: .3rem; }
.sum :is(td, th) { width: auto; height: auto; min-width: 0; padding: .05rem 1.2rem .05rem 0; text-align: left;
  font-size: .9rem; line-height: 1.45; color: inherit; }
.sum th { font-weight: 650; }`;

  static html = `
<div class=controls>${Object.entries(TASKS).map(([task, title]) => pills("scene",
    Object.keys(SCENES).filter((name) => SCENES[name][1] === task), (name) => SCENES[name][0], title)).join("")}
  ${pills("threshold", ["0.3", "0.5", "0.7"], (value) => value, "Threshold of the IoU")}</div>
<div class=stage><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role=group aria-label="Picture of ${WIDTH} by ${HEIGHT} pixels"></svg></div>
<p class="hint soft" id=how>Drag a box, or its lower right corner. With the keyboard: Tab to a box, arrow keys move it, with Shift they move its corner.</p>
<div class=sum></div>
${end("<button class=main id=next>Next step</button><button id=again>Start again</button>")}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { scene: "crossing", threshold: "0.5", boxes: read(SCENES.crossing[2]), step: 0 };
    const { state } = this;
    if (Object.hasOwn(SCENES, params.get("scene"))) this.show(params.get("scene"));
    if (["0.3", "0.5", "0.7"].includes(params.get("threshold"))) state.threshold = params.get("threshold");
    const boxes = read(params.get("boxes") ?? "");
    if (boxes.length === state.boxes.length && boxes.every(lawful)) state.boxes = boxes;
    if (/^\d$/.test(params.get("step"))) state.step = Number(params.get("step"));
  }

  show(scene) {
    Object.assign(this.state, { scene, boxes: read(SCENES[scene][2]), step: 0 });
  }

  params() {
    return { ...this.state, boxes: this.state.boxes.join(";") };
  }

  get task() {
    return SCENES[this.state.scene][1];
  }

  listen() {
    const [root, svg] = [this.shadowRoot, this.$("svg")];
    root.addEventListener("change", ({ target }) => {
      if (target.name === "scene") this.show(target.value);
      else this.state[target.name] = target.value;
      this.draw();
      this.say(this.$(".sum").textContent);
    });
    const pixel = ({ clientX, clientY }) => {
      const { left, top, width } = svg.getBoundingClientRect();
      return [clientX - left, clientY - top].map((at) => Math.round(at * WIDTH / width));
    };
    svg.addEventListener("pointerdown", (event) => {
      const group = event.target.closest(".box");
      if (!group) return;
      this.held = { n: Number(group.dataset.n), corner: event.target.matches("circle, .field"), from: pixel(event) };
      this.held.box = this.state.boxes[this.held.n];
      svg.setPointerCapture(event.pointerId);
      group.focus();
      event.preventDefault();
    });
    svg.addEventListener("pointermove", (event) => {
      if (!this.held) return;
      const { n, corner, from, box } = this.held;
      const [x, y] = pixel(event);
      this.move(n, box, [x - from[0], y - from[1]], corner);
    });
    for (const over of ["pointerup", "pointercancel"]) svg.addEventListener(over, () => this.drop());
    svg.addEventListener("keydown", (event) => {
      const by = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
      if (!by) return;
      event.preventDefault(); // the page shall not scroll
      const n = Number(event.target.dataset.n);
      this.move(n, this.state.boxes[n], by, event.shiftKey);
      this.say(this.$(".sum").textContent);
    });
    this.$("#next").addEventListener("click", () => this.step(this.state.step + 1));
    this.$("#again").addEventListener("click", () => this.step(0));
  }

  drop() {
    if (this.held) this.say(this.$(".sum").textContent);
    this.held = undefined;
  }

  // Move a box, or its lower right corner, as far as it goes; at least one pixel is left of it.
  move(n, [x1, y1, x2, y2], [dx, dy], corner) {
    const within = (value, low, high) => Math.max(low, Math.min(high, value));
    if (corner) {
      this.state.boxes[n] = [x1, y1, within(x2 + dx, x1 + 1, WIDTH), within(y2 + dy, y1 + 1, HEIGHT)];
    } else {
      const [right, down] = [within(dx, -x1, WIDTH - x2), within(dy, -y1, HEIGHT - y2)];
      this.state.boxes[n] = [x1 + right, y1 + down, x2 + right, y2 + down];
    }
    this.draw();
  }

  step(to) {
    this.state.step = to;
    this.draw();
    this.say(this.$(".sum").textContent);
  }

  draw() {
    const { state: { scene, threshold }, task } = this;
    this.$(`[value=${scene}]`).checked = true;
    this.$(`[value="${threshold}"]`).checked = true;
    for (const selector of [".threshold", "#next", "#again"]) this.$(selector).hidden = task !== "nms";
    this.fates = [];
    this.under = this.over = "";
    this[task]();
    const focus = this.shadowRoot.activeElement?.dataset.n;
    this.$("svg").innerHTML = `<pattern id=hatch width=1 height=1 patternUnits=userSpaceOnUse patternTransform="rotate(45)">
<path class=hatch d="M0 0V1"/></pattern>${this.under}${this.state.boxes.map((box, n) => this.box(box, n)).join("")}${this.over}`;
    if (focus !== undefined) this.$(`.box[data-n="${focus}"]`)?.focus();
    this.$("pre").textContent = this.python();
  }

  box([x1, y1, x2, y2], n) {
    const fate = this.fates[n] ?? "";
    const score = this.task === "nms" ? ` ${format(SCORES[n])}` : "";
    const name = LETTERS[n] + score;
    const [right, down] = PLACES[n];
    return `<g class="box ${fate}" data-n=${n} tabindex=0 role=button aria-roledescription="box" aria-describedby=how
aria-label="${name}: columns ${x1} to ${x2}, rows ${y1} to ${y2}${fate && `, ${fate === "kept" ? "kept" : "dropped"}`}">
<rect x=${x1} y=${y1} width=${x2 - x1} height=${y2 - y1} rx=.2 /><text x=${
  x1 + 0.5 + right * (x2 - x1 - 1)} y=${y1 + 1.7 + down * (y2 - y1 - 2.2)} text-anchor=${ANCHOR[right]}>${name}</text>
<circle cx=${x2} cy=${y2} r=.55 /><circle class=field cx=${x2} cy=${y2} r=1.2 /></g>`;
  }

  iou() {
    const [a, b] = this.state.boxes;
    const { width, height, areas, shared, union, iou } = overlap(a, b);
    if (shared) {
      this.under = `<rect class=shared x=${Math.max(a[0], b[0])} y=${Math.max(a[1], b[1])} width=${width} height=${height} />`;
    }
    const sides = ([x1, y1, x2, y2]) => rule(x2 - x1, "·", y2 - y1);
    this.$(".sum").innerHTML = `A covers ${sides(a)} = ${areas[0]} pixels, B ${sides(b)} = ${areas[1]}.<br>
Both cover ${rule(width, "·", height)} = ${shared} (hatched).<br>At least one covers ${areas[0]} + ${areas[1]} − ${shared} = ${union}.<br>
<strong>IoU</strong> = ${shared} / ${union} ${about(iou)}`;
  }

  nms() {
    const { state } = this;
    const steps = suppress(state.boxes, SCORES, Number(state.threshold));
    state.step = Math.min(state.step, steps.length);
    const fate = SCORES.map(() => "");
    steps.slice(0, state.step).forEach(({ kept, dropped }) => {
      fate[kept] = "kept";
      for (const { n, iou } of dropped) fate[n] = `dropped: IoU with ${LETTERS[kept]} ${about(iou)}`;
    });
    this.fates = fate.map((word) => (word.startsWith("dropped") ? "gone" : word));
    this.$("#next").disabled = state.step === steps.length;
    this.$("#again").disabled = !state.step;
    this.$(".sum").innerHTML = `${this.words(steps)}<table><tr><th scope=col>box<th scope=col>score<th scope=col>so far</tr>${
      SCORES.map((score, n) => `<tr><td>${LETTERS[n]}<td>${format(score)}<td>${fate[n] || "waits"}</tr>`).join("")}</table>`;
  }

  // What the last step did.
  words(steps) {
    const { step, threshold } = this.state;
    if (!step) return "Five boxes, the best first. What will be left?";
    const { kept, dropped, stay } = steps[step - 1];
    const list = (boxes) => boxes.map(({ n, iou }) => `${LETTERS[n]} (IoU ${about(iou)})`).join(", ");
    const parts = [`<strong>${LETTERS[kept]}</strong> has the best score of those that wait: kept.`];
    if (dropped.length) parts.push(`More than ${threshold} with it: ${list(dropped)}, dropped.`);
    if (stay.length) parts.push(`Not more: ${list(stay)}, still waiting.`);
    if (step === steps.length) parts.push(`Nothing waits any more: <strong>${step} kept</strong>.`);
    return parts.join(" ");
  }

  anchors() {
    const [box] = this.state.boxes;
    const { middle, place, ious, anchor, entry } = encode(box, ANCHORS, CELL, [HEIGHT / CELL, WIDTH / CELL]);
    const lines = (length, draw) => Array.from({ length: length / CELL - 1 }, (_, n) => draw((n + 1) * CELL)).join("");
    this.under = `<rect class=cell x=${place[1] * CELL} y=${place[0] * CELL} width=${CELL} height=${CELL} />
<path class=ground d="${lines(WIDTH, (x) => `M${x} 0V${HEIGHT}`)}${lines(HEIGHT, (y) => `M0 ${y}H${WIDTH}`)}"/>`;
    this.over = `${ANCHORS.map(([height, width], n) => `<rect class="anchor${n === anchor ? " best" : ""}" x=${middle[1] - width / 2} y=${
      middle[0] - height / 2} width=${width} height=${height} />`).join("")}<circle cx=${middle[1]} cy=${middle[0]} r=.35 fill=var(--mark) />`;
    this.$(".sum").innerHTML = `The midpoint lies in row ${place[0]}, column ${place[1]} of the cells (8 · 8 pixels each). That cell answers,
with the anchor whose shape is most like the box.<table><tr><th scope=col>anchor<th scope=col>height · width<th scope=col>IoU of the shapes</tr>${
  ANCHORS.map(([height, width], n) => `<tr><td>${n}<td>${rule(height, "·", width)}<td>${about(ious[n])}${n === anchor ? ", the best" : ""}</tr>`).join("")}</table>
target[${place.join(", ")}, ${anchor}] = [p<sub>c</sub>, b<sub>x</sub>, b<sub>y</sub>, b<sub>h</sub>, b<sub>w</sub>] = [${entry.map(format).join(", ")}]`;
  }

  fit() {} // the drawing is as wide as its place

  python() {
    const { boxes, threshold } = this.state;
    const list = (rows) => `[\n${rows.map((row) => `    [${row.join(", ")}],\n`).join("")}]`;
    return {
      iou: () => `from cnnutils import boxes

a, b = ${list(boxes)}
output = boxes.iou_matrix([a], [b])
print(output.round(2))
`,
      nms: () => `from cnnutils import boxes

boxes_xyxy = ${list(boxes)}
output = boxes.non_max_suppression(
    boxes_xyxy, [${SCORES.join(", ")}], iou_threshold=${threshold})
print(output)
`,
      anchors: () => `import numpy as np
from cnnutils import detect

encoded = detect.encode_grid(
    [[${boxes[0].join(", ")}]], [0], image_size=(${HEIGHT}, ${WIDTH}),
    grid_size=(${HEIGHT / CELL}, ${WIDTH / CELL}), anchors=[[${ANCHORS.map((a) => a.join(", ")).join("], [")}]], num_classes=1)
place = tuple(np.argwhere(encoded.target[..., 0] == 1)[0])
output = encoded.target[place][:5]
print(*place, output.round(2))
`,
    }[this.task]();
  }
}

customElements.define("boxes-explorer", BoxesExplorer);
