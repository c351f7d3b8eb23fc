// Which view is shown, the service's health, and the colours.

import { health, keepKey } from "./api.js";
import { h } from "./dom.js";
import { analysisForm } from "./form.js";
import { all, recent } from "./list.js";
import { resultView } from "./view.js";

const main = document.getElementById("main");
let leaving = new AbortController();

function home(signal) {
  document.title = "Sync Analyzer";
  return [
    h("div", { class: "stack" },
      h("div", {}, h("h1", {}, "Is the dub in sync?"),
        h("p", { class: "lead" }, "Name a master and a dub. The answer says by how much the dub is off, whether that grows or jumps, how sure it is, and where there is nothing to go by.")),
      h("div", { class: "columns" }, analysisForm(), recent(signal))),
  ];
}

function show(first = false) {
  leaving.abort();
  leaving = new AbortController();
  const [, view = "", id = ""] = location.hash.match(/^#\/(\w*)(?:\/([\w-]+))?/) ?? [];
  const content = {
    "": () => home(leaving.signal),
    analyses: () => { document.title = "Analyses - Sync Analyzer"; return [all(leaving.signal)]; },
    analysis: () => [resultView(id, leaving.signal)],
  }[view] ?? (() => [h("p", { class: "notice" }, "There is no such view. ", h("a", { href: "#/" }, "Begin here."))]);
  main.replaceChildren(...content());
  for (const link of document.querySelectorAll("[data-nav]")) {
    const here = link.dataset.nav === (view === "" ? "new" : "list");
    if (here) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  if (!first) { main.focus(); window.scrollTo(0, 0); }
}

const THEMES = { auto: "Auto", light: "Light", dark: "Dark" };

function colours() {
  const button = document.getElementById("theme");
  let now = localStorage.getItem("theme") ?? "auto";
  const apply = () => {
    if (now === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = now;
    button.textContent = THEMES[now];
    button.setAttribute("aria-label", `Colours: ${now === "auto" ? "as the system" : now}`);
  };
  button.addEventListener("click", () => {
    const names = Object.keys(THEMES);
    now = names[(names.indexOf(now) + 1) % names.length];
    localStorage.setItem("theme", now);
    apply();
  });
  apply();
}

async function vitals() {
  const sign = document.getElementById("health");
  try {
    const state = await health();
    sign.className = "health up";
    sign.textContent = state.status === "healthy" ? "ready" : state.status ?? "ready";
    sign.title = `Version ${state.version ?? ""}`;
  } catch (error) {
    sign.className = "health down";
    sign.textContent = error.status === 503 ? "not ready" : "no service";
    sign.title = error.message;
  }
}

function askForKey() {
  if (document.getElementById("key")) return;
  leaving.abort();
  const input = h("input", { type: "password", id: "key", autocomplete: "off" });
  main.replaceChildren(h("form", { class: "card stack", onsubmit: (event) => { event.preventDefault(); keepKey(input.value.trim()); show(); } },
    h("h1", {}, "This service asks for a key"),
    h("div", { class: "field" }, h("label", { for: "key" }, "API key"), input),
    h("div", { class: "row" }, h("button", { class: "primary", type: "submit" }, "Go on"))));
}

window.addEventListener("hashchange", () => {
  document.querySelectorAll("dialog").forEach((one) => one.close());
  show();
});
window.addEventListener("key-needed", askForKey);
colours();
show(true);
vitals();
setInterval(() => document.hidden || vitals(), 15000);
