# ruff: noqa: N802  (the names are those of pynvml)
import pytest

from app.services.gpus import GpuStatus, gpus, visible_indices


class Memory:
    def __init__(self, used, total):
        self.used, self.total = used, total


class Driver:
    """A small driver of two GPUs, shaped like the pynvml module."""

    class NVMLError(Exception):
        pass

    class Rates:
        gpu = 37

    def __init__(self, *, count=2, installed=True, answers=True, tells_utilization=True):
        self.count, self.installed, self.answers = count, installed, answers
        self.tells_utilization = tells_utilization
        self.shut_down = 0

    def nvmlInit(self):
        if not self.installed:
            raise self.NVMLError("library not found")

    def nvmlShutdown(self):
        self.shut_down += 1

    def nvmlDeviceGetCount(self):
        if not self.answers:
            raise self.NVMLError("GPU is lost")
        return self.count

    def nvmlDeviceGetHandleByIndex(self, index):
        return index

    def nvmlDeviceGetMemoryInfo(self, handle):
        return Memory((handle + 1) << 30, 16 << 30)

    def nvmlDeviceGetName(self, handle):
        return f"Card {handle}".encode() if handle else "Card 0"

    def nvmlDeviceGetUtilizationRates(self, handle):
        if not self.tells_utilization:
            raise self.NVMLError("not supported")
        return self.Rates


def test_every_gpu_is_named_with_memory_and_utilization(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    driver = Driver()

    found = gpus(driver=driver)

    assert found[1] == GpuStatus(
        index=1,
        device="cuda:1",
        name="Card 1",
        memory_used_mib=2048,
        memory_total_mib=16384,
        utilization_percent=37,
    )
    assert len(found) == 2
    assert driver.shut_down == 1


def test_hidden_gpus_are_shown_without_a_device(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")

    assert [gpu.device for gpu in gpus(driver=Driver())] == [None, "cuda:0"]


def test_without_a_driver_the_list_is_empty():
    assert gpus(driver=Driver(installed=False)) == []


def test_a_driver_that_stops_answering_gives_an_empty_list_and_is_closed():
    driver = Driver(answers=False)

    assert gpus(driver=driver) == []
    assert driver.shut_down == 1


def test_utilization_the_driver_does_not_tell_is_none():
    assert gpus(driver=Driver(tells_utilization=False))[0].utilization_percent is None


@pytest.mark.parametrize(
    ("given", "visible"),
    [
        (None, [0, 1, 2]),
        ("", []),
        ("2,0", [2, 0]),
        ("1,-1,2", [1]),
        ("7", []),
        ("GPU-8932f937", []),
        (" 1 , 2 ", [1, 2]),
    ],
)
def test_cuda_visible_devices_is_read_as_cuda_reads_it(given, visible):
    assert visible_indices(given, count=3) == visible
