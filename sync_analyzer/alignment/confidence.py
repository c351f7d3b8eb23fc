"""How sure an answer is: what was counted, and the probability that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.alignment.align import Path
from sync_analyzer.alignment.kinship import kinship
from sync_analyzer.alignment.lines import Pair
from sync_analyzer.alignment.segments import Segment

CAP = 0.99
"""No answer is surer than this: 435 answers without an error, on pairs of three seeds that
nobody had looked at, support 3 in 435. Right answers on corpora tuned on are no trials."""
MIN_EVIDENCE = 20.0
MIN_SUPPORT = 0.4
MIN_COVERAGE = 0.5
PART_SUPPORT, PART_COVERAGE, PART_SECONDS = 0.2, 0.85, 60.0
"""A part of the shorter file will do where nearly all that overlaps agrees, for a minute."""
MAX_OPEN = 0.5
MIN_LIKENESS, SURE_LIKENESS = 1.13, 1.26
"""Below the first only a bed is shared; from the second on nothing speaks against a dub."""
MIN_PRESENCE, PRESENCE_STEEPNESS = 0.62, 1.3
"""Unrelated pairs with a bed in common come to 0.54 at most; a tenth more is a sure dub."""
BRIDGE_SECONDS = 90.0
MAX_FREE_SECONDS = 6.0
MIN_SEGMENT_SECONDS = 6.0
"""A shorter stretch may be an edit's neighbour, not a reason to call two files kin."""
MIN_DISTINCT, KIN, KIN_OPEN = 0.15, 0.6, 0.2
"""What fits elsewhere as well needs kinship beside it, all along, to be a match."""
MAX_SIDELOBE = 0.7
SIDELOBE_SAMPLES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """
    What the confidence is made of, each a number anybody can recount.

    evidence: log-likelihood ratio of the chosen path against chance, in nats.
    told_seconds: length of master that the segments account for.
    support: share of the shorter file that the segments account for, 0..1.
    coverage: share of the master heard along the segments' lines, first to last place where
        both files have sound, that the segments account for, 0..1.
    open_share: longest stretch without evidence inside that, as a share of it.
    distinct: share of probed frames that no other line explains nearly as well.
    clarity: 90th percentile of the probes' height on the line, over the highest possible.
    anchors: places that were measured to a fraction of a sample.
    spread_ms: what the anchors leave as residual.
    sidelobe: the correlation's next peak over its highest, near 1 for tones, 0..1.
    kinship: share of what stands out in the side views that is one sound; None without them.
    presence: share of it that stands out in both, whatever its phase; None without them.
    """

    evidence: float
    told_seconds: float
    support: float
    coverage: float
    open_share: float
    distinct: float
    clarity: float
    anchors: int
    spread_ms: float
    kinship: float | None
    presence: float | None
    sidelobe: float

    def to_dict(self) -> dict[str, float | None]:
        """Return the measures by name."""
        return {
            key: None if value is None else round(float(value), 6)
            for key, value in asdict(self).items()
        }

    @property
    def likeness(self) -> float | None:
        """
        `kinship` and three times `clarity` together, or `presence` where that says more.

        They fail on different material: noise hides what is present, wow what is coherent.
        """
        if self.kinship is None or self.presence is None:
            return None
        there = MIN_LIKENESS + PRESENCE_STEEPNESS * (self.presence - MIN_PRESENCE)
        return max(self.kinship + 3.0 * self.clarity, there)


def measure_path(
    pair: Pair,
    segments: Sequence[Segment],
    *,
    path: Path,
) -> Measures:
    """
    Return the measures of a path.

    Args:
        pair: the two files.
        segments: at least one, in order.
        path: what they were made from.
    """
    shorter = min(pair.master_seconds, pair.dub_seconds)
    told = sum(seconds for s in segments if (seconds := _told_seconds(s)) >= MIN_SEGMENT_SECONDS)
    heard, gap = _heard(pair, segments)
    kin = kinship(pair, [piece for segment in segments for piece in segment.pieces])
    return Measures(
        evidence=sum(segment.evidence for segment in segments),
        told_seconds=told,
        support=min(1.0, told / shorter),
        coverage=min(1.0, told / max(heard, told, 1e-9)),
        open_share=gap / max(heard, 1e-9),
        distinct=path.distinct,
        clarity=path.clarity,
        anchors=sum(len(piece.anchors) for s in segments for piece in s.pieces),
        spread_ms=1e3 * _spread(segments),
        sidelobe=_sidelobe(segments),
        kinship=None if kin is None else kin.coherent,
        presence=None if kin is None else kin.present,
    )


def _told_seconds(segment: Segment) -> float:
    """
    Return the seconds a segment accounts for: its pieces and the short gaps at them.

    A sound effect from one library lies in many programmes; what is around it is not told
    by it, so the gaps at both ends together count for no more than the pieces.
    """
    first, last = segment.pieces[0].first_seconds, segment.pieces[-1].last_seconds
    told = last - first
    free = min(MAX_FREE_SECONDS, max(0.0, first - segment.start_seconds))
    free += min(MAX_FREE_SECONDS, max(0.0, segment.end_seconds - last))
    told += min(told, free)
    for before, after in zip(segment.pieces, segment.pieces[1:], strict=False):
        gap = after.first_seconds - before.last_seconds
        if gap > BRIDGE_SECONDS:
            told -= gap
    return told


