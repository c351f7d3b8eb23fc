"""Every error the service raises on purpose, beside those of the library.

The tree::

    ServiceError
    ├── JobNotFound
    ├── JobFinished                  the job can no longer be cancelled
    ├── JobNotReady                  its result is not there yet
    ├── IllegalMove                  a job cannot go from this state to that one
    ├── PathNotAllowed               outside MOUNT_PATH and UPLOAD_DIR
    ├── SameFile                     master and dub are one file
    ├── MethodDisabled
    ├── QueueFull
    ├── FileTooLarge
    ├── NotAFolder
    ├── StorageFull
    ├── UploadNotFound
    ├── UploadRejected               not a form, or not a media file
    ├── UploadOverrun                more bytes came than a resumable upload announced
    ├── UploadConflict               a resumable upload does not stand where the client thinks
    ├── UploadBusy                   another request writes to it
    ├── UploadChecksumMismatch
    ├── UploadProtocolUnknown
    ├── UploadTypeUnknown
    ├── CallbackNotAllowed
    ├── RequestTooLarge
    ├── NotAuthenticated
    ├── HostNotAllowed
    ├── ServerStopping               and does not wait for this request
    ├── NoFreeWorker
    ├── StoreUnavailable             the journal cannot be read or written now
    └── JobFailure                   how a job ended that could not say so itself
        ├── WorkerDied
        ├── JobTimedOut
        ├── JobTooBig
        └── JobInterrupted

No status codes here: `app.core.errors` holds the one table.
"""

from __future__ import annotations

from typing import Any


class ServiceError(Exception):
    """Root of every error the service raises on purpose."""

    error_code = "SERVICE_ERROR"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class JobNotFound(ServiceError):
    """No job has this id (never had, or it was forgotten)."""

    error_code = "ANALYSIS_NOT_FOUND"

    def __init__(self, job_id: str) -> None:
        super().__init__(f"No analysis or batch has the id {job_id}.", id=job_id)


class JobFinished(ServiceError):
    """The job has ended and cannot be cancelled any more."""

    error_code = "ALREADY_FINISHED"

    def __init__(self, job_id: str, *, status: str) -> None:
        super().__init__(
            f"{job_id} is already {status}; there is nothing to cancel.", id=job_id, status=status
        )


class JobNotReady(ServiceError):
    """The job holds no result (yet, or ever)."""

    error_code = "RESULT_NOT_READY"

    def __init__(self, job_id: str, *, status: str) -> None:
        super().__init__(f"{job_id} is {status} and holds no result.", id=job_id, status=status)


class IllegalMove(ServiceError):
    """A job cannot go from this state to that one."""

    error_code = "ILLEGAL_MOVE"

    def __init__(self, job_id: str, *, old: str, new: str) -> None:
        super().__init__(f"{job_id} cannot go from {old} to {new}.", id=job_id, old=old, new=new)


class PathNotAllowed(ServiceError):
    """The path leads outside the folders that may be read."""

    error_code = "PATH_NOT_ALLOWED"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"Not allowed: {path} lies outside MOUNT_PATH and UPLOAD_DIR. "
            "Give a path below one of them.",
            file_path=path,
        )


class SameFile(ServiceError):
    """Master and dub are one file."""

    error_code = "SAME_FILE"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"master and dub are the same file: {path}. Name two different files.", file_path=path
        )


class MethodDisabled(ServiceError):
    """The operator switched this method or model off."""

    error_code = "METHOD_DISABLED"

    def __init__(self, name: str, *, setting: str, enabled: tuple[str, ...]) -> None:
        super().__init__(
            f"{name} is switched off here ({setting}). Choose from: {', '.join(enabled)}.",
            method=name,
            setting=setting,
            enabled=list(enabled),
        )


