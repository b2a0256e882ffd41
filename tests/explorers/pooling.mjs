// Uses the explorer of pooling as readers do and prints what it saw; test_pooling.py judges.
// Usage: node pooling.mjs '{"base": ..., "states": [...], "links": [...], ...}'
import { PHONE, arrive, followLink, start } from "./reader.mjs";

const { states, links, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("pooling", ...how);

// What a reader sees of the explorer now.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("pooling-explorer").shadowRoot;
  const text = (selector) => root.querySelector(selector)?.textContent ?? null;
  const all = (selector, read = (td) => td.dataset.at) => [...root.querySelectorAll(selector)].map(read);
  const stops = (id) => all(`${id} [tabindex="0"]`);
  return {
    chosen: all("input:checked", (input) => input.value),
    sizes: [text("#insize"), text("#outsize")],
    pixels: all("#input td[aria-label^=row]", (td) => [td.dataset.at, Number(td.textContent), td.ariaLabel]),
    padding: all("#input .pad").length,
    values: all("#output [data-value]", (td) => Number(td.dataset.value)),
    texts: all("#output [data-value]", (td) => td.textContent),
    names: all("#output [data-value]", (td) => td.getAttribute("aria-label")),
    changed: all("#output .changed"),
    window: all("#input .marked"),
    winner: all("#input .winner"),
    cell: all("#output .marked"),
    stops: [stops("#input"), stops("#output")],
    refused: text("#output .wrong"),
    sum: text(".sum"),
    counts: all(".counts tr:nth-child(n+2)", (row) => [...row.children].map((one) => one.textContent)),
    verdict: text(".verdict"),
    idle: all("[data-by][aria-disabled=true]", (button) => button.dataset.by),
    said: text("[role=status]"),
    python: text("pre"),
    focus: root.activeElement?.dataset.at ?? root.activeElement?.dataset.by ?? null,
    smallest: Math.min(...all("td[data-at]", (td) => td.offsetWidth)),
    top: scrollY,
  };
});

const find = (page, selector) => page.locator(`pooling-explorer ${selector}`);
const pixel = (page, at) => find(page, `#input [data-at="${at}"]`);
const value = (page, at) => find(page, `#output [data-at="${at}"]`);
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
  return look(page);
};
const report = {};

// What readers do, one after the other.
async function use() {
  report.first = await open("", look);
  report.mouse = await open("", async (page) => {
    await value(page, "2,1").hover();
    const over = await look(page);
    await pixel(page, "2,1").click(); // dark: it turns bright
    const bright = await look(page);
    await pixel(page, "2,1").click();
    return { over, bright, dark: await look(page) };
  });
  report.touch = await open("", async (page) => {
    await value(page, "0,3").tap();
    await pixel(page, "0,5").tap();
    await find(page, "[data-by='0,1']").tap();
    return look(page);
  }, { viewport: PHONE, hasTouch: true, isMobile: true });
  report.walk = await open("", async (page) => {
    await value(page, "1,1").focus();
    const before = await look(page);
    return { before, after: await press(page, "ArrowRight", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft") };
  });
  report.pen = await open("", async (page) => {
    await pixel(page, "0,0").focus();
    const grown = await press(page, "ArrowDown", "ArrowRight", "ArrowLeft", "ArrowLeft", "ArrowDown", "+", "+", "-");
    const floor = await press(page, "-", "-", "-");
    const bright = await press(page, "Enter");
    const roof = await press(page, "+");
    return { grown, floor, bright, roof, dark: await press(page, "Space") };
  });
  report.move = await open("", async (page) => {
    await find(page, "[data-by='0,1']").focus();
    const seen = [await press(page, "Enter")];
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowLeft"]) seen.push(await press(page, key));
    await find(page, "[data-by='1,0']").click();
    seen.push(await look(page));
    await find(page, "[data-by='0,0']").click();
    return [...seen, await look(page)];
  });
  report.edited = await open("?shift=1,0", async (page) => {
    await pixel(page, "0,0").click();
    return look(page);
  });
  report.chosen = await open("?shift=0,1", async (page) => {
    await find(page, "[name=picture][value=square]").check({ force: true });
    const other = await look(page);
    await find(page, "[name=kind][value=average]").check({ force: true });
    return { other, mean: await look(page) };
  });
  report.refused = await open("?picture=line", async (page) => {
    await find(page, "[name=window][value='6']").check({ force: true });
    await find(page, "[data-by='0,1']").click();
    await pixel(page, "3,0").click();
    const refused = await look(page);
    await find(page, "[name=padding][value='1']").check({ force: true });
    return { refused, mended: await look(page) };
  });
  report.link = await open("?picture=0123.4567.89ab.cdef.ggg0&kind=average&window=3&stride=1&padding=same&cell=1,2&shift=-1,2", async (page, context) => {
    const there = await look(page);
    await followLink(page, context);
    return { there, again: await look(page) };
  });
  report.nonsense = [];
  for (const query of ["?picture=cat&kind=min&window=5&stride=0&padding=2&cell=a&shift=5,0", "?picture=0123.012.0123.0123",
    "?picture=0123.0123.0123", "?picture=012h.0123.0123.0123", "?shift=0", "?shift=1.5,0", "?cell=-1,0"]) {
    report.nonsense.push(await open(query, look));
  }
  report.faraway = await open("?cell=99,99", look);
  report.phone = await open("?window=6&stride=1&padding=same", look, { viewport: PHONE });
}

// Many states, by their links; and those that the page itself links to.
async function fuzz() {
  report.fuzz = await open("", async (page) => {
    const seen = [];
    for (const state of states) {
      await arrive(page, "pooling", `?${new URLSearchParams(state)}`);
      seen.push(await look(page));
    }
    return seen;
  });
  report.links = [];
  for (const link of links) report.links.push(await open(link, look));
}

await Promise.all([use(), fuzz()]); // one waits while the other computes
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
