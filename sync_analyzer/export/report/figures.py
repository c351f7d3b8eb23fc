"""Draws the report's pictures on matplotlib axes, for PNG and PDF."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.export.plan import sorted_segments
from sync_analyzer.export.report.correlation import answer_of, curve_of, label_levels, summits
from sync_analyzer.export.report.facts import amount
from sync_analyzer.export.report.fit import EVIDENCE_NAMES, Placed, offset_of, placed_windows
from sync_analyzer.export.report.material import Material
from sync_analyzer.export.report.peaks import Peaks
from sync_analyzer.export.report.raster import palette
from sync_analyzer.export.report.scatter import residual_reach, shown_span
from sync_analyzer.export.report.sound import CloseUp, WorstPlace
from sync_analyzer.export.report.spectrogram import row_of
from sync_analyzer.export.report.timeaxis import time_ticks
from sync_analyzer.export.report.waveforms import columns_of
from sync_analyzer.export.words import place_text

INK, SOFT, LINE, GRID = "#1b1f24", "#5b636d", "#c9cdcb", "#eceeec"
EVIDENCE = ("#c3cad3", "#8fb0cf", "#3f7fb5", "#123f6b")
FIT, EDIT, OPEN, TOLERATED = "#d1480f", "#b3261e", "#8a8f98", "#1d7a4c"
MASTER, BEFORE, AFTER = "#41505f", "#a85a1a", "#1d7a4c"
STATUS = {"pass": "#1d7a4c", "warn": "#9a6700", "fail": "#b3261e", "none": "#5b636d"}

STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": SOFT,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.linewidth": 0.8,
    "grid.color": GRID,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "path.simplify": True,
    "pdf.fonttype": 42,
    "text.parse_math": False,
}

Axes = Any


@contextmanager
def missing_glyphs_allowed() -> Iterator[None]:
    """Let names in scripts that the font lacks come out as boxes, without a word."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def offsets(main: Axes, strip: Axes, material: Material) -> None:
    """Draw windows and fit on ``main``, their distance on ``strip``; both share time."""
    report = material.report
    placed = placed_windows(report)
    low, high = shown_span(report, placed)
    unit, name = (1.0, "s") if high - low > 3.0 else (1000.0, "ms")
    if report.match:
        _tolerated(main, material, unit=unit)
    for segment in sorted_segments(report):
        ends = np.array([segment.master_start_seconds, segment.master_end_seconds])
        main.plot(ends, [offset_of(segment, t) * unit for t in ends], color=FIT, lw=1.6, zorder=3)
    values = [one.window.offset_seconds for one in placed]
    _dots(main, placed, np.clip(values, low, high) * unit, size=9)
    main.set_ylim(low * unit, high * unit)
    _entitle(main, f"Dub early ↑   late ↓   ({name})")
    reach = residual_reach(placed) * 1000
    inside = [one for one in placed if one.residual_seconds is not None]
    distances = [1000 * (one.residual_seconds or 0.0) for one in inside]
    _dots(strip, inside, np.clip(distances, -reach, reach), size=6)
    strip.set_ylim(-reach, reach)
    _entitle(strip, "Distance from the fit (ms)")
    for axes in (main, strip):
        axes.axhline(0, color=SOFT, lw=0.6, alpha=0.6)
        _open_and_edits(axes, material)
        programme_axis(axes, material)
    _name_edits(main, material)
    _legend(main, material)
    main.tick_params(labelbottom=False)
    if not placed:
        said = "No window of the programme found evidence."
        main.text(0.5, 0.58, said, transform=main.transAxes, ha="center", color=SOFT)


def _dots(axes: Axes, placed: Sequence[Placed], values: NDArray[np.float64], *, size: int) -> None:
    """Draw windows coloured by evidence: full dots, and rings for coarse methods."""
    at = np.array([one.window.master_seconds for one in placed])
    colors = np.array([EVIDENCE[one.evidence] for one in placed])
    coarse = np.array([one.coarse for one in placed], bool)
    axes.scatter(at[coarse], values[coarse], c="none", s=size - 1, lw=0.6, ec=colors[coarse])
    fine = ~coarse
    axes.scatter(at[fine], values[fine], c=colors[fine], s=size, lw=0.3, ec="white", zorder=4)


