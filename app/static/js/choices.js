// What a request may choose from, read from the service's own description of itself.

import { models, openapi } from "./api.js";

const SAYS = {
  correlation: "Waveform correlation: sample-accurate.",
  mfcc: "Timbre over time, to about 10 ms.",
  onset: "When sounds begin, to about 10 ms.",
  spectral: "The spectrum's changes, to about 10 ms.",
};

const PROFILES = {
  default: "Default (100 ms)",
  ebu_r37: "EBU R 37",
  atsc_is191: "ATSC IS-191",
  netflix: "Netflix",
  dpp: "DPP",
  film_half_frame: "Film, half a frame",
  itu_bt1359: "ITU-R BT.1359",
};

const enumOf = (schema, schemas) => {
  const one = schema?.$ref ? schemas[schema.$ref.split("/").pop()] : schema;
  for (const option of [one, ...(one?.anyOf ?? []), ...(one?.allOf ?? [])]) {
    const found = option?.enum ?? option?.items?.enum ?? (option?.$ref ? enumOf(option, schemas) : null);
    if (found?.length) return found;
  }
  return [];
};

export async function choices() {
  const [description, ai] = await Promise.all([
    openapi().catch(() => null),
    models().then((body) => body.models, () => []),
  ]);
  const schemas = description?.components?.schemas ?? {};
  const fields = schemas.SyncRequest?.properties ?? {};
  const methods = enumOf(fields.methods, schemas).filter((name) => name !== "ai");
  const profiles = enumOf(fields.tolerance_profile, schemas);
  return {
    methods: (methods.length ? methods : Object.keys(SAYS)).map((name) => ({ name, says: SAYS[name] ?? "" })),
    profiles: (profiles.length ? profiles : ["default"]).map((name) => ({ name, says: PROFILES[name] ?? name })),
    models: ai,
  };
}
