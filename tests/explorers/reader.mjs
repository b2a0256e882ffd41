// Opens an explorer's page in Chromium; the other scripts here use it as readers do.
import { createRequire } from "node:module";

export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };
// What axe looks for, and the part of it that dark mode can change.
export const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];
export const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

// Resize the window. A while later, the theme lets the keyboard reach code that scrolls; where it
// never does, the wait ends all the same, and axe will say so.
export async function resize(page, viewport) {
  await page.setViewportSize(viewport);
  await page.waitForTimeout(400);
  await page.waitForFunction(() => [...document.querySelectorAll("main pre")].every(
    (pre) => pre.scrollWidth <= pre.clientWidth || pre.tabIndex === 0,
  ), null, { timeout: 10_000 }).catch(() => undefined);
}

// Copy the explorer's link, go elsewhere, and come back by it; return it.
export async function followLink(page, context) {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator(".explorer #link").click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto("about:blank");
  await page.goto(copied);
  await page.locator(".explorer > [ready]").waitFor();
  return copied;
}

// Come to a state of an open explorer by its link, as a new element finds it; the page stays.
export const arrive = (page, kind, query) => page.evaluate(([name, address]) => {
  history.replaceState(null, "", address);
  const old = document.querySelector(name);
  const fresh = old.cloneNode(true);
  fresh.removeAttribute("ready");
  old.replaceWith(fresh);
}, [`${kind}-explorer`, `${query}#explorer-${kind}`]);

// Start a browser on the site that `task` names; close() returns what went wrong in its pages.
export async function start({ base, chromium: executablePath, modules }) {
  const { chromium } = createRequire(modules + "/")("playwright-core");
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  const errors = [];
  const profiles = {}; // a profile keeps what it has loaded

  // Open the page of a kind in a state, run `use` on it and close it.
  async function open(kind, query, use, { wake = true, listen = true, before = () => undefined, ...options } = {}) {
    const all = { viewport: WIDE, colorScheme: "light", ...options };
    const context = (profiles[JSON.stringify(options)] ??= await browser.newContext(all));
    const page = await context.newPage();
    page.setDefaultTimeout(120_000); // a busy machine is slow, not wrong
    const note = (what) => listen && errors.push(`${kind}${query}: ${what}`);
    page.on("pageerror", note);
    page.on("console", (message) => message.type() === "error" && note(message.text()));
    await before(page);
    const hash = query && `${query}#explorer-${kind}`;
    await page.goto(`${base}book/pages/explorer_${kind}.html${hash}`, { waitUntil: "load" });
    if (wake) {
      await page.locator(`${kind}-explorer`).scrollIntoViewIfNeeded();
      await page.locator(`${kind}-explorer[ready]`).waitFor();
    }
    const result = await use(page, context);
    await page.close();
    return result;
  }
  return { open, close: async () => { await browser.close(); return errors; } };
}
