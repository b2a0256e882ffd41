// Opens every page of the site in Chromium and prints what it saw as JSON; test_browser.py judges.
// Usage: node browser.mjs '{"base": ..., "pages": [...], "wide": [...], "chromium": ..., "modules": ...}'
// axe looks at each page in a narrow window; in a wide one, where the bars stand around it, at some.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { COLOUR_RULES, PHONE, RULES, WIDE, resize } from "../explorers/reader.mjs";

const { base, pages, wide, chromium: executablePath, modules, search, tabs } = JSON.parse(process.argv[2]);
const require = createRequire(modules + "/");
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const TEXT = "main article"; // its colours do not depend on the width: see `otherColours`
const LATE_MS = 120; // fonts and figures come after the text, as they do over a network

const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});

// Keep watch over a page: what it asks for, and what it complains about.
async function watched(options) {
  const context = await browser.newContext({ viewport: WIDE, colorScheme: "light", ...options });
  const page = await context.newPage();
  const seen = { foreign: [], errors: [], requests: [] };
  await page.route("**/*", async (route) => {
    const url = route.request().url();
    if (/\.(woff2?|webp|png)$/.test(url)) await setTimeout(LATE_MS);
    if (url.startsWith(base) || /^(data|blob):/.test(url)) return route.continue();
    seen.foreign.push(url);
    return route.abort();
  });
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") seen.errors.push(message.text());
  });
  page.on("response", (response) => {
    if (response.status() >= 400) seen.errors.push(`${response.status()} for ${response.url()}`);
  });
  return { page, context, seen };
}

// What sticks out to the right of the window, innermost first.
const sticksOut = () => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return null;
  const culprits = [...document.querySelectorAll("main *")].filter(
    (element) => element.getBoundingClientRect().right > clientWidth + 1,
  );
  const names = culprits.slice(-3).map((element) => element.outerHTML.slice(0, 90));
  return `${scrollWidth} px wide in a window of ${clientWidth} px: ${names.join(" | ")}`;
};

const formulas = () => ({
  present: document.querySelectorAll(".math").length,
  visible: [...document.querySelectorAll(".math .katex-html")].filter(
    (formula) => formula.getBoundingClientRect().width > 0,
  ).length,
  font: [...document.fonts].some((font) => /KaTeX/.test(font.family) && font.status === "loaded"),
});

// Add up how much the page's parts move while it loads, as browsers do (CLS), and what moved most.
const watchShifts = () => {
  globalThis.shifts = { sum: 0, largest: 0, moved: [] };
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      shifts.sum += value;
      if (value <= shifts.largest) continue;
      shifts.largest = value;
      shifts.moved = sources.map(({ node }) => (node?.outerHTML ?? node?.data ?? "?").slice(0, 90));
    }
  }).observe({ type: "layout-shift", buffered: true });
};

// Go to each figure as a link would: it is not there yet, and what follows it is in sight.
async function lookAtFigures(page) {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    for (const image of document.querySelectorAll("main img")) {
      image.scrollIntoView({ block: "center", behavior: "instant" });
      for (let i = 0; i < 60 && !image.complete; i++) await frame();
      await frame();
    }
    await document.fonts.ready;
    await frame();
    scrollTo({ top: 0, behavior: "instant" });
  });
  return page.evaluate(() => globalThis.shifts);
}

// The colours of the text, kept in the first window; in the second, what has others there.
const otherColours = ([mode, text]) => {
  const elements = [...document.querySelectorAll(`${text} *`)];
  if (!elements.length) return `nothing is called ${text}`;
  const now = elements.map((element) => {
    const { color, backgroundColor } = getComputedStyle(element);
    return `${color} on ${backgroundColor}`;
  });
  globalThis.coloursOf ??= {};
  const before = (coloursOf[mode] ??= now);
  const other = now.findIndex((colours, n) => colours !== before[n]);
  return other < 0 ? null : `${before[other]}, then ${now[other]}: ${elements[other].outerHTML.slice(0, 90)}`;
};

async function violations(page, runOnly, { context = null, without = [] } = {}) {
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const options = { runOnly, rules, resultTypes: ["violations"], preload: false };
  const result = await page.evaluate(([where, how]) => axe.run(where ?? document, how), [context, options]);
  return result.violations.map(
    ({ id, impact, nodes }) => `${id} (${impact}) ${nodes.length}x, first: ${nodes[0].html.slice(0, 160)}`
      + ` – ${nodes[0].failureSummary.replace(/\s+/g, " ").slice(0, 220)}`,
  );
}

