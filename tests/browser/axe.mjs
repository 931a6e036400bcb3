// Opens HTML reports in Chromium and holds what a reader's browser would: no message on the console, no request to anywhere,
// nothing wider than a phone, and no violation that axe-core finds, light and dark, folded and unfolded.
//
// It runs by hand, not in the pipeline: it takes Chromium and two packages.
//
//   mkdir pages && PALISADE_PAGES=$PWD/pages cargo test -p palisade-report --lib -- --ignored tests::html::big::pages
//   cp tests/browser/axe.mjs pages && cd pages && npm install axe-core@4.14.1 puppeteer-core@24.31.0
//   node axe.mjs *.html
//
// CHROMIUM names the browser (/usr/bin/chromium); SHOTS a folder for pictures and PDFs. It fails when something is wrong.
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";
import puppeteer from "puppeteer-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = process.env.SHOTS;
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
let wrong = 0;
const complain = (where, what) => {
  wrong += 1;
  console.log(`${where}: ${what}`);
};

async function opened(file, { width, dark, scripts = true }) {
  const page = await browser.newPage();
  const where = `${basename(file)} ${width} ${dark ? "dark" : "light"}${scripts ? "" : " without scripts"}`;
  page.on("console", (message) => complain(where, `console: ${message.text()}`));
  page.on("pageerror", (error) => complain(where, `error: ${error.message}`));
  page.on("request", (request) => request.url().startsWith("file:") || complain(where, `request: ${request.url()}`));
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.setJavaScriptEnabled(scripts);
  await page.goto(pathToFileURL(resolve(file)).href, { timeout: 60_000 });
  return [page, where];
}

async function judged(page, where) {
  const results = await page.evaluate(async (source) => {
    if (!globalThis.axe) (0, eval)(source);
    const rules = { "color-contrast": { enabled: true } };
    return axe.run(document, { rules, resultTypes: ["violations"] });
  }, axe).catch((error) => ({ violations: [], error: error.message }));
  if (results.error) complain(where, results.error);
  for (const { id, help, nodes } of results.violations) {
    complain(where, `${id}: ${help} (${nodes.length}) ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
  }
}

for (const file of process.argv.slice(2)) {
  const name = basename(file, ".html");
  const isLarge = readFileSync(file).length > 2_000_000;
  // The whole page, as far as a picture can hold it.
  const whole = (width) => ({ clip: { x: 0, y: 0, width, height: 6_000 }, captureBeyondViewport: true });
  for (const width of [360, 1440]) {
    for (const dark of [false, true]) {
      const [page, where] = await opened(file, { width, dark });
      const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (tooWide > 0) complain(where, `${tooWide} pixels wider than the window`);
      if (!isLarge) await judged(page, where);
      if (shots) await page.screenshot({ path: join(shots, `${name}-${width}-${dark ? "dark" : "light"}.png`), ...whole(width) });
      // Unfolded.
      await page.evaluate(() => {
        const all = [...document.querySelectorAll("details")];
        for (const one of all.slice(0, 150)) one.open = true;
      });
      if (!isLarge) await judged(page, `${where} unfolded`);
      const stillTooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (stillTooWide > 0) complain(where, `${stillTooWide} pixels wider than the window when unfolded`);
      if (shots && !dark) await page.screenshot({ path: join(shots, `${name}-${width}-open.png`), ...whole(width) });
      await page.close();
    }
  }
  const [plain, where] = await opened(file, { width: 1440, dark: false, scripts: false });
  const shown = await plain.$eval("body", (body) => body.innerText.length).catch(() => 0);
  if (shown < 100) complain(where, "says nothing");
  const filter = await plain.$("#filter");
  if (filter && (await filter.isVisible())) complain(where, "shows a filter that does nothing");
  if (shots) await plain.pdf({ path: join(shots, `${name}.pdf`), format: "A4", timeout: 120_000 });
  await plain.close();

  // The filter: nothing is left when nothing fits, everything comes back.
  const [filtered, at] = await opened(file, { width: 1440, dark: false });
  if (await filtered.$("#filter")) {
    const rows = () => filtered.$$eval(".row", (all) => all.filter((row) => !row.closest("[hidden]")).length);
    const settle = () => filtered.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const all = await rows();
    await filtered.type("#filter-text", "no such thing at all");
    await settle();
    if ((await rows()) !== 0) complain(at, "the filter lets through what does not fit");
    await filtered.$eval("#filter-text", (text) => {
      text.value = "";
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await settle();
    if ((await rows()) !== all) complain(at, "the filter does not give back what it hid");
    await filtered.select("#filter-status", "unknown");
    await settle();
    console.log(`${at}: ${await filtered.$eval("#filter-count", (count) => count.textContent)}`);
  }
  await filtered.close();
  console.log(`${name}: looked at`);
}
await browser.close();
process.exitCode = wrong ? 1 : 0;
