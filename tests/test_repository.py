"""The rules of the house that no linter knows, each kept by a check."""

import ast
import importlib
import inspect
import re
import subprocess
import sys

import pytest
from repository import PACKAGES, ROOT, files, python_files, read, tree

from app.core.env_example import env_example
from app.core.errors import STATUS_BY_ERROR
from sync_analyzer import errors, registry

CONSTANT = re.compile("_?[A-Z][A-Z0-9_]*")
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 40
MAX_BINARY_BYTES = 300_000
MAX_MODEL_BYTES = 5_000_000
HEAVY = ("torch", "transformers", "tensorflow", "tensorflow_hub", "librosa", "matplotlib")
JOB_BOUNDARY = "app/services/worker.py"
PEER_BOUNDARY = "benchmarks/peers/worker.py"
"""Runs other people's programs, in an environment of their own."""
LINTED = ("app", "sync_analyzer", "scripts", "benchmarks")


def test_no_file_is_longer_than_a_person_reads_at_once():
    lengths = {path.as_posix(): read(path).count("\n") for path in python_files()}

    assert {path: lines for path, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def functions(path):
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return [node for node in ast.walk(tree(path)) if isinstance(node, kinds)]


def code_lines(function):
    """Return how many lines a function has without its signature and docstring."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{path.as_posix()}: {function.name}": code_lines(function)
        for path in python_files(*LINTED)
        for function in functions(path)
        if code_lines(function) > MAX_FUNCTION_LINES
    }

    assert long == {}


def broad(handler):
    caught = handler.type
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(
        name is None or (isinstance(name, ast.Name) and name.id in ("Exception", "BaseException"))
        for name in names
    )


def passes_on(handler):
    """Tell whether a handler only tidies up: its last statement raises the same thing again."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_only_the_job_boundary_catches_everything():
    found = [
        path.as_posix()
        for path in python_files(*PACKAGES, "scripts", "benchmarks")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and broad(node) and not passes_on(node)
    ]

    assert found == [JOB_BOUNDARY, PEER_BOUNDARY]


def subclasses(cls):
    for child in cls.__subclasses__():
        yield child
        yield from subclasses(child)


def concrete_errors():
    return [
        cls
        for cls in subclasses(errors.SyncAnalyzerError)
        if not cls.__subclasses__() and cls.__module__.startswith(PACKAGES)
    ]


@pytest.mark.parametrize("error", concrete_errors(), ids=lambda cls: cls.__name__)
def test_every_library_error_has_a_status_and_a_code_of_its_own(error):
    assert error in STATUS_BY_ERROR
    assert "error_code" in vars(error)
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", error.error_code)


def test_error_codes_are_unique():
    codes = [error.error_code for error in concrete_errors()]

    assert sorted(codes) == sorted(set(codes))


def test_a_cancellation_is_no_error_that_a_surviving_method_could_swallow():
    assert not issubclass(errors.AnalysisCancelled, Exception)


def detectors():
    return {**registry.methods(), **registry.ai_models()}


def detector_modules():
    return {cls.__module__ for group in (registry.methods(), registry.ai_models())
            for cls in group.values()}  # fmt: skip


def page_of(folder, name):
    """Return where a detector is described; an AI model that shares a method's name says so."""
    suffix = "_ai" if folder == "ai" and name in registry.methods() else ""
    return f"docs/methods/{name}{suffix}.md"


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        *(("core", name) for name in registry.methods()),
        *(("ai", name) for name in registry.ai_models()),
    ],
)
def test_every_detector_is_a_file_and_a_page(folder, name):
    assert (ROOT / f"sync_analyzer/{folder}/{name}.py").is_file()
    assert (ROOT / page_of(folder, name)).is_file(), f"describe it in {page_of(folder, name)}"


@pytest.mark.parametrize("module", sorted(detector_modules()))
def test_detectors_do_not_import_each_other(module):
    others = detector_modules() - {module}
    source = tree(importlib.import_module(module).__file__)

    imported = {node.module for node in ast.walk(source) if isinstance(node, ast.ImportFrom)} | {
        alias.name
        for node in ast.walk(source)
        if isinstance(node, ast.Import)
        for alias in node.names
    }

    assert imported & others == set()


