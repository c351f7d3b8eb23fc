// What can be taken away: reports, edit lists, and the corrected file.

import * as api from "./api.js";
import { h } from "./dom.js";

const REPORTS = { html: "Report", pdf: "PDF", png: "Picture", csv: "CSV", json: "JSON" };
const EXPORTS = {
  ffmpeg: "ffmpeg commands", edl: "EDL", otio: "OpenTimelineIO", fcpxml: "Final Cut XML",
  reaper_csv: "Reaper", audition_csv: "Audition", srt_shift: "Subtitles",
};

export function downloads(job) {
  const { analysis_id: id, result } = job;
  const problem = h("div", { role: "alert" });
  const link = (url, title, name) => h("a", { class: "button", href: url, target: "_blank", rel: "noopener", onclick: (event) => {
    if (!api.hasKey()) return;
    event.preventDefault();
    api.save(url, name).catch((error) => problem.replaceChildren(h("p", { class: "notice bad" }, error.message)));
  } }, title);
  const exportable = result.match;
  return h("section", { class: "card stack" },
    h("h2", {}, "Take away"),
    h("div", { class: "actions" }, Object.entries(REPORTS).map(([format, title]) => link(api.reportUrl(id, format), title, `${id}.${format}`))),
    exportable ? [
      h("h3", {}, "The correction, for other programs"),
      h("div", { class: "actions" }, Object.entries(EXPORTS).map(([format, title]) => link(api.exportUrl(id, format), title, `${id}.${format}`))),
      h("h3", {}, "The corrected dub"),
      h("div", { class: "row" }, repairButton(id, problem), h("span", { class: "soft small" }, "Writes a new file below UPLOAD_DIR and measures it again; the dub itself is never touched.")),
    ] : null,
    problem);
}

function repairButton(id, problem) {
  const button = h("button", { type: "button", onclick: async () => {
    button.disabled = true;
    problem.replaceChildren();
    try {
      const job = await api.repair(id);
      location.hash = `#/analysis/${job.analysis_id ?? job.repair_id}`;
    } catch (error) {
      problem.replaceChildren(h("p", { class: "notice bad" }, error.message));
      button.disabled = false;
    }
  } }, "Make the corrected file");
  return button;
}
