"""Writes the reference pages of docs that list what the code defines."""

from __future__ import annotations

from collections.abc import Iterator

from app.core.env_example import SECTION_BY_FIRST, written
from app.core.errors import CODE_BY_STATUS, STATUS_BY_ERROR
from app.core.settings import Settings
from app.services.errors import JobFailure

ERRORS_HEAD = """\
# Error codes

Every answer that is not a success is one envelope:

```json
{
  "success": false,
  "error": "File not found: /mnt/data/audio/nonexistent.wav",
  "error_code": "FILE_NOT_FOUND",
  "details": {"file_path": "/mnt/data/audio/nonexistent.wav"},
  "timestamp": "2025-08-27T14:30:52.000000Z",
  "request_id": "5f6d7c1e9a0b4c3d8e2f1a0b9c8d7e6f"
}
```

`error` is a sentence for a person and may change its words; `error_code` is for programs and stays.
`details` holds the facts of the sentence.
`request_id` is also in the header `X-Request-ID` and in the lines of the log about the request.

This page is written by `python -m app errors-page`.

## Answers

| code | status | meaning |
|---|---|---|
"""
CODES_HEAD = """
## Answers that no error of ours stands behind

| code | status |
|---|---|
"""
JOBS_HEAD = """
## Ends of jobs

These are seen as `error_code` of a job whose status is `failed`.
So are those of the first table that concern its files and methods.

| code | meaning |
|---|---|
| `OUT_OF_MEMORY` | The machine had no memory left for this job. |
| `INTERNAL_ERROR` | A fault of the program; the log has its cause under the job's id. |
| `ALL_PAIRS_FAILED` | Every pair of the batch failed; each says why. |
"""
SETTINGS_HEAD = """\
# Settings

Read from the environment and from a file `.env` in the working directory; the environment wins.
An unknown name in `.env` or an impossible value anywhere stops the start with a sentence.
Lists are written as JSON (`["a", "b"]`) or with commas (`a,b`).
`cp .env.example .env` gives a file with every setting at its default.

This page is written by `python -m app settings-page`.
"""


def errors_page() -> str:
    """Return docs/errors.md."""
    lines = [ERRORS_HEAD]
    lines += sorted(_answer_rows())
    lines += [CODES_HEAD]
    lines += [f"| `{code}` | {status} |\n" for status, code in CODE_BY_STATUS.items()]
    lines += [JOBS_HEAD]
    lines += sorted(_job_rows())
    return "".join(lines)


def _answer_rows() -> Iterator[str]:
    for error, status in STATUS_BY_ERROR.items():
        if not issubclass(error, JobFailure):
            yield f"| `{_code(error)}` | {int(status)} | {_meaning(error)} |\n"


def _job_rows() -> Iterator[str]:
    for error in STATUS_BY_ERROR:
        if issubclass(error, JobFailure):
            yield f"| `{_code(error)}` | {_meaning(error)} |\n"


def _code(error: type[Exception]) -> str:
    code: str = vars(error)["error_code"]
    return code


def _meaning(error: type[Exception]) -> str:
    return " ".join((error.__doc__ or "").split())


def settings_page() -> str:
    """Return docs/settings.md."""
    lines = [SETTINGS_HEAD]
    for name, field in Settings.model_fields.items():
        if name in SECTION_BY_FIRST:
            lines.append(f"\n## {SECTION_BY_FIRST[name]}\n\n| setting | default | meaning |\n")
            lines.append("|---|---|---|\n")
        default = "" if field.default is None else f"`{written(field.default)}`"
        lines.append(f"| `{name.upper()}` | {default} | {field.description} |\n")
    return "".join(lines)
