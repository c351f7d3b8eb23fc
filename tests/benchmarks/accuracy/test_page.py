from pathlib import Path

import pytest

from benchmarks.accuracy import failures, page
from benchmarks.accuracy.confidence import reliability
from benchmarks.accuracy.manifest import Pair
from benchmarks.accuracy.scoring import judge

SEGMENTS = [
    {"master_start": 0.0, "master_end": 20.0, "offset_seconds": 0.5},
    {"master_start": 20.0, "master_end": 60.0, "offset_seconds": 1.5},
]


def judged(name: str, category: str, offset, **truth):
    entry = {"id": name, "category": category, "match": True, "offset_seconds": 0.5, "rate": 1.0}
    entry = {**entry, "segments": SEGMENTS[:1], "notes": "some notes", **truth}
    record = {"offset_seconds": offset, "match": True, "confidence": 0.97, "rate": 1.0}
    return judge(Pair(set_name="s", directory=Path(), truth=entry), record)


@pytest.fixture
def judgements():
    none = {"match": False, "offset_seconds": None, "segments": None}
    return [
        judged("c1", "c", 0.5002),
        judged("c2", "c", 0.503),
        judged("g1", "g", 1.5, segments=SEGMENTS),
        judged("i1", "i", 3.0, **none),
    ]


def test_the_tables_count_by_category(judgements):
    text = page.render(judgements, reliability(judgements))

    assert "| c dubs | 2 | 1/2 | 2/2 | 2/2 |" in text
    assert "| i unrelated | 1 | - | - |" in text
    assert "Confident and wrong (error above 20 ms at 0.95 or more): 1 of 4." in text


def test_the_failures_name_each_pair_that_misses_its_bar(judgements):
    text = failures.page(judgements, title="Failures")

    assert "3 of 4 pairs" in text
    assert "s/c1" not in text
    assert "**s/i1** (i) FALSE MATCH" in text
    assert "**s/c2** (c) error 3.00 ms" in text


def test_a_block_is_replaced_between_its_markers(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("above\n<!-- results -->\nold\n<!-- /results -->\nbelow\n", encoding="utf-8")

    page.replace_block(path, name="results", body="new")

    text = path.read_text(encoding="utf-8")
    assert text == "above\n<!-- results -->\nnew\n<!-- /results -->\nbelow\n"


def test_a_page_without_markers_is_refused(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("nothing here", encoding="utf-8")

    with pytest.raises(ValueError, match="results"):
        page.replace_block(path, name="results", body="new")
