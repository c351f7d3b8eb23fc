// The scatter behind an answer: what every window said over programme time, and the fit on it.
// A stretch without evidence is hatched; nothing is drawn through it.

import { h, s } from "./dom.js";
import { offsetLabel, scale, ticks, timeTicks } from "./scale.js";
import { amount, clock, describe } from "./words.js";

const KNOWN = ["correlation", "mfcc", "onset", "spectral", "ai"];
const MARGIN = { right: 14, top: 16, bottom: 30 };
const LETTER_PIXELS = 6.8;

export function scatter(result) {
  const state = { result, hidden: new Set(), everything: false, cursor: -1 };
  const holder = h("div", { class: "plot", tabindex: 0, "aria-label": `${summary(result)} Arrow keys walk through the windows.`, role: "group" });
  const reading = h("p", { class: "reading", "aria-live": "polite" }, hint(result));
  const draw = () => holder.replaceChildren(picture(state, holder.clientWidth || 720));
  holder.addEventListener("keydown", (event) => walk(event, state, reading, draw));
  holder.addEventListener("pointermove", (event) => point(event, state, holder, reading));
  new ResizeObserver(draw).observe(holder);
  return h("div", { class: "stack" }, controls(state, draw), holder, reading);
}

const hint = (result) => (result.windows.length ? "Point at a window, or use the arrow keys, to read it." : "No window said anything.");

function summary(result) {
  const fits = result.segments.map((one) =>
    `from ${clock(one.master_start_seconds)} to ${clock(one.master_end_seconds)} the dub is ${describe(one.offset_seconds)}`);
  return `${result.windows.length} windows over the programme; ${fits.length ? fits.join("; ") : "no fit"}.`;
}

function controls(state, draw) {
  const methods = [...new Set(state.result.windows.map((one) => one.method))].sort((a, b) => KNOWN.indexOf(a) - KNOWN.indexOf(b));
  const toggles = methods.map((method) => h("button", {
    type: "button", "aria-pressed": "true",
    onclick: (event) => {
      const shown = state.hidden.delete(method) || !state.hidden.add(method);
      event.currentTarget.setAttribute("aria-pressed", String(shown));
      draw();
    },
  }, h("span", { class: `swatch ${colour(method)}` }), method));
  const range = h("button", {
    type: "button", "aria-pressed": null,
    onclick: () => {
      state.everything = !state.everything;
      range.textContent = state.everything ? "Show only the answer" : "Show every window";
      draw();
    },
  }, "Show every window");
  const refused = !state.result.segments.length;
  if (refused) state.everything = true;
  return h("div", { class: "plot-controls" }, toggles, refused ? null : range);
}

const colour = (method) => `m-${KNOWN.includes(method) ? method : "other"}`;
const fitAt = (segment, at) => segment.offset_seconds + (1 - segment.rate) * (at - segment.master_start_seconds);

function span(state) {
  const { result, everything } = state;
  const fits = result.segments.flatMap((one) => [one.offset_seconds, fitAt(one, one.master_end_seconds)]);
  const said = result.windows.map((one) => one.offset_seconds);
  const values = everything || !fits.length ? [...fits, ...said] : fits;
  if (!values.length) return [-1, 1];
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) { low = Math.min(low, value); high = Math.max(high, value); }
  const pad = Math.max((high - low) * 0.12, everything ? 0.02 : residual(result) * 4, 0.005);
  return [low - pad, high + pad];
}

// The median distance of windows that follow the fit, so that the view fits their spread.
function residual(result) {
  const sizes = result.windows.flatMap((one) => {
    const segment = result.segments.find((part) =>
      part.master_start_seconds <= one.master_seconds && one.master_seconds < part.master_end_seconds);
    const size = segment ? Math.abs(one.offset_seconds - fitAt(segment, one.master_seconds)) : Infinity;
    return size < 0.1 ? [size] : [];
  }).sort((a, b) => a - b);
  return sizes.length ? sizes[Math.floor(sizes.length / 2)] : 0;
}

