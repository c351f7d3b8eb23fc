"""For slow models and long files: embeds only the windows that matter, and tests lines there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync_analyzer.ai.compare import (
    DUB_SALT,
    MASTER_SALT,
    Comparison,
    nothing,
    summed_up,
)
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.embedding import Embeddings, embed
from sync_analyzer.ai.encoder import Array, Encoder
from sync_analyzer.ai.narrator import Narrator
from sync_analyzer.ai.network import spectral_encoder
from sync_analyzer.dsp.features import retimed
from sync_analyzer.dsp.peaks import parabolic_shift
from sync_analyzer.evidence import Curve, Evidence, Line, Vote
from sync_analyzer.media.track import Track
from sync_analyzer.timebase import dub_time

WHOLE_SECONDS_CPU = 600.0
WHOLE_SECONDS_GPU = 5400.0
"""Master and dub together up to this length are embedded from end to end."""
WINDOWS = 12
WINDOW_SECONDS = 16.0
REACH_SECONDS = 3.0
LINES = 3
VOTE_SCORE = 5.0
GUARD_SECONDS = 0.3

Span = tuple[float, float]


def compared(
    comparison: Comparison,
    master: Track,
    dub: Track,
    encoder: Encoder,
    narrator: Narrator,
    *,
    config: AiConfig,
) -> Evidence:
    """Return the evidence of whole files where they are short enough, else of windows."""
    on_gpu = narrator.run.device.startswith("cuda")
    limit_seconds = WHOLE_SECONDS_GPU if on_gpu else WHOLE_SECONDS_CPU
    if master.duration_seconds + dub.duration_seconds <= limit_seconds:
        return comparison.whole(master, dub, encoder, narrator)
    return Witness(comparison=comparison, encoder=encoder, narrator=narrator).tested(
        master, dub, config=config
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """
    Tests proposed lines with an expensive model, on the windows rich in shared sound.

    The proposals come from the shipped `spectral` network over the whole files. The model
    sees the chosen windows of the master and the dub within `REACH_SECONDS` of where each
    line expects them; the other lags there are the background its scores are measured in.
    """

    comparison: Comparison
    encoder: Encoder
    narrator: Narrator

    def tested(self, master: Track, dub: Track, *, config: AiConfig) -> Evidence:
        """Return votes of the chosen windows, and the lines they speak for."""
        step_seconds = self.encoder.step_samples / self.encoder.sample_rate_hz
        self.narrator.master_begins()
        proposed, salience = self._proposed(master, dub, config)
        lines = sorted(proposed.lines, key=lambda line: -line.score)[:LINES]
        spans = chosen_spans(salience, master, dub, lines)
        if not spans:
            return self._nothing(step_seconds)
        one = self._embedded(master, spans, salt=MASTER_SALT)
        self.narrator.dub_begins()
        two = self._embedded(dub, dub_spans(spans, lines, dub.duration_seconds), salt=DUB_SALT)
        self.narrator.similarity()
        features = self.comparison.features(one, two)
        tests = [
            line_test(*features, line=line, number=number, spans=spans, step_seconds=step_seconds)
            for number, line in enumerate(lines)
        ]
        self.narrator.alignment()
        evidence = self._evidence(tests, spans=spans, step_seconds=step_seconds)
        metadata = {
            **evidence.metadata,
            **summed_up(evidence, *features, step_seconds=step_seconds),
            **self._said(
                windows=one.windows + two.windows,
                embedded_seconds=(one.embedded + two.embedded) * step_seconds,
            ),
        }
        self.narrator.complete()
        return replace(evidence, metadata=metadata)

    def _nothing(self, step_seconds: float) -> Evidence:
        """Return the evidence where no line was proposed, so no window matters."""
        evidence = nothing(self.comparison.detector, resolution_seconds=step_seconds)
        none = np.zeros((0, 1), np.float32)
        measured = summed_up(evidence, none, none, step_seconds=step_seconds)
        self.narrator.complete()
        said = self._said(windows=0, embedded_seconds=0.0)
        return replace(evidence, metadata={**evidence.metadata, **measured, **said})

    def _said(self, *, windows: int, embedded_seconds: float) -> dict[str, Any]:
        return {
            **self.encoder.describe(),
            "mode": "windows that matter",
            "proposed_by": "spectral",
            "total_windows_processed": windows,
            "embedded_seconds": round(embedded_seconds, 3),
        }

    def _proposed(
        self, master: Track, dub: Track, config: AiConfig
    ) -> tuple[Evidence, NDArray[np.float32]]:
        """Return the shipped network's evidence and how much it heard per master frame."""
        before = Narrator(run=self.narrator.preparation())
        search = Comparison(
            detector="spectral", identity=("spectral",), batch_size=1, whitening="none"
        )
        with spectral_encoder(device="cpu", config=config) as encoder:
            found = search.whole(master, dub, encoder, before)
            heard = search.embedded(master, encoder, before, salt=MASTER_SALT)
        return found, np.sqrt(np.sum(heard.frames**2, axis=1))

    def _embedded(self, track: Track, spans: Sequence[Span], *, salt: int) -> Embeddings:
        said = self.narrator.master_window if salt == MASTER_SALT else self.narrator.dub_window
        return embed(
            track.view("mid"),
            self.encoder,
            batch_size=self.comparison.batch_size,
            spans_seconds=spans,
            salt=salt,
            model=self.comparison.detector,
            before_window=said,
        )

    def _evidence(
        self, tests: Sequence[LineTest], *, spans: Sequence[Span], step_seconds: float
    ) -> Evidence:
        best = max(tests, key=lambda test: test.stack_score)
        return Evidence(
            detector=self.comparison.detector,
            resolution_seconds=step_seconds,
            lines=tuple(test.line for test in tests),
            votes=tuple(vote for test in tests for vote in test.votes),
            curve=best.curve,
            metadata={
                "window_size": WINDOW_SECONDS,
                "windows": len(spans),
                "stack_score": round(best.stack_score, 2),
            },
        )


