// The sections of a finished analysis. Each shows fields of the result and adds nothing to them.

import { correlation } from "./curve.js";
import { bar, h } from "./dom.js";
import { downloads } from "./downloads.js";
import { scatter } from "./scatter.js";
import { headline } from "./verdict.js";
import { amount, bytes, clock, describe, fraction, grouped, percent, timecode } from "./words.js";

const FIXED_RATES = { "23.976": 24000 / 1001, "24.0": 24, "25.0": 25, "29.97": 30000 / 1001, "30.0": 30 };

export function sections(job) {
  const { result } = job;
  return [
    verdict(job),
    section("Window by window", scatter(result),
      !result.segments.length && result.windows.length ? h("p", { class: "soft" }, "No line is drawn: the windows do not agree on one.") : null),
    segments(result),
    edits(result),
    uncovered(result),
    methods(result),
    witness(result),
    section("What follows from it", h("ul", { class: "says" }, result.recommendations.map((text) => h("li", {}, text)))),
    warnings(result),
    section("Correlation", correlation(result)),
    downloads(job),
    files(result),
  ].filter(Boolean);
}

function section(title, ...content) {
  const shown = content.filter(Boolean);
  return shown.length ? h("section", { class: "card stack" }, h("h2", {}, title), shown) : null;
}

function verdict(job) {
  const { result } = job;
  const { tone, title, what } = headline(result);
  const unsure = result.match && result.overall_confidence < (result.provenance?.options?.confidence_threshold ?? 0.7);
  return h("section", { class: `card verdict ${tone}` },
    h("div", {},
      h("div", { class: "row" }, h("span", { class: `chip ${tone}` }, result.sync_status.replace(/^[^\p{L}]+/u, "")), job.cached ? h("span", { class: "chip" }, "from the cache") : null),
      h("h1", {}, title), h("p", { class: "what" }, what)),
    unsure ? h("p", { class: "notice warn" }, "The confidence is below what was asked for: have a person check before acting on this.") : null,
    result.match ? figures(result) : null);
}

function figures(result) {
  const answer = result.consensus_offset;
  const offset = answer.offset_seconds;
  const own = fraction(result.frame_rate);
  const reach = answer.interval_seconds ? (answer.interval_seconds[1] - answer.interval_seconds[0]) / 2 : null;
  const low = result.overall_confidence < 0.9;
  return h("div", { class: "figures" },
    figure(OFFSET_OF[result.verdict] ?? "Offset", milliseconds(offset), `${direction(offset)}${reach === null ? "" : `, to within ${interval(reach)}`}`),
    own ? figure(`Frames at ${own.toFixed(3).replace(/\.?0+$/, "")} fps`, Math.abs(answer.offset_frames_programme).toFixed(2), `${timecode(offset, own)} as timecode`) : null,
    figure("Samples", grouped(Math.abs(answer.offset_samples_dub)), `at the dub's ${result.dub_sample_rate / 1000} kHz`),
    h("div", { class: `figure ${low ? "low" : ""}` }, h("span", { class: "label" }, "Confidence"),
      h("span", { class: "value" }, percent(result.overall_confidence)), bar(result.overall_confidence * 100, "Confidence"),
      h("span", { class: "small soft" }, "that this is within half a frame")),
    figure("Methods agreeing", `${Math.round(result.method_agreement * result.method_results.length)} of ${result.method_results.length}`, ""),
    own ? null : fiveRates(answer));
}

const OFFSET_OF = { edited: "Offset of the longest segment", drift: "Offset at the start" };
const milliseconds = (offset) => {
  const [whole, part] = Math.abs(offset * 1000).toFixed(3).split(".");
  return `${grouped(Number(whole))}.${part} ms`;
};
const direction = (offset) => (Math.abs(offset) < 0.00005 ? "in place" : offset < 0 ? "dub late" : "dub early");
const interval = (seconds) => (seconds < 0.00005 ? "0.1 ms" : `${(seconds * 1000).toFixed(seconds < 0.001 ? 2 : 1)} ms`);

const figure = (label, value, note) => h("div", { class: "figure" },
  h("span", { class: "label" }, label), h("span", { class: "value" }, value), note ? h("span", { class: "small soft" }, note) : null);

function fiveRates(answer) {
  const select = h("select", { "aria-label": "Frame rate", onchange: () => show() },
    Object.keys(answer.offset_frames).map((name) => h("option", { value: name }, `${name} fps`)));
  select.value = "25.0";
  const value = h("span", { class: "value" });
  const note = h("span", { class: "small soft" });
  const show = () => {
    value.textContent = `${Math.abs(answer.offset_frames[select.value]).toFixed(2)} frames`;
    note.textContent = `${timecode(answer.offset_seconds, FIXED_RATES[select.value])} as timecode`;
  };
  show();
  return h("div", { class: "figure" }, h("span", { class: "label" }, "In frames"), value, note, select);
}

