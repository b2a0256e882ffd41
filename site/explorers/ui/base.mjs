// What explorers share: the shadow root, its looks, grids of numbers, the voice for screen readers.
import { ink } from "../core/numbers.mjs";

const CSS = `
:host { display: block; font-size: 1rem; line-height: 1.45; container-type: inline-size; --mark: var(--course-mark);
  --line: var(--pst-color-border); --key: var(--pst-color-primary);
  --soft: var(--pst-color-text-muted); --ground: var(--pst-color-background); }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
p, fieldset { margin: 0; padding: 0; border: 0; }
legend { text-transform: capitalize; }
legend, .name { font-size: .95rem; font-weight: 650; padding: 0; }
.soft { color: var(--soft); font-weight: 400; }
button, select, input:is([type=text], [type=number]), .pill { font: inherit; color: inherit; min-height: 2.1rem;
  background: var(--ground); border: 1px solid var(--soft); border-radius: .4rem; padding: .2rem .7rem; }
button, summary { cursor: pointer; color: var(--key); border-color: var(--key); font-weight: 650; }
.main { background: var(--key); color: var(--ground); }
:focus-visible, .pill:has(:focus-visible) { outline: 3px solid var(--mark); outline-offset: 2px; }
.pills { display: flex; flex-wrap: wrap; gap: .3rem; margin-top: .25rem; }
.pill { display: inline-flex; align-items: center; gap: .4rem; cursor: pointer; min-width: 2.1rem;
  justify-content: center; position: relative; }
.pill input { position: absolute; inset: 0; opacity: 0; margin: 0; }
.pill:has(:checked) { border-color: var(--key); box-shadow: inset 0 0 0 2px var(--key); font-weight: 650; }
table { border-collapse: separate; border-spacing: 1px; margin: 0; }
th { color: var(--soft); font-size: .7rem; font-weight: 400; padding: 0; min-width: 1rem; height: 1.1rem; }
td { width: var(--cell); height: var(--cell); padding: 0; text-align: center; line-height: 1;
  font-size: calc(var(--cell) * .42); font-variant-numeric: tabular-nums; border-radius: 3px; }
td.long { font-size: calc(var(--cell) * .34); letter-spacing: -.03em; }
.corner { width: auto; height: auto; }
td[style] { box-shadow: inset 0 0 0 1px var(--line); }
td.marked { position: relative; box-shadow: 0 0 0 2px var(--mark), inset 0 0 0 1.5px var(--mark) !important; }
.sum { background: var(--course-wash); border-left: .25rem solid var(--mark); border-radius: .4rem;
  padding: .6rem 1rem; font-variant-numeric: tabular-nums; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; margin-bottom: 1rem; }
.quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
details { border: 1px solid var(--line); border-radius: .5rem; padding: .4rem .8rem; }
pre { overflow-x: auto; font: .82rem/1.5 var(--pst-font-family-monospace); margin: .5rem 0; }
@media print { button { display: none; } }
`;
const looks = (css) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
};
const shared = looks(CSS);

export const stepwise = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// The colours of a cell whose ground is `rgb`, for its style attribute.
export const paint = (rgb) => `background:rgb(${rgb.join()});color:${ink(rgb)}`;

// A table of numbers whose rows and columns are counted from 0, as NumPy counts them.
// `cell(row, column)` returns the attributes and the text; `first` are the first indices shown.
export function grid(label, role, [rows, columns], cell, first = [0, 0], last = [rows, columns]) {
  const line = (length, make) => Array.from({ length }, (_, n) => make(n)).join("");
  const tag = (n, axis) => {
    const name = n + first[axis];
    return name in [...Array(last[axis])] ? `<th scope=${["row", "col"][axis]}>${name}</th>` : "<td class=corner></td>";
  };
  return `<table aria-label=${label} role=${role}><tr><td class=corner></td>`
    + `${line(columns, (j) => tag(j, 1))}</tr>${line(rows, (i) => `<tr>${tag(i, 0)}${
      line(columns, (j) => cell(i + first[0], j + first[1]))}</tr>`)}</table>`;
}

// A choice of one of a few values, and what each looks like.
export const pills = (name, values, face = (value) => value, title = name) => `<fieldset class=${name}><legend>${
  title}</legend><div class=pills>${values.map((value) => `<label class=pill><input type=radio name=${
  name} value=${value}>${face(value)}</label>`).join("")}</div></fieldset>`;

// What every explorer ends with: its own buttons, the link to its state, the code.
export const end = (buttons) => `<div class=actions>${buttons}<button id=link>Copy link</button></div>
<details><summary>The same in Python</summary><pre tabindex=0 role=region aria-label="Python code"></pre>
<button id=code>Copy code</button></details>`;

export class Explorer extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const held = this.contains(document.activeElement);
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [shared, looks(this.constructor.css)];
    root.innerHTML = `${this.constructor.html}<p class=quiet role=status></p>`;
    // The page's shortcuts see only this element and not the field in it: without this, typing
    // "/" opens the search, and "1/9" becomes 19.
    root.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
    });
    this.start(new URLSearchParams(this.getAttribute("state") ?? ""));
    // A link to this element carries its state; other explorers on the page do not read it.
    if (location.hash === `#${this.id}`) this.start(new URLSearchParams(location.search), true);
    this.listen();
    this.$("#link").addEventListener("click", ({ target }) => this.copy(this.link(), target));
    this.$("#code").addEventListener("click", ({ target }) => this.copy(this.$("pre").textContent, target));
    this.draw();
    new ResizeObserver(() => this.fit()).observe(this);
    this.setAttribute("ready", "");
    // Who came by keyboard stands on the fallback's link, which is gone now.
    if (held) this.$("input, select").focus();
  }

  $(selector) {
    return this.shadowRoot.querySelector(selector);
  }

  $$(selector) {
    return [...this.shadowRoot.querySelectorAll(selector)];
  }

  say(text) {
    this.$("[role=status]").textContent = text;
  }

  // The address of this page with this element in its present state.
  link() {
    const url = new URL(location.href);
    url.search = new URLSearchParams(this.params()).toString();
    url.hash = this.id;
    return url.href;
  }

  async copy(text, button) {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      this.say("Copied");
      setTimeout(() => { button.textContent = before; }, 1500);
    } catch { // not allowed to: then let the reader do it
      prompt("Copy this:", text);
    }
  }
}
