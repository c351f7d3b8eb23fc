// Follow one job to its end: events where they come, polling where they do not.

import { analysis, eventsUrl, hasKey } from "./api.js";

const FINAL = new Set(["completed", "failed", "cancelled"]);
const POLL_MS = 700;
const EVENTS = ["progress", "completed", "failed", "cancelled"];

export const isFinal = (job) => FINAL.has(job.status);

export function follow(id, onJob, onError, signal) {
  let source = null;
  let timer = 0;
  const stop = () => { source?.close(); source = null; clearTimeout(timer); };
  signal.addEventListener("abort", stop);

  const read = async () => {
    try {
      const job = await analysis(id);
      if (signal.aborted) return true;
      onJob(job);
      if (isFinal(job)) stop();
      return isFinal(job);
    } catch (error) {
      if (!signal.aborted) onError(error);
      return error.status === 404;
    }
  };
  const poll = async () => {
    clearTimeout(timer);
    const done = await read();
    if (!done && !signal.aborted && !source) timer = setTimeout(poll, POLL_MS);
  };
  const listen = () => {
    // An EventSource cannot send a key, so with one the job is polled.
    if (hasKey() || !("EventSource" in window)) return poll();
    source = new EventSource(eventsUrl(id));
    const hear = (event) => {
      let job = null;
      try { job = JSON.parse(event.data); } catch { return; }
      if (!job?.status || signal.aborted) return;
      if (FINAL.has(job.status)) { stop(); read(); } else onJob(job);
    };
    for (const name of EVENTS) source.addEventListener(name, hear);
    source.onerror = () => {
      if (source?.readyState === EventSource.CLOSED || !source) { source = null; poll(); }
    };
    return null;
  };
  read().then((done) => { if (!done && !signal.aborted) listen(); });
}
