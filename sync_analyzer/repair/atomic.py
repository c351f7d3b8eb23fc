"""The only place that lets a finished file appear: whole, and never over another one."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sync_analyzer.errors import OutputExists, RepairFailed


@contextmanager
def appearing(path: Path, *, inputs: Sequence[str], overwrite: bool = False) -> Iterator[Path]:
    """
    Give a temporary path to write to; at the end it becomes ``path`` at once.

    Nothing is left behind when the body fails. The temporary file lies in the same folder
    and has the same suffix.

    Args:
        path: where the file shall appear.
        inputs: files that are never overwritten, whatever ``overwrite`` says.
        overwrite: replace a file that is there already.

    Raises:
        OutputExists: a file is there, or it is one of the inputs.
        RepairFailed: the folder cannot be written to.
    """
    if path.exists() and (not overwrite or _is_any_of(path, inputs)):
        raise OutputExists(str(path))
    temporary = path.with_name(f".{path.stem[:80]}.{os.getpid()}.part{path.suffix}")
    try:
        temporary.unlink(missing_ok=True)
        temporary.touch()
    except OSError as error:
        raise RepairFailed(str(path), error.strerror or str(error)) from error
    try:
        yield temporary
        _publish(temporary, path, overwrite=overwrite)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _is_any_of(path: Path, inputs: Sequence[str]) -> bool:
    return any(Path(one).exists() and path.samefile(one) for one in inputs)


def _publish(temporary: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise OutputExists(str(path)) from None
    except OSError:  # a file system without hard links
        if path.exists():
            raise OutputExists(str(path)) from None
        temporary.rename(path)
