// What one result says, in a headline. Every sentence here restates a field of the result.

import { amount, describe, remedy } from "./words.js";

export function headline(result) {
  const offset = result.consensus_offset.offset_seconds;
  if (result.verdict === "no_match" || offset === null) {
    return { tone: "none", title: "No match", what: result.recommendations[0] ?? "" };
  }
  const tone = { pass: "good", warn: "warn", fail: "bad" }[result.tolerance?.verdict] ?? "warn";
  return { tone, ...WORDS[result.verdict](result, offset) };
}

const WORDS = {
  in_sync: (result, offset) => ({
    title: "In sync",
    what: `The dub is ${describe(offset)}, within the limits of the ${result.tolerance.profile} profile.`,
  }),
  offset: (_, offset) => ({ title: `The dub is ${describe(offset)}`, what: remedy(offset) }),
  drift: (result, offset) => ({
    title: `The dub runs ${speedWords(result.speed)}`,
    what: `It is ${describe(offset)} at the start of the master. ${speedDetail(result.speed)}`,
  }),
  edited: (result, offset) => ({
    title: "The dub is another edit",
    what: `${result.segments.length} segments, ${result.edits.length} places where material was cut or inserted. `
      + `The longest segment is ${describe(offset)}.`,
  }),
};

export function speedWords(speed) {
  const change = 1 / speed.rate - 1;
  const size = Math.abs(change);
  const shown = size >= 0.0005 ? `${(size * 100).toFixed(size >= 0.01 ? 2 : 4)} %` : `${(size * 1e6).toFixed(1)} ppm`;
  return `${shown} ${change > 0 ? "fast" : "slow"}`;
}

function speedDetail(speed) {
  const later = speed.drift_ms_per_minute;
  const grows = `Each minute it falls ${amount(Math.abs(later) / 1000)} ${later > 0 ? "further behind" : "further ahead"}.`;
  return speed.named_rate ? `The speed ratio is exactly ${speed.named_rate}. ${grows}` : grows;
}

export const chipOf = (job) => ({
  pending: ["", "waiting"],
  processing: ["busy", "running"],
  failed: ["bad", "failed"],
  cancelled: ["", "cancelled"],
  completed: ["good", "done"],
}[job.status] ?? ["", job.status]);

export const VERDICT_CHIPS = {
  in_sync: ["good", "in sync"], offset: ["bad", "offset"], drift: ["bad", "drift"],
  edited: ["bad", "edited"], no_match: ["none", "no match"],
};