class QueueFull(ServiceError):
    """Too many jobs wait already."""

    error_code = "QUEUE_FULL"

    def __init__(self, *, waiting: int, limit: int, retry_after_seconds: int) -> None:
        super().__init__(
            f"{waiting} jobs are waiting and the queue holds {limit}. "
            f"Try again in {retry_after_seconds} s.",
            waiting=waiting,
            limit=limit,
            retry_after_seconds=retry_after_seconds,
        )


class FileTooLarge(ServiceError):
    """The upload is larger than MAX_FILE_SIZE."""

    error_code = "FILE_TOO_LARGE"

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__(
            f"The file is larger than MAX_FILE_SIZE, {max_bytes} bytes.", max_bytes=max_bytes
        )


class RequestTooLarge(ServiceError):
    """The request body is larger than MAX_REQUEST_BYTES."""

    error_code = "REQUEST_TOO_LARGE"

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__(
            f"The request body is larger than {max_bytes} bytes (MAX_REQUEST_BYTES).",
            max_bytes=max_bytes,
        )


class NotAFolder(ServiceError):
    """The path names a file where a folder is wanted."""

    error_code = "NOT_A_FOLDER"

    def __init__(self, path: str) -> None:
        super().__init__(f"Not a folder: {path}. Give the path of a folder.", file_path=path)


class StorageFull(ServiceError):
    """There is no room for the upload."""

    error_code = "STORAGE_FULL"

    def __init__(self, *, reason: str) -> None:
        super().__init__(
            f"There is no room for the upload on the server: {reason}. Delete uploads or tell "
            "the operator.",
            reason=reason,
        )


class UploadNotFound(ServiceError):
    """No upload has this id."""

    error_code = "UPLOAD_NOT_FOUND"

    def __init__(self, upload_id: str) -> None:
        super().__init__(f"No upload has the id {upload_id}.", id=upload_id)


class UploadRejected(ServiceError):
    """The upload is not what the form asks for."""

    error_code = "INVALID_UPLOAD"


class UploadOverrun(ServiceError):
    """More bytes came for a resumable upload than it announced."""

    error_code = "UPLOAD_OVERRUN"

    def __init__(self, upload_id: str, *, length_bytes: int) -> None:
        super().__init__(
            f"Upload {upload_id} announced {length_bytes} bytes and more arrived; none of this "
            "request was kept. Begin a new upload with the right Upload-Length.",
            id=upload_id,
            length_bytes=length_bytes,
        )


class UploadConflict(ServiceError):
    """The resumable upload stands at another offset."""

    error_code = "UPLOAD_OFFSET_CONFLICT"

    def __init__(self, upload_id: str, *, have_bytes: int, given_bytes: int) -> None:
        super().__init__(
            f"Upload {upload_id} stands at byte {have_bytes}, not {given_bytes}. "
            "Ask with HEAD and go on from there.",
            id=upload_id,
            have_bytes=have_bytes,
            given_bytes=given_bytes,
        )


class UploadBusy(ServiceError):
    """Another request writes to this resumable upload now."""

    error_code = "UPLOAD_BUSY"

    def __init__(self, upload_id: str) -> None:
        super().__init__(
            f"Another request is writing to upload {upload_id}. Wait for it to end.", id=upload_id
        )


class UploadChecksumMismatch(ServiceError):
    """The bytes that arrived are not those that were sent."""

    error_code = "UPLOAD_CHECKSUM_MISMATCH"

    def __init__(self, upload_id: str) -> None:
        super().__init__(
            f"The bytes that arrived for upload {upload_id} do not match their checksum; none of "
            "them was kept. Send them again.",
            id=upload_id,
        )


class UploadProtocolUnknown(ServiceError):
    """The client speaks another version of the tus protocol."""

    error_code = "UPLOAD_PROTOCOL_UNKNOWN"

    def __init__(self, version: str, *, known: str) -> None:
        super().__init__(
            f"Tus-Resumable {version!r} is not spoken here; send {known}.",
            version=version,
            known=known,
        )


