"""
Make a corpus of pairs with exact truth.

    python -m benchmarks.corpus --out DIR [--seed 1] [--texts first] [--only a,c,g]

Needs ffmpeg (with librubberband) and espeak-ng on PATH; nothing else is used. The same seed
gives the same corpus. ``DIR/MANIFEST.jsonl`` holds one object a pair:

  id, category, subcategory, master, dub (paths relative to DIR), match, notes
  offset_seconds   shift to apply to the dub so that it lines up with the master, at master
                   time 0 (negative: the dub is late); first segment's line when there are several
  rate             dub seconds per master second
  segments         [{master_start, master_end, offset_seconds at master_start}]
  offset_dominant  the same as offset_seconds for the longest segment, when there are several
  and by category: accept_modulo_s, accept_alt, truth_uncertainty_s, master_stream, dub_stream, …

The truth is that of the decoded streams, codec delays measured and included, except in
category k, where it lies on the presentation timeline. ``long`` is made only when asked for.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from benchmarks.corpus.categories import CATEGORIES, ON_DEMAND
from benchmarks.corpus.seeds import Seeds
from benchmarks.corpus.speech import TEXTS, Voices
from benchmarks.corpus.studio import Studio


def main(arguments: list[str] | None = None) -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.corpus")
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--texts", choices=sorted(TEXTS), default="first")
    words.add_argument("--only", default="", help="categories: a,c,g or long")
    chosen = words.parse_args(arguments)
    seeds = Seeds(number=chosen.seed)
    chosen.out.mkdir(parents=True, exist_ok=True)
    studio = Studio(
        folder=chosen.out.resolve(), seeds=seeds, voices=Voices(seeds=seeds, texts=chosen.texts)
    )
    always = [name for name in CATEGORIES if name not in ON_DEMAND]
    for name in [part for part in chosen.only.split(",") if part] or always:
        started = time.monotonic()
        studio.begin(name)
        CATEGORIES[name](studio)
        print(
            f"{name}: {len(studio.entries)} pairs, {time.monotonic() - started:.0f} s", flush=True
        )


if __name__ == "__main__":
    main()
