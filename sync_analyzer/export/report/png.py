"""Writes the report as one picture: verdict, offset over time, waveforms, worst places, rivals."""

from __future__ import annotations

import io
from typing import Any

from sync_analyzer.export.report import figures
from sync_analyzer.export.report.material import Material
from sync_analyzer.export.report.registry import Report

WIDTH_INCHES, HEIGHT_INCHES, DOTS_PER_INCH = 10.0, 12.8, 150


def render(material: Material) -> bytes:
    """Return the PNG file."""
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context(figures.STYLE), figures.missing_glyphs_allowed():
        figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), facecolor="white")
        FigureCanvasAgg(figure)
        _head(figure, material)
        _body(figure, material)
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=DOTS_PER_INCH)
    return file.getvalue()


def _head(figure: Any, material: Material) -> None:
    facts = material.facts
    color = figures.STATUS.get(facts.status, figures.INK)
    figure.text(0.06, 0.975, facts.title, color=figures.SOFT, fontsize=9)
    figure.text(0.06, 0.945, facts.headline, fontsize=18, weight="bold", va="center")
    figure.text(0.94, 0.975, facts.status_text, color=color, fontsize=11, weight="bold", ha="right")
    figure.text(0.06, 0.92, facts.action, fontsize=10, va="center")
    for index, (name, value) in enumerate(facts.key_numbers):
        x, y = 0.06 + index % 3 * 0.31, 0.897 - index // 3 * 0.034
        figure.text(x, y, name, color=figures.SOFT, fontsize=7.5)
        figure.text(x, y - 0.014, value, fontsize=10, weight="bold")


def _body(figure: Any, material: Material) -> None:
    rows = figure.add_gridspec(
        4,
        1,
        left=0.06,
        right=0.975,
        top=0.82,
        bottom=0.045,
        hspace=0.34,
        height_ratios=[3.3, 2.5, 2.3, 1.5],
    )
    charts = rows[0].subgridspec(2, 1, height_ratios=[2.4, 1], hspace=0.22)
    figures.offsets(figure.add_subplot(charts[0]), figure.add_subplot(charts[1]), material)
    _waves(figure, rows[1], material)
    _worst(figure, rows[2], material)
    figures.correlations(figure, rows[3], material)


def _waves(figure: Any, cell: Any, material: Material) -> None:
    sound = material.sound
    if sound.close_up is not None:
        lanes = cell.subgridspec(3, 1, hspace=0.45)
        axes = [figure.add_subplot(lanes[index]) for index in range(3)]
        figures.close_up(axes, sound.close_up, material)
        return
    whole = [("master", sound.master_peaks), ("delivered", sound.dub_peaks)]
    shown = [(lane, peaks) for lane, peaks in whole if peaks is not None]
    if not shown:
        note(figure.add_subplot(cell), "\n".join(sound.missing) or "No waveforms.")
        return
    lanes = cell.subgridspec(len(shown), 1, hspace=0.4)
    for index, (lane, peaks) in enumerate(shown):
        figures.programme_wave(figure.add_subplot(lanes[index]), peaks, material, lane=lane)


def _worst(figure: Any, cell: Any, material: Material) -> None:
    places = material.sound.worst
    if not places:
        note(figure.add_subplot(cell), "No places to compare.")
        return
    grid = cell.subgridspec(2, 3, hspace=0.08, wspace=0.14)
    for column, place in enumerate(places):
        for row, which in enumerate(("master", "corrected")):
            figures.worst_place(figure.add_subplot(grid[row, column]), place, material, which=which)


def note(axes: Any, text: str) -> None:
    """Say something where a picture would have been."""
    axes.axis("off")
    axes.text(0.5, 0.5, text, ha="center", va="center", color=figures.SOFT, wrap=True)


REPORT = Report(
    name="png",
    summary="One picture with the verdict, the charts and the worst places.",
    media_type="image/png",
    suffix=".png",
    render=render,
)
