"""Checking what a client asks to have analysed, and queueing it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.services.callbacks import check_callback
from app.services.catalogue import AI_METHOD, Catalogue
from app.services.errors import SameFile
from app.services.job import Job, new_id
from app.services.jobs import Jobs
from app.services.paths import MediaPaths
from app.services.probing import Prober
from sync_analyzer.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What a request that leaves a field out gets."""

    sample_rate_hz: int
    window_seconds: float
    confidence_threshold: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisConfig:
    """How to analyse, as the client said it; ``None`` where it did not."""

    methods: tuple[str, ...] | None = None
    enable_ai: bool = False
    ai_model: str | None = None
    sample_rate_hz: int | None = None
    window_seconds: float | None = None
    confidence_threshold: float | None = None
    master_stream: int | None = None
    dub_stream: int | None = None
    tolerance_profile: str = "default"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file by its resolved path, and by the name the client knows it under."""

    path: Path
    name: str

    @classmethod
    def unread(cls, name: str) -> NamedFile:
        """Return a file that will not be read, under the name it was given."""
        return cls(Path(name), name)


class Analyses:
    """The use case behind ``POST /api/v1/analysis/sync``."""

    def __init__(
        self,
        jobs: Jobs,
        paths: MediaPaths,
        prober: Prober,
        catalogue: Catalogue,
        defaults: Defaults,
        *,
        allow_private_callbacks: bool,
    ) -> None:
        self._jobs = jobs
        self._paths = paths
        self._prober = prober
        self._catalogue = catalogue
        self._defaults = defaults
        self._allow_private_callbacks = allow_private_callbacks

    async def start(
        self,
        master_file: str,
        dub_file: str,
        config: AnalysisConfig,
        *,
        callback_url: str | None,
        request_id: str,
    ) -> Job:
        """
        Queue the analysis of one pair and return its job.

        Raises:
            SyncAnalyzerError, ServiceError: why there will be no analysis.
        """
        options = await asyncio.to_thread(self.options, config)
        master, dub = await asyncio.to_thread(self.pair, master_file, dub_file)
        await asyncio.gather(
            self._prober.probe(master.path, stream=options.master_stream),
            self._prober.probe(dub.path, stream=options.dub_stream),
        )
        self.check_callback(callback_url)
        job = new_job(master, dub, options, callback_url=callback_url, request_id=request_id)
        await asyncio.to_thread(self._jobs.submit, [job])
        return job

    def check_callback(self, url: str | None) -> None:
        """
        Pass a callback URL that may be called.

        Raises:
            CallbackNotAllowed: with the reason.
        """
        if url is not None:
            check_callback(url, allow_private=self._allow_private_callbacks)

    def options(self, config: AnalysisConfig) -> Options:
        """
        Return the library's options, every choice checked and every gap filled.

        Raises:
            UnknownDetector, MethodDisabled, DetectorUnavailable: a method cannot be had.
        """
        methods = config.methods or self._catalogue.default_methods()
        wants_ai = config.enable_ai or AI_METHOD in methods
        self._catalogue.check_methods([*methods, AI_METHOD] if wants_ai else methods)
        ai_model = config.ai_model or self._catalogue.default_ai_model()
        if wants_ai or config.ai_model is not None:
            self._catalogue.check_ai_model(ai_model)
        if tuple(methods) == (AI_METHOD,):
            self._catalogue.check_provided(ai_model)
        return Options(
            methods=tuple(methods),
            enable_ai=wants_ai,
            ai_model=ai_model,
            sample_rate_hz=config.sample_rate_hz or self._defaults.sample_rate_hz,
            window_seconds=config.window_seconds or self._defaults.window_seconds,
            confidence_threshold=(
                self._defaults.confidence_threshold
                if config.confidence_threshold is None
                else config.confidence_threshold
            ),
            master_stream=config.master_stream,
            dub_stream=config.dub_stream,
            tolerance_profile=config.tolerance_profile,
        )

    def pair(self, master_file: str, dub_file: str) -> tuple[NamedFile, NamedFile]:
        """
        Return both files, found and allowed.

        Raises:
            PathNotAllowed, MediaError, SameFile: why one of them cannot be used.
        """
        master, dub = self._file(master_file), self._file(dub_file)
        if master.path.samefile(dub.path):
            raise SameFile(dub_file)
        return master, dub

    def _file(self, given: str) -> NamedFile:
        path = self._paths.media_file(given)
        return NamedFile(path, given if Path(given).is_absolute() else str(path))


def new_job(
    master: NamedFile,
    dub: NamedFile,
    options: Options,
    *,
    callback_url: str | None = None,
    request_id: str | None = None,
    batch_id: str | None = None,
) -> Job:
    """Return the waiting job of one pair."""
    plain = dataclasses.asdict(options)
    names = {"master_file": master.name, "dub_file": dub.name}
    return Job(
        id=new_id("analysis"),
        kind="analysis",
        task={
            "master": str(master.path),
            "dub": str(dub.path),
            "names": names,
            "options": plain,
            "wants_device": options.enable_ai,
        },
        request={**names, **plain},
        callback_url=callback_url,
        request_id=request_id,
        batch_id=batch_id,
    )


def options_from(plain: Mapping[str, Any]) -> Options:
    """Return the options that a task carries."""
    return Options(**{**plain, "methods": tuple(plain["methods"])})
