// Uses the convolution explorer as readers do and prints what it saw; test_page.py judges.
// Usage: node page.mjs '{"base": ..., "page": ..., "file": ..., "states": [...], ...}'
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { base, page: path, file, states, chromium: executablePath, modules } = JSON.parse(process.argv[2]);
const require = createRequire(modules + "/");
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const HASH = "#explorer-convolution";
const errors = [];

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});

// Open the page in a state, run `use` on it and close it. A profile keeps what it has loaded.
const profiles = {};
async function open(query, use, { wake = true, listen = true, before = () => undefined, ...options } = {}) {
  const key = JSON.stringify(options);
  const all = { viewport: WIDE, colorScheme: "light", ...options };
  const context = (profiles[key] ??= await browser.newContext(all));
  const page = await context.newPage();
  if (listen) page.on("pageerror", (error) => errors.push(`${query}: ${error}`));
  page.on("console", (message) => {
    if (listen && message.type() === "error") errors.push(`${query}: ${message.text()}`);
  });
  await before(page);
  await page.goto(base + path + (query && query + HASH), { waitUntil: "load" });
  if (wake) {
    await page.locator("conv-explorer").scrollIntoViewIfNeeded();
    await page.locator("conv-explorer[ready]").waitFor();
  }
  const result = await use(page, context);
  await page.close();
  return result;
}

// What a reader sees of the explorer now.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("conv-explorer").shadowRoot;
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

const cell = (page, at) => page.locator(`conv-explorer #output [data-at="${at}"]`);
const field = (page, n) => page.locator("conv-explorer .taps input").nth(n);
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
    await page.locator("conv-explorer [name=stride]").first().focus();
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
    await page.locator("conv-explorer #slide").click();
    await page.locator("conv-explorer [name=padding][value=same]").check({ force: true });
    return { refused, mended: await look(page) };
  });
  const LINK = "?picture=digit&kernel=1/9,0,-1,2,0,-2,.5,0,-1&stride=2&padding=same&dilation=2&cell=1,3";
  report.link = await open(LINK, async (page, context) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator("conv-explorer [name=stride][value='3']").check({ force: true });
    const there = await look(page);
    await page.locator("conv-explorer #link").click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    await page.goto("about:blank");
    await page.goto(copied);
    await page.locator("conv-explorer[ready]").waitFor();
    return { there, copied, again: await look(page) };
  });
  report.nonsense = await open("?picture=cat&kernel=1,2&stride=7&padding=no&dilation=x&cell=a", look);
  report.faraway = await open("?cell=99,99", look);
  report.slide = await open("", async (page) => {
    await page.bringToFront();
    await page.locator("conv-explorer #slide").click();
    await page.locator("conv-explorer #output td:nth-child(4).marked").waitFor(); // the third step
    const going = await look(page);
    await page.locator("conv-explorer #slide").click();
    return { going, stopped: await look(page) };
  });
  report.steps = await open("", async (page) => {
    const seen = [];
    for (let press = 0; press < 17; press++) {
      await page.locator("conv-explorer #slide").click();
      seen.push(await look(page));
    }
    return seen;
  }, { reducedMotion: "reduce" });
  report.touch = await open("", async (page) => {
    await cell(page, "2,1").tap();
    return look(page);
  }, { viewport: PHONE, hasTouch: true, isMobile: true });
  report.phone = await open("?picture=digit&padding=2&kernel=blur", look, { viewport: PHONE });

  const fallback = (page) => page.evaluate(() => {
    const element = document.querySelector("conv-explorer");
    const image = element.querySelector("img");
    return {
      live: Boolean(element.shadowRoot), picture: image.checkVisibility() && image.naturalWidth > 0,
      alt: image.alt, words: element.innerText,
    };
  });
  report.plain = await open("", async (page) => {
    await page.waitForTimeout(300);
    return fallback(page);
  }, { wake: false, javaScriptEnabled: false });
  // Chromium loads no module from the disk, and says so in its console.
  report.disk = await open("", async (page) => {
    await page.goto(file);
    await page.waitForTimeout(300);
    return fallback(page);
  }, { wake: false, listen: false });

  report.lazy = await open("", async (page) => {
    const ready = () => page.locator("conv-explorer[ready]").count();
    await page.waitForTimeout(300);
    const before = await ready();
    await page.evaluate(() => { // as in a chapter, where the fallback is a link
      const element = document.querySelector("conv-explorer");
      element.insertAdjacentHTML("beforeend", "<a href='#'>link</a>");
      element.querySelector("a").focus({ preventScroll: true });
    });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.locator("conv-explorer[ready]").waitFor();
    const focus = await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.name);
    await page.emulateMedia({ media: "print" });
    return { before, focus, buttons: await page.locator("conv-explorer button:visible").count() };
  }, { wake: false, viewport: { width: 390, height: 200 } });

  // What moves when the explorer wakes late, in full view of what stands below it.
  report.shift = {};
  for (const [name, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    report.shift[name] = await open("", async (page) => {
      await page.evaluate(() => {
        window.shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) window.shift += entry.value;
        }).observe({ type: "layout-shift" });
        document.querySelector("#the-same-in-python").scrollIntoView({ block: "center" });
      });
      await page.locator("conv-explorer[ready]").waitFor();
      await page.waitForTimeout(200);
      return page.evaluate(() => window.shift);
    }, {
      wake: false, listen: false, viewport,
      before: async (page) => {
        // The book's font moves lines when it comes late; that is not what is measured here.
        await page.route(/\.woff2?\b/, (route) => route.abort());
        await page.route(/conv-explorer\.mjs/, async (route) => {
          await new Promise((done) => setTimeout(done, 800));
          await route.continue();
        });
      },
    });
  }
}

// The looks in each mode, in the states that show most.
async function inspect() {
  report.axe = {};
  report.colours = {};
  for (const query of ["?picture=digit&kernel=laplacian&padding=2&cell=4,4", "?picture=line&dilation=2"]) {
    await open(query, async (page) => {
      await page.evaluate(() => {
        for (const all of [document, document.querySelector("conv-explorer").shadowRoot]) {
          for (const details of all.querySelectorAll("details")) details.open = true;
        }
      });
      await field(page, 0).fill("x");
      await page.evaluate(axe);
      for (const viewport of [WIDE, PHONE]) {
        await page.setViewportSize(viewport);
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await page.waitForFunction((mode) => document.documentElement.dataset.theme === mode, colorScheme);
          const { violations } = await page.evaluate(
            (runOnly) => axe.run({ runOnly, resultTypes: ["violations"], preload: false }), RULES,
          );
          const mode = `${query} at ${viewport.width} px, ${colorScheme}`;
          report.axe[mode] = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
          report.colours[colorScheme] = await page.locator("conv-explorer select").evaluate(
            (element) => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor],
          );
        }
      }
    });
  }
}

// Many states, set as a reader would: by choosing and typing.
async function fuzz() {
  report.fuzz = await open("", async (page) => {
    const seen = [];
    for (const state of states) {
      await page.evaluate(({ choices, preset, typed }) => {
        const root = document.querySelector("conv-explorer").shadowRoot;
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

await Promise.all([use(), inspect().then(fuzz)]); // one waits while the other computes
await browser.close();
process.stdout.write(JSON.stringify({ ...report, errors }));
