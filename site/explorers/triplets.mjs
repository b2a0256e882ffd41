// <triplets-explorer>: embeddings on a circle; the loss of a triplet, and what a threshold accepts.
import { curve, descend, errors, pairsOf, triplet } from "./core/faces.mjs";
import { format } from "./core/numbers.mjs";
import { Explorer, end, pills } from "./ui/base.mjs";

// Name, task, and the angles at the start: anchor, positive, negative, or four of each person.
const SCENES = {
  triplet: ["A triplet", "loss", "90,150,20"],
  apart: ["Far apart", "rates", "72,84,97,110,194,203,214,228,313,326,334,349"],
  closer: ["Closer", "rates", "52,80,103,124,158,190,209,241,276,312,335,3"],
  mixed: ["Mixed up", "rates", "60,94,131,160,118,175,212,249,205,272,320,12"],
};
const TASKS = { loss: "The loss", rates: "The threshold, of three people" };
const MARGINS = ["0", "0.2", "0.5", "1"];
const PEOPLE = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3];
const NAMES = ["A", "P", "N"];
const ROLES = ["anchor", "positive", "negative"];
const WHY = {
  easy: "N is farther than P, by the margin or more. Nothing to learn here.",
  "semi-hard": "N is farther than P, but not by the margin.",
  hard: "N is not farther than P.",
};
const [RATE, RADIUS] = [0.1, 10];
const read = (text) => text.split(",").map(Number);
const turned = (angle) => (((Math.round(angle * 100) / 100) % 360) + 360) % 360;
// Three decimals at most, and whether these are all.
const three = (value) => String(Math.round(value * 1000) / 1000).replace("-", "−");
const about = (value) => `${Math.abs(value * 1000 - Math.round(value * 1000)) > 1e-6 ? "≈" : "="} <strong>${three(value)}</strong>`;
const degrees = (value) => `${value > 0 ? "+" : ""}${format(value)}°`;
const at = (angle, radius = RADIUS) => [Math.cos, Math.sin].map((part, axis) =>
  ((axis ? -radius : radius) * part((angle * Math.PI) / 180)).toFixed(3)).join(" ");
// Along the circle from one angle to another, which is larger, or smaller, by less than a turn.
const arc = (from, to, radius = RADIUS) => {
  const middle = at((from + to) / 2, radius);
  const half = `A${radius} ${radius} 0 0 ${Number(to < from)}`;
  return `M${at(from, radius)}${half} ${middle}${half} ${at(to, radius)}`;
};
// The same as an arrow, whose head is a part of it, so that a short one looks short.
const arrow = (from, to, radius) => {
  const back = Math.min(Math.abs(to - from) * 0.6, 5) * Math.sign(to - from);
  return `<path class=arrow d="${arc(from, to - back, radius)}"/><path class=head d="M${at(to, radius)}L${
    [1, -1].map((side) => at(to - back, radius + side * back * 0.11)).join("L")}z"/>`;
};
// How far from a point, in degrees, what has this squared distance to it is.
const reach = (distance) => (distance < 4 ? (Math.acos(1 - distance / 2) * 180) / Math.PI : 180);
const line = (kind, x1, y1, x2, y2) => `<path class="${kind}" d="M${x1} ${y1}L${x2} ${y2}"/>`;
const text = (words, x, y, anchor = "middle") => `<text x=${x} y=${y} text-anchor=${anchor}>${words}</text>`;

class TripletsExplorer extends Explorer {
  static css = `
.controls { display: flex; flex-wrap: wrap; gap: .9rem 1.5rem; }
.controls legend { text-transform: none; }
.stage { display: grid; grid-template-columns: 1fr 1fr; align-items: center; gap: .5rem 1.5rem; margin: 1rem 0 .5rem; }
svg { display: block; width: 100%; overflow: visible; }
svg text { font-size: 1.2px; fill: var(--soft); paint-order: stroke; stroke: var(--ground); stroke-width: .3; }
.point text { stroke: none !important; }
path { fill: none; stroke: var(--soft); stroke-width: .12; }
.hard { stroke: var(--mark); stroke-width: .9; }
.semi { stroke: var(--mark); stroke-width: .9; stroke-dasharray: .22 .3; }
.near, .right { stroke: var(--key); stroke-width: .2; }
.far { stroke: var(--key); stroke-width: .2; stroke-dasharray: .5 .4; }
.right { stroke-width: .13; }
.accept { stroke: var(--mark); stroke-width: .35; }
.reject { stroke: var(--key); stroke-width: .2; stroke-dasharray: .3 .3; }
.arrow { stroke: var(--pst-color-text-base); stroke-width: .3; }
.head { fill: var(--pst-color-text-base); stroke: none; }
.bar { stroke: var(--pst-color-text-base); stroke-width: .4; }
.tau { stroke: var(--pst-color-text-base); stroke-width: .2; }
.meet { fill: none; stroke: var(--pst-color-text-base); stroke-width: .18; }
.point { cursor: grab; touch-action: none; outline: none; }
.point circle { fill: var(--ground); stroke: var(--key); stroke-width: .2; }
.point text { font-weight: 650; fill: var(--key); text-anchor: middle; dominant-baseline: central; }
.point:is(.c0, .c1) circle:last-of-type { fill: var(--key); }
.point:is(.c0, .c1) text { fill: var(--ground); }
.point.c3 circle:last-of-type { stroke-dasharray: .35 .2; }
.point .grip { fill: none; stroke: none; pointer-events: all; }
.point:focus-visible circle:last-of-type { stroke: var(--mark); stroke-width: .45; }
.tau-choice { display: block; font-size: .95rem; font-weight: 650; }
input[type=range] { display: block; width: 100%; margin: 0; height: 1.6rem; accent-color: var(--key); }
.hint { font-size: .85rem; margin-bottom: .8rem; }
.sum { min-height: 8rem; margin-bottom: 1rem; }
@container (max-width: 599px) {
  .stage { grid-template-columns: 1fr; }
  .sum { min-height: 12.6rem; }
}`;