def _entitle(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", fontsize=7.5, color=SOFT, weight="bold")


def _legend(axes: Axes, material: Material) -> None:
    """Say what colours mean, above the picture at the right."""
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    open_patch = Patch(color=OPEN, alpha=0.3, lw=0, label="without evidence")
    handles: list[Any] = [open_patch]
    if material.report.match:
        profile = material.report.tolerance.get("profile", "")
        handles = [
            *(
                Line2D([], [], ls="", marker="o", ms=3.5, color=color, label=name)
                for color, name in zip(EVIDENCE, EVIDENCE_NAMES, strict=True)
            ),
            Line2D(
                [], [], ls="", marker="o", ms=3.5, mfc="none", color=EVIDENCE[3], label="coarse"
            ),
            Line2D([], [], color=FIT, lw=1.6, label="fit"),
            open_patch,
            Patch(color=TOLERATED, alpha=0.25, lw=0, label=f"passes ({profile})"),
        ]
    axes.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1.0, 0.99),
        ncols=len(handles),
        frameon=False,
        fontsize=6,
        labelcolor=SOFT,
        handletextpad=0.3,
        handlelength=1.1,
        columnspacing=0.9,
        borderpad=0.1,
    )


def _tolerated(axes: Axes, material: Material, *, unit: float) -> None:
    limits = material.report.tolerance
    early, late = limits.get("early_pass_ms"), limits.get("late_pass_ms")
    if early is not None and late is not None:
        span = (-late / 1000 * unit, early / 1000 * unit)
        axes.axhspan(*span, color=TOLERATED, alpha=0.09, lw=0)


def _open_and_edits(axes: Axes, material: Material) -> None:
    for gap in material.report.uncovered:
        ends = (gap.master_start_seconds, gap.master_end_seconds)
        axes.axvspan(*ends, color=OPEN, alpha=0.17, lw=0)
    for edit in material.report.edits:
        axes.axvline(edit.master_seconds, color=EDIT, lw=0.8, ls=(0, (4, 3)))


