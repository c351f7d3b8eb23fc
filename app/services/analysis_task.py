"""The task of the kind ``analysis``: one pair through the library, in a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.analyses import options_from
from app.services.cache_key import file_state, options_key
from app.services.result_cache import ResultCache
from app.services.track_cache import TrackCache, forget_tracks
from app.services.worker import TaskResult, WorkerConfig
from sync_analyzer.errors import MediaNotFound
from sync_analyzer.media.track import Track
from sync_analyzer.pipeline import Options, analyze, decode_master
from sync_analyzer.run import Run

MASTER_SHARE = 0.25
"""The part of the work that decoding the master on its own is, for the progress bar."""


def run(task: Mapping[str, Any], run: Run, config: WorkerConfig) -> TaskResult:
    """Return where the dub lies against the master, from the cache where it is known."""
    options = options_from(task["options"])
    if not config.enable_caching:
        master = task["master"]
        track = _master_track(master, options, config, run) if task.get("share_master") else None
        result = _analysed(master, task["dub"], options, run, track)
        return TaskResult(result=_named(result, task["names"]))
    cache = ResultCache(config.cache_dir, ttl_seconds=config.cache_ttl_seconds)
    key = options_key(task["options"], config.ai_environment)
    master, dub = _with_state(task["master"]), _with_state(task["dub"])
    run.checkpoint(0.0, "Looking for an earlier result")
    found = cache.find(master[0], dub[0], options_key=key)
    if found is not None:
        return TaskResult(result=_named(found, task["names"]), cached=True)
    shared = bool(task.get("share_master")) or cache.was_seen(master[0])
    track = _master_track(master[0], options, config, run) if shared else None
    result = _analysed(master[0], dub[0], options, run, track)
    cache.keep(result, master=master, dub=dub, options_key=key)
    return TaskResult(result=_named(result, task["names"]))


def _analysed(
    master: str, dub: str, options: Options, run: Run, track: Track | None
) -> dict[str, Any]:
    if track is None:
        forget_tracks()
    report = analyze(master, dub, options=options, run=run.part(1.0), master_track=track)
    return report.to_dict()


def _master_track(master: str, options: Options, config: WorkerConfig, run: Run) -> Track:
    tracks = TrackCache(config.cache_dir)
    return tracks.track(
        master,
        stream=options.master_stream,
        decode=lambda part: decode_master(master, options=options, run=part),
        run=run.part(MASTER_SHARE),
    )


def _with_state(path: str) -> tuple[str, tuple[int, ...]]:
    try:
        return path, file_state(path)
    except OSError:  # it was there when the job was accepted
        raise MediaNotFound(path) from None


def _named(result: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return the result under the names that this client used for the files."""
    media = {
        role: {**facts, "path": names[f"{role}_file"]} for role, facts in result["media"].items()
    }
    return {**result, **names, "media": media}
