"""What was found, in sentences that can be read in one way only."""

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
