// Filters the claims ledger in Chromium and prints what it saw; test_ledger.py judges.
// Usage: node ledger.mjs '{"base": ..., "chromium": ..., "modules": ...}'
import { createRequire } from "node:module";

const { base, chromium: executablePath, modules } = JSON.parse(process.argv[2]);
const { chromium } = createRequire(modules + "/")("playwright-core");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext();
const errors = [];

async function open(address, from = context) {
  const page = await from.newPage();
  page.on("pageerror", (error) => errors.push(`${address}: ${error}`));
  await page.goto(`${base}book/pages/ledger.html${address}`, { waitUntil: "load" });
  return page;
}
const seen = (page) => page.evaluate(() => {
  const rows = [...document.querySelectorAll("table.ledger tbody tr")].filter((row) => row.checkVisibility());
  return {
    rows: rows.map((row) => row.id),
    verdicts: [...new Set(rows.map((row) => row.querySelector(".verdict strong").textContent))].sort(),
    topics: [...new Set(rows.map((row) => row.closest("section").id))],
    words: document.querySelector(".ledger-bar [role=status]")?.textContent ?? null,
    all: document.querySelector(".ledger-bar button")?.checkVisibility() ?? null,
    address: location.search,
  };
});

const report = {};
const page = await open("");
report.first = await seen(page);
await page.getByLabel("right", { exact: true }).uncheck();
await page.getByLabel("imprecise", { exact: true }).uncheck();
report.wrong = await seen(page);
await page.getByLabel("Topic").selectOption("detection");
report.topic = await seen(page);
report.sent = await seen(await open(report.topic.address)); // somebody else opens the link
await page.getByRole("button", { name: "Show all" }).click();
report.cleared = await seen(page);
await page.getByLabel("Words").fill("PADDING corner");
report.words = await seen(page);
report.matching = await page.evaluate(() => [...document.querySelectorAll("table.ledger tbody tr")]
  .filter(({ textContent: text }) => /padding/i.test(text) && /corner/i.test(text)).map(({ id }) => id));
await page.getByLabel("Words").fill("no such words");
report.nothing = await seen(page);
await page.getByLabel("Words").press("Enter"); // sends nothing
report.entered = await seen(page);

// A link to a statement shows it, whatever the address says beside it.
const led = await open(`?verdict=wrong#${report.cleared.rows.find((id) => !report.wrong.rows.includes(id))}`);
report.led = await seen(led);
report.nonsense = await seen(await open("?topic=nonsense&verdict=maybe&words="));
const scriptless = await browser.newContext({ javaScriptEnabled: true });
await scriptless.route("**/ledger.js*", (route) => route.abort());
report.without = await seen(await open("", scriptless));

// On a phone the cells stand below each other; each has the width of the page.
const phone = await browser.newContext({ viewport: { width: 390, height: 844 } });
report.phone = await (await open("", phone)).evaluate(() => Math.min(
  ...[...document.querySelectorAll("table.ledger td")].map((cell) => cell.clientWidth / cell.closest("section").clientWidth)));

await browser.close();
console.log(JSON.stringify({ ...report, errors }));
