"""Writes the report as one HTML file that needs nothing else: no script, no network."""

from __future__ import annotations

import base64
import html
from collections.abc import Callable, Iterator, Sequence

from sync_analyzer.export.report.around import draw_around
from sync_analyzer.export.report.correlation import curve_of, draw_correlation, said_of_curve
from sync_analyzer.export.report.facts import Facts, amount
from sync_analyzer.export.report.fit import EVIDENCE_NAMES, placed_windows
from sync_analyzer.export.report.material import Material
from sync_analyzer.export.report.page_style import CSS
from sync_analyzer.export.report.raster import png_of
from sync_analyzer.export.report.registry import Report
from sync_analyzer.export.report.rivals import rivals_table
from sync_analyzer.export.report.scatter import draw_offsets
from sync_analyzer.export.report.sound import WorstPlace
from sync_analyzer.export.report.spectrogram import row_of
from sync_analyzer.export.report.table import Table
from sync_analyzer.export.report.waveforms import draw_close_up, draw_programme
from sync_analyzer.export.words import place_text

WIDE, NARROW = 980.0, 400.0
_MARKS = {"pass": "✓", "warn": "!", "fail": "✕", "none": "?"}

escape = html.escape


def render(material: Material) -> bytes:
    """Return the page, UTF-8."""
    facts = material.facts
    title = escape(f"Sync report: {facts.title}")
    body = "".join(_sections(material))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{CSS}</style></head>"
        f"<body><main>{_head(facts)}{body}{_foot(material)}</main></body></html>\n"
    ).encode()


def _head(facts: Facts) -> str:
    numbers = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in facts.key_numbers
    )
    return (
        f'<header><p class="files">{escape(facts.title)}</p>'
        f'<span class="status {facts.status}"><i aria-hidden="true">{_MARKS.get(facts.status, "")}'
        f"</i>{escape(facts.status_text)}</span>"
        f'<h1>{escape(facts.headline)}</h1><p class="action">{escape(facts.action)}</p>'
        f'<dl class="numbers">{numbers}</dl></header>'
    )


def _foot(material: Material) -> str:
    version = material.report.provenance.get("version")
    return f"<footer><p>Sync Analyzer {escape(str(version or ''))}</p></footer>"


def _sections(material: Material) -> Iterator[str]:
    facts = material.facts
    yield _offset_section(material)
    yield _section("Numbers", [_table(facts.places), _table(facts.rates), _table(facts.tolerance)])
    tables = [_table(facts.segments), _table(facts.edits), _table(facts.uncovered)]
    yield _section("Segments, edits and gaps in the evidence", tables)
    yield _waveform_section(material)
    yield _worst_section(material)
    yield _correlation_section(material)
    yield _section("What each method says alone", [_table(facts.methods, title=False)])
    yield _section("Notes", [_list(facts.recommendations), _list(facts.warnings)])
    yield _section(
        "Where this comes from",
        [_table(facts.files, kind="wrap"), _table(facts.provenance, kind="wrap", head=False)],
    )


def _section(title: str, blocks: Sequence[str], *, lead: str = "") -> str:
    filled = [block for block in blocks if block]
    if not filled:
        return ""
    said = f"<p>{escape(lead)}</p>" if lead else ""
    return f"<section><h2>{escape(title)}</h2>{said}{''.join(filled)}</section>"


def _both(draw: Callable[[float], str | None]) -> str:
    """Return one drawing for wide pages and paper, and one for phones."""
    wide, narrow = draw(WIDE), draw(NARROW)
    if wide is None or narrow is None:
        return ""
    return f'<div class="wide keep">{wide}</div><div class="narrow">{narrow}</div>'


def _offset_section(material: Material) -> str:
    report = material.report
    chart = _both(
        lambda width: draw_offsets(
            report, material.programme, master_seconds=material.master_seconds, width=width
        )
    )
    legend = [(f"b{i}", f"evidence {name}") for i, name in enumerate(EVIDENCE_NAMES)]
    if any(one.coarse for one in placed_windows(report)):
        legend.append(("ringed", "ring: a method of coarser resolution"))
    legend += [("bar bf", "fitted segment"), ("box bo", "without evidence")]
    legend.append(("box bt", f"passes under profile {report.tolerance.get('profile', '')}"))
    if not report.match:
        legend = [("box bo", "without evidence")]
    items = "".join(
        f'<li><span class="swatch {kind}"></span>{escape(name)}</li>' for kind, name in legend
    )
    lead = (
        "Each dot is what one window of the programme says, coloured by its evidence in "
        "standard deviations of its own background. Dots off the scale are triangles at the edge."
    )
    return _section(
        "Offset over programme time", [chart, f'<ul class="legend">{items}</ul>'], lead=lead
    )


