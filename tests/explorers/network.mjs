// Builds networks in the explorer as readers do and prints what it saw; test_network.py judges.
// Usage: node network.mjs '{"base": ..., "states": [...], "links": {...}, "nonsense": [...], ...}'
import { PHONE, followLink, start } from "./reader.mjs";

const { states, links, nonsense, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("network", ...how);
const inside = (page, selector) => page.locator(`network-explorer ${selector}`);

// What a reader sees of the explorer now.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("network-explorer").shadowRoot;
  const text = (element) => element?.textContent ?? "";
  const all = (from, selector, read) => [...from.querySelectorAll(selector)].map(read);
  const count = (cell) => ({
    number: cell.firstChild.textContent,
    bars: all(cell, "i", (bar) => [bar.className, bar.offsetWidth / bar.parentElement.offsetWidth]),
  });
  const { dataset = {}, className } = root.activeElement ?? {};
  return {
    preset: all(root, "[name=preset]:checked", (input) => input.value),
    rows: all(root, "tr[data-n]", (row) => ({
      name: text(row.querySelector(".row")),
      open: row.querySelector(".row").ariaExpanded,
      told: all(row, ".wide", text),
      fold: row.querySelector(".fold").innerHTML,
      counts: all(row, ".count", count),
    })),
    total: { name: text(root.querySelector(".total th")), counts: all(root, ".total .count", count) },
    refused: all(root, ".refused", (row) => [row.previousSibling.dataset.n, text(row)]),
    fields: Object.fromEntries(all(root, "[data-field]", (field) => [field.dataset.field, field.value])),
    invalid: all(root, "[aria-invalid=true]", (field) => field.dataset.field),
    off: all(root, "button:disabled", (button) => button.dataset.act),
    how: text(root.querySelector(".how")),
    sum: all(root, ".sum p", text),
    said: text(root.querySelector("[role=status]")),
    python: text(root.querySelector("pre")),
    focus: dataset.field ?? dataset.act ?? (className === "row" ? text(root.activeElement) : ""),
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
});
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
  return look(page);
};

const report = {};

async function use() {
  report.first = await open("", look);
  report.presets = await open("", async (page) => {
    const seen = {};
    for (const name of ["alexnet", "vgg16", "lenet5"]) {
      await inside(page, `[value=${name}]`).check({ force: true });
      seen[name] = await look(page);
    }
    return seen;
  });
  report.links = {};
  for (const [name, query] of Object.entries(links)) report.links[name] = await open(query, look);
  report.nonsense = [];
  for (const query of nonsense) report.nonsense.push(await open(query, look));
  report.back = await open("?input=28-30-1&layers=conv-6-5-2-same,max-3-2,mean,dense-9&open=2", async (page, context) => {
    const there = await look(page);
    const link = await followLink(page, context);
    return { there, link, again: await look(page) };
  });
  report.keys = await open("", async (page) => {
    const seen = {};
    await inside(page, "[data-n='3'] .row").focus();
    seen.opened = await press(page, "Enter");
    seen.stepped = await press(page, "Tab", "Tab", "ArrowUp");
    seen.typed = await press(page, "Control+a", "2", "4");
    const tabs = (number) => Array(number).fill("Tab");
    seen.moved = await press(page, ...tabs(5), "Enter");
    seen.first = await press(page, "Enter");
    seen.down = await press(page, ...tabs(7), "Enter");
    seen.added = await press(page, "Tab", "Enter");
    seen.turned = await press(page, "m");
    seen.removed = await press(page, ...tabs(7), "Enter");
    seen.closed = await press(page, "Enter");
    return seen;
  });
  report.wrong = await open("", async (page) => {
    const seen = [];
    for (const text of ["0", "", "2.5", "10000", "7"]) {
      await inside(page, "[data-field=filters]").fill(text);
      seen.push(await look(page));
    }
    return seen;
  });
  report.touch = await open("", async (page) => {
    await inside(page, "[data-n='4'] th").tap();
    await inside(page, "[data-act=remove]").tap();
    const removed = await look(page);
    await inside(page, "[data-n='6'] .count").first().tap();
    return { removed, opened: await look(page) };
  }, { viewport: PHONE, hasTouch: true, isMobile: true });
}

// Many networks, each built from the one before with the explorer's own buttons and fields.
async function fuzz() {
  report.fuzz = await open("", async (page) => {
    const seen = [];
    for (const state of states) {
      await page.evaluate(({ input, layers }) => {
        const explorer = document.querySelector("network-explorer");
        const root = explorer.shadowRoot;
        explorer.hidden = true; // else each button's focus has the page laid out
        const get = (selector) => root.querySelector(selector);
        const set = (field, value) => {
          const control = get(`[data-field=${field}]`);
          control.value = value;
          control.dispatchEvent(new Event(field === "kind" ? "change" : "input", { bubbles: true }));
        };
        const fill = (text) => {
          for (const [field, value] of Object.entries(text)) set(field, value);
        };
        if (get("[data-n='0'] .row").ariaExpanded === "false") get("[data-n='0'] .row").click();
        fill(input);
        get("[data-n='1'] .row").click();
        while (!get("[data-act=remove]").disabled) get("[data-act=remove]").click();
        layers.forEach((layer, n) => {
          if (n) get("[data-act=add]").click();
          fill(layer);
        });
        explorer.hidden = false;
      }, state);
      seen.push(await look(page));
    }
    return seen;
  });
}

await Promise.all([use(), fuzz()]);
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
