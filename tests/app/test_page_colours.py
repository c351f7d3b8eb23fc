"""The page's colours can be read, in the light and in the dark."""

import re

import pytest
from repository import read


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [":root {", ':root[data-theme="dark"] {'], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink", "card"), ("soft", "card"), ("soft", "paper"), ("accent", "card"),
        ("accent-ink", "accent"), ("good", "good-soft"), ("warn", "warn-soft"),
        ("bad", "bad-soft"), ("none", "none-soft"), ("accent", "accent-soft"), ("soft", "sunk"),
    ],
)  # fmt: skip
def test_text_stands_out_from_its_ground(scheme, ink, paper):
    """At least 4.5 to 1, as WCAG 2.2 asks for text."""
    block = read("app/static/css/base.css").partition(scheme)[2].partition("}")[0]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))

    assert contrast(colours[ink], colours[paper]) >= 4.5
