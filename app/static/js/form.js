// The form that starts an analysis: two files, by path, from the server's folders, or uploaded.

import * as api from "./api.js";
import { browse } from "./browser.js";
import { choices } from "./choices.js";
import { announce, bar, h } from "./dom.js";
import { baseName } from "./words.js";

export function analysisForm() {
  const master = fileField("master", "Master", "The original programme, with or without picture.");
  const dub = fileField("dub", "Dub", "The version to check.");
  const options = h("div", {}, h("p", { class: "soft" }, "Loading options ..."));
  const problem = h("div", { role: "alert" });
  const send = h("button", { class: "primary", type: "submit" }, "Compare");
  const form = h("form", { class: "card stack", novalidate: true },
    h("h2", {}, "Compare a dub with its master"),
    master.element, dub.element,
    h("details", {}, h("summary", {}, "Options"), options),
    problem, h("div", { class: "row" }, send));
  let read = () => ({});
  choices().then((found) => { const made = optionFields(found); read = made.read; options.replaceChildren(made.element); });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.replaceChildren();
    const missing = [master, dub].find((field) => !field.path());
    if (missing) {
      missing.complain();
      problem.replaceChildren(h("p", { class: "notice bad" }, `Choose the ${missing.name} first.`));
      return;
    }
    send.disabled = true;
    try {
      const job = await api.submit({ master_file: master.path(), dub_file: dub.path(), ...read() });
      location.hash = `#/analysis/${job.analysis_id}`;
    } catch (error) {
      problem.replaceChildren(h("p", { class: "notice bad" }, error.message));
    } finally {
      send.disabled = false;
    }
  });
  return form;
}

function fileField(name, title, says) {
  const id = `${name}-path`;
  const input = h("input", { type: "text", id, name, autocomplete: "off", spellcheck: "false", placeholder: `/mnt/data/${name}.wav`, "aria-describedby": `${id}-says` });
  const picker = h("input", { type: "file", class: "unseen", tabindex: -1, accept: "audio/*,video/*,.mxf,.mka,.ts,.w64,.rf64", "aria-label": `Upload the ${name}` });
  const status = h("div", { class: "small", role: "status" });
  const set = (path) => { input.value = path; input.removeAttribute("aria-invalid"); };
  const send = (file) => uploadInto(file, status, set);
  picker.addEventListener("change", () => { if (picker.files[0]) send(picker.files[0]); picker.value = ""; });
  const element = h("div", { class: `side ${name}` },
    h("label", { for: id }, title, " ", h("span", { class: "soft small", id: `${id}-says` }, says)),
    input,
    h("div", { class: "row" },
      h("button", { type: "button", onclick: () => browse(`Choose the ${name}`, folderOf(input.value), set) }, "Browse the server"),
      h("button", { type: "button", onclick: () => picker.click() }, "Upload"),
      h("span", { class: "soft small" }, "or drop a file here")),
    picker, status);
  acceptDrops(element, send);
  return { name, element, path: () => input.value.trim(), complain: () => { input.setAttribute("aria-invalid", "true"); input.focus(); } };
}

const folderOf = (path) => (path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "");

function acceptDrops(element, send) {
  element.addEventListener("dragover", (event) => { event.preventDefault(); element.classList.add("over"); });
  element.addEventListener("dragleave", () => element.classList.remove("over"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    element.classList.remove("over");
    if (event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
  });
}

async function uploadInto(file, status, set) {
  const show = (fraction) => status.replaceChildren(`Uploading ${file.name}: ${Math.round(fraction * 100)} %`, bar(fraction * 100, `Upload of ${file.name}`));
  show(0);
  try {
    const body = await api.upload(file, show);
    set(body.path);
    status.replaceChildren(`Uploaded ${baseName(file.name)}.`);
    announce(`Uploaded ${file.name}`);
  } catch (error) {
    status.replaceChildren(h("p", { class: "notice bad" }, error.message));
  }
}

function optionFields({ methods, models, profiles }) {
  const boxes = methods.map(({ name, says }) => [name, choice(`method-${name}`, name, says, true)]);
  const profile = h("select", { id: "profile" }, profiles.map(({ name, says }) => h("option", { value: name }, says)));
  const model = h("select", { id: "ai-model" }, h("option", { value: "" }, "No AI model"),
    models.map((one) => h("option", { value: one.name, disabled: !one.available }, one.available ? one.name : `${one.name} (not installed)`)));
  const streams = ["master", "dub"].map((side) => [side, h("input", { type: "number", id: `${side}-stream`, min: 0, max: 255, placeholder: "the file's default" })]);
  const missing = models.filter((one) => !one.available && one.command);
  const element = h("div", { class: "stack" },
    h("fieldset", {}, h("legend", {}, "Methods"), boxes.map(([, one]) => one.element)),
    h("div", { class: "fields" },
      field("profile", "Tolerance profile", profile),
      field("ai-model", "AI witness", model),
      streams.map(([side, input]) => field(`${side}-stream`, `Audio stream of the ${side}`, input))),
    missing.length ? h("p", { class: "small soft" }, missing.map((one) => [`${one.name}: `, h("code", {}, one.command), " "])) : null);
  return { element, read: () => readOptions(boxes, profile, model, streams) };
}

function readOptions(boxes, profile, model, streams) {
  const methods = boxes.filter(([, one]) => one.box.checked).map(([name]) => name);
  const chosen = {};
  if (methods.length < boxes.length) chosen.methods = methods;
  if (profile.value && profile.value !== "default") chosen.tolerance_profile = profile.value;
  if (model.value) Object.assign(chosen, { enable_ai: true, ai_model: model.value });
  for (const [side, input] of streams) if (input.value !== "") chosen[`${side}_stream`] = Number(input.value);
  return chosen;
}

const field = (id, title, control) => h("div", { class: "field" }, h("label", { for: id }, title), control);

function choice(id, title, says, checked) {
  const box = h("input", { type: "checkbox", id, checked });
  return { box, element: h("div", { class: "choice" }, box, h("label", { for: id }, title), says ? h("span", { class: "soft small" }, says) : null) };
}
