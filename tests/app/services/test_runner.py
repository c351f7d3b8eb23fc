import subprocess
import sys

from repository import ROOT
from service_parts import wait_until

from app.services.file_lock import FileLock
from app.services.runner import Runner


class Crew:
    """Remembers what it was told."""

    def __init__(self):
        self.told = []

    is_healthy = True

    def start(self):
        self.told.append("start")

    def wake(self):
        self.told.append("wake")

    def stop(self, *, grace_seconds):
        self.told.append("stop")


def a_runner(path, crew):
    return Runner(FileLock(path), lambda: crew)


def test_one_runs_the_jobs_and_another_takes_over_when_it_stops(tmp_path):
    first, second = Crew(), Crew()
    one, two = a_runner(tmp_path / "lock", first), a_runner(tmp_path / "lock", second)
    one.start()
    two.start()
    one.wake()
    two.wake()
    assert (one.is_running_jobs, two.is_running_jobs) == (True, False)

    one.stop(grace_seconds=0)

    wait_until(lambda: two.is_running_jobs)
    assert first.told == ["start", "wake", "stop"]
    assert second.told == ["start"]
    two.stop(grace_seconds=0)
    assert second.told[-1] == "stop"


def test_who_never_got_the_lock_stops_without_a_crew(tmp_path):
    one, two = a_runner(tmp_path / "lock", Crew()), a_runner(tmp_path / "lock", Crew())
    one.start()
    two.start()

    two.stop(grace_seconds=0)

    assert two.is_healthy
    one.stop(grace_seconds=0)


def test_a_lock_is_free_again_when_its_holder_is_killed(tmp_path):
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from app.services.file_lock import FileLock\n"
        "assert FileLock(Path(sys.argv[1])).acquire()\n"
        "print('held', flush=True); signal.pause()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "lock")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    lock = FileLock(tmp_path / "lock")
    assert not lock.acquire()

    holder.kill()
    holder.wait()
    holder.stdout.close()

    assert lock.acquire()
    assert lock.acquire()
    lock.release()


def test_waiting_for_a_lock_may_be_given_up(tmp_path):
    class GiveUp(Exception):
        pass

    def give_up():
        raise GiveUp

    holder, waiting = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert holder.acquire()
    try:
        with waiting.waited_for(give_up):
            raise AssertionError("two hold one lock")
    except GiveUp:
        pass
    holder.release()

    with waiting.waited_for(give_up):
        assert not holder.acquire()
    assert holder.acquire()
    holder.release()
