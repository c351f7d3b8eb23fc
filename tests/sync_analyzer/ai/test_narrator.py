import pytest

from sync_analyzer.ai.narrator import Narrator
from sync_analyzer.errors import AnalysisCancelled
from sync_analyzer.run import Run


def told(act):
    heard = []
    act(Narrator(run=Run(progress=lambda fraction, words: heard.append((fraction, words)))))
    return heard


def test_the_words_are_those_of_the_wire_contract():
    def act(narrator):
        narrator.master_begins()
        narrator.master_window(10, 45)
        narrator.dub_begins()
        narrator.dub_window(30, 45)
        narrator.similarity()
        narrator.alignment()
        narrator.complete()

    assert [words for _, words in told(act)] == [
        "AI Analysis: Starting master audio processing... (5%)",
        "AI Analysis: Master embeddings - Processing window 10/45 (25%)",
        "AI Analysis: Processing dub audio... (40%)",
        "AI Analysis: Dub embeddings - Processing window 30/45 (67%)",
        "AI Analysis: Computing similarity matrix... (75%)",
        "AI Analysis: Finding optimal alignment... (90%)",
        "AI Analysis: Complete! (100%)",
    ]


def test_what_the_search_reports_goes_on_in_the_same_words():
    heard = told(lambda narrator: narrator.similarity().checkpoint(0.5, "windows compared"))

    assert heard[-1][1] == "AI Analysis: Computing similarity matrix... (82%)"


def test_the_look_for_windows_that_matter_fills_the_time_before_the_first():
    heard = told(lambda narrator: narrator.preparation().checkpoint(0.5, "anything"))

    assert heard[-1][1] == "AI Analysis: Starting master audio processing... (13%)"


@pytest.mark.parametrize("count", [1, 2, 45, 2000])
def test_progress_never_goes_back(count):
    def act(narrator):
        narrator.master_begins()
        narrator.preparation().checkpoint(1.0, "anything")
        for number in range(1, count + 1):
            narrator.master_window(number, count)
        narrator.dub_begins()
        for number in range(1, count + 1):
            narrator.dub_window(number, count)
        narrator.similarity().checkpoint(1.0, "anything")
        narrator.alignment()
        narrator.complete()

    fractions = [fraction for fraction, _ in told(act)]
    assert fractions == sorted(fractions)


def test_a_cancelled_run_stops_at_the_next_window():
    narrator = Narrator(run=Run(cancelled=lambda: True))

    with pytest.raises(AnalysisCancelled):
        narrator.master_window(1, 2)