class UploadTypeUnknown(ServiceError):
    """Bytes of a resumable upload came under another content type."""

    error_code = "UPLOAD_TYPE_UNKNOWN"

    def __init__(self, *, expected: str) -> None:
        super().__init__(f"Send the bytes with Content-Type: {expected}.", expected=expected)


class CallbackNotAllowed(ServiceError):
    """The callback URL names a place the service must not call."""

    error_code = "CALLBACK_NOT_ALLOWED"

    def __init__(self, url: str, *, reason: str) -> None:
        super().__init__(
            f"callback_url {url} is not allowed: {reason}.", callback_url=url, reason=reason
        )


class NotAuthenticated(ServiceError):
    """An API key is needed, and none or a wrong one was given."""

    error_code = "NOT_AUTHENTICATED"

    def __init__(self) -> None:
        super().__init__("Give a valid API key in the X-API-Key header.")


class HostNotAllowed(ServiceError):
    """The Host header names no host of ALLOWED_HOSTS."""

    error_code = "HOST_NOT_ALLOWED"

    def __init__(self, host: str) -> None:
        super().__init__(f"Host {host!r} is not in ALLOWED_HOSTS.", host=host)


class ServerStopping(ServiceError):
    """The server stops and does not wait for the end of this request."""

    error_code = "SERVER_STOPPING"

    def __init__(self) -> None:
        super().__init__("The server stops. Try again in 10 s.", retry_after_seconds=10)


class NoFreeWorker(ServiceError):
    """More work was given to an executor than it has workers."""

    error_code = "NO_FREE_WORKER"

    def __init__(self, *, workers: int) -> None:
        super().__init__(f"All {workers} workers are busy.", workers=workers)


class StoreUnavailable(ServiceError):
    """The job journal cannot be read or written at the moment."""

    error_code = "STORE_UNAVAILABLE"

    def __init__(self, *, reason: str) -> None:
        super().__init__(
            f"The job journal cannot be used: {reason}. Check the disk under DATA_DIR.",
            reason=reason,
        )


class JobFailure(ServiceError):
    """How a job ended that could not say so itself; seen in the job, not as a response."""

    error_code = "JOB_FAILED"


class WorkerDied(JobFailure):
    """The worker process ended while it held the job."""

    error_code = "WORKER_DIED"

    def __init__(self, *, exit_code: int | None) -> None:
        how = f"exit code {exit_code}"
        if exit_code is not None and exit_code < 0:
            how = f"killed by signal {-exit_code}"
        super().__init__(
            f"The worker process died during this job ({how}). Submit it again; if it dies "
            "again, the file may crash a decoder or the machine may be out of memory.",
            exit_code=exit_code,
        )


class JobTimedOut(JobFailure):
    """The job ran longer than JOB_TIME_LIMIT_SECONDS."""

    error_code = "JOB_TIME_LIMIT"

    def __init__(self, *, limit_seconds: float) -> None:
        super().__init__(
            f"The job ran longer than {limit_seconds:g} s (JOB_TIME_LIMIT_SECONDS).",
            limit_seconds=limit_seconds,
        )


class JobTooBig(JobFailure):
    """The job used more memory than JOB_MEMORY_LIMIT_BYTES."""

    error_code = "JOB_MEMORY_LIMIT"

    def __init__(self, *, limit_bytes: int, used_bytes: int) -> None:
        super().__init__(
            f"The job used {used_bytes} bytes of memory; the limit is {limit_bytes} "
            "(JOB_MEMORY_LIMIT_BYTES).",
            limit_bytes=limit_bytes,
            used_bytes=used_bytes,
        )


class JobInterrupted(JobFailure):
    """The server died under the job too often."""

    error_code = "JOB_INTERRUPTED"

    def __init__(self, *, attempts: int) -> None:
        super().__init__(
            f"The server stopped during this job {attempts} times; it is not tried again. "
            "Submit it anew.",
            attempts=attempts,
        )
