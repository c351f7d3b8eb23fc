"""A probe that does what the name of the file says: crash, hang, fail, or answer."""

import os
import signal
import time

from app.services.worker import TaskResult
from sync_analyzer.errors import AudioStreamNotFound


def run(task, run, config):
    name = os.path.basename(task["path"])
    if name == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "hang":
        time.sleep(60)
    if name == "fault":
        raise RuntimeError("nobody listed this")
    if name == "stream":
        raise AudioStreamNotFound(task["path"], requested_stream=3, stream_count=1)
    return TaskResult(result={"duration_seconds": 1.0, "count": time.monotonic_ns()})
