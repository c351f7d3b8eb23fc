"""
The sign of every export, written out.

A dub that is 2 s late enters 2 s further in; one that is 1.5 s early waits 1.5 s. Derived by
hand from ``dub(t) == master(t + offset_seconds)``; a change here turns corrections around.
"""

import pytest

from sync_analyzer.export.plan import plan_correction
from sync_analyzer.export.registry import export, exports

GOLDEN = {
    ("late", "ffmpeg"): "atrim=start_sample=96000",
    ("early", "ffmpeg"): "adelay=delays=72000S:all=1",
    ("late", "edl"): "10:00:02:00 10:01:02:00 10:00:00:00 10:01:00:00",
    ("early", "edl"): "10:00:00:00 10:00:58:12 10:00:01:12 10:01:00:00",
    ("late", "otio"): '"start_time": { "OTIO_SCHEMA": "RationalTime.1", "rate": 48000.0, '
    '"value": 96000.0 }',
    ("early", "otio"): '"duration": { "OTIO_SCHEMA": "RationalTime.1", "rate": 48000.0, '
    '"value": 72000.0 }',
    ("late", "fcpxml"): 'offset="36000s" duration="60s" ref="r2" name="dub.wav" start="36002s"',
    ("early", "fcpxml"): 'offset="72003/2s" duration="117/2s" ref="r2" name="dub.wav" '
    'start="36000s"',
    ("late", "reaper_csv"): "dub is 2.000 s late,10:00:00.000,10:01:00.000",
    ("early", "reaper_csv"): "dub is 1.500 s early,10:00:01.500,10:01:00.000",
    ("late", "audition_csv"): "0:00.000\t1:00.000\tdecimal\tCue\t10:00:00:00 dub is 2.000 s late",
    ("early", "audition_csv"): "0:01.500\t0:58.500\tdecimal\tCue\t10:00:01:12 dub is 1.500 s early",
    ("late", "srt_shift"): "round((0.000000+(PTS*TB-2.000000)*1/1)/TB)",
    ("early", "srt_shift"): "round((1.500000+(PTS*TB-0.000000)*1/1)/TB)",
}


def test_every_export_has_its_sign_written_out():
    assert {name for _, name in GOLDEN} == set(exports())


@pytest.mark.parametrize(("verdict", "name"), GOLDEN)
def test_the_sign_is_as_written_out(reports, verdict, name):
    text = export(name).render(plan_correction(reports[verdict](frame_rate="24")))

    other = "early" if verdict == "late" else "late"
    assert GOLDEN[verdict, name] in " ".join(text.split()) or GOLDEN[verdict, name] in text
    assert GOLDEN[other, name] not in text
