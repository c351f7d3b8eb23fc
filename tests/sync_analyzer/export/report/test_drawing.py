"""Charts put things where they belong."""

import io
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from sync_analyzer.export.report.correlation import (
    Summit,
    curve_of,
    draw_correlation,
    label_levels,
    summits,
)
from sync_analyzer.export.report.fit import placed_windows, worst_places
from sync_analyzer.export.report.raster import palette, png_of
from sync_analyzer.export.report.spectrogram import ROWS, row_of, spectrogram
from sync_analyzer.export.report.svg import Drawing, Scale, round_ticks, tick_text
from sync_analyzer.export.report.timeaxis import time_ticks
from sync_analyzer.report import Window
from sync_analyzer.timecode import FrameClock, ProgrammeClock


def test_a_scale_maps_ends_to_ends_and_holds_outliers():
    scale = Scale(low=-1.0, high=3.0, first_px=100.0, last_px=20.0)

    assert [scale(-1.0), scale(1.0), scale(3.0)] == [100.0, 60.0, 20.0]
    assert scale.inside(9.0) == 20.0


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 10.0, [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]),
        (-0.204, -0.196, [-0.204, -0.202, -0.2, -0.198, -0.196]),
        (3.0, 3.0, [3.0]),
    ],
)
def test_ticks_are_round(low, high, ticks):
    assert round_ticks(low, high, at_most=5) == pytest.approx(ticks)


def test_tick_texts_have_the_decimals_they_need():
    assert [tick_text(v, [0.0, 0.5]) for v in (-0.5, 0.0, 1.5)] == ["−0.5", "0.0", "1.5"]
    assert tick_text(-200.0, [-200.0, 0.0]) == "−200"


def test_text_and_attributes_are_escaped():
    drawing = Drawing(width=10, height=10, label='a "b" <c>')
    drawing.text((0, 0), "<b>&", class_='x" y="')

    markup = drawing.markup()

    assert "&lt;b&gt;&amp;" in markup
    assert "&quot;b&quot; &lt;c&gt;" in markup
    assert 'class="x&quot; y=&quot;"' in markup


def test_time_ticks_are_round_labels_on_the_start_label():
    clock = FrameClock.named("23.976")
    programme = ProgrammeClock(clock=clock, start_frame=clock.frame("00:59:50:00"))

    ticks = time_ticks(programme, end_seconds=40.0, at_most=5)

    assert [tick.text for tick in ticks] == ["00:59:50", "01:00:00", "01:00:10", "01:00:20"]
    assert ticks[1].seconds == pytest.approx(10.01)


def test_time_ticks_survive_dropped_labels_and_midnight():
    clock = FrameClock.named("29.97df")
    programme = ProgrammeClock(clock=clock, start_frame=clock.frame("23:59:00;02"))

    ticks = time_ticks(programme, end_seconds=130.0, at_most=3)

    assert [tick.text for tick in ticks] == ["23:59:00", "00:00:00", "00:01:00"]
    assert ticks[1].seconds == pytest.approx(60.0, abs=0.1)


def test_worst_places_are_far_from_the_fit_and_apart(reports):
    report = reports["late"]()
    windows = list(report.windows)
    for index, residual in ((5, 0.02), (6, 0.019), (20, -0.01)):
        old = windows[index]
        windows[index] = Window(
            master_seconds=old.master_seconds,
            offset_seconds=-2.0 + residual,
            score=20.0,
            method="correlation",
        )
    object.__setattr__(report, "windows", tuple(windows))

    worst = worst_places(report, count=3)

    assert worst[0].residual_seconds == pytest.approx(0.02)
    assert worst[1].residual_seconds == pytest.approx(-0.01)
    times = [place.window.master_seconds for place in worst]
    assert min(abs(a - b) for a in times for b in times if a != b) >= 10


def test_a_window_that_straddles_an_edit_counts_for_the_side_it_heard(reports):
    report = reports["edited"]()
    report.provenance["options"] = {"window_seconds": 10.0}
    late = Window(master_seconds=19.0, offset_seconds=-0.2, score=9.0, method="mfcc")
    across = Window(master_seconds=40.5, offset_seconds=7.3, score=9.0, method="mfcc")
    object.__setattr__(report, "windows", (late, across))

    assert [p.residual_seconds for p in placed_windows(report)] == pytest.approx([0.0, 0.0])


def test_summits_tell_the_answer_from_other_segments_and_rivals(reports):
    report = reports["edited"]()

    found = summits(report, curve_of(report))

    assert [summit.kind for summit in found] == ["answer", "segment", "segment", *["rival"] * 3]
    assert found[0].offset_seconds == pytest.approx(-0.2, abs=0.03)
    apart = [abs(a.offset_seconds - b.offset_seconds) for a in found for b in found if a is not b]
    assert min(apart) > 0.2


@pytest.mark.parametrize(
    ("heights", "levels"),
    [((9, 5, 5, 5), [0, 0, 1, 0]), ((90, 29, 18, 10), [0, 0, 0, 0]), ((9, 6, 5, 4), [0, 0, 2, 0])],
    ids=["equal: stacked", "far apart: each at its place", "lower: raised above"],
)
def test_numbers_of_rivals_that_stand_close_stay_readable(heights, levels):
    found = [
        Summit(kind=kind, offset_seconds=at, score=float(score))
        for (kind, at), score in zip(
            (("answer", 0.0), ("rival", 0.3), ("rival", 0.9), ("rival", 9.0)), heights, strict=True
        )
    ]

    assert label_levels(found, apart_seconds=1.0, apart_score=2.0) == levels


def test_the_answer_stands_where_it_was_found_however_coarse_the_curve(reports):
    report = reports["late"](segments=((0.0, 60.0, -2.456),))
    coarse = {"offset_seconds": [-10.0, -2.64, 5.0], "score": [1.0, 9.0, 2.0]}

    found = summits(replace(report, curve=coarse), curve_of(replace(report, curve=coarse)))

    assert (found[0].offset_seconds, found[0].score) == (-2.456, 9.0)
    assert "dub is 2.456 s late" in draw_correlation(replace(report, curve=coarse), width=400.0)


def test_a_tone_stands_at_its_frequency():
    tone = np.sin(2 * np.pi * 1000 * np.arange(32_000) / 16_000).astype(np.float32)

    levels = spectrogram(tone)

    brightest = levels.mean(axis=1).argmax() / ROWS
    assert brightest == pytest.approx(row_of(1000.0), abs=0.02)
    assert not spectrogram(np.zeros(32_000, np.float32)).any()


def test_a_click_stands_at_its_time():
    samples = np.zeros(64_000, np.float32)
    samples[48_000] = 1.0

    levels = spectrogram(samples)

    assert levels.mean(axis=0).argmax() / levels.shape[1] == pytest.approx(0.75, abs=0.02)


def test_a_picture_reads_back_in_its_palette():
    levels = np.array([[0.0, 1.0], [0.5, 0.25]])

    image = Image.open(io.BytesIO(png_of(levels))).convert("RGB")

    colors = palette()
    assert image.getpixel((1, 0)) == tuple(colors[255])
    assert image.getpixel((0, 1)) == tuple(colors[128])


def test_no_coordinate_is_written_in_exponents():
    drawing = Drawing(width=10, height=10, label="")
    drawing.path([(1e-9, 1e9), (0.125, 2.0)])

    assert not re.search(r"\de[-+]", drawing.markup())
