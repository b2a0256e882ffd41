// Uses the explorer of Inception modules and prints what it saw; test_inception.py judges.
// Usage: node inception.mjs '{"base": ..., "states": [...], ...}'
import { followLink, start } from "./reader.mjs";

const { states, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("inception", ...how);

// What a reader sees of the explorer now.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("inception-explorer").shadowRoot;
  const text = (element) => element.textContent;
  return {
    chosen: [...root.querySelectorAll("input:checked")].map((input) => input.value),
    rows: [...root.querySelectorAll("tr")].slice(1).map((row) => [...row.cells].slice(0, 3).map(text)),
    bars: [...root.querySelectorAll(".bar")].map((bar) => [".narrow", "i:not(.narrow)"].map(
      (part) => (bar.querySelector(part)?.offsetWidth ?? 0) / bar.parentElement.offsetWidth,
    )),
    sum: [...root.querySelectorAll(".sum p")].map(text),
    said: text(root.querySelector("[role=status]")),
    python: text(root.querySelector("pre")),
  };
});

const report = {};
report.first = await open("", look);
report.keys = await open("", async (page) => {
  await page.locator("inception-explorer [name=narrow5]:checked").focus();
  await page.keyboard.press("ArrowRight");
  return look(page);
});
report.link = await open("?module=4c&narrow3=none&narrow5=48", async (page, context) => {
  const there = await look(page);
  await followLink(page, context);
  return { there, again: await look(page) };
});
report.nonsense = await open("?module=6a&narrow3=0&narrow5=", look);
report.own = await open("?module=4d&narrow3=none&narrow5=4", async (page) => {
  await page.locator("inception-explorer #own").click();
  return look(page);
});
report.fuzz = await open("", async (page) => {
  const seen = [];
  for (const state of states) {
    await page.evaluate((choices) => {
      const root = document.querySelector("inception-explorer").shadowRoot;
      for (const [name, value] of Object.entries(choices)) root.querySelector(`[name=${name}][value="${value}"]`).click();
    }, state);
    seen.push(await look(page));
  }
  return seen;
});
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
