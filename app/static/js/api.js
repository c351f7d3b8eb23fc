// The only place that talks to the service.

const V1 = "api/v1";
const KEY = "sync-analyzer-api-key";

export class ServiceError extends Error {
  constructor(status, body) {
    super(body?.error ?? `The service answered with status ${status}.`);
    this.status = status;
    this.code = body?.error_code ?? "";
    this.details = body?.details ?? {};
  }
}

const headers = () => {
  const key = sessionStorage.getItem(KEY);
  return key ? { "X-API-Key": key } : {};
};

export const keepKey = (key) => sessionStorage.setItem(KEY, key);
export const hasKey = () => sessionStorage.getItem(KEY) !== null;

async function exchange(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { Accept: "application/json", ...headers(), ...options.headers } });
  } catch {
    throw new ServiceError(0, { error: "The service does not answer. Is it running?", error_code: "UNREACHABLE" });
  }
  const body = await response.json().catch(() => null);
  if (response.status === 401) window.dispatchEvent(new Event("key-needed"));
  if (!response.ok) throw new ServiceError(response.status, body);
  return body;
}

const post = (path, body) =>
  exchange(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export const health = () => exchange("health");
export const submit = (request) => post(`${V1}/analysis/sync`, request);
export const analysis = (id) => exchange(`${V1}/analysis/${encodeURIComponent(id)}`);
export const cancel = (id) => exchange(`${V1}/analysis/${encodeURIComponent(id)}`, { method: "DELETE" });
export const repair = (id) => post(`${V1}/analysis/${encodeURIComponent(id)}/repair`, {});
export const models = () => exchange(`${V1}/ai/models`);
export const openapi = () => exchange("openapi.json");
export const files = (path, page) =>
  exchange(`${V1}/files?${new URLSearchParams({ ...(path ? { path } : {}), page, page_size: 200 })}`);
export const analyses = ({ page = 1, pageSize = 20, status = "" } = {}) =>
  exchange(`${V1}/analysis/?${new URLSearchParams({ page, page_size: pageSize, ...(status ? { status } : {}) })}`);

export const reportUrl = (id, format) => `${V1}/analysis/${encodeURIComponent(id)}/report?format=${format}`;
export const exportUrl = (id, format) => `${V1}/analysis/${encodeURIComponent(id)}/export?format=${format}`;
export const eventsUrl = (id) => `${V1}/analysis/${encodeURIComponent(id)}/events`;

// A link cannot carry a key; where one is needed the file is fetched and handed over.
export async function save(url, name) {
  const response = await fetch(url, { headers: headers() });
  if (!response.ok) throw new ServiceError(response.status, await response.json().catch(() => null));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// XMLHttpRequest, because fetch does not tell how far an upload is.
export function upload(file, onFraction) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${V1}/files/upload`);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => event.lengthComputable && onFraction(event.loaded / event.total);
    request.onerror = () => reject(new ServiceError(0, { error: "The upload was interrupted. Try again." }));
    request.onload = () => {
      let body = null;
      try { body = JSON.parse(request.responseText); } catch { /* not JSON: the status says it */ }
      if (request.status >= 200 && request.status < 300) resolve(body);
      else reject(new ServiceError(request.status, body));
    };
    const form = new FormData();
    form.append("file", file);
    form.append("file_type", file.type.startsWith("video/") ? "video" : "audio");
    request.send(form);
  });
}