  static html = `
<div class=controls>${Object.entries(TASKS).map(([task, title]) => pills("scene",
    Object.keys(SCENES).filter((name) => SCENES[name][1] === task), (name) => SCENES[name][0], title)).join("")}
  ${pills("margin", MARGINS, (value) => value, "Margin α")}</div>
<div class=stage><svg id=circle viewBox="-13.8 -13.8 27.6 27.6" role=group aria-label="Embeddings on a circle"></svg>
<div><svg id=line role=img></svg><label class=tau-choice>Threshold τ = <output></output><input type=range name=threshold min=0 max=4 step=0.01></label></div></div>
<p class="hint soft" id=how></p>
<div class=sum></div>
${end("<button class=main id=step>One step</button><button id=again>Start again</button>")}`;

  // Take over what a link or the page asks for; what makes no sense is left out.
  start(params) {
    this.state ??= { scene: "triplet", margin: "0.5", points: read(SCENES.triplet[2]), threshold: "1" };
    const { state } = this;
    if (Object.hasOwn(SCENES, params.get("scene"))) this.show(params.get("scene"));
    if (MARGINS.includes(params.get("margin"))) state.margin = params.get("margin");
    if (/^[0-3](\.\d\d?)?$|^4$/.test(params.get("threshold"))) state.threshold = params.get("threshold");
    const points = params.get("points") ?? "";
    if (/^\d+(\.\d\d?)?(,\d+(\.\d\d?)?)*$/.test(points) && read(points).length === state.points.length
      && read(points).every((angle) => angle < 360)) state.points = read(points);
  }

  show(scene) {
    Object.assign(this.state, { scene, points: read(SCENES[scene][2]) });
  }

  params() {
    return { ...this.state, points: this.state.points.join() };
  }

  get task() {
    return SCENES[this.state.scene][1];
  }