function picture(state, width) {
  const { result } = state;
  const empty = !result.windows.length && !result.segments.length;
  const height = empty ? 120 : Math.max(240, Math.min(380, width * 0.48));
  const [low, high] = span(state);
  const labels = empty ? [] : offsetTicks(low, high);
  const left = 14 + LETTER_PIXELS * Math.max(0, ...labels.map(([, text]) => text.length));
  const box = { left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
  const ends = [...result.windows.map((one) => one.master_seconds), ...result.segments.map((one) => one.master_end_seconds)];
  const total = result.media?.master?.duration_seconds ?? ends.reduce((a, b) => Math.max(a, b), 1);
  const x = scale(0, total, box.left, box.right);
  const y = scale(low, high, box.bottom, box.top);
  state.map = { x, y, box, low, high };
  return s("svg", { viewBox: `0 0 ${width} ${height}`, height, "aria-hidden": "true" },
    s("defs", {}, hatch()),
    empty ? null : tolerance(result, y, box, low, high),
    grid(x, y, box, total, labels),
    uncovered(result, x, box),
    edits(result, x, box),
    dots(state),
    fits(result, x, y),
    cursor(state));
}

const hatch = () => s("pattern", { id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
  s("line", { class: "hatch-line", x1: 0, y1: 0, x2: 0, y2: 7 }));

function tolerance(result, y, box, low, high) {
  const limits = result.tolerance;
  if (!limits) return null;
  const top = Math.min(high, limits.early_fail_ms / 1000);
  const bottom = Math.max(low, -limits.late_fail_ms / 1000);
  if (top <= bottom) return null;
  return s("rect", { class: "tolerance", x: box.left, y: y(top), width: box.right - box.left, height: y(bottom) - y(top) },
    s("title", {}, `Within the limits of the ${limits.profile} profile`));
}

function offsetTicks(low, high) {
  const marks = ticks(low, high, 5);
  const step = marks.length > 1 ? marks[1] - marks[0] : high - low;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  return marks.map((at) => [at, offsetLabel(at, step, largest)]);
}

function grid(x, y, box, total, labels) {
  const times = timeTicks(0, total, (box.right - box.left) / 80);
  return s("g", {},
    s("rect", { class: "frame", x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }),
    times.map((at) => s("text", { x: x(at), y: box.bottom + 19, "text-anchor": "middle" }, clock(at, total < 8 ? 1 : 0))),
    labels.map(([at, text]) => [
      s("line", { class: text === "0" ? "zero" : "axis", x1: box.left, x2: box.right, y1: y(at), y2: y(at) }),
      s("text", { x: box.left - 8, y: y(at) + 4, "text-anchor": "end" }, text),
    ]));
}

function uncovered(result, x, box) {
  return result.uncovered.map((one) => {
    const [from, to] = [x(one.master_start_seconds), x(one.master_end_seconds)];
    const width = Math.max(1.5, to - from);
    return s("g", {},
      s("rect", { class: "no-evidence", x: from, y: box.top, width, height: box.bottom - box.top, fill: "url(#hatch)" },
        s("title", {}, `No evidence from ${clock(one.master_start_seconds)} to ${clock(one.master_end_seconds)}: ${one.reason}`)),
      width > 110 && s("text", { class: "no-evidence-label", x: from + width / 2, y: box.bottom - 8, "text-anchor": "middle" }, "no evidence"));
  });
}

function edits(result, x, box) {
  let labelled = -Infinity;
  return result.edits.map((one) => {
    const [from, to] = one.interval_seconds.map(x);
    const at = x(one.master_seconds);
    const sign = one.kind === "cut" ? "\u2212" : "+";
    const roomy = at - labelled > 64;
    if (roomy) labelled = at;
    return s("g", {},
      s("rect", { class: "edit-span", x: from, y: box.top, width: Math.max(1, to - from), height: box.bottom - box.top }),
      s("line", { class: "edit", x1: at, x2: at, y1: box.top, y2: box.bottom }),
      roomy && s("text", { class: "edit-label", x: at + 4, y: box.top + 12, "text-anchor": at > box.right - 70 ? "end" : "start" },
        `${sign}${amount(one.duration_seconds)}`));
  });
}

function dots(state) {
  const { x, y, box, low, high } = state.map;
  return state.result.windows.filter((one) => !state.hidden.has(one.method)).map((one) => {
    const opacity = Math.max(0.22, Math.min(0.9, one.score / 20)).toFixed(2);
    const at = x(one.master_seconds);
    if (one.offset_seconds >= low && one.offset_seconds <= high) {
      return s("circle", { class: `dot ${colour(one.method)}`, cx: at, cy: y(one.offset_seconds), r: 3.6, opacity });
    }
    const [edge, tip] = one.offset_seconds > high ? [box.top, -5] : [box.bottom, 5];
    return s("path", { class: `dot outside ${colour(one.method)}`, d: `M${at - 3} ${edge}h6l-3 ${tip}z`, opacity: 0.5 });
  });
}

const fits = (result, x, y) => result.segments.map((one) => s("line", {
  class: "fit",
  x1: x(one.master_start_seconds), y1: y(one.offset_seconds),
  x2: x(one.master_end_seconds), y2: y(fitAt(one, one.master_end_seconds)),
}));

function cursor(state) {
  const one = state.result.windows[state.cursor];
  if (!one) return null;
  const { x, y, low, high } = state.map;
  return s("circle", { class: "cursor", cx: x(one.master_seconds), cy: y(Math.max(low, Math.min(high, one.offset_seconds))), r: 7 });
}

function tell(state, reading) {
  const one = state.result.windows[state.cursor];
  reading.textContent = one
    ? `${clock(one.master_seconds, 1)}: ${one.method} says ${describe(one.offset_seconds)}, ${one.score.toFixed(1)} standard deviations above its background.`
    : hint(state.result);
}

function walk(event, state, reading, draw) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const windows = state.result.windows;
  if (!step || !windows.length) return;
  event.preventDefault();
  let next = state.cursor;
  do { next += step; } while (windows[next] && state.hidden.has(windows[next].method));
  state.cursor = Math.max(0, Math.min(windows.length - 1, next));
  draw();
  tell(state, reading);
}

function point(event, state, holder, reading) {
  if (!state.map) return;
  const bounds = holder.getBoundingClientRect();
  const [px, py] = [event.clientX - bounds.left, event.clientY - bounds.top];
  const { x, y, low, high } = state.map;
  let nearest = -1;
  let best = 24 ** 2;
  state.result.windows.forEach((one, index) => {
    if (state.hidden.has(one.method)) return;
    const dy = y(Math.max(low, Math.min(high, one.offset_seconds))) - py;
    const distance = (x(one.master_seconds) - px) ** 2 + dy ** 2;
    if (distance < best) { best = distance; nearest = index; }
  });
  if (nearest === state.cursor) return;
  state.cursor = nearest;
  holder.querySelector(".cursor")?.remove();
  const mark = cursor(state);
  if (mark) holder.querySelector("svg").append(mark);
  tell(state, reading);
}
