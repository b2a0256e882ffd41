// Uses the explorer of Gram matrices as readers do and prints what it saw; test_gram.py judges.
// Usage: node gram.mjs '{"base": ..., "states": [...], ...}'
import { PHONE, followLink, start } from "./reader.mjs";

const { states, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("gram", ...how);

// What a reader sees of the explorer now; of a picture, how bright each pixel is, from 0 to 255.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("gram-explorer").shadowRoot;
  const all = (selector, read, from = root) => [...from.querySelectorAll(selector)].map(read);
  const bytes = (canvas) => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]
    .filter((_, n) => n % 4 === 0);
  const sides = all(".side", (side) => ({
    title: side.querySelector(".name").textContent,
    picture: bytes(side.querySelector(".picture canvas")),
    maps: all(".maps canvas", bytes, side),
    counts: all(".maps canvas", (canvas) => canvas.ariaLabel, side),
    gram: all("[data-at]", (td) => td.textContent, side),
    marked: all(".marked", (td) => td.dataset.at, side),
    products: bytes(side.querySelector(".products canvas")),
    heads: all("th", (th) => `${th.textContent} ${th.ariaLabel}`, side),
  }));
  return {
    chosen: all("input:checked", (input) => input.value),
    sides,
    sum: all(".sum p", (p) => p.innerText),
    said: root.querySelector("[role=status]").textContent,
    all: root.querySelector(".sum").innerText,
    python: root.querySelector("pre").textContent,
    buttons: all("[data-by]", (button) => (button.checkVisibility() ? !button.disabled : null)),
    weights: root.querySelector(".beta").checkVisibility(),
    focus: root.activeElement?.dataset.at && `${root.activeElement.closest(".side").id} ${root.activeElement.dataset.at}`,
    top: scrollY,
  };
});
const cell = (page, side, at) => page.locator(`gram-explorer #${side} [data-at="${at}"]`);
const press = (page, by) => page.locator(`gram-explorer [data-by="${by}"]`).click();
const report = {};

async function use() {
  report.first = await open("", look);
  report.keys = await open("?entry=2,3", async (page) => {
    await cell(page, "right", "2,3").focus();
    const before = await look(page);
    for (const key of ["ArrowUp", "ArrowRight", "ArrowLeft", "ArrowLeft"]) await page.keyboard.press(key);
    const moved = await look(page);
    await page.locator("gram-explorer [name=other]:checked").focus();
    await page.keyboard.press("ArrowRight");
    return { before, moved, chosen: await look(page) };
  });
  report.mouse = await open("", async (page) => {
    await cell(page, "left", "3,1").click();
    return look(page);
  });
  report.touch = await open("", async (page) => {
    await cell(page, "right", "0,2").tap();
    return look(page);
  }, { viewport: PHONE, hasTouch: true, isMobile: true });
  report.steps = await open("?style=level&other=paint-ring", async (page) => {
    const seen = [await look(page)];
    for (const by of [1, 1, 50, 50, 50, -150]) {
      await press(page, by);
      seen.push(await look(page));
    }
    return seen;
  });
  report.link = await open("?style=slanted&other=paint-square&beta=3&steps=51&entry=3,0", async (page, context) => {
    const there = await look(page);
    await followLink(page, context);
    return { there, again: await look(page) };
  });
  report.nonsense = [];
  for (const query of ["?style=square&other=maps&beta=2&steps=151&entry=0,4", "?other=paint-level&steps=-1&entry=1",
    "?steps=1.5&entry=a,b&other=pixels"]) {
    report.nonsense.push(await open(query, look));
  }
  report.beyond = await open("?style=level&other=paint-ring&steps=151", look);
}

// Many states, set by clicks.
async function fuzz() {
  report.fuzz = await open("", async (page) => {
    const seen = [];
    for (const state of states) {
      await page.evaluate(({ style, other, beta, entry, clicks }) => {
        const root = document.querySelector("gram-explorer").shadowRoot;
        for (const [name, value] of Object.entries({ style, other, beta })) root.querySelector(`[name=${name}][value="${value}"]`).click();
        root.querySelector(`#right [data-at="${entry}"]`).click();
        for (const by of [-150, ...clicks]) root.querySelector(`[data-by="${by}"]`).click();
      }, state);
      seen.push(await look(page));
    }
    return seen;
  });
}

await Promise.all([use(), fuzz()]);
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