const table = (head, rows) => h("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": head.join(", ") },
  h("table", {}, h("thead", {}, h("tr", {}, head.map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell, index) => h("td", { "data-label": head[index] }, cell)))))));

const during = (one) => `${clock(one.master_start_seconds, 2)} to ${clock(one.master_end_seconds, 2)}`;

function segments(result) {
  if (result.segments.length < 2 && (result.speed?.mode ?? "same") === "same") return null;
  return section("Segments", table(["Master time", "Dub at its start", "At its end", "Speed", "Confidence"],
    result.segments.map((one) => {
      const end = one.offset_seconds + (1 - one.rate) * (one.master_end_seconds - one.master_start_seconds);
      return [during(one), describe(one.offset_seconds), describe(end), speed(one.rate), percent(one.confidence)];
    })));
}

function speed(rate) {
  const ppm = (1 / rate - 1) * 1e6;
  if (Math.abs(ppm) < 0.005) return "same";
  const size = Math.abs(ppm) > 5000 ? `${Math.abs(ppm / 1e4).toFixed(3)} %` : `${Math.abs(ppm).toFixed(2)} ppm`;
  return `${size} ${ppm > 0 ? "fast" : "slow"}`;
}

function edits(result) {
  if (!result.edits.length) return null;
  return section("Edits", table(["Master time", "What", "Length", "Lies between"], result.edits.map((one) => [
    clock(one.master_seconds, 2),
    one.kind === "cut" ? "missing in the dub" : "only in the dub",
    amount(one.duration_seconds),
    one.interval_seconds.map((at) => clock(at, 2)).join(" and "),
  ])));
}

function uncovered(result) {
  if (!result.uncovered.length) return null;
  return section("Without evidence", table(["Master time", "Length", "Why"], result.uncovered.map((one) => [
    during(one), clock(one.master_end_seconds - one.master_start_seconds, 1), one.reason,
  ])));
}

function methods(result) {
  const rows = result.method_results.map((one) => [
    one.method,
    one.offset.offset_seconds === null ? "no match" : describe(one.offset.offset_seconds),
    one.offset.offset_seconds === null ? "" : percent(one.offset.confidence),
    one.metadata?.resolution_seconds ? `${(one.metadata.resolution_seconds * 1000).toPrecision(2)} ms` : "",
    `${one.processing_time.toFixed(2)} s`,
  ]);
  return section("Each method alone",
    table(["Method", "Says the dub is", "Confidence", "Resolution", "Took"], rows),
    result.method_failures.map((one) => h("p", { class: "notice warn" }, `${one.method}: ${one.error}`)));
}

function witness(result) {
  const ai = result.ai_result;
  if (!ai) return null;
  const number = (value) => (typeof value === "number" ? value.toFixed(3) : "not measured");
  return section("AI witness", h("dl", { class: "facts" },
    fact("Model", ai.model),
    fact("Likeness of the embeddings", number(ai.embedding_similarity)),
    fact("Consistency over time", number(ai.temporal_consistency)),
    fact("Its own confidence", typeof ai.model_confidence === "number" ? percent(ai.model_confidence) : "not measured"),
    ai.model_metadata?.device ? fact("Ran on", ai.model_metadata.device) : null));
}

const warnings = (result) => (result.warnings.length
  ? section("Worth knowing", result.warnings.map((text) => h("p", { class: "notice warn" }, text))) : null);

function files(result) {
  const sides = ["master", "dub"].filter((side) => result.media?.[side]).map((side) => {
    const one = result.media[side];
    return h("div", { class: `side ${side}` }, h("h3", {}, side === "master" ? "Master" : "Dub"), h("dl", { class: "facts" },
      fact("Path", h("code", {}, one.path)),
      fact("Sound", `${one.codec}, ${one.layout}, ${one.sample_rate_hz / 1000} kHz${one.stream_count > 1 ? `, stream ${one.stream ?? "joined"} of ${one.stream_count}` : ""}`),
      fact("Length", clock(one.duration_seconds, 3)),
      fact("Size", bytes(one.size_bytes)),
      fact("Time zero", one.zero),
      one.frame_rate ? fact("Frame rate", `${Number(fraction(one.frame_rate).toFixed(3))} fps`) : null,
      one.start_timecode ? fact("Start label", one.start_timecode) : null));
  });
  return section("Files", h("div", { class: "pairs" }, sides),
    h("details", {}, h("summary", {}, "How this was made"), h("pre", { class: "json" }, JSON.stringify(result.provenance, null, 2))));
}

const fact = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