  listen() {
    const [root, svg] = [this.shadowRoot, this.$("#circle")];
    const tell = () => this.say(this.$$(".sum p").map((line) => line.textContent).join(" "));
    const told = (change) => {
      change();
      this.draw();
      tell();
    };
    root.addEventListener("input", ({ target }) => {
      if (target.name === "threshold") told(() => { this.state.threshold = target.value; });
    });
    root.addEventListener("change", ({ target }) => told(() => {
      if (target.name === "scene") this.show(target.value);
      else this.state[target.name] = target.value;
    }));
    svg.addEventListener("pointerdown", (event) => {
      const point = event.target.closest(".point");
      if (!point) return;
      this.held = point.dataset.n;
      svg.setPointerCapture(event.pointerId);
      point.focus();
      event.preventDefault();
    });
    svg.addEventListener("pointermove", ({ clientX, clientY }) => {
      if (!this.held) return;
      const { left, top, width, height } = svg.getBoundingClientRect();
      const angle = Math.atan2(top + height / 2 - clientY, clientX - left - width / 2);
      this.state.points[this.held] = turned(Math.round((angle * 180) / Math.PI));
      this.draw();
    });
    for (const over of ["pointerup", "pointercancel"]) {
      svg.addEventListener(over, () => {
        if (this.held) tell();
        this.held = undefined;
      });
    }
    svg.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowLeft: 1, ArrowDown: -1, ArrowRight: -1 }[event.key];
      if (!by) return;
      event.preventDefault(); // the page shall not scroll
      const { n } = event.target.dataset;
      told(() => { this.state.points[n] = turned(this.state.points[n] + by * (event.shiftKey ? 10 : 1)); });
    });
    this.$("#step").addEventListener("click", () => told(() => {
      this.state.points = this.state.points.map((angle, n) => turned(angle + this.moves[n]));
    }));
    this.$("#again").addEventListener("click", () => told(() => this.show(this.state.scene)));
  }

  draw() {
    const { state: { scene, margin, threshold }, task } = this;
    this.$(`[value=${scene}]`).checked = true;
    this.$(`.margin [value="${margin}"]`).checked = true;
    this.$("[type=range]").value = threshold;
    this.$("output").textContent = threshold;
    for (const selector of [".margin", "#step"]) this.$(selector).hidden = task !== "loss";
    this.$(".tau-choice").hidden = task !== "rates";
    const focus = this.shadowRoot.activeElement?.dataset.n;
    this[task]();
    if (focus !== undefined) this.$(`.point[data-n="${focus}"]`)?.focus();
    this.$("pre").textContent = this.python();
  }

  paint(under, points, line, height, label) {
    this.$("#circle").innerHTML = `<path d="${arc(0, 360)}"/>${under}${points}`;
    this.$("#line").setAttribute("viewBox", `0 0 34 ${height}`);
    this.$("#line").setAttribute("aria-label", label);
    this.$("#line").innerHTML = line;
  }

  point(n, name, what, kind, size) {
    const angle = this.state.points[n];
    const [x, y] = at(angle).split(" ");
    return `<g class="point c${kind}" data-n=${n} tabindex=0 role=button aria-roledescription="point on the circle" aria-describedby=how
aria-label="${what}: at ${format(angle)}°"><circle class=grip cx=${x} cy=${y} r=${size + 0.5} /><circle cx=${x} cy=${y} r=${size} />${text(name, x, y)}</g>`;
  }

  loss() {
    const { points, margin } = this.state;
    const [a] = points;
    const { near, far, loss, kind, gradient } = triplet(points, Number(margin));
    this.moves = descend(gradient, RATE);
    const x = (distance) => 1 + 6.4 * distance;
    const [inner, outer] = [reach(near), reach(near + Number(margin))];
    const bands = [1, -1].map((side) => `<path class=hard d="${arc(a, a + side * inner)}"/>
<path class=semi d="${arc(a + side * inner, a + side * outer)}"/>`).join("");
    const chords = ["near", "far"].map((name, n) => line(name, ...at(a).split(" "), ...at(points[n + 1]).split(" "))).join("");
    const arrows = this.moves.map((by, n) => by && arrow(points[n], points[n] + by, n ? 11.8 : 12.8)).filter(Boolean).join("");
    const disc = (n, distance, y) => `${line(n === 1 ? "near" : "far", x(distance), y, x(distance), 7)}
<g class="point c${n + 3}"><circle cx=${x(distance)} cy=${y} r=1.05 />${text(NAMES[n], x(distance), y)}</g>`;
    const edge = x(near + Number(margin));
    const bar = loss ? `<path class=bar d="M${x(far)} 1.7v1M${edge} 1.7v1M${x(far)} 2.2H${edge}"/>${
      text("loss", Math.max((x(far) + edge) / 2, 2), 1.2)}` : "";
    this.paint(bands + chords + arrows, points.map((_, n) => this.point(n, NAMES[n], `${NAMES[n]}, the ${ROLES[n]}`, n && n + 3, 1.1)).join(""),
      `${line("", 1, 7, 33, 7)}${line("hard", 1, 7, x(near), 7)}${line("semi", x(near), 7, edge, 7)}
${bar}${disc(1, near, 4.5)}${disc(2, far, 9.5)}${[0, 1, 2, 3, 4].map((d) => line("", x(d), 7, x(d), 7.7) + text(d, x(d), 12.2)).join("")}
${text("squared distance from A", 17, 14)}`, 14.5, `The squared distances as places on a line: P at ${three(near)}, N at ${three(far)}`);
    this.$("#how").innerHTML = `Drag a point, or Tab to it and press the arrow keys: 1°, with Shift 10°. A negative on the thick part of the circle makes
the triplet hard, on the striped part semi-hard. An arrow ends where one step takes its point: against the gradient along the circle, with learning rate ${RATE}.`;
    const sum = `${three(near)} − ${three(far)} + ${margin}`;
    this.$(".sum").innerHTML = `<p>d<sub>P</sub> = ‖A − P‖² ${about(near)}, d<sub>N</sub> = ‖A − N‖² ${about(far)}</p>
<p>loss = max(d<sub>P</sub> − d<sub>N</sub> + α, 0) = max(${sum}, 0) ${about(loss)}</p>
<p><strong>${kind[0].toUpperCase() + kind.slice(1)}.</strong> ${WHY[kind]}</p>
<p>${loss ? `One step turns ${this.moves.map((by, n) => `${NAMES[n]} by ${degrees(by)}`).join(", ")}.`
    : "The gradient is 0: a step moves nothing."}</p>`;
  }

  rates() {
    const { points, threshold } = this.state;
    const pairs = pairsOf(points, PEOPLE);
    const { accepts, rejects } = errors(pairs, Number(threshold));
    const { sames, others, steps, meet } = curve(pairs);
    const x = (distance) => 1 + 8 * distance;
    const y = (rate) => 12 - 11 * rate;
    const fate = ({ distance, same }) => (distance <= Number(threshold) ? ["accept", "right"] : ["", "reject"])[Number(same)];
    const chords = pairs.map((pair) => ({ ...pair, kind: fate(pair) })).filter(({ kind }) => kind)
      .sort((a, b) => (a.kind < b.kind) - (a.kind > b.kind)) // errors on top
      .map(({ i, j, kind }) => line(kind, ...at(points[i]).split(" "), ...at(points[j]).split(" "))).join("");
    const stairs = (kind, name, all) => `<path class=${kind} d="M1 ${y(steps[0][name] / all)}${
      steps.map((step) => `H${x(step.threshold)}V${y(step[name] / all)}`).join("")}H33"/>`;
    const ticks = pairs.map(({ distance, same }) => `M${x(distance)} ${same ? 14.2 : 17.6}v1.3`).join("");
    const tau = x(threshold);
    this.paint(chords, points.map((_, n) => this.point(n, PEOPLE[n], `Person ${PEOPLE[n]}`, PEOPLE[n], 0.85)).join(""),
      `<path d="M1 1V12H33M1 1H33"/><path d="${ticks}"/>${stairs("reject", "rejects", sames)}${stairs("accept", "accepts", others)}
<circle class=meet cx=${x(meet.threshold)} cy=${y(meet.rate)} r=.7 />${line("tau", tau, 0.5, tau, 19)}
${text("of one person", 33, 13.7, "end")}${text("of two people", 33, 17.1, "end")}
${text("1", 0.7, 1.4, "end")}${text("0", 0.7, 12.4, "end")}${[0, 1, 2, 3, 4].map((d) => text(d, x(d), 20.6)).join("")}`, 21,
      "Both rates against the threshold, and the distances of all pairs below");
    this.$("#how").innerHTML = `Move τ, or drag a point (Tab, arrow keys). Thin line: one person, accepted. Thick: two people, accepted, a
false accept. Dashed: one person, rejected, a false reject. The same lines show the rates; where both are equal is a ring. Below
them stand the squared distances of the pairs, upper row of one person, lower of two.`;
    this.$(".sum").innerHTML = `<p>At τ = ${threshold}, ${accepts + sames - rejects} of ${pairs.length} pairs are accepted: d ≤ τ.</p>
<p>Of the ${others} pairs of two people, ${accepts} are accepted. False accept rate: ${accepts} / ${others} ${about(accepts / others)}</p>
<p>Of the ${sames} pairs of one person, ${rejects} are rejected. False reject rate: ${rejects} / ${sames} ${about(rejects / sames)}</p>
<p>The two rates meet at τ ${about(meet.threshold)}: equal error rate ${about(meet.rate)}</p>`;
  }

  fit() {} // the drawings are as wide as their places

  python() {
    const { points, margin, threshold } = this.state;
    const start = `angles = np.radians([${points.join(", ").replace(/((?:[^,]+,){6}) /, "$1\n                     ")}])`;
    const embed = "np.stack([np.cos(angles), np.sin(angles)], axis=1)";
    return {
      loss: () => `import numpy as np
from cnnutils import faces

${start}  # of A, P, N
points = ${embed}
a, p, n = points[:, np.newaxis]
(loss,) = np.asarray(faces.triplet_loss(a, p, n, margin=${margin}))
near, far = np.sum((a - p) ** 2), np.sum((a - n) ** 2)
print(near.round(3), far.round(3), loss.round(3))

# The gradient at the three points, and its part along the circle.
gradient = 2 * np.concatenate([n - p, p - a, a - n]) * (loss > 1e-9)
along = np.stack([-np.sin(angles), np.cos(angles)], axis=1)
slope = np.sum(gradient * along, axis=1)
output = np.degrees(-${RATE} * slope)  # what one step turns
print(output.round(2))
`,
      rates: () => `import numpy as np
from cnnutils import verify

${start}
people = np.repeat([1, 2, 3], 4)
points = ${embed}
i, j = np.triu_indices(12, k=1)  # every two
distances = verify.squared_distances(points, points)[i, j]
distances = distances.round(10)  # equal gaps, equal distances
same = people[i] == people[j]
accepted = distances <= ${threshold}
output = np.mean(accepted[~same]), np.mean(~accepted[same])
equal = verify.equal_error_rate(distances, same)
print(*np.round([*output, *equal], 3))
`,
    }[this.task]();
  }
}

customElements.define("triplets-explorer", TripletsExplorer);
