// The correlation over offset, with the answer marked: how far it stands above its rivals.

import { h, s } from "./dom.js";
import { offsetLabel, scale, ticks } from "./scale.js";
import { describe } from "./words.js";

export function correlation(result) {
  const { curve } = result;
  if (!curve?.score?.length) return null;
  const holder = h("div", {
    class: "plot", role: "img",
    "aria-label": `Correlation over offset from ${curve.method}; its highest point lies where the dub is ${describe(peak(curve))}.`,
  });
  new ResizeObserver(() => holder.replaceChildren(picture(result, holder.clientWidth || 720))).observe(holder);
  return holder;
}

function peak(curve) {
  let best = 0;
  curve.score.forEach((value, index) => { if (value > curve.score[best]) best = index; });
  return curve.offset_seconds[best];
}

function picture({ curve, consensus_offset: answer }, width) {
  const height = 190;
  const box = { left: 12, right: width - 12, top: 12, bottom: height - 28 };
  const [low, high] = [curve.offset_seconds[0], curve.offset_seconds.at(-1)];
  const top = curve.score.reduce((a, b) => Math.max(a, b), 0) || 1;
  const bottom = curve.score.reduce((a, b) => Math.min(a, b), 0);
  const x = scale(low, high, box.left, box.right);
  const y = scale(bottom, top, box.bottom, box.top);
  const marks = ticks(low, high, width / 130);
  const step = marks.length > 1 ? marks[1] - marks[0] : high - low;
  const at = answer.offset_seconds;
  const path = curve.score.map((value, index) => `${index ? "L" : "M"}${x(curve.offset_seconds[index]).toFixed(1)} ${y(value).toFixed(1)}`);
  return s("svg", { viewBox: `0 0 ${width} ${height}`, height, "aria-hidden": "true" },
    s("line", { class: "axis", x1: box.left, x2: box.right, y1: y(0), y2: y(0) }),
    marks.map((mark) => s("text", { x: x(mark), y: height - 9, "text-anchor": "middle" }, offsetLabel(mark, step, Math.max(Math.abs(low), Math.abs(high))))),
    at !== null && at >= low && at <= high && s("line", { class: "answer", x1: x(at), x2: x(at), y1: box.top, y2: box.bottom }),
    s("path", { class: "curve", d: path.join("") }));
}
