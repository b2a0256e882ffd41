// What all explorers have in common, seen in a browser; test_every_explorer.py judges.
// Usage: node every_explorer.mjs '{"base": ..., "kinds": {"convolution": ["?picture=digit", ...]}, ...}'
// Each kind has a few states: those that show most.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { COLOUR_RULES, PHONE, RULES, WIDE, resize, start } from "./reader.mjs";

const { kinds, folder, ...task } = JSON.parse(process.argv[2]);
const axe = readFileSync(createRequire(task.modules + "/").resolve("axe-core/axe.min.js"), "utf8");
const { open, close } = await start(task);

const fallback = (page) => page.evaluate(() => {
  const element = document.querySelector(".explorer > *");
  const image = element.querySelector("img");
  return {
    live: Boolean(element.shadowRoot), picture: image.checkVisibility() && image.naturalWidth > 0,
    alt: image.alt, words: element.innerText,
  };
});

// Where scripts do not run, and where the explorer is not near the window yet.
async function asleep(kind, seen) {
  seen.plain = await open(kind, "", async (page) => {
    await page.waitForTimeout(300);
    return fallback(page);
  }, { wake: false, javaScriptEnabled: false });
  // Chromium loads no module from the disk, and says so in its console.
  seen.disk = await open(kind, "", async (page) => {
    await page.goto(`${folder}/explorer_${kind}.html`);
    await page.waitForTimeout(300);
    return fallback(page);
  }, { wake: false, listen: false });
  seen.lazy = await open(kind, "", async (page) => {
    const ready = () => page.locator(".explorer > [ready]").count();
    await page.waitForTimeout(300);
    const before = await ready();
    await page.evaluate(() => { // as in a chapter, where the fallback is a link
      const element = document.querySelector(".explorer > *");
      element.insertAdjacentHTML("beforeend", "<a href='#'>link</a>");
      element.querySelector("a").focus({ preventScroll: true });
    });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.locator(".explorer > [ready]").waitFor();
    const focus = await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.localName);
    await page.emulateMedia({ media: "print" });
    return { before, focus, buttons: await page.locator(".explorer button:visible").count() };
  }, { wake: false, viewport: { width: 390, height: 200 } });
}

// What moves when the explorer wakes late, in full view of what stands below it. The book's fonts
// are there before: a late font moves lines too. Not every browser holds the page still by itself.
async function shift(kind, viewport) {
  let come;
  const late = new Promise((resolve) => { come = resolve; });
  return open(kind, "", async (page) => {
    await page.evaluate(async () => {
      await Promise.all([...document.fonts].map((font) => font.load()));
      document.documentElement.style.overflowAnchor = "none";
      document.querySelector("#the-same-in-python").scrollIntoView({ block: "center" });
    });
    await page.waitForTimeout(200);
    await page.evaluate(() => {
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shift += entry.value;
      }).observe({ type: "layout-shift" });
    });
    come();
    await page.locator(".explorer > [ready]").waitFor();
    await page.waitForTimeout(200);
    return page.evaluate(() => window.shift);
  }, {
    wake: false, listen: false, viewport,
    before: (page) => page.route(new RegExp(`/${kind}\\.mjs`), async (route) => {
      await late;
      await route.continue();
    }),
  });
}

// The looks in each mode, in the states that show most.
async function looks(kind, query, seen) {
  await open(kind, query, async (page) => {
    await page.evaluate(() => {
      for (const all of [document, document.querySelector(".explorer > *").shadowRoot]) {
        for (const details of all.querySelectorAll("details")) details.open = true;
      }
    });
    const field = page.locator(".explorer input[type=text]").first();
    if (await field.count()) await field.fill("x"); // refused, in red
    await page.evaluate(axe);
    for (const viewport of [WIDE, PHONE]) {
      await resize(page, viewport);
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.waitForFunction((mode) => document.documentElement.dataset.theme === mode, colorScheme);
        const { violations } = await page.evaluate(
          (runOnly) => axe.run({ runOnly, resultTypes: ["violations"], preload: false }),
          colorScheme === "light" ? RULES : { type: "rule", values: COLOUR_RULES },
        );
        const mode = `${query} at ${viewport.width} px, ${colorScheme}`;
        seen.axe[mode] = violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
        seen.colours[colorScheme] = await page.locator(".explorer #link").evaluate(
          (element) => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor],
        );
      }
    }
    seen.sideways.push(await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    ));
  });
}

const report = {};
const queue = Object.entries(kinds);
const next = async () => {
  const entry = queue.shift();
  if (!entry) return;
  const [kind, states] = entry;
  const seen = (report[kind] = { axe: {}, colours: {}, sideways: [] });
  await asleep(kind, seen);
  seen.shift = { wide: await shift(kind, WIDE), phone: await shift(kind, PHONE) };
  for (const query of states) await looks(kind, query, seen);
  await next();
};
await Promise.all([next(), next()]); // two at a time: more would wait for one another
process.stdout.write(JSON.stringify({ kinds: report, errors: await close() }));
