// Ticks exercises and deals cards in Chromium and prints what it saw; test_study.py judges.
// Usage: node study.mjs '{"base": ..., "chromium": ..., "modules": ...}'
import { createRequire } from "node:module";

const { base, chromium: executablePath, modules } = JSON.parse(process.argv[2]);
const { chromium } = createRequire(modules + "/")("playwright-core");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext();
const errors = [];

async function open(name, from = context) {
  const page = await from.newPage();
  // In a browser that keeps nothing, the theme's own scripts break off; ours must go on.
  if (from === context) page.on("pageerror", (error) => errors.push(`${name}: ${error}`));
  await page.goto(base + name, { waitUntil: "load" });
  return page;
}
const ticked = (page) => page.evaluate(() => ({
  done: [...document.querySelectorAll(".exercise > input:checked")].map((box) => box.parentElement.id),
  boxes: document.querySelectorAll(".exercise > input").length,
  words: document.querySelector("p.ticks span").textContent,
  clear: document.querySelector("p.ticks button").checkVisibility(),
}));

const CHAPTER = "notebooks/02_pooling.html";
const report = {};
const chapter = await open(CHAPTER);
report.first = await ticked(chapter);
await chapter.getByRole("checkbox", { name: "Exercise 3 is done" }).check();
await chapter.locator(".exercise > input").nth(4).focus();
await chapter.keyboard.press("Space");
report.ticked = await ticked(chapter);

const all = await open("book/pages/exercises.html");
report.collected = await ticked(all);
await all.locator("#exercise-01_convolution-1 > input").check();
await all.locator("#exercise-02_pooling-3 > input").uncheck();
await chapter.waitForFunction(() => document.querySelectorAll(".exercise > input:checked").length === 1);
report.elsewhere = await ticked(chapter); // without loading it again
await chapter.getByRole("button", { name: "Clear these ticks" }).click();
report.cleared = await ticked(chapter);
await all.reload();
report.others = await ticked(all);
await all.getByRole("button", { name: "Clear these ticks" }).click();
report.kept = await all.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("cnn-course")));

// Somebody else's entries under our names, and a browser that keeps nothing.
await all.evaluate(() => localStorage.setItem("cnn-course: exercises done", "{no list"));
await all.reload();
report.nonsense = await ticked(all);
const forgetful = await browser.newContext();
await forgetful.addInitScript(() => {
  Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
});
const shy = await open(CHAPTER, forgetful);
await shy.locator(".exercise > input").first().check();
report.forgetful = await ticked(shy);

const dealt = (page) => page.evaluate(() => ({
  shown: [...document.querySelectorAll(".card-of-deck")].filter((card) => card.checkVisibility())
    .map((card) => card.querySelector("summary").textContent),
  open: document.querySelectorAll(".deck details[open]").length,
  words: document.querySelector(".deal p").textContent,
  buttons: [...document.querySelectorAll(".deal button")].filter((button) => button.checkVisibility())
    .map((button) => button.textContent),
  focus: document.activeElement.textContent,
}));
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const cards = await open("book/pages/cards.html");
report.deck = { first: await dealt(cards) };
await cards.locator(".card-of-deck:visible summary").click();
report.deck.opened = await dealt(cards);
await press(cards, "I knew it");
report.deck.second = await dealt(cards);
await press(cards, "Ask me again");
report.deck.third = await dealt(cards);
await cards.reload();
report.deck.later = await dealt(cards);
report.deck.order = [];
for (let n = 0; n < 200 && await cards.getByRole("button", { name: "I knew it" }).isVisible(); n++) {
  report.deck.order.push((await dealt(cards)).shown[0]);
  await press(cards, "I knew it");
}
report.deck.end = await dealt(cards);
await press(cards, "Start over");
report.deck.over = await dealt(cards);
await cards.emulateMedia({ media: "print" });
await cards.evaluate(() => dispatchEvent(new Event("beforeprint")));
report.deck.paper = (await dealt(cards)).shown.length;
const plain = await open("book/pages/cards.html", await browser.newContext({ javaScriptEnabled: false }));
report.deck.plain = await plain.locator(".card-of-deck:visible").count();
await browser.close();
process.stdout.write(JSON.stringify({ ...report, errors }));