async function visit(name) {
  const { page, context, seen } = await watched({ viewport: PHONE });
  await page.addInitScript(watchShifts);
  await page.goto(base + name, { waitUntil: "load" });
  const shifts = await lookAtFigures(page);
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    return document.fonts.ready;
  });
  const report = { shifts, formulas: await page.evaluate(formulas), axe: {}, colours: {}, sideways: {} };
  await page.evaluate(axe);
  for (const [width, viewport] of [["390", PHONE], ["1280", WIDE]]) {
    await resize(page, viewport);
    report.sideways[width] = await page.evaluate(sticksOut);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.waitForFunction(
        (mode) => document.documentElement.dataset.theme === mode, colorScheme,
      );
      const mode = `${width} px, ${colorScheme}`;
      report.colours[mode] = await page.evaluate(otherColours, [colorScheme, TEXT]);
      const colours = { type: "rule", values: COLOUR_RULES };
      const around = { context: { exclude: [[TEXT]] } };
      if (width === "390") {
        report.axe[mode] = await violations(page, colorScheme === "light" ? RULES : colours);
      } else if (wide.includes(name)) {
        report.axe[mode] = await violations(page, colours, around);
        if (colorScheme === "light") {
          report.axe[mode].push(...await violations(page, RULES, { without: COLOUR_RULES }));
        }
      }
    }
  }
  await context.close();
  return { ...report, ...seen };
}

async function visitWithoutScripts(name) {
  const { page, context, seen } = await watched({ javaScriptEnabled: false });
  await page.goto(base + name, { waitUntil: "load" });
  const report = {
    title: await page.locator("h1").isVisible(),
    letters: (await page.locator("main").innerText()).length,
    buttons: await page.locator(".pst-js-only:visible").count(),
    formulas: await page.locator(".math .katex-html:visible").count(),
  };
  await context.close();
  return { ...report, ...seen };
}

// Go through a page with the Tab key: where does it lead, and can one see where one is?
async function tabThrough(name, times) {
  const { page, context, seen } = await watched({ reducedMotion: "reduce" });
  await page.goto(base + name, { waitUntil: "load" });
  const stops = [];
  for (let i = 0; i < times; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      let element = document.activeElement;
      if (element === document.body) return null;
      // an explorer keeps its controls in a shadow tree, which has a focus of its own
      while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      const { width, height, bottom } = element.getBoundingClientRect();
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      const place = width > 0 && height > 0 && bottom > 0;
      const words = element.innerText || element.ariaLabel || element.title || element.outerHTML;
      return { words: words.trim().slice(0, 60), visible: place && (outlined || boxShadow !== "none") };
    });
    if (stop === null) break;
    stops.push(stop);
  }
  await context.close();
  return { stops, ...seen };
}

async function searchFor(words) {
  const { page, context, seen } = await watched({});
  await page.goto(`${base}search.html?q=${encodeURIComponent(words)}`, { waitUntil: "load" });
  const results = page.locator("#search-results ul.search > li");
  await results.first().waitFor({ timeout: 10000 }).catch(() => undefined);
  const ended = () => /finished|did not match/i.test(
    document.querySelector("#search-results")?.innerText ?? "",
  );
  await page.waitForFunction(ended, null, { timeout: 10000 }).catch(() => undefined);
  const links = await results.locator("a").evaluateAll((found) => found.map((link) => link.href));
  const texts = await results.allInnerTexts();
  const named = await page.locator(".words a").evaluateAll(
    (found) => found.map((link) => `${link.textContent} ${new URL(link.href).hash}`),
  );
  await context.close();
  return { links, texts, named, ...seen };
}

// What a button on top says to a mouse, and the arrow that points at it, drawn by a border.
async function hover(name) {
  const { page, context } = await watched({});
  await page.goto(base + name, { waitUntil: "load" });
  await page.locator(".theme-switch-button").first().hover();
  const arrow = page.locator(".tooltip .tooltip-arrow");
  await arrow.waitFor({ state: "attached" });
  const colours = await arrow.evaluate((element) => ["Top", "Right", "Bottom", "Left"].map(
    (side) => getComputedStyle(element, "::before")[`border${side}Color`],
  ));
  const words = await page.locator(".tooltip-inner").innerText();
  await context.close();
  return { colours, words };
}

const report = { pages: {}, plain: {}, search: {}, tabs: {} };
const queue = [...pages];
// Two at a time: one page is laid out while the other is examined.
await Promise.all([1, 2].map(async () => {
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    report.pages[name] = await visit(name);
    report.plain[name] = await visitWithoutScripts(name);
  }
}));
for (const words of search) report.search[words] = await searchFor(words);
for (const name of tabs) report.tabs[name] = await tabThrough(name, 60);
report.tooltip = await hover("index.html");
await browser.close();
process.stdout.write(JSON.stringify(report));
