"""i: pairs that must not match, from unrelated programmes to shared stretches and loops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, gain, stereo
from benchmarks.corpus.programme import Programme, dialogue, mix
from benchmarks.corpus.sounds import ambience, applause_loop, head, noise, tone
from benchmarks.corpus.studio import Studio

SECONDS = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """Two programmes with the same sound laid over both, or nothing shared."""

    kind: str
    notes: str
    over_master: Audio | None = None
    over_dub: Audio | None = None
    style: str = "drama"
    shared_at_seconds: float | None = None


def unrelated(studio: Studio) -> None:
    """Make category i."""
    _base(studio)
    cases = [*_strangers(), *_shared_music(studio), *_shared_loops(studio)]
    for index, case in enumerate(cases, start=1):
        _add_shared(studio, index, case)
    _shared_heads(studio)
    _voices(studio)
    _signals(studio)
    _two_jingles(studio)


def _mixed(studio: Studio, programme: Programme, language: str, seed: int = 0) -> Audio:
    samples, _ = mix(programme, dialogue(studio.voices, programme, language, seed), 4)
    return samples


def _write(studio: Studio, name: str, samples: Audio, encoding: str = "flac") -> Path:
    return studio.write(f"i/{name}", samples, encoding, measured=False).path


def _strangers() -> list[_Shared]:
    return [
        _Shared(kind="i_unrelated", notes="unrelated programmes"),
        _Shared(kind="i_unrelated", notes="unrelated programmes, action", style="action"),
        _Shared(kind="i_unrelated", notes="unrelated talk", style="talk"),
    ]


def _shared_music(studio: Studio) -> list[_Shared]:
    theme = studio.music("theme", 20) * np.float32(0.8)
    late = int(7.3 * SR)
    second = np.concatenate([np.zeros((late, 2), np.float32), studio.music("theme2", 15)])
    library = studio.music("library", SECONDS + 8)
    shift = int(studio.rng("i", "hard").uniform(1, 6) * SR)
    levels_db = (-6, -12, -18)
    return [
        _Shared(
            kind="i_theme",
            notes="same 20 s theme at both heads, another episode",
            over_master=theme,
            over_dub=theme,
            shared_at_seconds=0.0,
        ),
        _Shared(
            kind="i_theme",
            notes="same 15 s theme, later in one, another episode",
            over_master=second,
            over_dub=second[late:],
            shared_at_seconds=7.3,
        ),
        *(
            _Shared(
                kind="i_library",
                notes=f"same library track under two programmes, {level_db} dB",
                over_master=library * np.float32(gain(level_db)),
                over_dub=library[shift:] * np.float32(gain(level_db)),
                shared_at_seconds=round(shift / SR, 6),
            )
            for level_db in levels_db
        ),
    ]


def _shared_loops(studio: Studio) -> list[_Shared]:
    wind = np.tile(ambience(studio.rng("iamb"), 8 * SR), (SECONDS // 8 + 3, 1))
    drums = studio.music("drums", 4.3, beats_per_minute=120.0)[: 4 * SR] * np.float32(0.8)
    drums = np.tile(drums, (SECONDS // 4 + 2, 1))
    hands = np.tile(stereo(applause_loop(studio.rng("applause"), 6)), (SECONDS // 6 + 2, 1))
    return [
        _Shared(
            kind="i_ambience",
            notes="same 8 s ambience loop under two programmes",
            over_master=wind * 2,
            over_dub=wind[int(3.1 * SR) :] * 2,
        ),
        _Shared(
            kind="i_ambience",
            notes="same 8 s ambience loop, loud, talk",
            over_master=wind * 5,
            over_dub=wind * 5,
            style="talk",
        ),
        _Shared(
            kind="i_loop",
            notes="identical 4 s drum loop under two programmes",
            over_master=drums,
            over_dub=drums[int(1.37 * SR) :],
        ),
        _Shared(
            kind="i_loop",
            notes="identical 6 s applause loop under two programmes",
            over_master=hands,
            over_dub=hands[int(2.6 * SR) :],
        ),
    ]


def _add_shared(studio: Studio, index: int, case: _Shared) -> None:
    paths = []
    dub_language = ("fr", "de", "en")[index % 3]
    for seed, (letter, language, over) in enumerate(
        (("a", "en", case.over_master), ("b", dub_language, case.over_dub))
    ):
        name = f"ix{index}{letter}"
        programme = studio.programme(name, SECONDS, case.style)
        if over is not None:
            used = min(len(over), programme.length)
            programme.stems["music"][:used] += over[:used]
        encoding = (("flac", "mp3"), ("aac", "flac"))[seed][index % 2]
        paths.append(_write(studio, name, _mixed(studio, programme, language, seed), encoding))
    known = (
        {} if case.shared_at_seconds is None else {"shared_offset_seconds": case.shared_at_seconds}
    )
    studio.record_unrelated(
        id=f"ix{index}", subcategory=case.kind, master=paths[0], dub=paths[1],
        notes=case.notes, **known,
    )  # fmt: skip


def _shared_heads(studio: Studio) -> None:
    for index, seconds in ((13, 24.0), (14, 64.0)):
        paths = []
        for letter, language in (("a", "en"), ("b", "es")):
            name = f"ix{index}{letter}"
            samples = _mixed(studio, studio.programme(name, 60), language)
            paths.append(_write(studio, name, np.concatenate([head(seconds), samples])))
        studio.record_unrelated(
            id=f"ix{index}", subcategory="i_bars", master=paths[0], dub=paths[1],
            notes=f"same {seconds:.0f} s of tone and 2-pop, then different programmes",
            shared_offset_seconds=0.0,
        )  # fmt: skip


def _spoken(
    studio: Studio, language: str, lines: Sequence[int], character: int, gap_seconds: float
) -> Audio:
    gap = np.zeros(int(gap_seconds * SR), np.float32)
    parts = [part for line in lines for part in (studio.voices.say(language, line, character), gap)]
    return stereo(np.concatenate(parts))


def _voices(studio: Studio) -> None:
    def pair(index: int, master: Audio, dub: Audio, notes: str) -> None:
        studio.record_unrelated(
            id=f"ix{index}", subcategory="i_speech", master=_write(studio, f"ix{index}a", master),
            dub=_write(studio, f"ix{index}b", dub, ("flac", "mp3")[index % 2]), notes=notes,
        )  # fmt: skip

    first, second, both = range(12), range(12, 24), range(16)
    pair(
        15,
        _spoken(studio, "en", first, 2, 0.4),
        _spoken(studio, "en", second, 2, 0.4),
        "same speaker, other text",
    )
    pair(
        16, _spoken(studio, "en", both, 0, 0.5), _spoken(studio, "de", both, 1, 0.5),
        "voices only, same text in two languages",
    )  # fmt: skip
    pair(
        17,
        _spoken(studio, "en", both, 0, 0.5),
        _spoken(studio, "en", both, 1, 0.5),
        "voices only, same text, two voices",
    )
    programme = studio.programme("ix18", 60).without("music", "sfx", "amb")
    one, other = (
        stereo(dialogue(studio.voices, programme, language, seed, jitter_seconds=0.08) * 2)
        for language, seed in (("en", 0), ("it", 1))
    )
    pair(18, one, other, "voices only, same timing of lines in two languages")


def _signals(studio: Studio) -> None:
    def pair(index: int, kind: str, master: Audio, dub: Audio, notes: str) -> None:
        studio.record_unrelated(
            id=f"ix{index}", subcategory=kind, master=_write(studio, f"ix{index}a", master),
            dub=_write(studio, f"ix{index}b", dub, ("flac", "mp3")[index % 2]), notes=notes,
        )  # fmt: skip

    def at_tempo(key: str, beats: float) -> Audio:
        return studio.music(key, 60, beats_per_minute=beats)

    def hiss(key: str, *band: float) -> Audio:
        return stereo(noise(studio.rng(key), 40 * SR, *band) * np.float32(0.1))

    length = 40 * SR
    sweep = 0.2 * np.sin(2 * np.pi * np.cumsum(np.linspace(200, 3000, length)) / SR)
    same_tempo = "two pieces at one tempo"
    pair(19, "i_tempo", at_tempo("tempo1", 112.0), at_tempo("tempo2", 112.0), same_tempo)
    shifted = np.roll(at_tempo("tempo4", 96.0), SR // 3, 0)
    pair(20, "i_tempo", at_tempo("tempo3", 96.0), shifted, same_tempo)
    pair(
        21, "i_signal", stereo(tone(1000, 40)), stereo(tone(1000, 40, phase=1.0)),
        "same 1 kHz tone",
    )  # fmt: skip
    pair(22, "i_signal", hiss("n1"), hiss("n2"), "noise of one spectrum")
    silence = stereo(np.zeros(30 * SR))
    pair(23, "i_signal", silence, studio.music("vs", 40), "silence against music")
    pair(24, "i_signal", hiss("n3", 300, 4000), stereo(sweep), "noise against a sweep")


def _two_jingles(studio: Studio) -> None:
    jingle = studio.music("jingle8", 8)[: 8 * SR] * np.float32(0.8)
    one, other = (
        _mixed(studio, studio.programme(key, 70), language)
        for key, language in (("ix25p", "en"), ("ix25q", "fr"))
    )
    for at_master, at_dub in ((10, 25), (40, 55)):
        one[at_master * SR :][: len(jingle)] = jingle
        other[at_dub * SR :][: len(jingle)] = jingle
    studio.record_unrelated(
        id="ix25", subcategory="i_theme", master=_write(studio, "ix25a", one),
        dub=_write(studio, "ix25b", other, "aac"), shared_offset_seconds=-15.0,
        notes="two programmes with the same 8 s jingle twice at one distance",
    )  # fmt: skip


def _base(studio: Studio) -> None:
    first, second = studio.programme("im1", 45), studio.programme("im2", 45, "action")
    master = _write(studio, "im1", _mixed(studio, first, "en"))
    other = _write(studio, "im2", _mixed(studio, second, "fr"))
    length, rng = 30 * SR, studio.rng("i")

    def plain(name: str, samples: NDArray[np.floating]) -> Path:
        return _write(studio, name, stereo(samples))

    silence = plain("silence", np.zeros(length))
    white = [plain(f"white{k}", rng.standard_normal(length) * 0.1) for k in (1, 2)]
    gap = 15000 / SR
    spoken = [
        _write(studio, name, _spoken(studio, "en", lines, 0, gap))
        for name, lines in (("sp1", range(12)), ("sp2", range(12, 24)))
    ]
    cases = (
        (master, other, "different programmes"),
        (master, silence, "digital silence"),
        (white[0], white[1], "independent white noise"),
        (master, plain("tone", tone(440, 30)), "440 Hz tone"),
        (spoken[0], spoken[1], "same speaker, different text"),
        (silence, silence, "silence vs silence"),
    )
    for index, (first_path, second_path, notes) in enumerate(cases, start=1):
        studio.record_unrelated(id=f"i{index}", master=first_path, dub=second_path, notes=notes)
    _one_jingle(studio)


def _one_jingle(studio: Studio) -> None:
    jingle = studio.music("jingle", 10) * np.float32(0.8)
    one, two = (
        _mixed(studio, studio.programme(key, 45), language)
        for key, language in (("ij1", "en"), ("ij2", "es"))
    )
    late = 20 * SR
    studio.record_unrelated(
        id="ij1", subcategory="i_jingle", jingle_offset_seconds=-20.0,
        master=_write(studio, "ij1m", np.concatenate([jingle, one]), "mp3"),
        dub=_write(studio, "ij1d", np.concatenate([two[:late], jingle, two[late:]]), "aac"),
        notes="different episodes sharing a 10 s jingle (0 s in master, 20 s in dub)",
    )  # fmt: skip
