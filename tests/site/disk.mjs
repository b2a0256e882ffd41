// Opens the book from a folder, without a server, and prints what works; test_takeaway.py judges.
// Usage: node disk.mjs '{"base": "file:///...", "chromium": ..., "modules": ...}'
import { createRequire } from "node:module";

const { base, chromium: executablePath, modules } = JSON.parse(process.argv[2]);
const { chromium } = createRequire(modules + "/")("playwright-core");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
const open = (name) => page.goto(base + name, { waitUntil: "load" });
const count = (selector) => page.locator(selector).count();
const report = {};

await open("notebooks/02_pooling.html");
report.broken = await page.evaluate(async () => {
  for (const image of document.images) image.loading = "eager";
  await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
  return [...document.images].filter((image) => !image.naturalWidth).map((image) => image.src);
});
report.formulas = await count("main .katex-html");
report.ticks = await count(".exercise > input");
report.explorer = await page.locator(".explorer img").first().isVisible();
await page.locator("a.right-next").click();
await page.waitForLoadState("load");
report.next = (await page.locator("h1").innerText()).replace(/[#\s]+$/, "").replace(/\s+/g, " ");
await open("book/pages/cards.html");
report.cards = await count(".card-of-deck:visible");
report.known = await page.locator(".deal p").innerText();
await open("search.html?q=padding");
await page.locator("#search-results ul.search > li").first().waitFor();
report.found = await page.locator("#search-results ul.search > li > a").allInnerTexts();
report.named = await page.locator(".words p").innerText();
await browser.close();
process.stdout.write(JSON.stringify(report));
