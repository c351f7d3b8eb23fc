"""Brings weights into the model folder, whole or not at all."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from sync_analyzer.ai import catalogue, checksums
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.network import REINSTALL
from sync_analyzer.errors import DetectorUnavailable

TIMEOUT_SECONDS = 60.0


def fetch(name: str, config: AiConfig, *, source: Path | None = None) -> Path:
    """
    Return the folder of the model's weights, fetched if they were not there.

    With ``source``, a local folder, they are copied from it instead of asking the hub.

    Raises:
        DetectorUnavailable: a package is missing, or the weights could not be had whole.
    """
    present = catalogue.card(name).find(config)
    if present is not None and source is None:
        return present
    if name == "spectral":
        raise DetectorUnavailable(
            name, reason="its weights come with the package", command=REINSTALL
        )
    target, check = _target(name, config)
    with _all_or_nothing(target) as temporary:
        if source is not None:
            shutil.copytree(source, temporary, dirs_exist_ok=True)
        else:
            _DOWNLOADS[name](config, temporary)
        if not check(temporary):
            raise DetectorUnavailable(
                name,
                reason=f"what came from {source or 'the hub'} is not a whole model",
                command=f"sync-analyzer models fetch {name} --from FOLDER",
            )
        checksums.record(temporary)
    return target


def obtained(name: str, config: AiConfig) -> Path:
    """
    Return where the model's weights lie, fetched first where the settings allow it.

    Raises:
        DetectorUnavailable: packages or weights are missing; says the command for it.
    """
    lacking = not catalogue.missing_packages(name) and catalogue.card(name).find(config) is None
    if lacking and config.download:
        fetch(name, config)
    return catalogue.provided(name, config)


def _target(name: str, config: AiConfig) -> tuple[Path, Callable[[Path], bool]]:
    if name == "wav2vec2":
        folder = config.wav2vec2_model.rstrip("/").rsplit("/", 1)[-1]
        return config.cache_dir / folder, catalogue.is_wav2vec2
    return config.cache_dir / name, catalogue.is_saved_model


@contextmanager
def _all_or_nothing(target: Path) -> Iterator[Path]:
    """Yield a folder beside the target that takes its name only if all went well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    working = Path(
        tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".partial", dir=target.parent)
    )
    try:
        inside = working / "model"
        inside.mkdir()
        yield inside
        if target.exists():
            target.rename(working / "old")
        inside.rename(target)
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _download_wav2vec2(config: AiConfig, folder: Path) -> None:
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415
        from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415
    except ImportError as error:
        raise DetectorUnavailable(
            "wav2vec2", reason="not installed: huggingface_hub", command=catalogue.INSTALL_AI
        ) from error
    wanted = ["config.json", "preprocessor_config.json", "model.safetensors", "pytorch_model.bin"]
    try:
        snapshot_download(config.wav2vec2_model, local_dir=str(folder), allow_patterns=wanted)
    except (OSError, HfHubHTTPError, ValueError) as error:
        raise _unreachable("wav2vec2", config.wav2vec2_model, error) from error
    shutil.rmtree(folder / ".cache", ignore_errors=True)


def _download_yamnet(config: AiConfig, folder: Path) -> None:
    handle = config.yamnet_model
    if not handle.startswith(("https://", "http://")):
        raise _unreachable("yamnet", handle, ValueError("neither a folder nor an address"))
    address = f"{handle}?tf-hub-format=compressed"
    try:
        with (
            urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer,  # noqa: S310  (http(s) only, above)
            tarfile.open(fileobj=answer, mode="r|gz") as archive,
        ):
            _unpack(archive, folder)
    except (OSError, EOFError, HTTPException, tarfile.TarError, zlib.error) as error:
        raise _unreachable("yamnet", handle, error) from error


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    """
    Write an archive's files below ``folder`` and nowhere else.

    Raises:
        tarfile.TarError: a member would land elsewhere, or is no file or folder.
    """
    if hasattr(tarfile, "data_filter"):
        archive.extractall(folder, filter="data")
        return
    for member in archive:  # Python before 3.10.12 and 3.11.4
        inside = (folder / member.name).resolve().is_relative_to(folder.resolve())
        if not inside or not (member.isfile() or member.isdir()):
            raise tarfile.TarError(f"{member.name} does not belong into a model")
        archive.extract(member, folder)


def _unreachable(name: str, handle: str, error: Exception) -> DetectorUnavailable:
    why = " ".join(str(error).split())[:200] or type(error).__name__
    return DetectorUnavailable(
        name,
        reason=f"{handle} could not be fetched ({why})",
        command=f"sync-analyzer models fetch {name} --from FOLDER, with a copy made elsewhere",
    )


_DOWNLOADS = {"wav2vec2": _download_wav2vec2, "yamnet": _download_yamnet}
