"""The ``correlation`` method: the waveforms themselves, to a fraction of a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sync_analyzer.alignment.candidates import confirm_modes, ranked_lines
from sync_analyzer.alignment.fit import anchors_of
from sync_analyzer.alignment.lines import Pair, pair_of
from sync_analyzer.alignment.path import path_of
from sync_analyzer.alignment.worth import covered_frames, may_add, open_frames
from sync_analyzer.detector import DetectorSpec
from sync_analyzer.dsp.features import spectral_contrast
from sync_analyzer.dsp.peaks import strongest
from sync_analyzer.dsp.phat import phat_correlation
from sync_analyzer.evidence import Curve, Evidence, Line, Vote
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run
from sync_analyzer.search import feature_evidence

WHOLE_FILE_SECONDS = 300.0
PEAK_SCORE = 9.0
CLEAR_SCORE = 30.0
FRAMES_EACH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """
    Correlate whitened waveforms: everywhere at once, then frame by frame along what fits.

    Short files are compared whole at every lag; longer ones where coarse windows point.
    """

    spec: ClassVar[DetectorSpec] = DetectorSpec(
        name="correlation",
        summary="Whitened cross-correlation of the waveforms, to a fraction of a sample.",
    )

    window_seconds: float = 30.0

    def detect(self, master: Track, dub: Track, run: Run) -> Evidence:
        """Return votes of groups of frames along every line the waveform confirms."""
        pair = pair_of(master, dub)
        if max(master.duration_seconds, dub.duration_seconds) <= WHOLE_FILE_SECONDS:
            run.checkpoint(0.0, "Correlation: whole files at every lag")
            proposals, whole_curve = _whole_file(pair)
            curve: Curve | None = whole_curve
            coarse: list[tuple[Line, list[Vote]]] = [(line, []) for line in proposals]
            whole = run.part(0.5)
            if not coarse or coarse[0][0].score < CLEAR_SCORE:
                coarse += ranked_lines([self._coarse(master, dub, whole)])
        else:
            evidence = self._coarse(master, dub, run.part(0.5))
            coarse, curve = ranked_lines([evidence]), evidence.curve
        confirming = run.part(0.5)
        covered = covered_frames(pair)
        for done, (line, votes) in enumerate(coarse):
            confirming.checkpoint(
                done / len(coarse), f"Correlation: waveform of line {done + 1}/{len(coarse)}"
            )
            if may_add(pair, line, votes, covered=covered):
                confirm_modes(pair, line, votes, still_open=open_frames(covered))
                covered = covered_frames(pair)
        return _evidence(pair, curve)

    def _coarse(self, master: Track, dub: Track, run: Run) -> Evidence:
        return feature_evidence(
            master,
            dub,
            run,
            label="Correlation",
            feature="spectral_contrast",
            window_seconds=self.window_seconds,
            make=spectral_contrast,
        )


def _whole_file(pair: Pair) -> tuple[list[Line], Curve]:
    """Return the lines of the highest peaks over all lags, same speed, and the curve."""
    curves, first_offset = phat_correlation(
        pair.master, pair.dub, sample_rate_hz=pair.sample_rate_hz
    )
    size = np.abs(curves).max(axis=0)
    where, height = strongest(size, count=8, guard=round(0.004 * pair.sample_rate_hz))
    lines = [
        Line(
            rate=1.0,
            offset_seconds=float(at + first_offset) / pair.sample_rate_hz,
            score=float(score),
        )
        for at, score in zip(where, height, strict=True)
        if score >= PEAK_SCORE
    ]
    bucket = max(1, len(size) // 2000)
    count = len(size) // bucket
    tops = size[: count * bucket].reshape(count, bucket)
    at = tops.argmax(axis=1) + np.arange(count) * bucket
    return lines, Curve(
        offset_seconds=(at + first_offset) / pair.sample_rate_hz,
        score=size[at].astype(np.float64),
    )


def _evidence(pair: Pair, curve: Curve | None) -> Evidence:
    confirmed = pair.confirmed
    votes = []
    weight = [0.0] * len(confirmed)
    for stretch in path_of(pair):
        locked = confirmed[stretch.line]
        weight[stretch.line] += stretch.evidence
        for anchor in anchors_of(pair, locked, stretch, frames_each=FRAMES_EACH):
            scale = 1.0 if locked.line.pitch_kept else locked.line.rate
            at = anchor.master_seconds
            votes.append(
                Vote(
                    master_seconds=at,
                    duration_seconds=FRAMES_EACH * pair.hop_seconds,
                    offset_seconds=locked.line.offset_seconds
                    + (1.0 - locked.line.rate) * at
                    - scale * anchor.delay_seconds,
                    score=anchor.score,
                    rival=0.0,
                    line=stretch.line,
                )
            )
    lines = tuple(
        Line(
            rate=locked.line.rate,
            offset_seconds=locked.line.offset_seconds,
            score=weight[index],
            pitch_kept=locked.line.pitch_kept,
        )
        for index, locked in enumerate(confirmed)
    )
    return Evidence(
        detector="correlation",
        resolution_seconds=0.1 / pair.sample_rate_hz,
        lines=lines,
        votes=tuple(votes),
        curve=curve,
        metadata={"views": list(pair.names), "sample_rate_hz": pair.sample_rate_hz},
    )


DETECTOR = Correlation
