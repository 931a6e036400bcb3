
"use strict";
// Hides and shows; it writes nothing into the page but a number.
(() => {
  const at = (id) => document.getElementById(id);
  const open = (id) => {
    for (let one = id && at(id); one; one = one.parentElement) {
      if (one.localName === "details") one.open = true;
    }
  };
  const follow = () => {
    const id = location.hash.slice(1);
    open(id);
    const goal = id && at(id);
    if (goal) goal.scrollIntoView();
  };
  addEventListener("hashchange", follow);
  if (location.hash) follow();

  const bar = at("filter");
  if (!bar) return;
  const [text, severity, status, service] = ["text", "severity", "status", "service"].map((name) => at("filter-" + name));
  const groups = [...document.querySelectorAll("details.check, details.cause, ul.suppressed")];
  const rows = groups.flatMap((group) =>
    [...group.querySelectorAll(".row")].map((row) => {
      const own = row.closest("[data-severity]") || group;
      const beside = row.closest(".condition") || row;
      const title = group.querySelector("summary");
      return {
        row,
        group,
        severity: own.dataset.severity,
        service: own.dataset.service,
        status: group.dataset.status,
        text: [row, beside.querySelector(".evidence"), title].map((one) => (one ? one.textContent : "")).join(" ").toLowerCase(),
      };
    }),
  );
  const pages = [...document.querySelectorAll("details.resource")].map((page) => [page, page.textContent.toLowerCase()]);
  const conditions = [...document.querySelectorAll(".condition")];
  const fits = (choice, value) => choice.value === "all" || choice.value === value;
  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    const holds = (said) => words.every((word) => said.includes(word));
    const idle = !words.length && [severity, status, service].every((choice) => choice.value === "all");
    const seen = new Set();
    let shown = 0;
    for (const one of rows) {
      const is = fits(severity, one.severity) && fits(status, one.status) && fits(service, one.service) && holds(one.text);
      one.row.hidden = !is;
      if (is) {
        shown += 1;
        seen.add(one.group);
      }
    }
    for (const group of groups) group.hidden = !idle && !seen.has(group);
    for (const one of conditions) one.hidden = !one.querySelector(".row:not([hidden])");
    for (const [page, said] of pages) page.hidden = !holds(said);
    at("filter-count").textContent = idle ? "" : `${shown} of the ${rows.length} findings on this page`;
  };
  let soon = 0;
  bar.addEventListener("input", () => {
    cancelAnimationFrame(soon);
    soon = requestAnimationFrame(filter);
  });
  const all = at("filter-open");
  all.addEventListener("click", () => {
    const closed = all.getAttribute("aria-pressed") !== "true";
    all.setAttribute("aria-pressed", closed);
    for (const group of groups) if (group.localName === "details") group.open = closed;
  });
  all.setAttribute("aria-pressed", "false");
  bar.hidden = false;
})();