def chosen_spans(
    salience: NDArray[np.float32], master: Track, dub: Track, lines: Sequence[Line]
) -> list[Span]:
    """
    Return windows of the master, spread over it, each the richest of its stretch.

    ``salience`` is how much shared sound the shipped network heard, every 20 ms; each
    window lies inside the dub on at least one of the lines.
    """
    if not lines:
        return []
    step_seconds = master.duration_seconds / max(len(salience), 1)
    width = round(WINDOW_SECONDS / step_seconds)
    starts = np.arange(0, len(salience) - width + 1, max(1, width // 8))
    sums = np.concatenate(([0.0], np.cumsum(salience, dtype=np.float64)))
    heard = sums[starts + width] - sums[starts]
    begins = starts * step_seconds
    useful = np.zeros(len(starts), np.bool_)
    for line in lines:
        there = line.rate * begins - line.offset_seconds
        useful |= (there >= 0) & (there + line.rate * WINDOW_SECONDS <= dub.duration_seconds)
    heard = np.where(useful, heard, -1.0)
    spans: list[Span] = []
    for stretch in np.array_split(np.arange(len(starts)), WINDOWS):
        free = stretch[begins[stretch] >= (spans[-1][1] if spans else 0.0)]
        if len(free) and heard[free].max() > 0:
            begin = float(begins[free[heard[free].argmax()]])
            spans.append((begin, begin + WINDOW_SECONDS))
    return spans


def dub_spans(spans: Sequence[Span], lines: Sequence[Line], duration_seconds: float) -> list[Span]:
    """Return where in the dub the lines expect the windows, with reach; ascending, apart."""
    wanted = []
    for line in lines:
        for begin, end in spans:
            first, last = (
                dub_time(t, rate=line.rate, offset_seconds=line.offset_seconds)
                for t in (begin, end)
            )
            first, last = max(0.0, first - REACH_SECONDS), last + REACH_SECONDS
            if first < duration_seconds and last > 0:
                wanted.append((first, min(last, duration_seconds)))
    merged: list[Span] = []
    for first, last in sorted(wanted):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTest:
    """What the windows say about one line: it corrected, their votes, their stacked curve."""

    line: Line
    votes: tuple[Vote, ...]
    curve: Curve
    stack_score: float


def line_test(
    master: Array,
    dub: Array,
    *,
    line: Line,
    number: int,
    spans: Sequence[Span],
    step_seconds: float,
) -> LineTest:
    """Return the votes of the windows within `REACH_SECONDS` of one line."""
    reach = round(REACH_SECONDS / step_seconds)
    stack = np.zeros(2 * reach + 1)
    votes: list[Vote] = []
    for begin, end in spans:
        curve = _window_curve(master, dub, line, begin, end, step_seconds)
        if curve is None:
            continue
        stack += np.clip(curve, -4.0, 12.0)
        middle = 0.5 * (begin + end)
        expected = middle - dub_time(middle, rate=line.rate, offset_seconds=line.offset_seconds)
        late, score, rival = _peak(curve, step_seconds)
        if score >= VOTE_SCORE:
            votes.append(
                Vote(
                    master_seconds=middle,
                    duration_seconds=end - begin,
                    offset_seconds=expected - (late - reach) * step_seconds,
                    score=score,
                    rival=rival,
                    line=number,
                )
            )
    standard = _standardised(stack, step_seconds)
    late, score, _ = _peak(standard, step_seconds)
    moved = replace(
        line,
        offset_seconds=line.offset_seconds - (late - reach) * step_seconds,
        score=float(np.sqrt(sum(min(vote.score, 15.0) ** 2 for vote in votes))),
    )
    lags = (np.arange(len(stack), dtype=np.float64) - reach) * step_seconds
    curve_of_line = Curve(
        offset_seconds=np.asarray(line.offset_seconds - lags[::-1], np.float64),
        score=standard[::-1].astype(np.float64),
    )
    return LineTest(
        line=moved if score >= VOTE_SCORE else replace(line, score=0.0),
        votes=tuple(votes),
        curve=curve_of_line,
        stack_score=score,
    )


def _window_curve(
    master: Array, dub: Array, line: Line, begin: float, end: float, step_seconds: float
) -> NDArray[np.float64] | None:
    """Return scores over lag (a later dub to the right), in deviations of the background."""
    reach = round(REACH_SECONDS / step_seconds)
    piece = retimed(
        master[round(begin / step_seconds) : round(end / step_seconds)], rate=1 / line.rate
    )
    there = dub_time(begin, rate=line.rate, offset_seconds=line.offset_seconds)
    first = round(there / step_seconds)
    low, high = first - reach, first + len(piece) + reach
    region = np.zeros((high - low, dub.shape[1]), np.float32)
    inside = slice(max(0, low), max(0, min(len(dub), high)))
    region[inside.start - low : inside.stop - low] = dub[inside]
    if not piece.any() or not region.any():
        return None
    size = scipy.fft.next_fast_len(len(region), real=True)
    spectrum = scipy.fft.rfft(region, size, axis=0) * np.conj(scipy.fft.rfft(piece, size, axis=0))
    raw = scipy.fft.irfft(spectrum.sum(axis=1), size)[: len(region) - len(piece) + 1]
    # The region began on a whole frame; bring the curve back to the line itself.
    part = there / step_seconds - first
    lags = np.arange(len(raw), dtype=np.float64)
    raw = np.interp(lags + part, lags, raw)
    return _standardised(raw, step_seconds)


def _standardised(curve: NDArray[np.floating[Any]], step_seconds: float) -> NDArray[np.float64]:
    """Return the curve in deviations of what lies away from its peak."""
    guard = round(GUARD_SECONDS / step_seconds)
    at = int(np.argmax(curve))
    rest = np.delete(curve, np.arange(max(0, at - guard), min(len(curve), at + guard + 1)))
    spread = max(float(np.std(rest)), 1e-9)
    return np.asarray((curve - float(np.mean(rest))) / spread, np.float64)


def _peak(curve: NDArray[np.float64], step_seconds: float) -> tuple[float, float, float]:
    """Return where the peak lies, its height and the highest point away from it."""
    guard = round(GUARD_SECONDS / step_seconds)
    at = int(np.argmax(curve))
    rest = np.delete(curve, np.arange(max(0, at - guard), min(len(curve), at + guard + 1)))
    return at + parabolic_shift(curve, at), float(curve[at]), float(rest.max())
