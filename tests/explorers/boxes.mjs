// Uses the explorer of boxes as readers do and prints what it saw; test_boxes.py judges.
// Usage: node boxes.mjs '{"base": ..., "states": [...], ...}'
import { PHONE, followLink, start } from "./reader.mjs";

const { states, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("boxes", ...how);

// What a reader sees of the explorer now.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("boxes-explorer").shadowRoot;
  const all = (selector, read) => [...root.querySelectorAll(selector)].map(read);
  const shown = (selector) => root.querySelector(selector).checkVisibility();
  return {
    chosen: all("input:checked", (input) => input.value),
    names: all(".box", (box) => box.getAttribute("aria-label")),
    sides: all(".box rect", (box) => ["x", "y", "width", "height"].map((side) => Number(box.getAttribute(side)))),
    fates: all(".box", (box) => box.classList[1] ?? ""),
    shared: all(".shared", (box) => [box.getAttribute("width"), box.getAttribute("height")].map(Number)),
    anchors: all(".anchor", (box) => [box.getAttribute("height"), box.getAttribute("width")].map(Number)),
    best: all(".anchor", (box) => box.classList.contains("best")),
    rows: all(".sum tr:not(:first-child)", (row) => [...row.cells].map((cell) => cell.textContent.trim())),
    sum: root.querySelector(".sum").textContent,
    said: root.querySelector("[role=status]").textContent,
    python: root.querySelector("pre").textContent,
    buttons: ["#next", "#again", ".threshold"].map(shown),
    done: root.querySelector("#next").disabled,
    focus: root.activeElement?.dataset.n,
    top: scrollY,
  };
});

const box = (page, n) => page.locator(`boxes-explorer .box[data-n="${n}"]`);
const report = {};

// Where on the screen a pixel of the picture is.
const at = async (page, x, y) => {
  const { x: left, y: top, width } = await page.locator("boxes-explorer svg").boundingBox();
  return [left + (x * width) / 32, top + (y * width) / 32];
};
const drag = async (page, from, to) => {
  await page.mouse.move(...(await at(page, ...from)));
  await page.mouse.down();
  await page.mouse.move(...(await at(page, ...to)), { steps: 3 });
  await page.mouse.up();
  return look(page);
};

// What readers do, one after the other.
async function use() {
  report.first = await open("", look);
  report.mouse = await open("", async (page) => [
    await drag(page, [6, 5], [9, 6]), // A by (3, 1)
    await drag(page, [28, 17], [26, 12]), // B's corner by (−2, −5)
    await drag(page, [8, 6], [-30, -30]), // A as far as it goes
    await drag(page, [26, 12], [2, 2]), // B's corner beyond its other one
  ]);
  report.touch = await open("", async (page) => {
    const svg = page.locator("boxes-explorer svg");
    await svg.scrollIntoViewIfNeeded();
    const touch = async (type, x, y) => {
      const [clientX, clientY] = await at(page, x, y);
      await page.evaluate(([type, clientX, clientY]) => {
        const root = document.querySelector("boxes-explorer").shadowRoot;
        const target = type === "pointerdown" ? root.elementFromPoint(clientX, clientY) : root.querySelector("svg");
        root.querySelector("svg").setPointerCapture = () => undefined; // no finger is there to be captured
        target.dispatchEvent(new PointerEvent(type, { clientX, clientY, bubbles: true, pointerType: "touch" }));
      }, [type, clientX, clientY]);
    };
    await touch("pointerdown", 6, 5);
    await touch("pointermove", 7, 7);
    await touch("pointerup", 7, 7);
    await touch("pointermove", 20, 20); // nobody holds anything any more
    return look(page);
  }, { viewport: PHONE, hasTouch: true, isMobile: true });
  report.keys = await open("", async (page) => {
    await box(page, 1).focus();
    const before = await look(page);
    for (const key of ["ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowDown"]) {
      await page.keyboard.press(key);
    }
    return { before, after: await look(page) };
  });
  report.steps = await open("?scene=chain&threshold=0.3", async (page) => {
    const seen = [await look(page)];
    for (let press = 0; press < 3; press++) {
      await page.locator("boxes-explorer #next").click();
      seen.push(await look(page));
    }
    await page.locator("boxes-explorer #again").click();
    return [...seen, await look(page)];
  });
  const LINK = "?scene=two&threshold=0.7&step=2&boxes=4,5,16,20;9,5,21,20;3,6,16,21;10,6,22,21;4,4,15,19";
  report.link = await open(LINK, async (page, context) => {
    const there = await look(page);
    await followLink(page, context);
    return { there, again: await look(page) };
  });
  report.nonsense = [];
  for (const query of ["?scene=cat", "?threshold=2", "?boxes=1,2,3", "?boxes=9,9,4,4 1,1,2,2", "?boxes=0,0,40,4 1,1,2,2",
    "?boxes=0,0,1.5,4 1,1,2,2", "?step=-1", "?boxes=a,b,c,d e,f,g,h"]) {
    report.nonsense.push(await open(query, look));
  }
}

// Many states, set with the keyboard's arrows.
async function fuzz() {
  report.fuzz = await open("", async (page) => {
    const seen = [];
    for (const state of states) {
      await page.evaluate(({ scene, threshold, keys, step }) => {
        const root = document.querySelector("boxes-explorer").shadowRoot;
        root.querySelector(`[name=scene][value=${scene}]`).click();
        root.querySelector(`[name=threshold][value="${threshold}"]`).click();
        root.querySelector("#again").click();
        for (const [n, key, shiftKey, times] of keys) {
          for (let press = 0; press < times; press++) {
            root.querySelector(`.box[data-n="${n}"]`)?.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
          }
        }
        for (let press = 0; press < step; press++) root.querySelector("#next").click();
      }, state);
      seen.push(await look(page));
    }
    return seen;
  });
}

await Promise.all([use(), fuzz()]);
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
