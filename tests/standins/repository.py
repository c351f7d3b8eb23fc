"""The project's own files, as the checks of its rules read them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "sync_analyzer")


@cache
def files():
    """Return every file git knows or would add, as paths relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    names = sorted({name for name in listed.decode().split("\0") if name})
    return tuple(Path(name) for name in names if (ROOT / name).is_file())


def python_files(*folders):
    """Return the Python files below the folders, all of them if none is named."""
    return tuple(
        path
        for path in files()
        if path.suffix == ".py" and (not folders or path.parts[0] in folders)
    )


@cache
def tree(path):
    """Return a file's syntax tree."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def read(path):
    """Return a file's text."""
    return (ROOT / path).read_text(encoding="utf-8")
