import json
import logging
import subprocess
import sys
import textwrap

import pytest

from app.core.context import job_id_var, request_id_var
from app.core.logging import OURS, JsonFormatter, SharedRotatingHandler, configure_logging


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "logs" / "app.log"
    kept = {name: list(logging.getLogger(name).handlers) for name in OURS}
    configure_logging(level="INFO", path=path, max_bytes=4000, backups=2)
    yield path
    for name in OURS:
        logger = logging.getLogger(name)
        for handler in tuple(logger.handlers):
            logger.removeHandler(handler)
            handler.close()
        logger.handlers[:] = kept[name]
        logger.propagate = True
        logger.setLevel(logging.NOTSET)


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_says_which_request_and_job_it_belongs_to(log):
    request, job = request_id_var.set("r1"), job_id_var.set("j1")
    logging.getLogger("app.services.x").info("hello %s", "wörld", extra={"fields": {"n": 1}})
    request_id_var.reset(request)
    job_id_var.reset(job)

    [line] = lines(log)

    assert line["message"] == "hello wörld"
    assert (line["request_id"], line["job_id"], line["level"], line["n"]) == ("r1", "j1", "INFO", 1)


def test_less_than_the_level_is_left_out(log):
    logging.getLogger("app").debug("quiet")
    logging.getLogger("sync_analyzer.media").info("loud")

    assert [line["message"] for line in lines(log)] == ["loud"]


def test_an_exception_is_one_line(log):
    try:
        raise ValueError("why")
    except ValueError:
        logging.getLogger("app").exception("broken")

    [line] = lines(log)
    assert "ValueError: why" in line["exception"]


def test_the_file_is_rotated_and_old_ones_are_dropped(log):
    for number in range(200):
        logging.getLogger("app").info("line %04d %s", number, "x" * 40)

    names = sorted(path.name for path in log.parent.iterdir())
    assert names == ["app.log", "app.log.1", "app.log.2"]
    assert all(path.stat().st_size <= 4000 for path in log.parent.iterdir())
    kept = [line["message"][:9] for name in ("app.log.2", "app.log.1", "app.log")
            for line in lines(log.parent / name)]  # fmt: skip
    assert kept[-1] == "line 0199"
    assert kept == sorted(kept)


def test_several_processes_write_and_rotate_one_file_without_losing_a_line(tmp_path):
    path = tmp_path / "app.log"
    program = textwrap.dedent(
        f"""
        import logging, sys
        from pathlib import Path
        from app.core.logging import configure_logging
        configure_logging(level="INFO", path=Path({str(path)!r}), max_bytes=20000, backups=50)
        for number in range(300):
            logging.getLogger("app").info("%s %04d", sys.argv[1], number)
        """
    )
    from repository import ROOT

    running = [
        subprocess.Popen([sys.executable, "-c", program, str(number)], cwd=ROOT)
        for number in range(3)
    ]
    assert [process.wait() for process in running] == [0, 0, 0]

    messages = [line["message"] for one in tmp_path.glob("app.log*") for line in lines(one)]
    assert len(messages) == len(set(messages)) == 900


def test_text_that_is_no_unicode_is_written_all_the_same(tmp_path):
    handler = SharedRotatingHandler(tmp_path / "x.log", max_bytes=10_000, backups=1)
    handler.setFormatter(JsonFormatter())

    handler.emit(logging.makeLogRecord({"msg": "\udcff", "levelname": "INFO"}))
    handler.close()

    assert len((tmp_path / "x.log").read_text().splitlines()) == 1
