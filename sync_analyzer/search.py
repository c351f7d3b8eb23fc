"""From two feature sequences to a detector's evidence: windows, votes, and lines through them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.dsp.features import Features, coarser, retimed
from sync_analyzer.dsp.mel import log_mel
from sync_analyzer.dsp.peaks import strongest
from sync_analyzer.dsp.windowed import WindowSearch, search_windows
from sync_analyzer.evidence import Curve, Evidence, Line, Vote
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run
from sync_analyzer.timebase import offset_at

HOP_SECONDS = ((300.0, 0.01), (480.0, 0.02), (4500.0, 0.04), (math.inf, 0.12))
"""Feature frame step by the length of the longer file."""
MANY_WINDOWS = 60
"""Programmes of more windows than this are cut without overlap, then into longer ones."""
SPEEDS = (24 / 25, 25 / 24, 147 / 160, 160 / 147)
"""Speed changes far enough from 1 that windows at the same speed would miss them."""
VOTE_SCORE = 6.0
STACK_SCORE = 7.0
MAX_LINES = 8


def hop_seconds_for(*tracks: Track) -> float:
    """Return the feature frame step: 10 ms, then 20, 40 and 120 ms as files get longer."""
    seconds = max(track.duration_seconds for track in tracks)
    return next(hop for limit, hop in HOP_SECONDS if seconds <= limit)


def feature_evidence(
    master: Track,
    dub: Track,
    run: Run,
    *,
    label: str,
    feature: str,
    window_seconds: float,
    make: Callable[[Features], Features],
) -> Evidence:
    """
    Return the evidence of one kind of feature over the views both tracks have.

    Two detectors that look at the same ``feature`` with the same windows share the work.
    """
    key = ("search", id(master), feature, window_seconds)
    return dub.derive(
        key, lambda: _searched(master, dub, run, label, feature, window_seconds, make)
    )


def _searched(
    master: Track,
    dub: Track,
    run: Run,
    label: str,
    feature: str,
    window_seconds: float,
    make: Callable[[Features], Features],
) -> Evidence:
    hop_seconds = hop_seconds_for(master, dub)
    views = tuple(name for name in ("mid", "side") if name in master.views and name in dub.views)
    run.checkpoint(0.0, f"{label}: master features")
    pictures = _pictures((master, dub), views, hop_seconds)
    of_master = np.concatenate([make(one) for one in pictures[: len(views)]], axis=1)
    run.checkpoint(0.15, f"{label}: dub features")
    of_dub = np.concatenate([make(one) for one in pictures[len(views) :]], axis=1)
    run.part(0.3)
    search = FeatureSearch(
        label=label, detector=feature, window_seconds=window_seconds, hop_seconds=hop_seconds
    )
    return search.evidence(
        of_master,
        of_dub,
        run.part(0.7),
        metadata={"views": list(views), "hop_seconds": hop_seconds},
    )


def _pictures(tracks: Sequence[Track], views: Sequence[str], hop_seconds: float) -> list[Features]:
    """Return each track's log-mel views, the first track's first; no two threads make one twice."""
    jobs = [(track, view) for track in tracks for view in views]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(lambda job: _log_mel(job[0], job[1], hop_seconds), jobs))


def _log_mel(track: Track, view: str, hop_seconds: float) -> Features:
    wave = track.views[view]
    return track.derive(
        ("log_mel", view, hop_seconds),
        lambda: log_mel(
            wave.samples,
            sample_rate_hz=wave.sample_rate_hz,
            hop_samples=round(hop_seconds * wave.sample_rate_hz),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSearch:
    """How one detector looks: its name for people, window length and feature step."""

    label: str
    detector: str
    window_seconds: float
    hop_seconds: float

    def evidence(
        self, master: Features, dub: Features, run: Run, *, metadata: Mapping[str, Any]
    ) -> Evidence:
        """Return votes and lines at the same speed and, if that says little, at others."""
        found = [self._at(master, dub, rate=1.0, run=run.part(0.5))]
        if not _convinced(found[0]):
            found += self._other_speeds(master, dub, run)
        found.sort(key=lambda hypothesis: -hypothesis.strength)
        best = found[0]
        chosen = [h for h in found if h.strength > 0.4 * best.strength]
        lines: list[Line] = []
        votes: list[Vote] = []
        for hypothesis in chosen:
            votes += [replace(v, line=v.line + len(lines)) for v in hypothesis.votes]
            lines += hypothesis.lines
        run.checkpoint(1.0, f"{self.label}: done")
        return Evidence(
            detector=self.detector,
            resolution_seconds=self.hop_seconds,
            lines=tuple(lines),
            votes=tuple(votes),
            curve=best.curve,
            metadata={
                **metadata,
                "window_size": best.window_seconds,
                "windows": best.windows,
                "stack_score": round(best.strength, 2),
            },
        )

    def _other_speeds(self, master: Features, dub: Features, run: Run) -> list[Hypothesis]:
        factor = max(1, round(0.04 / self.hop_seconds))
        rough = replace(self, hop_seconds=self.hop_seconds * factor)
        small = coarser(master, factor=factor), coarser(dub, factor=factor)
        scan = run.part(0.25)
        same = rough._at(*small, rate=1.0, run=scan.part(0.2))
        tried = [(rough._at(*small, rate=r, run=scan.part(0.2)).strength, r) for r in SPEEDS]
        strength, rate = max(tried)
        if strength < STACK_SCORE or strength < 1.25 * same.strength:
            return []
        return [self._at(master, dub, rate=rate, run=run.part(0.25))]

    def _at(self, master: Features, dub: Features, *, rate: float, run: Run) -> Hypothesis:
        played = retimed(dub, rate=rate)
        window = self._window_frames(len(played))
        hop = window if len(played) > MANY_WINDOWS * window else max(1, window // 2)

        def told(done: int, total: int) -> None:
            run.checkpoint(
                done / total, f"{self.label}: dub against master - window {done}/{total}"
            )

        search = search_windows(master, played, window_frames=window, hop_frames=hop, told=told)
        return _hypothesis(search, rate=rate, hop_seconds=self.hop_seconds)

    def _window_frames(self, dub_frames: int) -> int:
        dub_seconds = dub_frames * self.hop_seconds
        seconds = min(self.window_seconds, max(6.0, dub_seconds / 10.0))
        seconds = max(seconds, dub_seconds / (2 * MANY_WINDOWS))
        return max(16, min(dub_frames, round(seconds / self.hop_seconds)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What the windows say at one speed."""

    lines: list[Line]
    votes: list[Vote]
    curve: Curve
    strength: float
    windows: int
    window_seconds: float


