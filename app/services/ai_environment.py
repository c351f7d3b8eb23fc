"""The only place that turns the service's AI settings into what workers' models read."""

from __future__ import annotations

from app.core.settings import Settings
from sync_analyzer.ai.config import AiConfig


def ai_config(settings: Settings) -> AiConfig:
    """Return the library's view of the AI settings."""
    return AiConfig(
        cache_dir=settings.ai_model_cache_dir,
        batch_size=settings.ai_batch_size,
        download=settings.ai_allow_download,
        wav2vec2_model=settings.ai_wav2vec2_model,
        wav2vec2_layer=settings.ai_wav2vec2_layer,
        yamnet_model=settings.ai_yamnet_model,
        idle_seconds=float(settings.ai_idle_seconds),
    )


def ai_environment(settings: Settings) -> dict[str, str]:
    """Return the variables that a worker sets before it takes work."""
    folder = settings.ai_model_cache_dir
    return {
        **ai_config(settings).to_environment(),
        "HF_HOME": str(folder / "hf"),
        "TFHUB_CACHE_DIR": str(folder / "tfhub"),
        "HF_HUB_OFFLINE": "0" if settings.ai_allow_download else "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # Count GPUs as nvidia-smi and `GET /api/v1/system/gpus` do.
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",
    }
