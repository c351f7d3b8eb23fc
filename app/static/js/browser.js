// A window onto the files the service may read.

import { files } from "./api.js";
import { h } from "./dom.js";
import { bytes, clock } from "./words.js";

export function browse(title, start, onChoose) {
  const crumbs = h("nav", { class: "crumbs", "aria-label": "Folder" });
  const entries = h("ul", { class: "entries" });
  const close = h("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, "Close");
  const dialog = h("dialog", { "aria-label": title },
    h("div", { class: "browser" }, h("header", {}, h("h2", {}, title), close), crumbs, entries));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();

  const choose = (path) => { dialog.close(); onChoose(path); };
  const open = async (path, page = 1) => {
    if (page === 1) entries.replaceChildren(h("li", { class: "empty" }, "Looking ..."));
    try {
      const body = await files(path, page);
      const rows = body.files.map((entry) => row(entry, open, choose));
      const more = page < (body.total_pages ?? 1) ? [moreButton(() => open(path, page + 1))] : [];
      if (page === 1) entries.replaceChildren(...(rows.length ? rows : [h("li", { class: "empty" }, "No media files here.")]), ...more);
      else { entries.lastChild.remove(); entries.append(...rows, ...more); }
      crumbs.replaceChildren(...trail(body.path ?? path ?? "", open));
      if (page === 1) entries.querySelector("button")?.focus();
    } catch (error) {
      entries.replaceChildren(h("li", { class: "notice bad" }, error.message));
      crumbs.replaceChildren(h("button", { type: "button", onclick: () => open("") }, "Start"));
    }
  };
  open(start);
}

const isFolder = (entry) => entry.type === "directory" || entry.type === "folder";

function row(entry, open, choose) {
  const folder = isFolder(entry);
  const facts = folder ? "" : [
    entry.duration_seconds ? clock(entry.duration_seconds) : "",
    bytes(entry.size_bytes ?? entry.size),
  ].filter(Boolean).join("  \u00b7  ");
  return h("li", {}, h("button", {
    type: "button",
    onclick: () => (folder ? open(entry.path) : choose(entry.path)),
  }, h("span", { class: "name", "data-icon": folder ? "\u25b8" : "\u266a" }, entry.name), h("span", { class: "facts" }, facts)));
}

const moreButton = (onclick) => h("li", {}, h("button", { type: "button", onclick }, "Show more ..."));

function trail(path, open) {
  const parts = path.split("/").filter(Boolean);
  const buttons = [h("button", { type: "button", onclick: () => open("") }, "Start")];
  parts.forEach((part, index) => {
    const target = `/${parts.slice(0, index + 1).join("/")}`;
    buttons.push(h("button", { type: "button", onclick: () => open(target) }, `/ ${part}`));
  });
  return buttons;
}
