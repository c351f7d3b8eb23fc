"""The only place that says which settings exist, what they mean and what they may be."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PLACEHOLDER_SECRET_KEY = "your-super-secret-key-change-in-production"  # noqa: S105
"""The published example value: good for a laptop, worthless as a secret."""

Words = Annotated[tuple[str, ...], NoDecode]
"""A list written as JSON (``["a", "b"]``) or with commas (``a,b``)."""


class InvalidSettings(ValueError):
    """The settings cannot be used; the message is one sentence per problem."""


class Settings(BaseSettings):
    """
    Everything an operator can choose, read from the environment and from ``.env``.

    A variable of the environment wins over the same line in ``.env``. An unknown name in
    ``.env`` and an impossible value anywhere stop the service before it listens.
    """

    model_config = SettingsConfigDict(
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
    )

    # Application settings
    debug: bool = Field(False, description="Show causes of internal errors in responses.")
    host: str = Field("0.0.0.0", description="Address that `python -m app` listens on.")  # noqa: S104
    port: int = Field(8000, ge=1, le=65535, description="Port that `python -m app` listens on.")

    # Security
    secret_key: SecretStr | None = Field(
        None,
        min_length=16,
        description=(
            "Signs webhooks. Unset: a random one is made once and kept in DATA_DIR. The "
            "published example value is refused on a public address unless DEBUG=true."
        ),
    )
    allowed_hosts: Words = Field(("*",), description="Host headers to answer; * is any.")
    allowed_origins: Words = Field(
        ("http://localhost:3000", "http://localhost:8000"),
        description="Web pages that may call from a browser (CORS); * is any.",
    )
    api_keys: Words = Field(
        (),
        description=(
            "SHA-256 of each accepted API key, in hex (`python -m app api-key` makes one). "
            "Empty: no key is asked for."
        ),
    )
    trusted_proxies: Words = Field(
        (),
        description=(
            "Addresses or networks of reverse proxies whose X-Forwarded-For is believed when "
            "clients are told apart for rate limiting."
        ),
    )
    allow_private_callbacks: bool = Field(
        False, description="Let callback_url name private and loopback addresses."
    )
    max_request_bytes: int = Field(
        16_777_216, ge=1024, description="Largest request body that is not a file, in bytes."
    )

    # File system
    mount_path: Path = Field(Path("/mnt/data"), description="Media may be read below here.")
    upload_dir: Path = Field(Path("./uploads"), description="Uploads land here; readable too.")
    max_file_size: int = Field(
        1_073_741_824, ge=1, description="Largest upload in bytes (1073741824 is 1 GB)."
    )
    data_dir: Path = Field(
        Path("./data"), description="The service's own files: jobs, results, caches."
    )

    # Analysis settings
    enabled_methods: Words = Field(
        ("mfcc", "onset", "spectral", "correlation", "ai"),
        description="Methods that requests may use.",
    )
    enabled_ai_models: Words = Field(
        ("wav2vec2", "yamnet", "spectral"), description="AI models that requests may use."
    )
    default_sample_rate: int = Field(
        22050, ge=8000, le=192_000, description="sample_rate of a request that names none, in Hz."
    )
    default_window_size: float = Field(
        30.0, ge=1.0, le=600.0, description="window_size of a request that names none, in seconds."
    )
    default_confidence_threshold: float = Field(
        0.7, ge=0.0, le=1.0, description="confidence_threshold of a request that names none."
    )

    # Jobs
    max_concurrent_jobs: int = Field(
        2, ge=1, le=256, description="Analyses that run at the same time, over all processes."
    )
    max_queued_jobs: int = Field(
        10_000, ge=1, description="Waiting jobs beyond which new ones get 503."
    )
    job_time_limit_seconds: float = Field(
        14_400.0, gt=0.0, description="A job running longer ends as failed."
    )
    job_memory_limit_bytes: int = Field(
        8_589_934_592, ge=134_217_728, description="A job using more memory ends as failed."
    )
    job_attempts: int = Field(
        3, ge=1, le=10, description="How often a job is started when the server dies under it."
    )
    probe_time_limit_seconds: float = Field(
        20.0, gt=0.0, description="Longest look at a file before a request is accepted."
    )
    shutdown_grace_seconds: float = Field(
        5.0,
        ge=0.0,
        description="How long a stopping server lets requests, then running jobs, finish.",
    )
    retention_days: float = Field(
        30.0, gt=0.0, description="Finished jobs older than this are forgotten."
    )
    retention_count: int = Field(
        100_000, ge=1, description="Finished jobs beyond this number are forgotten, oldest first."
    )

    # AI settings
    ai_model_cache_dir: Path = Field(Path("./ai_models"), description="Model weights live here.")
    use_gpu: bool = Field(True, description="Use CUDA devices when there are any.")
    ai_batch_size: int = Field(4, ge=1, le=1024, description="Windows per pass of an AI model.")
    ai_allow_download: bool = Field(
        False,
        description="Let a job fetch missing weights; `sync-analyzer models fetch` always may.",
    )
    ai_wav2vec2_model: str = Field(
        "facebook/wav2vec2-base", description="A folder with a checkpoint, or its name on the hub."
    )
    ai_wav2vec2_layer: int = Field(
        2, ge=0, le=48, description="Hidden layer compared; early ones hold sound, late ones words."
    )
    ai_yamnet_model: str = Field(
        "https://tfhub.dev/google/yamnet/1",
        description="A folder with a SavedModel, or its handle.",
    )
    ai_idle_seconds: int = Field(
        300, ge=0, le=86_400, description="A model nobody uses for so long is unloaded."
    )

    # Logging
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] = Field(
        "INFO", description="Least level that is logged."
    )
    log_file: Path = Field(Path("./logs/app.log"), description="The log, one JSON object a line.")
    log_max_bytes: int = Field(
        10_485_760, ge=65_536, description="Size at which the log file is rotated."
    )
    log_backups: int = Field(5, ge=1, le=1000, description="Rotated log files to keep.")

    # Rate limiting
    enable_rate_limiting: bool = Field(True, description="Answer 429 to clients that hurry.")
    rate_limit_per_minute: int = Field(
        60,
        ge=1,
        description=(
            "Requests a client may make in a minute. Health, metrics, status polls, events, "
            "chunks of a resumable upload and the documentation do not count."
        ),
    )

    # Caching
    enable_caching: bool = Field(
        True, description="Reuse results and decoded files of earlier analyses."
    )
    cache_ttl: int = Field(3600, ge=1, description="Age in seconds at which a result is stale.")
    cache_max_bytes: int = Field(
        10_737_418_240, ge=0, description="Space the cache may take below DATA_DIR, in bytes."
    )

    @field_validator(
        "allowed_hosts",
        "allowed_origins",
        "api_keys",
        "trusted_proxies",
        "enabled_methods",
        "enabled_ai_models",
        mode="before",
    )
    @classmethod
    def _words(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = value.strip()
        if text.startswith("["):
            try:
                return tuple(json.loads(text))
            except json.JSONDecodeError as error:
                raise ValueError(f'write a list as ["a", "b"] or a,b ({error})') from error
        return tuple(word.strip() for word in text.split(",") if word.strip())

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("mount_path", "upload_dir", "data_dir", "ai_model_cache_dir", "log_file")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("api_keys")
    @classmethod
    def _hashes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for word in value:
            if len(word) != 64 or any(letter not in "0123456789abcdefABCDEF" for letter in word):
                raise ValueError(
                    "every entry must be the SHA-256 of a key in hex; "
                    "`python -m app api-key` makes a key and its hash"
                )
        return tuple(word.lower() for word in value)

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for word in value:
            ipaddress.ip_network(word, strict=False)
        return value

    @model_validator(mode="after")
    def _something_enabled(self) -> Settings:
        if not self.enabled_methods:
            raise ValueError("ENABLED_METHODS is empty: no analysis would be possible")
        return self


def load_settings(**overrides: Any) -> Settings:
    """
    Return the settings of this process.

    Raises:
        InvalidSettings: with one sentence for each unknown name or impossible value.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise InvalidSettings(" ".join(_sentence(dict(one)) for one in error.errors())) from error


def _sentence(problem: dict[str, Any]) -> str:
    name = "_".join(str(part) for part in problem["loc"][:1]).upper()
    if problem["type"] == "extra_forbidden":
        return f"Unknown setting {name}; .env.example lists every setting."
    message = str(problem["msg"]).removeprefix("Value error, ")
    if not name:
        return f"{message}."
    shown = "" if "KEY" in name else f"={problem['input']!r}"
    return f"Setting {name}{shown} is not valid: {message}."
