"""Parts that several tests of the service build on."""

import threading
import time

from app.services.ports import Outcome
from app.services.worker import WorkerConfig, execute
from sync_analyzer.run import Run


def worker_config(folder):
    return WorkerConfig(
        data_dir=folder / "data",
        ai_model_cache_dir=folder / "models",
        ai_batch_size=4,
        use_gpu=False,
        enable_caching=True,
        cache_ttl_seconds=3600,
        log_level="INFO",
        log_file=folder / "logs" / "app.log",
        log_max_bytes=1_000_000,
        log_backups=2,
        module_by_kind={"standin": "standin_task"},
    )


def wait_until(true, *, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)


class Recorder:
    """An observer that remembers what it heard."""

    def __init__(self):
        self.progress = []
        self.outcomes = {}
        self._heard = threading.Condition()

    def progressed(self, job_id, fraction, message):
        self.progress.append((job_id, fraction, message))

    def ended(self, job_id, outcome):
        with self._heard:
            assert job_id not in self.outcomes, "ended twice"
            self.outcomes[job_id] = outcome
            self._heard.notify_all()

    def outcome(self, job_id, *, seconds=20.0):
        with self._heard:
            assert self._heard.wait_for(lambda: job_id in self.outcomes, seconds), "no outcome"
            return self.outcomes[job_id]


class ThreadExecutor:
    """A small real executor: one thread for each piece of work, cancelled cooperatively."""

    def __init__(self, config):
        self._config = config
        self._cancels = {}
        self._threads = []

    def submit(self, work, observer):
        cancel = self._cancels[work.job_id] = threading.Event()
        run = Run(
            progress=lambda fraction, message: observer.progressed(work.job_id, fraction, message),
            cancelled=cancel.is_set,
            device=work.device,
        )

        def work_on():
            outcome = execute(work, run, self._config)
            observer.ended(work.job_id, Outcome() if cancel.is_set() else outcome)

        thread = threading.Thread(target=work_on)
        thread.start()
        self._threads.append(thread)

    def cancel(self, job_id):
        if job_id in self._cancels:
            self._cancels[job_id].set()

    def close(self):
        for cancel in self._cancels.values():
            cancel.set()
        for thread in self._threads:
            thread.join()