def _convinced(hypothesis: Hypothesis) -> bool:
    """Tell whether most windows agree on lines of at least three votes."""
    counts = np.bincount([vote.line for vote in hypothesis.votes], minlength=1)
    agreeing = counts[counts >= 3].sum()
    return bool(agreeing >= 0.5 * hypothesis.windows)


def _hypothesis(search: WindowSearch, *, rate: float, hop_seconds: float) -> Hypothesis:
    half = search.window_frames / 2.0
    starts = search.dub_start_frames
    # Offsets in the played dub are in master time; on the wire they are in dub time.
    at_seconds = (starts[:, None] + half + search.offset_frames) * hop_seconds
    shift = search.offset_frames * hop_seconds
    tracks = _tracks(at_seconds, shift, search.score, reach_seconds=4 * half * hop_seconds)
    stack = search.stack - np.median(search.stack)
    spread = 1.4826 * float(np.median(np.abs(stack))) + 1e-6
    spread = max(spread, 0.5 * float(stack.std()))
    stack /= spread
    where, height = strongest(stack, count=4, guard=round(0.1 / hop_seconds) + 1)
    lines, votes = _lines_and_votes(tracks, rate=rate, window_seconds=2 * half * hop_seconds)
    for index, score in zip(where, height, strict=True):
        offset = (index + search.stack_offset_frames) * hop_seconds
        if score >= STACK_SCORE and not any(
            _near(line, rate, offset, at_seconds) for line in lines
        ):
            lines.append(Line(rate=rate, offset_seconds=rate * offset, score=float(score)))
    return Hypothesis(
        lines=lines[:MAX_LINES],
        votes=[vote for vote in votes if vote.line < MAX_LINES],
        curve=_curve(stack, search.stack_offset_frames, hop_seconds, rate),
        strength=float(height[0]) if len(height) else 0.0,
        windows=len(starts),
        window_seconds=round(2 * half * hop_seconds, 3),
    )


