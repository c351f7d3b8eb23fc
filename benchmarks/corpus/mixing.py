"""A master, and the dubs that other mixers would make of its stems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, gain, gated_level, limit, mono, rms
from benchmarks.corpus.media import Written
from benchmarks.corpus.processing import Process, recolour
from benchmarks.corpus.programme import Programme, dialogue, mix
from benchmarks.corpus.sounds import head
from benchmarks.corpus.speech import LEVEL as SPEECH_LEVEL
from benchmarks.corpus.studio import Studio

DUB_LEVELS_DB = (-18, -23, -27)
VOICE_OVER_LATE_SECONDS = 0.9
DUCK_DB = -9


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """A written master: its stereo mix, its bed alone, and the head before its programme."""

    programme: Programme
    samples: Audio
    bed: Audio
    written: Written
    head_samples: int = 0

    @property
    def seconds(self) -> float:
        """How long the file runs."""
        return len(self.samples) / SR


def make_master(
    studio: Studio,
    name: str,
    programme: Programme,
    *,
    encoding: str = "flac",
    relative_db: float = 4,
    language: str = "en",
    head_seconds: float = 0.0,
    surround: bool = False,
) -> Master:
    """
    Mix and write a master.

    Args:
        studio: where.
        name: folder and file, without suffix.
        programme: what.
        encoding: a key of `media.ENCODINGS`.
        relative_db: level of the speech over the bed.
        language: of the speech.
        head_seconds: tone and 2-pop before the programme.
        surround: write 5.1 (the stereo mix stays the reference).
    """
    speech = dialogue(studio.voices, programme, language, 0, room_seconds=0.3)
    samples, bed = mix(programme, speech, relative_db)
    out = five_point_one(programme, speech, relative_db, -23) if surround else samples
    before = head(head_seconds)
    if head_seconds:
        samples = np.concatenate([before, samples])
        bed = np.concatenate([np.zeros(len(before), np.float32), bed])
        channels = out.shape[1] - before.shape[1]
        out = np.concatenate([np.pad(before, ((0, 0), (0, channels))), out])
    written = studio.write(name, out, encoding)
    return Master(
        programme=programme,
        samples=samples,
        bed=bed,
        written=written,
        head_samples=len(before) if head_seconds else 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DubRecipe:
    """
    How a dub is made: its language, its speech over the bed, and what was done to the bed.

    ``jitter_seconds`` moves every effect (re-performed), ``new_music`` replaces every other
    cue, ``voice_over`` keeps the original underneath, ``process`` works on the bed alone.
    """

    language: str
    relative_db: float
    seed: int
    jitter_seconds: float = 0.0
    new_music: bool = False
    voice_over: bool = False
    process: Process | None = None
    surround: bool = False


def make_dub(studio: Studio, master: Master, recipe: DubRecipe) -> tuple[Audio, Audio]:
    """Return the dub's mix (stereo or 5.1) and its bed in mono, without the master's head."""
    programme, seed = master.programme, recipe.seed
    level_db = DUB_LEVELS_DB[seed % 3]
    speech = dialogue(studio.voices, programme, recipe.language, seed, jitter_seconds=0.08)
    if recipe.voice_over:
        return _voice_over(master, speech, recipe.relative_db)
    own = _remade(studio, programme, recipe)
    bed = remixed_bed(studio, own, seed)
    if recipe.process:
        bed = recipe.process(bed)
    samples, alone = mix(programme, speech, recipe.relative_db, bed, level_db)
    if recipe.surround:
        samples = five_point_one(own, speech, recipe.relative_db, level_db)
    return samples, alone


def remixed_bed(studio: Studio, programme: Programme, seed: int) -> Audio:
    """Return the bed with each stem at another level and the whole recoloured."""
    rng = studio.rng("var", programme.key, seed)
    bed = sum(stem * np.float32(gain(rng.uniform(-3, 3))) for stem in programme.stems.values())
    return recolour(bed, rng)


def _remade(studio: Studio, programme: Programme, recipe: DubRecipe) -> Programme:
    """Return the programme with its effects re-performed and half of its music replaced."""
    if not (recipe.jitter_seconds or recipe.new_music):
        return programme
    rng = studio.rng("bed", programme.key, recipe.seed)
    stems = {name: np.zeros((programme.length, 2), np.float32) for name in programme.stems}
    cues = 0
    for cue in programme.cues:
        start, samples = cue.start_sample, cue.samples
        if cue.stem == "sfx" and recipe.jitter_seconds:
            moved = int(rng.uniform(-recipe.jitter_seconds, recipe.jitter_seconds) * SR)
            start = max(0, start + moved)
            samples = samples * np.float32(gain(rng.uniform(-3, 3)))
        if cue.stem == "music":
            cues += 1
            if recipe.new_music and cues % 2 == 0:
                key = ("repl", programme.key, recipe.seed, cues)
                other = studio.music(key, len(samples) / SR)[: len(samples)]
                samples = np.asarray(other / (rms(other) + 1e-9) * rms(samples), np.float32)
        end = min(programme.length, start + len(samples))
        if end > start:
            stems[cue.stem][start:end] += samples[: end - start]
    return programme.with_stems(**stems)


def _voice_over(master: Master, speech: Audio, relative_db: float) -> tuple[Audio, Audio]:
    """Return the master's own mix, ducked under a voice that starts late."""
    first, length = master.head_samples, master.programme.length
    original = master.samples[first : first + length]
    late = int(VOICE_OVER_LATE_SECONDS * SR)
    voice = np.roll(speech, late)
    voice[:late] = 0
    spoken = uniform_filter1d((np.abs(voice) > 0.003).astype(float), SR // 2) > 0.02
    ducked = uniform_filter1d(np.where(spoken, gain(DUCK_DB), 1.0), SR // 10).astype(np.float32)
    loudness = gated_level(original) * gain(relative_db) / SPEECH_LEVEL * 0.7
    samples = original * ducked[:, None] + (voice * np.float32(loudness))[:, None]
    return limit(samples), mono(master.bed[first : first + length])


def five_point_one(
    programme: Programme, speech: Audio, relative_db: float, level_db: float
) -> Audio:
    """Return L R C LFE Ls Rs: speech in the centre, ambience and some of the music behind."""
    stems = programme.stems
    bed = programme.bed()
    loudness = gated_level(bed) * gain(relative_db) / SPEECH_LEVEL if programme.lines else 0.0
    front = stems["music"] + stems["sfx"]
    back = stems["amb"] + 0.35 * stems["music"][:, ::-1]
    quiet = np.zeros(programme.length, np.float32)
    samples = np.stack(
        [front[:, 0], front[:, 1], speech * loudness, quiet, back[:, 0], back[:, 1]], 1
    )
    scale = gain(level_db) / (gated_level(bed + (speech * loudness * 0.7)[:, None]) + 1e-9)
    return limit(samples * scale)
