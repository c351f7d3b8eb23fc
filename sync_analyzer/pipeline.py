"""`analyze`: the whole road from two files to one `SyncReport`, on one screen."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sync_analyzer import registry
from sync_analyzer.alignment.align import align
from sync_analyzer.alignment.alone import answer
from sync_analyzer.alignment.lines import pair_of
from sync_analyzer.assemble import Heard, found_in, report_of
from sync_analyzer.errors import AudioTooShort, DetectorUnavailable, InvalidOption
from sync_analyzer.media.decode import decode
from sync_analyzer.media.hash import content_hash
from sync_analyzer.media.pair import decode_pair
from sync_analyzer.media.probe import probe
from sync_analyzer.media.track import Track
from sync_analyzer.options import DEFAULT_METHODS, Options
from sync_analyzer.report import MethodFailure, SyncReport
from sync_analyzer.run import Run
from sync_analyzer.side_by_side import side_by_side

__all__ = ["ANALYSIS_RATE_HZ", "DEFAULT_METHODS", "Options", "analyze", "analyze_to_dict"]

ANALYSIS_RATE_HZ = 8000
MIN_SECONDS = 1.0


def decode_master(master_path: str, *, options: Options, run: Run | None = None) -> Track:
    """
    Return the master decoded, for several dubs of it to be analysed against.

    Raises:
        MediaError: as `analyze`.
    """
    media = probe(master_path, stream=options.master_stream)
    return decode(media, sample_rate_hz=ANALYSIS_RATE_HZ, run=run)


def analyze(
    master_path: str,
    dub_path: str,
    *,
    options: Options,
    run: Run | None = None,
    master_track: Track | None = None,
) -> SyncReport:
    """
    Return where the dub lies against the master, with everything that says so.

    Args:
        master_path: the original programme.
        dub_path: the dub of it.
        options: what to do; see `Options`.
        run: progress, cancellation and device.
        master_track: the master as `decode_master` gave it with the same options; the
            answer is the same to the last bit, only sooner.

    Raises:
        MediaError: a file is missing, unreadable, silent of streams or too short.
        UnknownDetector: a method or model of the options does not exist.
        DetectorUnavailable: the only method asked for is missing a package or weights.
        InvalidOption: an option makes no sense.
        AnalysisCancelled: the run was cancelled.
    """
    run = run or Run()
    detectors = _detectors(options)
    master, dub = _decoded(master_path, dub_path, options, run.part(0.5), master_track)
    _long_enough(master)
    _long_enough(dub)
    with ThreadPoolExecutor(max_workers=1) as aside:
        hashes = aside.map(content_hash, (master.media.path, dub.media.path))
        heard, failures = _heard(master, dub, detectors, run.part(0.35))
        pair = pair_of(master, dub)
        path = align([one.evidence for one in heard], pair, run.part(0.14))
        content = dict(zip(("master", "dub"), hashes, strict=True))
    report = report_of(
        found_in(pair, path),
        pair=pair,
        master=master,
        dub=dub,
        heard=heard,
        failures=failures,
        options=options,
        ai_result=_ai_result(heard, options),
        content_hashes=content,
    )
    run.checkpoint(1.0, "Analysis complete")
    return report


def analyze_to_dict(
    master_path: str, dub_path: str, *, options: Options, run: Run | None = None
) -> dict[str, Any]:
    """Return `analyze` as plain JSON types."""
    return analyze(master_path, dub_path, options=options, run=run).to_dict()


def _decoded(
    master_path: str, dub_path: str, options: Options, run: Run, master_track: Track | None
) -> tuple[Track, Track]:
    dub_media = probe(dub_path, stream=options.dub_stream)
    if master_track is not None:
        dub = decode(dub_media, sample_rate_hz=ANALYSIS_RATE_HZ, run=run, progress_label="Dub")
        return master_track, dub
    master_media = probe(master_path, stream=options.master_stream)
    return decode_pair(master_media, dub_media, sample_rate_hz=ANALYSIS_RATE_HZ, run=run)


def _detectors(options: Options) -> dict[str, registry.Detector]:
    """Return the detectors the options ask for, in a fixed order, ``ai`` last."""
    wanted = [name for name in options.methods if name != "ai"]
    found: dict[str, registry.Detector] = {
        name: registry.method(name)(window_seconds=options.window_seconds)
        for name in sorted(set(wanted))
    }
    if options.enable_ai or "ai" in options.methods:
        found["ai"] = registry.ai_model(options.ai_model)()
    if not found:
        raise InvalidOption("methods", value=list(options.methods), expected="at least one method")
    return found


def _heard(
    master: Track, dub: Track, detectors: dict[str, registry.Detector], run: Run
) -> tuple[list[Heard], list[MethodFailure]]:
    """Run the classical methods side by side, then the AI one, which fills a machine itself."""

    def listened(name: str, run: Run) -> Heard | MethodFailure:
        started = time.perf_counter()
        try:
            evidence = detectors[name].detect(master, dub, run)
        except DetectorUnavailable as error:
            if len(detectors) == 1:
                raise
            return MethodFailure(method=name, error_code=error.error_code, error=error.message)
        seconds = time.perf_counter() - started
        return Heard(method=name, evidence=evidence, alone=answer(evidence), seconds=seconds)

    works = {name: partial(listened, name) for name in detectors}
    last = works.pop("ai", None)
    share = 1.0 / len(detectors)
    said = side_by_side(list(works.values()), run.part(share * len(works)))
    if last is not None:
        said.append(last(run.part(share)))
    heard = [one for one in said if isinstance(one, Heard)]
    return heard, [one for one in said if isinstance(one, MethodFailure)]


def _long_enough(track: Track) -> None:
    if track.duration_seconds < MIN_SECONDS:
        raise AudioTooShort(
            track.media.path, have_seconds=track.duration_seconds, need_seconds=MIN_SECONDS
        )


def _ai_result(heard: list[Heard], options: Options) -> dict[str, Any] | None:
    for one in heard:
        if one.method == "ai":
            said = one.evidence.metadata
            offset = one.alone.offset_seconds
            return {
                "model": options.ai_model,
                "embedding_similarity": said.get("embedding_similarity"),
                "temporal_consistency": said.get("temporal_consistency"),
                "model_confidence": said.get("model_confidence", round(one.alone.confidence, 4)),
                "processing_time": round(one.seconds, 3),
                "model_metadata": {
                    **said,
                    "offset_seconds": None if offset is None else round(offset, 6),
                    "offset_samples": (
                        None if offset is None else round(offset * options.sample_rate_hz)
                    ),
                },
            }
    return None