def _near(line: Line, rate: float, offset: float, at_seconds: NDArray[np.float64]) -> bool:
    middle = float(np.median(at_seconds[:, 0]))
    here = offset_at(middle, rate=line.rate, offset_seconds=line.offset_seconds)
    there = offset_at(middle, rate=rate, offset_seconds=rate * offset)
    return abs(here - there) < 0.15


def _tracks(
    at_seconds: NDArray[np.float64],
    shift: NDArray[np.float64],
    score: NDArray[np.float32],
    *,
    reach_seconds: float,
) -> list[NDArray[np.float64]]:
    """Chain votes of neighbouring windows whose shifts a straight slow drift can join.

    Returns:
        arrays of shape ``(n_votes, 4)``: time, shift, score, rival; the heaviest first.
    """
    rows = []
    for window in range(len(score)):
        best = float(score[window, 0])
        for rank in range(score.shape[1]):
            height = float(score[window, rank])
            if height >= max(VOTE_SCORE, 0.5 * best):
                rival = float(score[window, 1]) if rank == 0 else best
                rows.append((at_seconds[window, rank], shift[window, rank], height, rival))
    chains: list[list[tuple[float, float, float, float]]] = []
    for row in sorted(rows):
        for chain in chains:
            last = chain[-1]
            gap = row[0] - last[0]
            if gap <= reach_seconds and abs(row[1] - last[1]) <= 0.03 + 1.3e-3 * gap:
                chain.append(row)
                break
        else:
            chains.append([row])
    heavy = [chain for chain in chains if len(chain) >= 2 or chain[0][2] >= 9.0]
    heavy.sort(key=lambda chain: -sum(min(vote[2], 15.0) for vote in chain))
    return [np.asarray(chain) for chain in heavy[:MAX_LINES]]


def _lines_and_votes(
    tracks: list[NDArray[np.float64]], *, rate: float, window_seconds: float
) -> tuple[list[Line], list[Vote]]:
    lines: list[Line] = []
    votes: list[Vote] = []
    for index, track in enumerate(tracks):
        time, shift, score, rival = track.T
        slope = _slope(time, shift)
        # master = played + shift and played = dub / rate, so dub = rate * (master - shift).
        start = float(np.median(shift - slope * time))
        lines.append(
            Line(
                rate=rate * (1.0 - slope),
                offset_seconds=rate * start,
                score=float(np.sqrt(np.sum(np.minimum(score, 15.0) ** 2))),
            )
        )
        votes += [
            Vote(
                master_seconds=float(t),
                duration_seconds=window_seconds,
                offset_seconds=float(t - rate * (t - s)),
                score=float(z),
                rival=float(r),
                line=index,
            )
            for t, s, z, r in zip(time, shift, score, rival, strict=True)
        ]
    return lines, votes


def _slope(time: NDArray[np.float64], shift: NDArray[np.float64]) -> float:
    """Theil-Sen slope (Sen 1968, doi:10.1080/01621459.1968.10480934); 0 for short tracks."""
    if len(time) < 4 or time[-1] - time[0] < 20.0:
        return 0.0
    first, second = np.triu_indices(len(time), 1)
    run = time[second] - time[first]
    useful = run > 0.25 * (time[-1] - time[0])
    rise = shift[second] - shift[first]
    return float(np.clip(np.median(rise[useful] / run[useful]), -2e-3, 2e-3))


def _curve(
    stack: NDArray[np.float32],
    first_frame: int,
    hop_seconds: float,
    rate: float,
    *,
    limit: int = 2000,
) -> Curve:
    """Thin the stack for people, keeping the highest of each bucket."""
    bucket = max(1, -(-len(stack) // limit))
    count = len(stack) // bucket
    thinned = stack[: count * bucket].reshape(count, bucket)
    where = thinned.argmax(axis=1) + np.arange(count) * bucket
    return Curve(
        offset_seconds=rate * (where + first_frame) * hop_seconds,
        score=stack[where].astype(np.float64),
    )
