"""The one table from errors to HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from app.services import errors as service
from sync_analyzer import errors as library

STATUS_BY_ERROR: Mapping[type[Exception], int] = MappingProxyType(
    {
        library.SyncAnalyzerError: HTTPStatus.INTERNAL_SERVER_ERROR,
        library.MediaError: HTTPStatus.UNPROCESSABLE_ENTITY,
        library.MediaNotFound: HTTPStatus.NOT_FOUND,
        library.MediaNotAFile: HTTPStatus.UNPROCESSABLE_ENTITY,
        library.EmptyMedia: HTTPStatus.UNPROCESSABLE_ENTITY,
        library.UndecodableMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        library.NoAudioStream: HTTPStatus.UNPROCESSABLE_ENTITY,
        library.AudioStreamNotFound: HTTPStatus.UNPROCESSABLE_ENTITY,
        library.AudioTooShort: HTTPStatus.UNPROCESSABLE_ENTITY,
        library.OutputExists: HTTPStatus.CONFLICT,
        library.UnknownDetector: HTTPStatus.UNPROCESSABLE_ENTITY,
        library.DetectorUnavailable: HTTPStatus.CONFLICT,
        library.InvalidOption: HTTPStatus.UNPROCESSABLE_ENTITY,
        library.ReportUnavailable: HTTPStatus.CONFLICT,
        library.RepairFailed: HTTPStatus.INTERNAL_SERVER_ERROR,
        library.RepairUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
        service.ServiceError: HTTPStatus.INTERNAL_SERVER_ERROR,
        service.JobNotFound: HTTPStatus.NOT_FOUND,
        service.JobFinished: HTTPStatus.CONFLICT,
        service.JobNotReady: HTTPStatus.CONFLICT,
        service.IllegalMove: HTTPStatus.CONFLICT,
        service.PathNotAllowed: HTTPStatus.FORBIDDEN,
        service.SameFile: HTTPStatus.UNPROCESSABLE_ENTITY,
        service.MethodDisabled: HTTPStatus.FORBIDDEN,
        service.QueueFull: HTTPStatus.SERVICE_UNAVAILABLE,
        service.FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        service.RequestTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        service.NotAFolder: HTTPStatus.NOT_FOUND,
        service.StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
        service.UploadNotFound: HTTPStatus.NOT_FOUND,
        service.UploadRejected: HTTPStatus.UNPROCESSABLE_ENTITY,
        service.UploadOverrun: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        service.UploadConflict: HTTPStatus.CONFLICT,
        service.UploadBusy: HTTPStatus.LOCKED,
        service.UploadChecksumMismatch: 460,  # what the tus protocol asks for
        service.UploadProtocolUnknown: HTTPStatus.PRECONDITION_FAILED,
        service.UploadTypeUnknown: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        service.CallbackNotAllowed: HTTPStatus.FORBIDDEN,
        service.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
        service.HostNotAllowed: HTTPStatus.BAD_REQUEST,
        service.ServerStopping: HTTPStatus.SERVICE_UNAVAILABLE,
        service.NoFreeWorker: HTTPStatus.SERVICE_UNAVAILABLE,
        service.StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
        service.JobFailure: HTTPStatus.INTERNAL_SERVER_ERROR,
        service.WorkerDied: HTTPStatus.INTERNAL_SERVER_ERROR,
        service.JobTimedOut: HTTPStatus.INTERNAL_SERVER_ERROR,
        service.JobTooBig: HTTPStatus.INTERNAL_SERVER_ERROR,
        service.JobInterrupted: HTTPStatus.INTERNAL_SERVER_ERROR,
    }
)
"""Every error of the two packages, each named; a test walks the subclasses."""

CODE_BY_STATUS: Mapping[int, str] = MappingProxyType(
    {
        400: "BAD_REQUEST",
        401: "NOT_AUTHENTICATED",
        403: "FORBIDDEN",
        404: "NOT_FOUND",
        405: "METHOD_NOT_ALLOWED",
        406: "NOT_ACCEPTABLE",
        409: "CONFLICT",
        411: "LENGTH_REQUIRED",
        412: "PRECONDITION_FAILED",
        413: "REQUEST_TOO_LARGE",
        415: "UNSUPPORTED_MEDIA_TYPE",
        416: "RANGE_NOT_SATISFIABLE",
        422: "VALIDATION_ERROR",
        429: "RATE_LIMITED",
        500: "INTERNAL_ERROR",
        503: "SERVICE_UNAVAILABLE",
        507: "STORAGE_FULL",
    }
)
"""Codes of answers that no error class stands behind."""


def code_of(status: int) -> str:
    """Return the code of an answer that no error class stands behind."""
    return CODE_BY_STATUS.get(status, CODE_BY_STATUS[500 if status >= 500 else 400])


def codes_by_status() -> dict[int, list[str]]:
    """Return every ``error_code`` that a response of a status may carry."""
    codes: dict[int, set[str]] = {status: {code} for status, code in CODE_BY_STATUS.items()}
    for error, status in STATUS_BY_ERROR.items():
        codes.setdefault(int(status), set()).add(vars(error)["error_code"])
    return {status: sorted(found) for status, found in codes.items()}


def status_of(error: Exception) -> int:
    """Return the status of an error of either package: its own, or its nearest parent's."""
    for cls in type(error).__mro__:
        if cls in STATUS_BY_ERROR:
            return STATUS_BY_ERROR[cls]
    return HTTPStatus.INTERNAL_SERVER_ERROR
