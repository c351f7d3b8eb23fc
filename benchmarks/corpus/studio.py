"""One corpus in the making: its folder, its randomness, its voices, its manifest."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.corpus import media
from benchmarks.corpus.levels import Audio
from benchmarks.corpus.music import music
from benchmarks.corpus.programme import Programme, write_programme
from benchmarks.corpus.seeds import Seeds
from benchmarks.corpus.sounds import Rng
from benchmarks.corpus.speech import Voices

PARTS = ".part_"


@dataclass(slots=True, kw_only=True)
class Studio:
    """Makes the pairs of one category at a time and keeps the manifest as it goes."""

    folder: Path
    seeds: Seeds
    voices: Voices
    part: str = ""
    entries: list[dict[str, Any]] = field(default_factory=list)

    def rng(self, *key: Any) -> Rng:
        """Return the random generator of a key."""
        return self.seeds.rng(*key)

    def music(self, key: Any, seconds: float, **options: Any) -> Audio:
        """Return a piece of music by its key."""
        return music(self.seeds, key, seconds, **options)

    def programme(self, key: Any, seconds: float, style: str = "drama") -> Programme:
        """Return a programme by its key."""
        return write_programme(self.seeds, key, seconds, style)

    def write(
        self,
        name: str,
        samples: Audio,
        encoding: str = "flac",
        extra: Sequence[str] = (),
        *,
        measured: bool = True,
    ) -> media.Written:
        """Write samples as ``name`` (folder and file, no suffix)."""
        return media.write(self.folder / name, samples, encoding, extra, measured=measured)

    def relative(self, path: Path) -> str:
        """Return the path as the manifest names it."""
        return os.path.relpath(path, self.folder)

    def begin(self, part: str) -> None:
        """Start the manifest of one category anew."""
        self.part, self.entries = part, []

    def record(self, **entry: Any) -> None:
        """Add one pair to the manifest, at once."""
        entry.setdefault("subcategory", entry["category"])
        self.entries.append(entry)
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in self.entries)
        (self.folder / f"{PARTS}{self.part}").write_text(lines, encoding="utf-8")
        parts = sorted(self.folder.glob(f"{PARTS}*"))
        manifest = self.folder / "MANIFEST.jsonl"
        scratch = self.folder / f".manifest_{self.part}"
        scratch.write_text("".join(p.read_text(encoding="utf-8") for p in parts), encoding="utf-8")
        scratch.replace(manifest)

    def record_match(self, *, master: Path, dub: Path, offset_seconds: float, **entry: Any) -> None:
        """Add a pair of one segment at equal speed; ``span`` holds its start and end."""
        start, end = entry.pop("span")
        offset = round(offset_seconds, 6)
        segment = {
            "master_start": round(start, 6), "master_end": round(end, 6), "offset_seconds": offset,
        }  # fmt: skip
        self.record(
            master=self.relative(master), dub=self.relative(dub), match=True,
            offset_seconds=offset, rate=1.0, segments=[segment], **entry,
        )  # fmt: skip

    def record_unrelated(self, *, master: Path, dub: Path, **entry: Any) -> None:
        """Add a pair that must not match."""
        self.record(
            master=self.relative(master), dub=self.relative(dub), match=False,
            offset_seconds=None, rate=None, segments=None, **{"category": "i", **entry},
        )  # fmt: skip
