"""Pieces of work in threads: their order, what the run hears of them, and how they stop."""

import threading
import time

import pytest

from sync_analyzer.errors import AnalysisCancelled, AudioTooShort
from sync_analyzer.run import Run
from sync_analyzer.side_by_side import side_by_side


def test_results_come_in_the_order_of_the_works_however_long_each_takes():
    met = threading.Barrier(2, timeout=10.0)

    def late(_run):
        met.wait()
        time.sleep(0.05)
        return "late"

    def early(_run):
        met.wait()
        return "early"

    assert side_by_side([late, early, lambda _run: "third"], Run()) == ["late", "early", "third"]


def test_progress_only_rises_and_reaches_the_end_of_the_span():
    heard = []

    def steps(name):
        def work(run):
            for part in range(11):
                run.checkpoint(part / 10, f"{name} {part}")

        return work

    outer = Run(progress=lambda fraction, message: heard.append((fraction, message)))
    side_by_side([steps("a"), steps("b"), steps("c")], outer.part(0.5))
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(0.5)
    assert {message for _, message in heard} == {f"{n} {p}" for n in "abc" for p in range(11)}


def test_the_run_is_never_told_by_two_threads_at_once():
    inside = threading.Lock()

    def slow(_fraction, _message):
        assert inside.acquire(blocking=False), "two threads at once"
        time.sleep(0.001)
        inside.release()

    def work(run):
        for part in range(20):
            run.checkpoint(part / 20, "at work")

    side_by_side([work, work], Run(progress=slow))


def waiting_for_the_word(run):
    """Work until told to stop; a test that fails to tell it fails by its assertion."""
    for _ in range(1000):
        run.checkpoint(0.0, "waiting")
        time.sleep(0.01)
    pytest.fail("never stopped")


def test_an_error_stops_the_others_and_is_the_one_that_is_raised():
    def failing(_run):
        raise AudioTooShort("dub.wav", have_seconds=0.2, need_seconds=1.0)

    with pytest.raises(AudioTooShort):
        side_by_side([waiting_for_the_word, failing], Run())


def test_a_cancelled_run_stops_all_of_them():
    began = time.monotonic()
    run = Run(cancelled=lambda: time.monotonic() - began > 0.1)
    with pytest.raises(AnalysisCancelled):
        side_by_side([waiting_for_the_word, waiting_for_the_word], run)


def test_the_device_is_handed_on():
    assert side_by_side([lambda run: run.device], Run(device="cuda:1")) == ["cuda:1"]
