"""Every format of a report, for every verdict, read back by parsers that are not ours."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile as sf
from PIL import Image

from sync_analyzer.errors import InvalidOption
from sync_analyzer.export.report.peaks import peaks_of
from sync_analyzer.export.report.registry import render_report, report_format, report_formats
from sync_analyzer.media.track import Waveform

FORMATS = ["csv", "html", "json", "pdf", "png"]
VERDICTS = ["late", "early", "pal", "drift", "edited", "no_match"]
VOID = {"meta", "img", "br", "line", "path", "circle", "rect", "text"}


class Page(HTMLParser):
    """Collects text and attributes, and checks that tags are closed in order."""

    def __init__(self, markup):
        super().__init__()
        self.texts, self.links, self.open = [], [], []
        self.tags = {}
        self.feed(markup)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.links += [value for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def pair(tmp_path_factory, sound):
    """Return a master of 12 s and a dub that is 0.25 s late, as files."""
    folder = tmp_path_factory.mktemp("pair")
    master = sound(seconds=12)
    dub = np.concatenate([np.zeros(12_000, np.float32), master])
    for name, samples in (("master", master), ("dub", dub)):
        sf.write(folder / f"{name}.wav", samples, 48_000, subtype="PCM_16")
    return folder


def late_pair(reports, pair, **changes):
    return reports["late"](
        master_file=str(pair / "master.wav"),
        dub_file=str(pair / "dub.wav"),
        master_seconds=12.0,
        dub_seconds=12.25,
        segments=((0.0, 12.0, -0.25),),
        **changes,
    )


def page_of(report, **options):
    return Page(render_report(report, format_name="html", **options).decode("utf-8"))


def test_every_format_is_found():
    assert list(report_formats()) == FORMATS


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_page_is_well_formed_and_needs_nothing_else(reports, verdict):
    markup = render_report(reports[verdict](), format_name="html").decode("utf-8")

    page = Page(markup)

    assert all(link.startswith("data:") for link in page.links)
    assert "<script" not in markup
    assert "http" not in re.sub(r"data:[^\"]*", "", markup)
    assert "nan" not in re.findall(r'(?:[xyr]|cx|cy|d|width|height)="([^"]*)"', markup)


def test_a_page_says_what_was_found_in_words_frames_and_labels(reports):
    text = page_of(reports["late"]()).text

    assert "Dub is 2.000 s late" in text
    assert "Move the dub earlier by 2000.0 ms (50.00 frames at 25 fps)." in text
    assert "50.00 late" in text
    assert "10:00:30:00" in text
    assert "a" * 64 in text


def test_nothing_has_no_sign(reports):
    page = page_of(reports["pal"](segments=((0.0, 60.0, -1e-7),)))

    assert "-0.00" not in page.text
    assert "Correct its speed; at master time 0 it is in place." in page.text


def test_a_page_names_the_profile_it_was_judged_by(reports):
    assert "Out of tolerance (profile ebu_r37)" in page_of(reports["late"]()).text


def test_a_page_without_a_match_says_so_and_draws_no_fit(reports):
    markup = render_report(reports["no_match"](), format_name="html").decode("utf-8")

    assert "No match between master and dub" in Page(markup).text
    assert 'class="fit"' not in markup
    assert "tolerated" not in markup.split("</style>")[1]


def test_a_page_shows_a_dot_for_every_window(reports):
    report = reports["edited"]()

    markup = render_report(report, format_name="html").decode("utf-8")

    main_chart = markup.split("<svg", 2)[1]
    assert len(re.findall(r"<(?:circle|path)[^>]*><title>", main_chart)) == len(report.windows)
    assert main_chart.count('class="fit"') == 3


def test_windows_of_coarse_methods_are_rings(reports):
    report = reports["late"]()
    (only,) = report.method_results
    coarse = replace(report, method_results=(replace(only, metadata={"resolution_seconds": 0.08}),))

    chart = render_report(coarse, format_name="html").decode().split("</svg>")[0]

    rings = sum(window.method == "mfcc" for window in report.windows)
    assert len(re.findall(r'class="ring e\d"><title>', chart)) == rings > 0
    assert len(re.findall(r'class="dot e\d"><title>', chart)) == len(report.windows) - rings


def test_a_page_of_files_that_are_gone_says_so(reports):
    text = page_of(reports["late"]()).text

    assert "No waveform of the master: File not found: /media/master.wav" in text


def test_a_page_shows_real_waveforms_and_spectrograms(reports, pair):
    page = page_of(late_pair(reports, pair))

    assert "Waveforms before and after correction" in page.text
    assert "250.0 ms late" in page.text
    assert len(page.links) == 2 * page.text.count("against the fit")


def test_names_in_a_page_cannot_become_markup(reports):
    report = reports["late"](dub_file="/media/<script>alert(1)</script>&.wav")

    markup = render_report(report, format_name="html").decode("utf-8")

    assert "<script" not in markup
    assert "<script>alert(1)</script>&.wav" in Page(markup).text


def test_json_is_the_result_with_its_labels(reports):
    report = reports["edited"]()

    said = json.loads(render_report(report, format_name="json"))

    labels = said.pop("report")
    assert said == report.to_dict()
    assert [piece["dub_start_seconds"] for piece in labels["correction"]] == [
        0.2,
        None,
        20.2,
        36.7,
    ]
    assert labels["correction"][1]["master_start_timecode"] == "10:00:20:00"


def test_csv_has_a_row_for_everything(reports):
    report = reports["edited"]()

    text = render_report(report, format_name="csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    records = [row["record"] for row in rows]
    assert records[:7] == ["answer", "segment", "segment", "segment", "cut", "insert", "uncovered"]
    assert records.count("window") == len(report.windows)
    assert rows[1]["offset_ms"] == "-200.0"
    assert rows[2]["start_timecode"] == "10:00:27:13"


def test_csv_never_starts_a_formula(reports):
    report = reports["edited"]()
    object.__setattr__(report.uncovered[0], "reason", "=1+1")

    text = render_report(report, format_name="csv").decode("utf-8-sig")

    assert "'=1+1" in text


@pytest.mark.parametrize("verdict", ["pal", "edited", "no_match"])
def test_a_picture_is_drawn_without_sound(reports, verdict):
    image = Image.open(io.BytesIO(render_report(reports[verdict](), format_name="png")))

    assert image.size == (1500, 1920)
    assert len(image.convert("L").getcolors()) > 50


def test_a_picture_and_a_document_show_real_sound(reports, pair):
    report = late_pair(reports, pair)

    picture = render_report(report, format_name="png")
    document = render_report(report, format_name="pdf")

    assert len(picture) > 200_000
    assert document.count(b"/Type /Page\n") + document.count(b"/Type /Page ") >= 3


@pytest.mark.parametrize("verdict", ["edited", "no_match"])
def test_a_document_has_pages(reports, verdict):
    document = render_report(reports[verdict](), format_name="pdf")

    assert document.startswith(b"%PDF-1.")
    assert document.rstrip().endswith(b"%%EOF")


def test_names_in_any_script_are_drawn_without_complaint(reports):
    report = reports["late"](dub_file="/media/日本\n$x_1$.wav")

    for name in ("pdf", "html"):
        assert render_report(report, format_name=name)


def test_a_report_is_the_same_each_time(reports, pair):
    report = late_pair(reports, pair)

    for name in ("html", "csv"):
        twice = [render_report(report, format_name=name) for _ in range(2)]
        assert twice[0] == twice[1]


def test_waveforms_are_kept_between_reports(reports, pair, tmp_path):
    report = late_pair(reports, pair)

    first = render_report(report, format_name="html", cache_dir=tmp_path)
    kept = sorted(tmp_path.iterdir())
    second = render_report(report, format_name="html", cache_dir=tmp_path)

    assert len(kept) == 2
    assert first == second


def test_frames_are_counted_as_asked(reports):
    report = reports["late"](frame_rate=None, start_timecode=None)

    assert "59.94 late" in page_of(report, frame_rate="29.97").text


def test_an_unknown_format_is_refused():
    with pytest.raises(InvalidOption, match="html"):
        report_format("docx")


def test_stored_waveforms_outlive_the_files(reports):
    report = reports["late"]()
    wave = Waveform(samples=np.sin(np.arange(9000)).astype(np.float32), sample_rate_hz=150)
    for side in ("master", "dub"):
        report.media[side]["peaks"] = peaks_of(wave).to_dict()

    markup = render_report(report, format_name="html").decode("utf-8")

    assert 'class="wave-master"' in markup
    assert "No waveform" not in markup
    assert "No excerpts: File not found" in markup