def _waveform_section(material: Material) -> str:
    sound = material.sound
    blocks = []
    if sound.close_up is not None:
        close_up = sound.close_up
        blocks.append(
            _both(lambda w: draw_close_up(close_up, programme=material.programme, width=w))
        )
    if sound.master_peaks is not None or sound.dub_peaks is not None:
        blocks.append(
            "<h3>Whole programme</h3>"
            + _both(
                lambda w: draw_programme(
                    sound.master_peaks,
                    sound.dub_peaks,
                    plan=material.plan,
                    programme=material.programme,
                    master_seconds=material.master_seconds,
                    width=w,
                )
            )
        )
    blocks.append(_list(sound.missing))
    lead = ""
    if sound.close_up is not None:
        lead = (
            "A close-up where the evidence is strongest. The line marks one event of the master; "
            "in the dub as delivered the dashed line is where it should be, the solid one where "
            "it is, as far as it falls into the picture."
        )
    title = "Waveforms before and after correction" if material.plan else "Waveforms"
    return _section(title, blocks, lead=lead)


def _worst_section(material: Material) -> str:
    figures = [_worst_figure(material, place) for place in material.sound.worst]
    if not figures:
        return ""
    lead = (
        "Master above, dub after correction below, at the windows that lie farthest from the "
        "fit. What both share should stand at the same place; speech differs by nature."
    )
    return _section(
        "Where the fit is worst", [f'<div class="places">{"".join(figures)}</div>'], lead=lead
    )


def _worst_figure(material: Material, place: WorstPlace) -> str:
    residual = place.placed.residual_seconds or 0.0
    window = place.placed.window
    at = place_text(material.programme, window.master_seconds)
    images = "".join(
        f'<div class="spectrum"><img alt="Spectrogram, {name.lower()}" src="{_data_url(levels)}">'
        f"<span>{name}</span>{_frequencies()}</div>"
        for name, levels in (("Master", place.master), ("Dub corrected", place.corrected))
    )
    said = (
        f"{place.duration_seconds:g} s around <b>{escape(at)}</b>: this window says "
        f"<b>{escape(amount(residual, digits=2))}</b> against the fit "
        f"({escape(window.method)}, score {window.score:.1f})."
    )
    return f"<figure>{images}<figcaption>{said}</figcaption></figure>"


def _frequencies() -> str:
    return "".join(
        f'<em style="top:{100 * row_of(hertz):.1f}%">{name}</em>'
        for hertz, name in ((4000.0, "4 kHz"), (1000.0, "1 kHz"), (250.0, "250 Hz"))
    )


def _data_url(levels: object) -> str:
    image = base64.b64encode(png_of(levels)).decode()  # type: ignore[arg-type]
    return f"data:image/png;base64,{image}"


def _correlation_section(material: Material) -> str:
    report = material.report
    if curve_of(report) is None:
        return ""
    whole = _both(lambda width: draw_correlation(report, width=width))
    blocks = [whole, _table(rivals_table(report), title=False)]
    around = material.sound.around
    if around is not None:
        blocks.append(f"<h3>Around the answer</h3><p>{escape(around.said)}</p>")
        blocks.append(_both(lambda width: draw_around(around, width=width)))
    lead = f"{said_of_curve(report)} The highest places elsewhere are numbered; a rival nearly as "
    lead += "high would be doubt."
    return _section("Correlation and its rivals", blocks, lead=lead)


def _list(items: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>" if items else ""


def _table(
    table: Table | None, *, kind: str = "stack", title: bool = True, head: bool = True
) -> str:
    if table is None or not table.rows:
        return ""
    heading = f"<h3>{escape(table.title)}</h3>" if title else ""
    cells = "".join(
        f'<th scope="col"{_align(table, i)}>{escape(name)}</th>'
        for i, name in enumerate(table.columns)
    )
    header = f"<thead><tr>{cells}</tr></thead>" if head and any(table.columns) else ""
    rows = "".join(f"<tr>{_cells(table, row)}</tr>" for row in table.rows)
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'{heading}<div class="scroll"><table class="{kind}">{header}<tbody>{rows}</tbody>'
        f"</table></div>{note}"
    )


def _cells(table: Table, row: Sequence[str]) -> str:
    return "".join(
        f'<td data-name="{escape(table.columns[i], quote=True)}"{_align(table, i)}>'
        f"{escape(text)}</td>"
        for i, text in enumerate(row)
    )


def _align(table: Table, index: int) -> str:
    return ' class="num"' if index in table.numeric else ""


REPORT = Report(
    name="html",
    summary="One self-contained page for screen, phone and paper.",
    media_type="text/html; charset=utf-8",
    suffix=".html",
    render=render,
)