def _name_edits(axes: Axes, material: Material) -> None:
    for edit in material.report.edits:
        sign = "−" if edit.kind == "cut" else "+"
        axes.annotate(
            f"{sign}{edit.duration_seconds:.3g} s",
            (edit.master_seconds, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(3, -9),
            textcoords="offset points",
            color=EDIT,
            fontsize=7,
            weight="bold",
        )


def programme_axis(axes: Axes, material: Material, *, at_most: int = 8) -> None:
    """Label the time axis with the programme's timecode."""
    end = material.master_seconds
    ticks = time_ticks(material.programme, end_seconds=end, at_most=at_most)
    axes.set_xticks([tick.seconds for tick in ticks], [tick.text for tick in ticks])
    axes.set_xlim(0, end)


def correlation(axes: Axes, material: Material) -> bool:
    """Draw the correlation with answer and rivals; False where the report holds none."""
    curve = curve_of(material.report)
    if curve is None:
        axes.axis("off")
        return False
    x, y = curve
    axes.fill_between(x, y, 0, color=EVIDENCE[2], alpha=0.14, lw=0)
    axes.plot(x, y, color=EVIDENCE[2], lw=0.8)
    answer = answer_of(material.report)
    if answer is not None:
        axes.axvline(answer, color=FIT, lw=1.2)
    number = 0
    found = summits(material.report, curve)
    floor, top = min(0.0, float(np.percentile(y, 1))), 1.1 * float(y.max())
    apart_score = 0.13 * (top - floor)
    levels = label_levels(found, apart_seconds=0.02 * float(x[-1] - x[0]), apart_score=apart_score)
    for summit, level in zip(found, levels, strict=True):
        rival = summit.kind == "rival"
        number += rival
        if summit.kind == "answer":
            continue
        place = (summit.offset_seconds, summit.score)
        axes.plot(*place, "o", mfc="none", mec=SOFT if rival else FIT, ms=5)
        if rival:
            axes.annotate(
                str(number),
                (place[0], place[1] + level * apart_score),
                xytext=(0, 5),
                textcoords="offset points",
                ha="center",
                fontsize=7,
            )
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(floor, top)
    axes.set_xlabel("dub late ←   offset (s)   → dub early", fontsize=7.5)
    said = "" if answer is None else f"; answer: dub is {amount(answer)}"
    _entitle(axes, f"Correlation and its rivals{said}")
    return True


def correlations(figure: Any, cell: Any, material: Material) -> None:
    """Draw the correlation over all offsets, and beside it, where known, around the answer."""
    around = material.sound.around
    if around is None:
        correlation(figure.add_subplot(cell), material)
        return
    parts = cell.subgridspec(1, 2, width_ratios=[2.3, 1], wspace=0.13)
    correlation(figure.add_subplot(parts[0]), material)
    axes = figure.add_subplot(parts[1])
    at = 1000 * around.distance_seconds
    axes.fill_between(at, around.score, 0, color=EVIDENCE[2], alpha=0.14, lw=0)
    axes.plot(at, around.score, color=EVIDENCE[2], lw=0.8)
    axes.axvline(0, color=FIT, lw=0.8, zorder=1)
    axes.set_xlim(at[0], at[-1])
    axes.set_ylim(0, 1.1 * float(around.score.max()))
    axes.set_xlabel("late ←   distance (ms)   → early", fontsize=7.5)
    _entitle(axes, "Around the answer, corrected")


def programme_wave(axes: Axes, peaks: Peaks, material: Material, *, lane: str) -> None:
    """Draw one lane of the whole programme: ``master``, ``delivered`` or ``corrected``."""
    at = np.linspace(0, material.master_seconds, 1400)
    wanted = at
    if lane == "corrected" and material.plan is not None:
        wanted = material.plan.dub_times(at)
    low, high = peaks.at(wanted)
    axes.fill_between(at, low, high, color=_COLORS[lane], lw=0)
    _lane(axes, lane, loudest=max(1e-6, float(np.abs(peaks.low).max()), float(peaks.high.max())))
    axes.set_xlim(0, material.master_seconds)


def close_up(axes_of_lanes: list[Axes], shown: CloseUp, material: Material) -> None:
    """Draw the close-up in three lanes: master, dub as delivered, dub corrected."""
    end = shown.duration_seconds * 1000
    event = (shown.event_seconds - shown.start_seconds) * 1000
    found = (shown.event_in_dub_seconds - shown.start_seconds) * 1000
    lanes = {"master": shown.master, "delivered": shown.delivered, "corrected": shown.corrected}
    dub_peak = max(float(np.abs(lanes[name]).max()) for name in ("delivered", "corrected"))
    for axes, (name, samples) in zip(axes_of_lanes, lanes.items(), strict=True):
        low, high = columns_of(samples, columns=1400)
        axes.fill_between(np.linspace(0, end, len(low)), low, high, color=_COLORS[name], lw=0.3)
        loudest = float(np.abs(samples).max()) if name == "master" else dub_peak
        _lane(axes, name, loudest=max(1e-6, loudest))
        axes.set_xlim(0, end)
        ghost = name == "delivered"
        axes.axvline(event, color=INK, lw=1, ls=":" if ghost else "-", alpha=0.6 if ghost else 1)
    middle = axes_of_lanes[1]
    if 0 <= found <= end:
        middle.axvline(found, color=INK, lw=1)
    shift = shown.event_seconds - shown.event_in_dub_seconds
    _entitle(middle, f"Dub as delivered: {amount(shift)}")
    axes_of_lanes[-1].tick_params(labelbottom=True)
    axes_of_lanes[-1].set_xlabel(
        f"ms after {place_text(material.programme, shown.start_seconds)}", fontsize=7.5
    )


_COLORS = {"master": MASTER, "delivered": BEFORE, "corrected": AFTER}
_NAMES = {"master": "Master", "delivered": "Dub as delivered", "corrected": "Dub corrected"}


def _lane(axes: Axes, name: str, *, loudest: float) -> None:
    axes.set_ylim(-loudest, loudest)
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.tick_params(labelbottom=False, length=0)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_title(_NAMES[name], loc="left", fontsize=7.5, color=SOFT, weight="bold", pad=2)


def worst_place(axes: Axes, place: WorstPlace, material: Material, *, which: str) -> None:
    """Draw one spectrogram of a worst place: ``master`` or ``corrected``."""
    from matplotlib.colors import ListedColormap  # noqa: PLC0415

    levels = place.master if which == "master" else place.corrected
    colors = ListedColormap(palette() / 255.0)
    extent = (0, place.duration_seconds, 1, 0)
    axes.imshow(levels, aspect="auto", cmap=colors, vmin=0, vmax=1, extent=extent)
    axes.grid(visible=False)
    hertz = ((4000.0, "4k"), (1000.0, "1k"), (250.0, "250"))
    axes.set_yticks([row_of(one) for one, _ in hertz], [name for _, name in hertz], fontsize=6)
    axes.set_xticks([])
    axes.tick_params(length=2)
    if which == "master":
        residual = amount(place.placed.residual_seconds or 0.0, digits=2)
        at = place_text(material.programme, place.placed.window.master_seconds)
        said = f"{place.duration_seconds:g} s around {at}\n{residual} against the fit"
        axes.set_title(said, fontsize=7, color=SOFT)
    axes.text(
        0.02,
        0.96,
        "Master" if which == "master" else "Dub corrected",
        transform=axes.transAxes,
        va="top",
        fontsize=6.5,
        color="white",
        weight="bold",
    )
