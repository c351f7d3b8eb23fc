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
      const rows = body.entries.filter((entry) => entry.type !== "other").map((entry) => row(entry, open, choose));
      const more = page < body.total_pages ? [moreButton(() => open(path, page + 1))] : [];
      if (page === 1) entries.replaceChildren(...(rows.length ? rows : [h("li", { class: "empty" }, "No audio or video here.")]), ...more);
      else { entries.lastChild.remove(); entries.append(...rows, ...more); }
      crumbs.replaceChildren(...trail(body, open));
      if (page === 1) entries.querySelector("button")?.focus();
    } catch (error) {
      entries.replaceChildren(h("li", { class: "notice bad" }, error.message));
      crumbs.replaceChildren(h("button", { type: "button", onclick: () => open("") }, "Start again"));
    }
  };
  open(start);
}

const isFolder = (entry) => entry.type === "directory";

function row(entry, open, choose) {
  const folder = isFolder(entry);
  const facts = folder ? "" : [
    entry.duration_seconds ? clock(entry.duration_seconds) : "",
    bytes(entry.size_bytes),
  ].filter(Boolean).join("  \u00b7  ");
  return h("li", {}, h("button", {
    type: "button",
    onclick: () => (folder ? open(entry.path) : choose(entry.path)),
  }, h("span", { class: "name", "data-icon": folder ? "\u25b8" : "\u266a" }, entry.name), h("span", { class: "facts" }, facts)));
}

const moreButton = (onclick) => h("li", {}, h("button", { type: "button", onclick }, "Show more ..."));

// The folders from the nearest root down to here, and the other roots beside them.
function trail(body, open) {
  const inside = (root) => body.path === root || body.path.startsWith(root.endsWith("/") ? root : `${root}/`);
  const root = body.roots.filter(inside).sort((a, b) => b.length - a.length)[0] ?? body.path;
  const link = (text, path) => h("button", { type: "button", onclick: () => open(path) }, text);
  const below = body.path.slice(root.length).split("/").filter(Boolean);
  const steps = below.map((part, index) => link(`/ ${part}`, `${root === "/" ? "" : root}/${below.slice(0, index + 1).join("/")}`));
  const others = body.roots.filter((one) => one !== root).map((one) => link(one, one));
  return [link(root, root), ...steps, ...(others.length ? [h("span", { class: "soft small" }, "or"), ...others] : [])];
}
