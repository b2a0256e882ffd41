// Takes pictures of the site in Chromium.
// Usage: node gallery.mjs '{"base": ..., "chromium": ..., "modules": ..., "shots": [...]}'
// A shot: {page, file, width, height, mode, scale, to, open, paper, pdf}; `to` is scrolled to the top.
import { createRequire } from "node:module";

const { base, chromium: executablePath, modules, shots } = JSON.parse(process.argv[2]);
const { chromium } = createRequire(modules + "/")("playwright-core");
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});

for (const shot of shots) {
  const context = await browser.newContext({
    viewport: { width: shot.width, height: shot.height },
    deviceScaleFactor: shot.scale ?? 1,
    colorScheme: shot.mode,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(base + shot.page, { waitUntil: "load" });
  await page.evaluate(async (open) => {
    for (const image of document.images) image.loading = "eager";
    for (const details of document.querySelectorAll("main details")) details.open = open;
    await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
    await document.fonts.ready;
  }, shot.open ?? false);
  if (shot.to) {
    await page.evaluate(([selector, above]) => {
      const place = document.querySelector(selector).getBoundingClientRect().top;
      scrollTo(0, scrollY + place - above);
    }, [shot.to, shot.above ?? 0]);
    await page.waitForTimeout(400); // the contents on the right follow
  }
  if (shot.paper) await page.emulateMedia({ media: "print" });
  if (shot.pdf) await page.pdf({ path: shot.file, format: "A4", printBackground: true });
  else await page.screenshot({ path: shot.file, fullPage: !shot.to });
  await context.close();
}
await browser.close();
