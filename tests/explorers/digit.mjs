// Uses the explorer in which a network reads digits, and prints what it saw; test_digit.py judges.
// Usage: node digit.mjs '{"base": ..., "states": [...], "sevens": [...], ...}'
import { PHONE, followLink, start } from "./reader.mjs";

const { states, sevens, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("digit", ...how);

// What a reader sees of the explorer now; of a picture, how bright each pixel is, from 0 to 255.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("digit-explorer").shadowRoot;
  const all = (selector, read, from = root) => [...from.querySelectorAll(selector)].map(read);
  const text = (element) => element.textContent;
  const bytes = (canvas) => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]
    .filter((_, n) => n % 4 === 0);
  const marked = (selector) => all(`${selector} .marked`, (td) => td.dataset.at);
  const { activeElement: focus } = root;
  return {
    chosen: all("input:checked", (input) => `${input.name} ${input.value}`),
    pad: bytes(root.querySelector("#pad")),
    picture: all("#picture [data-at]", text).map(Number),
    read: [text(root.querySelector(".says .name")), text(root.querySelector(".note"))],
    bars: all(".bars li", (li) => [...li.children].map((part) => text(part) || part.style.width)),
    maps: all(".maps canvas", bytes),
    values: all("#map [data-at]", text),
    at: marked("#map"),
    weights: all(".kernels td:not(.corner)", text),
    partial: all(".kernels p", text),
    sum: root.querySelector(".sum").innerText,
    said: text(root.querySelector("[role=status]")),
    python: text(root.querySelector("pre")),
    stops: ["#picture", "#map"].map((id) => all(`${id} [tabindex="0"]`, (td) => td.dataset.at)),
    focus: focus && (focus.dataset.at ? `${focus.closest("div").id} ${focus.dataset.at}` : focus.name || focus.id),
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    top: scrollY,
  };
});
const find = (page, what) => page.locator(`digit-explorer ${what}`);
const pick = (page, name, value) => find(page, `[name=${name}][value="${value}"]`).click({ force: true });
const report = {};

// Draw lines of dots on the sheet of 32 × 32; the pen is lifted between them.
async function drawLines(page, lines) {
  await find(page, "#pad").scrollIntoViewIfNeeded();
  const { x, y, width, height } = await find(page, "#pad").boundingBox();
  for (const line of lines) {
    for (const [n, dot] of line.entries()) {
      await page.mouse.move(x + 1 + ((width - 2) * dot[0]) / 32, y + 1 + ((height - 2) * dot[1]) / 32); // within the border
      if (n === 0) await page.mouse.down();
    }
    await page.mouse.up();
  }
}

async function use() {
  report.first = await open("", look);
  report.drawn = await open("", async (page) => {
    const seen = [];
    for (const line of sevens) {
      await drawLines(page, [line]);
      seen.push(await look(page));
    }
    await find(page, "#clear").click();
    seen.push(await look(page));
    await drawLines(page, [sevens[0]]);
    seen.push(await look(page));
    return seen;
  });
  report.finger = await open("", async (page, context) => {
    await find(page, "#pad").scrollIntoViewIfNeeded();
    const { x, y, width } = await find(page, "#pad").boundingBox();
    const hand = await context.newCDPSession(page);
    const touch = (type, dots) => hand.send("Input.dispatchTouchEvent", {
      type, touchPoints: dots.map((dot) => ({ x: x + (width * dot[0]) / 32, y: y + (width * dot[1]) / 32 })),
    });
    const before = await look(page);
    await touch("touchStart", [sevens[0][0]]);
    for (const dot of sevens[0].slice(1)) await touch("touchMove", [dot]);
    await touch("touchEnd", []);
    return { before, after: await look(page) };
  }, { viewport: PHONE, hasTouch: true, isMobile: true });
  report.keys = await open("?picture=" + "0".repeat(64), async (page) => {
    await find(page, "#picture [tabindex='0']").focus();
    const seen = [await look(page)];
    for (const keys of ["ArrowUp ArrowLeft", "ArrowDown ArrowRight ArrowRight", "Space", "+", "- - -", "ArrowRight + - -", "ArrowLeft Space"]) {
      for (const key of keys.split(" ")) await page.keyboard.press(key);
      seen.push(await look(page));
    }
    return seen;
  });
  report.values = await open("", async (page) => {
    await find(page, "#map [tabindex='0']").focus();
    for (const key of ["ArrowDown", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    const moved = await look(page);
    await find(page, "[name=map]:checked").focus();
    await page.keyboard.press("ArrowRight");
    const map = await look(page);
    await find(page, "[name=layer]:checked").focus();
    for (let n = 0; n < 4; n++) await page.keyboard.press("ArrowRight");
    const layer = await look(page);
    await find(page, "#map [data-at='2,3']").click();
    return { moved, map, layer, unit: await look(page) };
  });
  report.clicks = await open("", async (page) => {
    const seen = [];
    for (const at of ["0,2", "0,2", "7,7"]) {
      await find(page, `#picture [data-at="${at}"]`).click();
      seen.push(await look(page));
    }
    await pick(page, "sample", 7);
    seen.push(await look(page));
    return seen;
  });
  const query = `?picture=${"0123456789abcdefg".repeat(4).slice(4)}&layer=S4&map=11&cell=1,0`;
  report.link = await open(query, async (page, context) => {
    const there = await look(page);
    await followLink(page, context);
    return { there, again: await look(page) };
  });
  report.nonsense = [];
  for (const wrong of ["?picture=012&layer=C2&map=6&cell=a", `?picture=${"h".repeat(64)}&map=-1&cell=3`, "?map=1.5&layer=toString&cell=3,33"]) {
    report.nonsense.push(await open(wrong, look));
  }
  report.beyond = await open("?layer=S4&map=15&cell=7,7", look);
  report.refused = [];
  for (const answer of [(route) => route.abort(), (route) => route.fulfill({ status: 404 }),
    (route) => route.fulfill({ body: Buffer.alloc(100) })]) {
    report.refused.push(await open("", async (page) => {
      await find(page, "[role=alert]").waitFor();
      return page.evaluate(() => {
        const element = document.querySelector("digit-explorer");
        return { words: element.innerText, picture: element.querySelector("img").checkVisibility() };
      });
    }, { wake: false, listen: false, before: async (page) => {
      await page.route(/digit\.bin/, answer);
      await page.addInitScript(() => addEventListener("load", () => document.querySelector("digit-explorer").scrollIntoView()));
    } }));
  }
}

// Many states: a sample or pixels that are changed one by one, a layer, a map, a value.
async function fuzz() {
  report.fuzz = await open("", async (page) => {
    const seen = [];
    for (const state of states) {
      await page.evaluate(({ sample, keys, layer, map, at }) => {
        const root = document.querySelector("digit-explorer").shadowRoot;
        root.querySelector(`[name=sample][value="${sample}"]`).click();
        for (const [place, key] of keys) {
          root.querySelector(`#picture [data-at="${place}"]`).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        }
        root.querySelector(`[name=layer][value="${layer}"]`).click();
        root.querySelector(`[name=map][value="${map}"]`)?.click();
        root.querySelector(`#map [data-at="${at}"]`).focus();
      }, state);
      seen.push(await look(page));
    }
    return seen;
  });
}

await Promise.all([use(), fuzz()]);
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
