"""Every error the library raises on purpose.

The tree::

    SyncAnalyzerError
    ├── MediaError                   something is wrong with one file
    │   ├── MediaNotFound
    │   ├── MediaNotAFile
    │   ├── EmptyMedia
    │   ├── UndecodableMedia
    │   ├── NoAudioStream
    │   ├── AudioStreamNotFound
    │   ├── AudioTooShort
    │   └── OutputExists
    ├── UnknownDetector
    ├── DetectorUnavailable          a package or weights are missing
    ├── InvalidOption
    ├── ReportUnavailable            the analysis holds nothing to show or apply
    ├── RepairFailed                 the corrected file could not be written
    └── RepairUnavailable            there is no ffmpeg program here to write it with

``AnalysisCancelled`` stands apart: it is not an error, and nothing that survives a
failing detector may swallow it.

Constructors take facts, keep them as attributes and write the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class AnalysisCancelled(BaseException):
    """The analysis was cancelled by its owner."""


class SyncAnalyzerError(Exception):
    """Root of every error this library raises on purpose."""

    error_code = "SYNC_ANALYZER_ERROR"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross a process boundary whole, whatever the subclass constructor takes."""
        return _rebuild, (type(self), self.message, self.details, dict(self.__dict__))


def _rebuild(
    cls: type[SyncAnalyzerError], message: str, details: dict[str, Any], state: dict[str, Any]
) -> SyncAnalyzerError:
    error = cls.__new__(cls)
    Exception.__init__(error, message)
    error.__dict__.update(state, message=message, details=details)
    return error


class MediaError(SyncAnalyzerError):
    """Something is wrong with one media file."""

    error_code = "MEDIA_ERROR"


class MediaNotFound(MediaError):
    """The path names nothing."""

    error_code = "FILE_NOT_FOUND"

    def __init__(self, path: str) -> None:
        super().__init__(f"File not found: {path}", file_path=path)


class MediaNotAFile(MediaError):
    """The path names a directory or a device."""

    error_code = "NOT_A_FILE"

    def __init__(self, path: str) -> None:
        super().__init__(f"Not a file: {path}. Give the path of one media file.", file_path=path)


class EmptyMedia(MediaError):
    """The file holds zero bytes."""

    error_code = "EMPTY_FILE"

    def __init__(self, path: str) -> None:
        super().__init__(f"The file is empty (0 bytes): {path}. Copy it again.", file_path=path)


class UndecodableMedia(MediaError):
    """No decoder makes sense of the file."""

    error_code = "UNDECODABLE_MEDIA"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"Cannot read {path} as audio or video: {reason}. Check that it plays elsewhere.",
            file_path=path,
            reason=reason,
        )


class NoAudioStream(MediaError):
    """The file is readable and holds no audio."""

    error_code = "NO_AUDIO_STREAM"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"No audio stream in {path}. Choose a file that has sound.", file_path=path
        )


class AudioStreamNotFound(MediaError):
    """The chosen audio stream does not exist."""

    error_code = "AUDIO_STREAM_NOT_FOUND"

    def __init__(self, path: str, *, requested_stream: int, stream_count: int) -> None:
        super().__init__(
            f"Audio stream {requested_stream} does not exist in {path}: it has "
            f"{stream_count}, numbered from 0.",
            file_path=path,
            requested_stream=requested_stream,
            stream_count=stream_count,
        )


class AudioTooShort(MediaError):
    """There is too little audio to measure."""

    error_code = "AUDIO_TOO_SHORT"

    def __init__(self, path: str, *, have_seconds: float, need_seconds: float) -> None:
        super().__init__(
            f"{path} holds {have_seconds:.3f} s of audio; at least {need_seconds:g} s are needed.",
            file_path=path,
            have_seconds=round(have_seconds, 6),
            need_seconds=need_seconds,
        )


class OutputExists(MediaError):
    """Writing there would overwrite a file."""

    error_code = "OUTPUT_EXISTS"

    def __init__(self, path: str) -> None:
        super().__init__(f"Refusing to overwrite {path}. Choose another name.", file_path=path)


class UnknownDetector(SyncAnalyzerError):
    """No detector has this name."""

    error_code = "UNKNOWN_METHOD"

    def __init__(self, name: str, *, known: Sequence[str]) -> None:
        super().__init__(
            f"Unknown method {name!r}. Choose from: {', '.join(known)}.",
            method=name,
            known_methods=list(known),
        )


class DetectorUnavailable(SyncAnalyzerError):
    """The detector exists, and a package or its weights are missing here."""

    error_code = "METHOD_UNAVAILABLE"

    def __init__(self, name: str, *, reason: str, command: str) -> None:
        super().__init__(
            f"{name} is not available: {reason}. To provide it: {command}",
            method=name,
            reason=reason,
            command=command,
        )


class InvalidOption(SyncAnalyzerError):
    """An option has a value that makes no sense."""

    error_code = "INVALID_OPTION"

    def __init__(self, name: str, *, value: Any, expected: str) -> None:
        super().__init__(
            f"{name} = {value!r} is not valid: {expected}.",
            option=name,
            value=value,
            expected=expected,
        )


class ReportUnavailable(SyncAnalyzerError):
    """The analysis holds nothing of this kind to show or apply."""

    error_code = "REPORT_UNAVAILABLE"


class RepairFailed(SyncAnalyzerError):
    """The corrected file could not be written; nothing was left behind."""

    error_code = "REPAIR_FAILED"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"The corrected file {path} could not be written: {reason}.",
            file_path=path,
            reason=reason,
        )


class RepairUnavailable(SyncAnalyzerError):
    """There is no ffmpeg program here, and this corrected file cannot be written without."""

    error_code = "REPAIR_UNAVAILABLE"

    def __init__(self) -> None:
        command = "pip install -r requirements-repair.txt"
        super().__init__(
            "A repair of anything but a plain WAV file, or with its pitch kept, needs the ffmpeg "
            "program, and neither the imageio-ffmpeg package nor an ffmpeg on the PATH is here. "
            f"To provide it: {command}",
            command=command,
        )
