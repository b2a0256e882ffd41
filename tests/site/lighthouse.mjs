// Lets Lighthouse judge pages in Chromium, offline, and prints the verdicts as JSON.
// Usage: node lighthouse.mjs '{"base": ..., "pages": [...], "chromium": ..., "categories": [...]}'
import { Socket } from "node:net";

const { base, pages, chromium, modules, categories } = JSON.parse(process.argv[2]);
const HERE = new Set(["127.0.0.1", "localhost", "::1", undefined]);
const foreign = [];

// Lighthouse itself may look for other hosts, too: what it runs in is held to this machine.
const connect = Socket.prototype.connect;
Socket.prototype.connect = function (...given) {
  const options = given.flat()[0];
  const host = typeof options === "object" ? options?.host : given[1];
  if (HERE.has(host)) return connect.apply(this, given);
  foreign.push(`${host}, asked for by Lighthouse`);
  return this.destroy(new Error(`not reached, by intention: ${host}`));
};

const load = (file) => import(`file://${modules}/${file}`);
const { launch } = await load("chrome-launcher/dist/index.js");
const { default: lighthouse } = await load("lighthouse/core/index.js");

const chrome = await launch({
  chromePath: chromium,
  logLevel: "silent",
  chromeFlags: [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", // no name leads anywhere
  ],
});

// Whoever asks for loading times waits for silence; the other verdicts need the page alone.
const quick = {
  pauseAfterFcpMs: 0, pauseAfterLoadMs: 0, networkQuietThresholdMs: 200, cpuQuietThresholdMs: 200,
};
const waiting = categories.includes("performance") ? {} : quick;

const reports = {};
for (const page of pages) {
  const { lhr, artifacts } = await lighthouse(base + page, {
    port: chrome.port,
    logLevel: "silent",
    output: "json",
    onlyCategories: categories,
    disableFullPageScreenshot: true,
    ...waiting,
  });
  for (const { method, params } of artifacts.DevtoolsLog ?? []) {
    const url = method === "Network.requestWillBeSent" ? params.request.url : base;
    if (/^(https?|wss?):/.test(url) && new URL(url).origin !== new URL(base).origin) {
      foreign.push(`${url}, asked for by ${page}`);
    }
  }
  const faults = Object.values(lhr.categories).flatMap((category) =>
    category.auditRefs
      .map(({ id, weight }) => ({ weight, ...lhr.audits[id] }))
      .filter(({ weight, score }) => weight > 0 && score !== null && score < 1)
      .map(({ id, title, details }) => {
        const where = (details?.items ?? []).slice(0, 3).map((item) =>
          item.node?.snippet ?? item.url ?? item.description ?? JSON.stringify(item).slice(0, 160));
        return `${category.title}: ${id} (${title}) ${where.join(" | ")}`;
      }));
  const scores = Object.values(lhr.categories).map(({ id, score }) => [id, score]);
  reports[page] = { scores: Object.fromEntries(scores), faults, error: lhr.runtimeError?.message };
}
await chrome.kill();
process.stdout.write(JSON.stringify({ pages: reports, foreign }));