def loaded_by(statement):
    """Return the heavy modules that a fresh interpreter has after one statement."""
    probe = f"{statement}; import sys; print([n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "statement",
    [
        "import app.factory",
        "import sync_analyzer.pipeline",
        "import sync_analyzer.cli",
        "from sync_analyzer import registry; registry.methods(); registry.ai_models()",
    ],
)
def test_heavy_libraries_wait_until_they_are_needed(statement):
    assert loaded_by(statement) == "[]"


def test_the_product_never_imports_librosa():
    users = [
        path.as_posix()
        for path in python_files(*PACKAGES, "scripts")
        if re.search(r"^\s*(import|from) librosa", read(path), re.MULTILINE)
    ]

    assert users == []


PROCESS_STATE = {"app/services/worker_link.py": {"_link"}}
"""What a worker process is given when it starts, where its pool's tasks can find it."""


def module_variables(path):
    """Yield the names that a module binds at its top level to something that can change."""
    mutable = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
    for node in tree(path).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, mutable):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            yield ast.unparse(target)


def test_modules_hold_constants_and_no_state():
    found = []
    for path in python_files(*PACKAGES):
        allowed = PROCESS_STATE.get(path.as_posix(), set()) | {"__all__"}
        names = set(module_variables(path)) - allowed
        found += [(path.as_posix(), name) for name in names if not CONSTANT.fullmatch(name)]
        found += [
            (path.as_posix(), name)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Global)
            for name in node.names
        ]

    assert found == []


def test_settings_are_made_in_one_place_and_handed_down():
    makers = {
        path.as_posix()
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Settings", "load_settings")
    }

    assert makers <= {"app/factory.py", "app/core/settings.py", "app/__main__.py"}


def test_the_example_of_the_environment_lists_every_setting():
    assert read(".env.example") == env_example()


def is_binary(content):
    return b"\0" in content[:8192]


def test_no_large_binary_is_kept():
    large = {}
    for path in files():
        content = (ROOT / path).read_bytes()
        limit = MAX_MODEL_BYTES if path.suffix == ".onnx" else MAX_BINARY_BYTES
        if is_binary(content) and len(content) > limit:
            large[path.as_posix()] = len(content)

    assert large == {}


def test_text_is_unix_text_without_leftovers():
    crlf, merge, foreign = [], [], []
    for path in files():
        content = (ROOT / path).read_bytes()
        if is_binary(content):
            continue
        crlf += [path.as_posix()] if b"\r\n" in content else []
        merge += [path.as_posix()] if re.search(rb"^(<{7}|>{7}) ", content, re.MULTILINE) else []
        foreign += [path.as_posix()] if re.search(FOREIGN, content) else []

    assert (crlf, merge, foreign) == ([], [], [])


FOREIGN = re.compile(
    b"|".join([b"(?<![\\w.])/" + b"work/", b"\\.\\./" + b"shared", b"/root" + b"/"])
)
"""Paths of the machines this was written on; a checkout elsewhere does not have them."""


def requirement_lines():
    for path in files():
        if re.fullmatch(r"requirements[\w-]*\.txt", path.as_posix()):
            for line in read(path).splitlines():
                line = line.partition(" #")[0].strip()
                if line and not line.startswith(("#", "-r ")):
                    yield pytest.param(line, id=f"{path}: {line}")


@pytest.mark.parametrize("line", list(requirement_lines()))
def test_every_requirement_has_an_upper_bound(line):
    constraint = line.partition(";")[0]

    assert "==" in constraint or "<" in constraint


def test_scripts_are_executable():
    plain = [
        path.as_posix()
        for path in files()
        if read_head(path).startswith(b"#!") and not (ROOT / path).stat().st_mode & 0o100
    ]

    assert plain == []


def read_head(path):
    with (ROOT / path).open("rb") as file:
        return file.read(2)


@pytest.mark.parametrize("module", ["sync_analyzer.dsp"])
def test_signal_processing_touches_no_files_and_no_clock(module):
    package = importlib.import_module(module)
    folder = inspect.getfile(package).rpartition("/")[0].removeprefix(f"{ROOT}/")
    banned = {"os", "pathlib", "io", "logging", "time", "random", "tempfile", "av", "soundfile"}
    offenders = [
        (path.as_posix(), name)
        for path in python_files(*PACKAGES)
        if path.as_posix().startswith(folder)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported_roots(node)
        if name in banned
    ]

    assert offenders == []


def imported_roots(node):
    if isinstance(node, ast.ImportFrom):
        return [(node.module or "").partition(".")[0]]
    return [alias.name.partition(".")[0] for alias in node.names]
