// Scales and ticks for the plots.

const TIME_STEPS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

export function scale(low, high, from, to) {
  const factor = (to - from) / (high - low || 1);
  const at = (value) => from + (value - low) * factor;
  at.invert = (pixel) => low + (pixel - from) / factor;
  return at;
}

export function timeTicks(low, high, wanted) {
  const step = TIME_STEPS.find((one) => (high - low) / one <= wanted) ?? 7200;
  return range(low, high, step);
}

export function ticks(low, high, wanted) {
  const rough = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= rough);
  return range(low, high, step);
}

function range(low, high, step) {
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n += 1) found.push(n * step);
  return found;
}

export function offsetLabel(seconds, step, largest = Math.abs(seconds)) {
  const size = Math.abs(seconds);
  if (size < step / 1e6) return "0";
  const digits = Math.max(0, Math.ceil(-Math.log10(step * 1.0001)));
  const text = largest >= 1 ? `${size.toFixed(digits)} s` : `${(size * 1000).toFixed(Math.max(0, digits - 3))} ms`;
  return `${text} ${seconds < 0 ? "late" : "early"}`;
}
