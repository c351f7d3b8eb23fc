"""A small real task, told by its payload what to do: for tests of what runs tasks."""

import os
import signal
import time

import numpy as np

from app.services.worker import TaskResult
from sync_analyzer.errors import EmptyMedia


def run(task, run, config):
    steps, step_seconds = task.get("steps", 3), task.get("step_seconds", 0.01)
    for step in range(steps):
        run.checkpoint(step / steps, f"Standing in - window {step + 1}/{steps}")
        _burn(step_seconds, stubborn=task.get("stubborn", False))
    getattr(_Ends, task.get("end", "well"))(task)
    run.checkpoint(1.0, "Standing in - complete")
    return TaskResult(
        result={"echo": task.get("echo"), "pid": os.getpid(), "device": run.device},
        cached=task.get("cached", False),
    )


def _burn(seconds, *, stubborn):
    """Use the processor; a stubborn burner sits in one long call that nothing interrupts."""
    until = time.monotonic() + seconds
    if stubborn:
        while time.monotonic() < until:
            np.sort(np.random.default_rng(0).random(20_000_000))
    while time.monotonic() < until:
        sum(range(1000))


class _Ends:
    @staticmethod
    def well(task):
        pass

    @staticmethod
    def known_error(task):
        raise EmptyMedia("/some/file.wav")

    @staticmethod
    def unknown_error(task):
        raise RuntimeError("nobody listed this")

    @staticmethod
    def out_of_memory(task):
        raise MemoryError

    @staticmethod
    def death(task):
        os.kill(os.getpid(), signal.SIGKILL)

    @staticmethod
    def exit(task):
        raise SystemExit(3)

    @staticmethod
    def eat_memory(task):
        eaten = []
        while True:
            eaten.append(np.ones(4_000_000))
            time.sleep(0.01)

    @staticmethod
    def not_finite(task):
        task["echo"] = float("nan")
