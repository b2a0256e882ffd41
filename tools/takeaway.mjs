// Prints a document, written elsewhere, as if it lay at the root of the site.
// Usage: node takeaway.mjs '{"base": ..., "chromium": ..., "modules": ..., "source": ..., "file": ...}'
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { base, chromium: executablePath, modules, source, file } = JSON.parse(process.argv[2]);
const { chromium } = createRequire(modules + "/")("playwright-core");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ javaScriptEnabled: true });
page.setDefaultTimeout(300_000);
await page.route(`${base}the-whole.html`, (route) => route.fulfill({
  contentType: "text/html; charset=utf-8", body: readFileSync(source, "utf8"),
}));
await page.goto(`${base}the-whole.html`, { waitUntil: "load" });
await page.emulateMedia({ media: "print" });
await page.evaluate(async () => {
  await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)));
  await document.fonts.ready;
});
await page.pdf({
  path: file, format: "A4", printBackground: true, outline: true, tagged: true, timeout: 300_000,
  margin: { top: "16mm", bottom: "18mm", left: "18mm", right: "18mm" },
  displayHeaderFooter: true, headerTemplate: "<span></span>",
  footerTemplate: "<p style='width:100%;text-align:center;font:8pt sans-serif'><span class=pageNumber></span></p>",
});
await browser.close();
