"""What was found, in sentences that can be read in one way only."""

from dataclasses import replace

import pytest

from sync_analyzer.words import said
from tests.sync_analyzer.export.conftest import MAKERS


@pytest.mark.parametrize(
    ("rate", "named", "sentence"),
    [(24 / 25, "24/25", "runs 4.1667 % faster"), (25 / 24, "25/24", "runs 4.0000 % slower")],
)
def test_a_speed_is_said_with_its_direction(rate, named, sentence):
    report = MAKERS["pal"](rate=rate, named_rate=named)

    told = said(report, threshold=0.7, reasons=()).recommendations

    assert any(f"The dub {sentence} than the master" in one for one in told)


@pytest.mark.parametrize(
    ("alone_seconds", "sentence"),
    [
        ((-2.0, -2.01), "2 of 2 methods found this answer (mfcc, onset)."),
        ((-2.0, -7.0), "2 of 2 methods found this answer among theirs; alone, mfcc would have"),
    ],
)
def test_agreement_and_what_methods_say_alone_do_not_contradict(alone_seconds, sentence):
    report = MAKERS["late"]()
    (one,) = report.method_results
    methods = tuple(
        replace(one, method=name, offset_seconds=seconds)
        for name, seconds in zip(("mfcc", "onset"), alone_seconds, strict=True)
    )

    told = said(replace(report, method_results=methods), threshold=0.7, reasons=()).recommendations

    assert any(f"Method agreement 100%: {sentence}" in line for line in told)
