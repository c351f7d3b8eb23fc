// One analysis, whatever its state: waiting, running, failed, or finished with a result.

import * as api from "./api.js";
import { announce, bar, h } from "./dom.js";
import { follow, isFinal } from "./follow.js";
import { repaired } from "./repaired.js";
import { sections } from "./result.js";
import { headline } from "./verdict.js";
import { baseName, clock } from "./words.js";

export function resultView(id, signal) {
  const holder = h("div", { class: "stack" }, h("p", { class: "loading soft" }, "Loading ..."));
  let running = null;
  follow(id, (job) => {
    document.title = titleOf(job);
    if (isFinal(job)) {
      if (running) announce(`The analysis ended: ${job.status}`);
      holder.replaceChildren(...finished(job));
    } else if (running) running.update(job);
    else { running = progress(id, job); holder.replaceChildren(running.element); }
  }, (error) => {
    if (error.status === 404) holder.replaceChildren(h("p", { class: "notice bad" }, error.message));
  }, signal);
  return holder;
}

const titleOf = (job) => {
  const state = isFinal(job) ? (job.result?.verdict ? headline(job.result).title : job.status) : `${Math.floor(job.progress)} %`;
  return `${state} - Sync Analyzer`;
};

function progress(id, first) {
  const percent = h("div", { class: "percent" });
  const meter = h("div", {});
  const message = h("p", { "aria-live": "off" });
  const times = h("p", { class: "soft small" });
  const stop = h("button", { type: "button", onclick: async () => {
    stop.disabled = true;
    try { await api.cancel(id); } catch (error) { message.textContent = error.message; stop.disabled = false; }
  } }, "Cancel");
  const update = (job) => {
    percent.textContent = job.status === "pending" ? "Waiting" : `${Math.floor(job.progress)} %`;
    meter.replaceChildren(bar(job.progress, "Progress of the analysis"));
    message.textContent = job.status_message ?? "";
    const left = job.estimated_completion ? (new Date(job.estimated_completion) - Date.now()) / 1000 : null;
    times.textContent = left > 1 ? `about ${clock(left)} to go` : "\u00a0";
  };
  update(first);
  return {
    update,
    element: h("section", { class: "card stack running" },
      names(first.master_file, first.dub_file), percent, meter, message,
      h("div", { class: "row spread" }, times, stop)),
  };
}

export const names = (master, dub) => h("div", { class: "pairline" },
  h("div", {}, h("span", { class: "who master" }, "Master"), h("span", { class: "path", title: master }, baseName(master))),
  h("div", {}, h("span", { class: "who dub" }, "Dub"), h("span", { class: "path", title: dub }, baseName(dub))));

function finished(job) {
  if (job.status === "completed" && job.result?.consensus_offset) {
    return [names(job.master_file ?? job.result.master_file, job.dub_file ?? job.result.dub_file), ...sections(job)];
  }
  if (job.status === "completed" && job.kind === "repair") return [names(job.master_file, job.dub_file), ...repaired(job)];
  const again = h("a", { class: "button", href: "#/" }, "New analysis");
  if (job.status === "completed") {
    return [h("section", { class: "card stack" }, h("h1", {}, "Done"), h("pre", { class: "json" }, JSON.stringify(job.result, null, 2)), again)];
  }
  const failed = job.status === "failed";
  return [h("section", { class: "card stack" },
    names(job.master_file, job.dub_file),
    h("h1", {}, failed ? "The analysis failed" : "Cancelled"),
    failed ? h("p", { class: "notice bad" }, job.error ?? job.status_message) : null,
    failed && job.error_code ? h("p", { class: "soft small" }, "Code: ", h("code", {}, job.error_code)) : null,
    h("div", { class: "row" }, again))];
}
