// Uses the explorer of triplets as readers do and prints what it saw; test_triplets.py judges.
// Usage: node triplets.mjs '{"base": ..., "states": [...], "links": {...}, ...}'
import { PHONE, followLink, start } from "./reader.mjs";

const { states, links, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("triplets", ...how);

// What a reader sees of the explorer now.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("triplets-explorer").shadowRoot;
  const all = (selector, read) => [...root.querySelectorAll(selector)].map(read);
  const numbers = (names) => (element) => names.map((name) => Number(element.getAttribute(name)));
  const path = (element) => element.getAttribute("d");
  return {
    chosen: all("[type=radio]:checked", (input) => input.value),
    threshold: root.querySelector("[type=range]").value,
    names: all("#circle .point", (point) => point.getAttribute("aria-label")),
    places: all("#circle .grip", numbers(["cx", "cy"])),
    letters: all("#circle .point text", (text) => text.textContent),
    chords: Object.fromEntries(["near", "far", "right", "accept", "reject"].map((kind) => [kind, all(`#circle .${kind}`, path)])),
    bands: Object.fromEntries(["hard", "semi"].map((kind) => [kind, all(`#circle .${kind}`, path)])),
    tips: all(".head", path),
    discs: all("#line .point circle", numbers(["cx"])).flat(),
    bar: all("#line .bar", path),
    stairs: Object.fromEntries(["accept", "reject"].map((kind) => [kind, all(`#line .${kind}`, path)])),
    meet: all(".meet", numbers(["cx", "cy"])),
    tau: all(".tau", path),
    ticks: all("#line path", path).filter((d) => d.includes("v1.3")),
    sum: all(".sum p", (line) => line.textContent),
    said: root.querySelector("[role=status]").textContent,
    python: root.querySelector("pre").textContent,
    shown: ["#step", ".margin", "[type=range]"].map((selector) => root.querySelector(selector).checkVisibility()),
    focus: root.activeElement?.dataset.n,
    top: scrollY,
  };
});

const report = {};
const click = (page, selector) => page.locator(`triplets-explorer ${selector}`).click();
// Where on the screen an angle of the circle is.
const at = async (page, angle, radius = 10) => {
  const { x, y, width } = await page.locator("triplets-explorer #circle").boundingBox();
  const [right, up] = [Math.cos, Math.sin].map((part) => (part((angle * Math.PI) / 180) * radius * width) / 27.6);
  return [x + width / 2 + right, y + width / 2 - up];
};

// What readers do, one after the other.
async function use() {
  report.first = await open("", look);
  report.mouse = await open("", async (page) => {
    const seen = [];
    for (const [from, to] of [[20, 300], [150, 91]]) { // N, then P
      await page.mouse.move(...(await at(page, from)));
      await page.mouse.down();
      await page.mouse.move(...(await at(page, to, 4)), { steps: 3 }); // off the circle
      await page.mouse.up();
      await page.mouse.move(...(await at(page, 200)));
      seen.push(await look(page));
    }
    return seen;
  });
  report.touch = await open("", async (page) => {
    await page.locator("triplets-explorer #circle").scrollIntoViewIfNeeded();
    const touch = async (type, angle) => {
      const [clientX, clientY] = await at(page, angle);
      await page.evaluate(([type, clientX, clientY]) => {
        const root = document.querySelector("triplets-explorer").shadowRoot;
        const svg = root.querySelector("#circle");
        svg.setPointerCapture = () => undefined; // no finger is there to be captured
        const target = type === "pointerdown" ? root.elementFromPoint(clientX, clientY) : svg;
        target.dispatchEvent(new PointerEvent(type, { clientX, clientY, bubbles: true, pointerType: "touch" }));
      }, [type, clientX, clientY]);
    };
    await touch("pointerdown", 90);
    await touch("pointermove", 100);
    await touch("pointerup", 100);
    await touch("pointermove", 200); // nobody holds anything any more
    return look(page);
  }, { viewport: PHONE, hasTouch: true, isMobile: true });
  report.keys = await open("", async (page) => {
    await page.locator("triplets-explorer .point[data-n='2']").focus();
    const before = await look(page);
    for (const key of ["ArrowLeft", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight", "ArrowUp", "ArrowUp"]) {
      await page.keyboard.press(key);
    }
    return { before, after: await look(page) };
  });
  report.slider = await open("?scene=closer", async (page) => {
    await page.locator("triplets-explorer [type=range]").focus();
    await page.keyboard.press("ArrowRight");
    return look(page);
  });
  report.steps = await open("?points=90,150,105&margin=0.2", async (page) => {
    const seen = [await look(page)];
    await click(page, "#step");
    seen.push(await look(page));
    for (let press = 1; press < 20; press++) {
      await page.evaluate(() => document.querySelector("triplets-explorer").shadowRoot.querySelector("#step").click());
      seen.push(await look(page));
    }
    await click(page, "#again");
    return [...seen, await look(page)];
  });
  report.link = [];
  for (const query of ["?margin=1&points=12.5,200,359.99", "?scene=mixed&threshold=0.75&points=1,2,3,4,5,6,7,8,9,10,11,359"]) {
    report.link.push(await open(query, async (page, context) => {
      const there = await look(page);
      await followLink(page, context);
      return { there, again: await look(page) };
    }));
  }
}

// Links that make no sense, and those of the page.
async function arrive() {
  report.nonsense = [];
  for (const query of ["?scene=cat&margin=0.3&points=1,2&threshold=5", "?points=1,2,360&threshold=4.5", "?points=1,2,-3&threshold=-1",
    "?points=1,2,3.456&threshold=x", "?points=a,b,c&threshold=1.234", "?points=1,2,&threshold="]) {
    report.nonsense.push(await open(query, look));
  }
  report.links = {};
  for (const [name, query] of Object.entries(links)) report.links[name] = await open(query, look);
}

// Many states, set as readers set them; `drawn` are the milliseconds that a drawing of most lines took.
async function fuzz() {
  report.fuzz = await open("", async (page) => {
    const seen = [];
    for (const state of states) {
      await page.evaluate(({ scene, margin, threshold, keys, steps }) => {
        const element = document.querySelector("triplets-explorer");
        const root = element.shadowRoot;
        root.querySelector(`[name=scene][value=${scene}]`).click();
        root.querySelector(`[name=margin][value="${margin}"]`).click();
        root.querySelector("#again").click();
        const range = root.querySelector("[type=range]");
        range.value = threshold;
        range.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
        for (const [n, key, shiftKey, times] of keys) {
          for (let press = 0; press < times; press++) {
            root.querySelector(`.point[data-n="${n}"]`)?.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
          }
        }
        for (let press = 0; press < steps; press++) root.querySelector("#step").click();
      }, state);
      seen.push(await look(page));
    }
    return seen;
  });
}

await Promise.all([use(), arrive(), fuzz()]);
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
