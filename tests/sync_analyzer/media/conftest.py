"""Small media files made on the spot, and where their sound really lies."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from scipy.io import wavfile
from scipy.signal import butter, sosfilt

from sync_analyzer.media.decode import decode
from sync_analyzer.media.probe import probe

RATE_HZ = 48_000
ANALYSIS_HZ = 8_000


def bursts(seconds: float, *, rate_hz: int = RATE_HZ, channels: int = 2, seed: int = 1):
    """Return band-limited noise in bursts, shape ``(n_samples, channels)``, float32."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((int(rate_hz * seconds), channels))
    noise = sosfilt(butter(4, [200, 3000], "band", fs=rate_hz, output="sos"), noise, axis=0)
    loud = (np.arange(len(noise)) / rate_hz % 0.7 < 0.35)[:, None]
    return (noise / np.abs(noise).max() * 0.8 * np.where(loud, 1.0, 0.1)).astype(np.float32)


class Workbench:
    """Makes media files from one sound and measures where a decoded file has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sound = bursts(3.0)
        self.wav = self.write("sound.wav", self.sound)
        self.reference = self.mid(self.wav)

    def write(self, name: str, samples, *, rate_hz: int = RATE_HZ) -> str:
        """Write a WAV file of the array's own type."""
        path = str(self.folder / name)
        wavfile.write(path, rate_hz, samples)
        return path

    def make(self, name: str, *arguments: str) -> str:
        """Run ffmpeg with the arguments; ``SOUND`` stands for the sound's path."""
        path = str(self.folder / name)
        given = [self.wav if one == "SOUND" else one for one in arguments]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *given, path]
        subprocess.run(command, check=True)
        return path

    def delayed(self, name: str, *arguments: str, video: str = "libx264") -> str:
        """Make a file with picture whose sound starts half a second after the picture."""
        picture = ["-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=3.5"]
        sound = ["-itsoffset", "0.5", "-i", "SOUND", "-map", "0:v", "-map", "1:a"]
        return self.make(name, *picture, *sound, "-c:v", video, *arguments)

    def mid(self, path: str, **options):
        """Return the decoded mid view as float32."""
        track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ, **options)
        return track.view("mid").read(0, len(track.view("mid").samples))

    def delay_seconds(self, path: str) -> float:
        """Return how much later than in the plain sound everything lies in the file."""
        size = 1 << 16
        spectrum = np.fft.rfft(self.mid(path), size)
        curve = np.fft.irfft(spectrum * np.conj(np.fft.rfft(self.reference, size)), size)
        peak = int(np.argmax(curve))
        left, top, right = (float(curve[(peak + k) % size]) for k in (-1, 0, 1))
        exact = peak + 0.5 * (left - right) / (left - 2 * top + right)
        return (exact - size if peak > size // 2 else exact) / ANALYSIS_HZ


@pytest.fixture(scope="session")
def workbench(tmp_path_factory) -> Workbench:
    return Workbench(tmp_path_factory.mktemp("media"))
