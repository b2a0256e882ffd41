// Uses the convolution explorer as readers do and prints what it saw; test_convolution.py judges.
// Usage: node convolution.mjs '{"base": ..., "states": [...], ...}'
import { PHONE, followLink, start } from "./reader.mjs";

const { states, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("convolution", ...how);

// What a reader sees of the explorer now.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("convolution-explorer").shadowRoot;
  const text = (selector) => root.querySelector(selector)?.textContent ?? null;
  const at = (selector) => [...root.querySelectorAll(selector)].map((td) => td.dataset.at);
  return {
    chosen: [...root.querySelectorAll("input:checked")].map((input) => input.value).join(" "),
    fields: [...root.querySelectorAll(".taps input")].map((input) => input.value),
    invalid: root.querySelectorAll("[aria-invalid=true]").length,
    note: root.querySelector("#wrong").hidden ? "" : text("#wrong"),
    refused: text("#output .wrong"),
    size: text("#outsize"),
    values: [...root.querySelectorAll("#output [data-value]")].map((td) => Number(td.dataset.value)),
    texts: [...root.querySelectorAll("#output [data-value]")].map((td) => td.textContent),
    names: [...root.querySelectorAll("#output [data-value]")].map((td) => td.getAttribute("aria-label")),
    taps: at("#input .marked"),
    cell: at("#output .marked"),
    stops: root.querySelectorAll('#output [tabindex="0"]').length,
    later: root.querySelectorAll("#output .later").length,
    sum: text(".sum"),
    said: text("[role=status]"),
    slide: text("#slide"),
    python: text("pre"),
    search: Boolean(document.querySelector("dialog[open]")),
    sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    smallest: Math.min(...[...root.querySelectorAll("td[data-at]")].map((td) => td.offsetWidth)),
    top: scrollY,
  };
});

const cell = (page, at) => page.locator(`convolution-explorer #output [data-at="${at}"]`);
const field = (page, n) => page.locator("convolution-explorer .taps input").nth(n);
const report = {};

// What readers do, one after the other.
async function use() {
  report.keyboard = await open("", async (page) => {
    report.first = await look(page);
    await cell(page, "3,2").hover();
    report.hover = await look(page);
    await cell(page, "0,0").focus();
    const before = await look(page);
    for (const key of ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowLeft", "End"]) {
      await page.keyboard.press(key);
    }
    return { before, after: await look(page) };
  });
  report.radio = await open("", async (page) => {
    await page.locator("convolution-explorer [name=stride]").first().focus();
    await page.keyboard.press("ArrowRight");
    return look(page);
  });
  report.slash = await open("", async (page) => {
    await field(page, 0).fill("");
    await field(page, 0).pressSequentially("1/9");
    return look(page);
  });
  report.invalid = await open("", async (page) => {
    await field(page, 4).fill("1/0");
    const wrong = await look(page);
    await field(page, 4).fill("−2");
    return { wrong, mended: await look(page) };
  });
  report.refused = await open("?picture=line&dilation=2", async (page) => {
    const refused = await look(page);
    await page.locator("convolution-explorer #slide").click();
    await page.locator("convolution-explorer [name=padding][value=same]").check({ force: true });
    return { refused, mended: await look(page) };
  });
  const LINK = "?picture=digit&kernel=1/9,0,-1,2,0,-2,.5,0,-1&stride=2&padding=same&dilation=2&cell=1,3";
  report.link = await open(LINK, async (page, context) => {
    await page.locator("convolution-explorer [name=stride][value='3']").check({ force: true });
    const there = await look(page);
    const copied = await followLink(page, context);
    return { there, copied, again: await look(page) };
  });
  report.nonsense = await open("?picture=cat&kernel=1,2&stride=7&padding=no&dilation=x&cell=a", look);
  report.faraway = await open("?cell=99,99", look);
  report.slide = await open("", async (page) => {
    await page.bringToFront();
    await page.locator("convolution-explorer #slide").click();
    await page.locator("convolution-explorer #output td:nth-child(4).marked").waitFor(); // the third step
    const going = await look(page);
    await page.locator("convolution-explorer #slide").click();
    return { going, stopped: await look(page) };
  });
  report.steps = await open("", async (page) => {
    const seen = [];
    for (let press = 0; press < 17; press++) {
      await page.locator("convolution-explorer #slide").click();
      seen.push(await look(page));
    }
    return seen;
  }, { reducedMotion: "reduce" });
  report.touch = await open("", async (page) => {
    await cell(page, "2,1").tap();
    return look(page);
  }, { viewport: PHONE, hasTouch: true, isMobile: true });
  report.phone = await open("?picture=digit&padding=2&kernel=blur", look, { viewport: PHONE });
}

// Many states, set as a reader would: by choosing and typing.
async function fuzz() {
  report.fuzz = await open("", async (page) => {
    const seen = [];
    for (const state of states) {
      await page.evaluate(({ choices, preset, typed }) => {
        const root = document.querySelector("convolution-explorer").shadowRoot;
        for (const [name, value] of Object.entries(choices)) {
          root.querySelector(`[name=${name}][value="${value}"]`).click();
        }
        if (preset) {
          const select = root.querySelector("#preset");
          select.value = preset;
          select.dispatchEvent(new Event("change", { bubbles: true }));
        }
        typed?.forEach((text, n) => {
          const input = root.querySelectorAll(".taps input")[n];
          input.value = text;
          if (n === 8) input.dispatchEvent(new Event("input", { bubbles: true }));
        });
      }, state);
      seen.push(await look(page));
    }
    return seen;
  });

}

await Promise.all([use(), fuzz()]); // one waits while the other computes
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
