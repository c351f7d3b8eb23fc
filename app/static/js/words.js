// Numbers for people. A bare signed offset is never shown: it is late, early or in place.

export function describe(offsetSeconds) {
  const size = Math.abs(offsetSeconds);
  if (size < 0.00005) return "in place";
  return `${amount(size)} ${offsetSeconds < 0 ? "late" : "early"}`;
}

export const amount = (seconds) =>
  seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(3)} s`;

export function remedy(offsetSeconds) {
  const size = Math.abs(offsetSeconds);
  if (size < 0.00005) return "Nothing needs to move.";
  return offsetSeconds < 0 ? `Move the dub ${amount(size)} earlier.` : `Delay the dub by ${amount(size)}.`;
}

export function clock(seconds, digits = 0) {
  const scale = 10 ** digits;
  const total = Math.round(Math.abs(seconds) * scale);
  const whole = Math.floor(total / scale);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  const tail = digits ? `.${String(total % scale).padStart(digits, "0")}` : "";
  return `${seconds < 0 ? "-" : ""}${hours ? `${hours}:${two(minutes)}` : minutes}:${two(rest)}${tail}`;
}

export function timecode(seconds, fps) {
  const nominal = Math.round(fps);
  const frames = Math.round(Math.abs(seconds) * fps);
  const whole = Math.floor(frames / nominal);
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60, frames % nominal]
    .map((n) => String(n).padStart(2, "0")).join(":");
}

export function fraction(text) {
  if (!text) return null;
  const [above, below = "1"] = String(text).split("/");
  return Number(above) / Number(below);
}

export const percent = (value) => (value < 1 && value >= 0.9995 ? "> 99.9 %" : `${(value * 100).toFixed(1)} %`);
export const grouped = (n) => Math.round(n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
export const baseName = (path) => String(path ?? "").split(/[\\/]/).pop();

export function bytes(n) {
  if (n === null || n === undefined) return "";
  const units = ["B", "kB", "MB", "GB", "TB"];
  let index = 0;
  while (n >= 1000 && index < units.length - 1) { n /= 1000; index += 1; }
  return `${n < 10 && index ? n.toFixed(1) : Math.round(n)} ${units[index]}`;
}

export function ago(instant) {
  const seconds = (Date.now() - new Date(instant).getTime()) / 1000;
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 60) return "just\u00a0now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)}\u00a0min\u00a0ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)}\u00a0h\u00a0ago`;
  return new Date(instant).toLocaleDateString();
}
