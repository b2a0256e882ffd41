// Uses the explorer of signal and gradient by depth and prints what it saw; test_residual.py judges.
// Usage: node residual.mjs '{"base": ..., "states": [...], ...}'
import { PHONE, followLink, start } from "./reader.mjs";

const { states, ...task } = JSON.parse(process.argv[2]);
const browser = await start(task);
const open = (...how) => browser.open("residual", ...how);

// What a reader sees of the explorer now. Of a curve's points, the middles.
const look = (page) => page.evaluate(() => {
  const root = document.querySelector("residual-explorer").shadowRoot;
  const all = (selector, read, from = root) => [...from.querySelectorAll(selector)].map(read);
  const raised = (element) => element.innerHTML.replace(/<sup>|<tspan[^>]*>/g, "^").replace(/<[^>]+>/g, "");
  const number = (element, name) => Number(element.getAttribute(name));
  const middle = (element) => (element.localName === "circle" ? [number(element, "cx"), number(element, "cy")]
    : ["x", "y"].map((axis, n) => number(element, axis) + number(element, ["width", "height"][n]) / 2));
  const slider = root.querySelector("[type=range]");
  return {
    chosen: all("input:checked", (input) => input.value),
    layer: [slider.value, slider.min, slider.max, slider.step, slider.ariaValueText],
    charts: all(".stage g", (chart) => ({
      title: chart.querySelector(".title").textContent,
      ticks: all(".rule + text", (text) => [raised(text), number(text, "y") - 4], chart),
      plain: all("circle", middle, chart),
      residual: all("rect", middle, chart),
      large: all("circle, rect", (point) => (number(point, "r") || number(point, "width") / 2) > 3, chart),
    })),
    head: root.querySelector(".sum tr").textContent,
    rows: all(".sum tr:not(:first-child)", (row) => [...row.cells].map(raised)),
    sum: all(".sum p", raised),
    said: root.querySelector("[role=status]").textContent,
    python: root.querySelector("pre").textContent,
    top: scrollY,
  };
});

const slider = (page) => page.locator("residual-explorer [type=range]");
// Where on the charts a share of their width lies.
const at = async (page, share) => {
  const box = await page.locator("residual-explorer .stage svg").boundingBox();
  return [box.x + 46 + share * (box.width - 60), box.y + 80];
};
const report = {};

async function use() {
  report.first = await open("", look);
  report.keys = await open("", async (page) => {
    await slider(page).focus();
    const seen = [await look(page)];
    for (const key of ["ArrowRight", "Home", "ArrowLeft", "End", "ArrowUp"]) {
      await page.keyboard.press(key);
      seen.push(await look(page));
    }
    return seen;
  });
  report.pill = await open("?depth=64&layer=50", async (page) => {
    await page.locator("residual-explorer [name=depth]:checked").focus();
    await page.keyboard.press("ArrowLeft");
    return look(page);
  });
  report.click = await open("", async (page) => {
    const seen = [];
    for (const share of [0.29, -0.05, 1.01]) {
      await page.mouse.click(...(await at(page, share)));
      seen.push(await look(page));
    }
    return seen;
  });
  report.tap = await open("", async (page) => {
    await page.locator("residual-explorer .stage").scrollIntoViewIfNeeded();
    await page.touchscreen.tap(...(await at(page, 0.75)));
    return look(page);
  }, { viewport: PHONE, hasTouch: true, isMobile: true });
  report.narrower = await open("", async (page) => {
    const width = () => page.locator("residual-explorer .stage svg").evaluate(
      (svg) => [svg.viewBox.baseVal.width, svg.clientWidth],
    );
    const before = await width();
    await page.setViewportSize(PHONE);
    await page.waitForFunction((wide) =>
      document.querySelector("residual-explorer").shadowRoot.querySelector(".stage svg").viewBox.baseVal.width < wide, before[0]);
    return [before, await width()];
  });
  report.link = await open("?depth=8&scale=1.4&norm=yes&last=zero&seed=4&layer=6", async (page, context) => {
    const there = await look(page);
    await followLink(page, context);
    return { there, again: await look(page) };
  });
  report.nonsense = [];
  for (const query of ["?depth=3", "?scale=-1&seed=0", "?norm=maybe&last=", "?layer=7", "?layer=34", "?layer=1e1&depth=x"]) {
    report.nonsense.push(await open(query, look));
  }
}

async function fuzz() {
  report.fuzz = await open("", async (page) => {
    const seen = [];
    for (const { layer, ...choices } of states) {
      await page.evaluate(([layer, choices]) => {
        const root = document.querySelector("residual-explorer").shadowRoot;
        for (const [name, value] of Object.entries(choices)) root.querySelector(`[name=${name}][value="${value}"]`).click();
        const slider = root.querySelector("[type=range]");
        slider.value = layer;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
      }, [layer, choices]);
      seen.push(await look(page));
    }
    return seen;
  });
}

await Promise.all([use(), fuzz()]);
process.stdout.write(JSON.stringify({ ...report, errors: await browser.close() }));
