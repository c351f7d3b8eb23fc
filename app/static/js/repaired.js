// A finished repair: what was written, what is left of the error, and the files to take away.

import { save, hasKey } from "./api.js";
import { h } from "./dom.js";
import { amount, baseName, bytes } from "./words.js";

export function repaired(job) {
  const { result } = job;
  const left = result.residual;
  const calm = left && left.worst_ms < 5;
  return [
    h("section", { class: `card verdict ${calm ? "good" : "warn"}` },
      h("div", {},
        h("h1", {}, "The corrected dub is written"),
        h("p", { class: "what" }, left ? residualWords(result) : "It could not be measured again.")),
      h("p", { class: "mono" }, baseName(result.output_file), " ", h("span", { class: "soft" }, bytes(result.size_bytes))),
      h("div", { class: "actions" }, result.files.map((file, index) => link(file, index)))),
    h("section", { class: "card stack" }, h("h2", {}, "What was done"),
      h("ul", { class: "says" }, [...result.correction, ...result.notes].map((text) => h("li", {}, text)))),
  ];
}

// A wander is followed with frames that lie everywhere, so then no window is free of them.
const residualWords = ({ residual: left, wander }) =>
  `Measured again in ${left.windows_measured} windows${wander?.followed ? "" : " the fit did not use"}: half of them within ${amount(left.median_ms / 1000)} `
  + `of the master, the worst ${amount(left.worst_ms / 1000)}.`;

function link(file, index) {
  const title = index === 0 ? "Corrected dub" : file.name ?? baseName(file.path);
  return h("a", { class: "button", href: file.url.replace(/^\//, ""), download: "", onclick: (event) => {
    if (!hasKey()) return;
    event.preventDefault();
    save(file.url.replace(/^\//, ""), baseName(file.path));
  } }, title);
}