def _heard(pair: Pair, segments: Sequence[Segment]) -> tuple[float, float]:
    """Return seconds in which both files could be heard together, and the longest open gap."""
    hop = pair.hop_seconds
    first, last = segments[0], segments[-1]
    low = max(0.0, first.line.offset_seconds / first.line.rate)
    high = min(pair.master_seconds, (pair.dub_seconds + last.line.offset_seconds) / last.line.rate)
    times = np.arange(low + hop / 2, high, hop)
    dub_times = times - _on_lines(segments, times)
    both = _is_loud(pair.loud("master"), times, hop) & _is_loud(pair.loud("dub"), dub_times, hop)
    marks = [low]
    for segment in segments:
        for piece in segment.pieces:
            marks += [piece.first_seconds, piece.last_seconds]
    marks.append(high)
    longest = 0.0
    for start, stop in zip(marks[0::2], marks[1::2], strict=False):
        longest = max(longest, float(both[(times >= start) & (times < stop)].sum()) * hop)
    return float(both.sum()) * hop, longest


def _on_lines(segments: Sequence[Segment], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the offset that holds at each of the master's times."""
    starts = [segment.start_seconds for segment in segments[1:]]
    chosen = np.searchsorted(starts, times, side="right")
    rate = np.array([segment.line.rate for segment in segments])[chosen]
    offset = np.array([segment.line.offset_seconds for segment in segments])[chosen]
    return np.asarray(offset + (1.0 - rate) * times, np.float64)


def _is_loud(loud: NDArray[np.bool_], times: NDArray[np.float64], hop: float) -> NDArray[np.bool_]:
    index = np.floor(times / hop).astype(np.int64)
    inside = (index >= 0) & (index < len(loud))
    return np.asarray(inside & loud[np.clip(index, 0, max(len(loud) - 1, 0))], np.bool_)


def _sidelobe(segments: Sequence[Segment]) -> float:
    """Return how high the summed correlation stands away from its peak, over the peak."""
    piece = max((p for s in segments for p in s.pieces), key=lambda one: one.evidence)
    if piece.line.pitch_kept:
        return 0.0
    rows = piece.locked.rows
    curve = np.abs(rows[rows[:, rows.shape[1] // 2] > 0].sum(axis=0))
    middle = rows.shape[1] // 2
    away = np.delete(curve, np.arange(middle - SIDELOBE_SAMPLES, middle + SIDELOBE_SAMPLES + 1))
    return float(min(1.0, away.max(initial=0.0) / max(float(curve[middle]), 1e-9)))


def _spread(segments: Sequence[Segment]) -> float:
    left = []
    for segment in segments:
        for piece in segment.pieces:
            # Anchors are relative to the line before the fit; their scatter is what counts.
            delays = np.array([anchor.delay_seconds for anchor in piece.anchors])
            left += list(delays - np.median(delays)) if len(delays) > 1 else []
    return float(np.sqrt(np.mean(np.square(left)))) if left else 0.0


def is_match(measures: Measures) -> bool:
    """Tell whether the dub is a version of the master, not something that shares a part of it."""
    return (
        measures.evidence >= MIN_EVIDENCE
        and shares_enough(measures)
        and measures.open_share <= MAX_OPEN
        and (measures.likeness is None or measures.likeness >= MIN_LIKENESS)
        and (measures.distinct >= MIN_DISTINCT or is_kin(measures))
        and measures.sidelobe <= MAX_SIDELOBE
    )


def shares_enough(measures: Measures) -> bool:
    """Tell whether enough of the sound is shared: most of a file, or all of a long overlap."""
    most = measures.support >= MIN_SUPPORT and measures.coverage >= MIN_COVERAGE
    overlap = (
        measures.support >= PART_SUPPORT
        and measures.coverage >= PART_COVERAGE
        and measures.told_seconds >= PART_SECONDS
    )
    return most or overlap


def is_kin(measures: Measures) -> bool:
    """Tell whether what fits elsewhere as well belongs here all the same, without a gap."""
    return (measures.kinship or 0.0) >= KIN and measures.open_share <= KIN_OPEN


def refusal(measures: Measures) -> str:
    """Say why what was found is not a match."""
    if measures.sidelobe > MAX_SIDELOBE:
        return "The shared sound is a tone: it fits at many places alike and places nothing."
    if (
        not shares_enough(measures)
        or measures.open_share > MAX_OPEN
        or measures.evidence < MIN_EVIDENCE
    ):
        return (
            f"Only part of the sound is shared: {measures.support:.0%} of the shorter file, "
            f"{measures.coverage:.0%} of what could be compared, with a longest gap of "
            f"{measures.open_share:.0%}. That is too little to call the dub a version of this "
            "master."
        )
    if measures.distinct < MIN_DISTINCT:
        return "The shared sound repeats: it fits at several places alike, and nothing else agrees."
    return (
        "A bed of sound is shared, and what stands out beside it is not "
        f"({measures.kinship or 0.0:.0%} of it): the same track or ambience under another "
        "programme."
    )


def probability(measures: Measures) -> float:
    """Return the probability that the offset is within half a frame (20 ms) of the truth."""
    chance = np.exp(-max(measures.evidence - 14.0, 0.0) / 12.0)
    ambiguous = 0.6 * max(0.0, 1.0 - measures.distinct / MIN_DISTINCT)
    partial = max(0.0, 0.7 - measures.support) + max(0.0, 0.7 - measures.coverage)
    right = (1.0 - chance) * (1.0 - ambiguous) * (1.0 - 0.5 * min(1.0, partial))
    if measures.likeness is not None:
        missing = (SURE_LIKENESS - measures.likeness) / (SURE_LIKENESS - MIN_LIKENESS)
        right *= 1.0 - 0.4 * min(1.0, max(0.0, missing))
    return float(min(CAP, right))


def segment_probability(segment: Segment, whole: float) -> float:
    """Return the probability for one segment: the answer's, lowered where evidence is thin."""
    chance = np.exp(-max(segment.evidence - 14.0, 0.0) / 12.0)
    return float(min(CAP, whole * (1.0 - chance)))
