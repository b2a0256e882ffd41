// Uses the explorer of separable convolutions and prints what it saw; test_mobilenet.py judges.
// Usage: node mobilenet.mjs '{"base": ..., "states": [...], ...}'
import { followLink, start } from "./reader.mjs";

const { states, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("mobilenet", ...how);

// What a reader sees of the explorer now.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("mobilenet-explorer").shadowRoot;
  const text = (element) => element.textContent;
  return {
    chosen: [...root.querySelectorAll("input:checked")].map((input) => input.value),
    tables: [...root.querySelectorAll("table")].map((table) => [...table.rows].map((row) => [
      text(row.cells[0]), text(row.cells[1]), row.querySelector(".bar").offsetWidth / row.cells[2].offsetWidth,
    ])),
    sum: [...root.querySelectorAll(".sum p")].map(text),
    said: text(root.querySelector("[role=status]")),
    python: text(root.querySelector("pre")),
  };
});

const report = {};
report.first = await open("", look);
report.keys = await open("", async (page) => {
  await page.locator("mobilenet-explorer [name=window]:checked").focus();
  await page.keyboard.press("ArrowRight");
  return look(page);
});
report.link = await open("?size=28&window=5&channels=64&filters=1024&alpha=0.75&picture=192", async (page, context) => {
  const there = await look(page);
  await followLink(page, context);
  return { there, again: await look(page) };
});
report.nonsense = await open("?size=13&window=2&channels=0&filters=x&alpha=2&picture=", look);
report.fuzz = await open("", async (page) => {
  const seen = [];
  for (const state of states) {
    await page.evaluate((choices) => {
      const root = document.querySelector("mobilenet-explorer").shadowRoot;
      for (const [name, value] of Object.entries(choices)) root.querySelector(`[name=${name}][value="${value}"]`).click();
    }, state);
    seen.push(await look(page));
  }
  return seen;
});
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
