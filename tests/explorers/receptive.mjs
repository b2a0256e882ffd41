// Uses the explorer of receptive fields and prints what it saw; test_receptive.py judges.
// Usage: node receptive.mjs '{"base": ..., "states": [...], ...}'
import { PHONE, arrive, followLink, start } from "./reader.mjs";

const { states, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("receptive", ...how);

// What a reader sees of the explorer now.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("receptive-explorer").shadowRoot;
  const all = (selector, read) => [...root.querySelectorAll(selector)].map(read);
  return {
    stack: root.querySelector("#stack").value,
    layers: all(".layers p:not(.head)", (row) => [...row.querySelectorAll("select")].map((select) => Number(select.value))),
    rows: all("svg text", (text) => text.textContent),
    seen: all("svg .sees", (box) => Number(box.getAttribute("x"))).length,
    pixels: all("svg [fill-opacity]", (box) => [Math.round(box.getAttribute("x")), Number(box.getAttribute("fill-opacity"))]),
    chosen: all("svg .chosen", (box) => [box.dataset.cell, Number(box.getAttribute("x"))]),
    stops: all("svg [tabindex='0']", () => 1).length,
    sum: all(".sum p", (p) => p.textContent),
    said: root.querySelector("[role=status]").textContent,
    buttons: ["#add", "#less"].map((id) => !root.querySelector(id).disabled),
    python: root.querySelector("pre").textContent,
    focus: root.activeElement?.getAttribute("aria-label") ?? root.activeElement?.id ?? null,
    top: scrollY,
  };
});

const explorer = (page, selector) => page.locator(`receptive-explorer ${selector}`);
const report = {};

// What readers do, one after the other.
async function use() {
  report.first = await open("", look);
  report.mouse = await open("", async (page) => {
    await explorer(page, 'svg [data-cell="3"]').click();
    return look(page);
  });
  report.touch = await open("", async (page) => {
    await explorer(page, 'svg [data-cell="20"]').tap();
    return look(page);
  }, { viewport: PHONE, hasTouch: true, isMobile: true });
  report.keys = await open("", async (page) => {
    await explorer(page, "svg .chosen").focus();
    const before = await look(page);
    for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight"]) await page.keyboard.press(key);
    return { before, after: await look(page) };
  });
  report.grow = await open("", async (page) => {
    const seen = [];
    for (const press of ["#less", "#less", "#add", "#add", "#add", "#add", "#add"]) {
      await explorer(page, press).click();
      seen.push(await look(page));
    }
    const setting = explorer(page, '[name=window][data-layer="5"]');
    await setting.focus();
    await setting.selectOption("7");
    return [...seen, await look(page)];
  });
  report.refused = await open("?layers=7/3/1,7/3/1,3/1/4", look);
  report.link = await open("?layers=5/1/1,2/2/1,3/1/2&cell=6", async (page, context) => {
    const there = await look(page);
    await followLink(page, context);
    return { there, again: await look(page) };
  });
  report.nonsense = [];
  for (const query of ["?layers=cat", "?layers=4/1/1", "?layers=3/1", "?layers=3/1/1,,", "?cell=-1", "?cell=x",
    `?layers=${Array(7).fill("1/1/1").join()}`]) {
    report.nonsense.push(await open(query, look));
  }
  report.faraway = await open("?cell=999", look);
}

// Many states, by their links.
async function fuzz() {
  report.fuzz = await open("", async (page) => {
    const seen = [];
    for (const { layers, cell } of states) {
      await arrive(page, "receptive", `?layers=${layers}&cell=${cell}`);
      seen.push(await look(page));
    }
    return seen;
  });
}

await Promise.all([use(), fuzz()]);
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
