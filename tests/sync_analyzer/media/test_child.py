"""A decoding process on its own: it answers, it fails quietly, it never outlives its parent."""

import dataclasses
import json
import subprocess

import pytest

from sync_analyzer.media import shared
from sync_analyzer.media.child import Child, ChildFailed, command
from sync_analyzer.media.probe import probe
from sync_analyzer.run import Run


@pytest.fixture
def request_of(workbench):
    """Return a request for the workbench's sound, and descriptors that stay open."""
    descriptors = shared.new_descriptors()
    media = {**dataclasses.asdict(probe(workbench.wav)), "frame_rate": None, "tags": {}}
    yield {
        "media": media,
        "sample_rate_hz": 192_000,
        "progress_label": "Dub",
        "descriptors": descriptors,
    }
    shared.close(descriptors)


def started(request, **options):
    return subprocess.Popen(
        command(request),
        stdout=subprocess.PIPE,
        pass_fds=tuple(request["descriptors"].values()),
        **options,
    )


def test_a_child_answers_with_counts_and_what_was_applied(request_of):
    with started(request_of, stdin=subprocess.PIPE) as child:
        answer = json.loads(child.stdout.read().splitlines()[-1])

    assert answer["counts"] == {"mid": 3 * 192_000, "side": 3 * 192_000}
    assert answer["applied"]["zero"] == "container start"


def test_a_child_whose_parent_is_gone_ends_at_once(request_of):
    with started(request_of, stdin=subprocess.DEVNULL) as child:
        said = child.stdout.read()

    assert child.returncode == 1
    assert b"counts" not in said


def test_a_child_that_fails_says_so(workbench):
    gone = dataclasses.replace(probe(workbench.wav), path="/gone.wav")

    with (
        Child(gone, sample_rate_hz=8_000, progress_label="Dub") as child,
        pytest.raises(ChildFailed),
    ):
        child.track(Run())
