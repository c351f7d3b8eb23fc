// The analyses there are, newest first.

import { analyses } from "./api.js";
import { bar, h } from "./dom.js";
import { VERDICT_CHIPS, chipOf } from "./verdict.js";
import { ago, baseName } from "./words.js";

const BUSY_MS = 3000;
const IDLE_MS = 10000;
const STATES = ["", "pending", "processing", "completed", "failed", "cancelled"];

export function recent(signal) {
  const list = h("ul", { class: "jobs" }, h("li", { class: "empty" }, "Loading ..."));
  keep(() => ({ pageSize: 8 }), list, null, signal);
  return h("section", { class: "card stack" },
    h("div", { class: "row spread" }, h("h2", {}, "Recent"), h("a", { href: "#/analyses" }, "All analyses")), list);
}

export function all(signal) {
  const state = { page: 1, status: "" };
  const list = h("ul", { class: "jobs" }, h("li", { class: "empty" }, "Loading ..."));
  const pages = h("nav", { class: "row spread", "aria-label": "Pages" });
  const refresh = keep(() => state, list, (body) => pages.replaceChildren(...pager(body, state, () => refresh())), signal);
  const filter = h("select", { id: "status", onchange: () => { state.status = filter.value; state.page = 1; refresh(); } },
    STATES.map((one) => h("option", { value: one }, one || "any state")));
  return h("section", { class: "card stack" },
    h("div", { class: "row spread" }, h("h1", {}, "Analyses"), h("div", { class: "row" }, h("label", { for: "status" }, "State"), h("div", {}, filter))),
    list, pages);
}

// Fill the list now and again while the page is looked at, sooner where something runs,
// until the view is left.
function keep(query, list, onBody, signal) {
  let timer = 0;
  const refresh = async () => {
    clearTimeout(timer);
    let wait = IDLE_MS;
    try {
      if (!document.hidden) {
        const body = await analyses(query());
        if (signal.aborted) return;
        const rows = body.analyses.map(row);
        list.replaceChildren(...(rows.length ? rows : [h("li", { class: "empty" }, "Nothing yet. Choose a master and a dub to begin.")]));
        onBody?.(body);
        if (body.analyses.some((job) => job.status === "pending" || job.status === "processing")) wait = BUSY_MS;
      }
    } catch (error) {
      list.replaceChildren(h("li", { class: "notice bad" }, error.message));
    }
    if (!signal.aborted) timer = setTimeout(refresh, wait);
  };
  refresh();
  signal.addEventListener("abort", () => clearTimeout(timer));
  return refresh;
}

function row(job) {
  const [tone, text] = VERDICT_CHIPS[job.verdict] ?? chipOf(job);
  const running = job.status === "processing";
  return h("li", {}, h("a", { href: `#/analysis/${job.analysis_id}` },
    h("span", { class: "row spread" },
      h("span", { class: "pair" }, baseName(job.dub_file) || job.kind || job.analysis_id),
      h("span", { class: `chip ${tone}` }, text)),
    h("span", { class: "soft small" }, job.master_file ? `against ${baseName(job.master_file)}, ` : "", ago(job.created_at)),
    running ? h("span", { class: "soft small" }, job.status_message) : null,
    job.status === "failed" ? h("span", { class: "small" }, job.status_message) : null,
    running ? bar(job.progress, "Progress") : null));
}

function pager(body, state, refresh) {
  const go = (page) => () => { state.page = page; refresh(); };
  return [
    h("button", { type: "button", class: "quiet", disabled: body.page <= 1, onclick: go(body.page - 1) }, "Newer"),
    h("span", { class: "soft small" }, `${body.total} in all, page ${body.page} of ${Math.max(1, body.total_pages)}`),
    h("button", { type: "button", class: "quiet", disabled: body.page >= body.total_pages, onclick: go(body.page + 1) }, "Older"),
  ];
}
