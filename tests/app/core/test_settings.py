import pytest

from app.core.env_example import SECTION_BY_FIRST, env_example
from app.core.settings import InvalidSettings, Settings, load_settings

REQUIRED = """
DEBUG=false
HOST=0.0.0.0
PORT=8000
SECRET_KEY=your-super-secret-key-change-in-production
ALLOWED_HOSTS=["*"]
ALLOWED_ORIGINS=["http://localhost:3000", "http://localhost:8000"]
MOUNT_PATH=/mnt/data
UPLOAD_DIR=./uploads
MAX_FILE_SIZE=1073741824  # 1GB in bytes
ENABLED_METHODS=["mfcc", "onset", "spectral", "correlation", "ai"]
ENABLED_AI_MODELS=["wav2vec2", "yamnet", "spectral"]
DEFAULT_SAMPLE_RATE=22050
DEFAULT_WINDOW_SIZE=30.0
DEFAULT_CONFIDENCE_THRESHOLD=0.7
AI_MODEL_CACHE_DIR=./ai_models
USE_GPU=true  # Enables multi-GPU support with automatic load balancing
AI_BATCH_SIZE=4
LOG_LEVEL=INFO
LOG_FILE=./logs/app.log
ENABLE_RATE_LIMITING=true
RATE_LIMIT_PER_MINUTE=60
ENABLE_CACHING=true
CACHE_TTL=3600
"""


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """No .env of the checkout and no variable of the shell may play along."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_settings_of_the_requirement_are_read_as_written(tmp_path):
    (tmp_path / ".env").write_text(REQUIRED)

    settings = load_settings()

    assert settings.max_file_size == 1_073_741_824
    assert settings.use_gpu is True
    assert settings.allowed_origins == ("http://localhost:3000", "http://localhost:8000")
    assert settings.enabled_methods[-1] == "ai"
    assert settings.upload_dir == tmp_path / "uploads"


def test_the_defaults_are_those_of_the_requirement(tmp_path):
    defaults = load_settings()
    (tmp_path / ".env").write_text(REQUIRED)

    written = load_settings()

    for line in REQUIRED.split():
        name = line.partition("=")[0].lower()
        if name in Settings.model_fields and name != "secret_key":
            assert getattr(defaults, name) == getattr(written, name), name


def test_the_example_file_is_the_one_the_settings_write():
    from repository import ROOT

    assert (ROOT / ".env.example").read_text() == env_example(), (
        "run: python -m app env-example > .env.example"
    )


def test_the_example_file_changes_nothing(tmp_path):
    before = load_settings()
    (tmp_path / ".env").write_text(env_example())

    assert load_settings() == before


def test_the_example_file_names_every_setting_under_a_section():
    lines = [line.lstrip("# ") for line in env_example().splitlines()]

    for name in Settings.model_fields:
        assert any(line.startswith(f"{name.upper()}=") for line in lines), name
    assert set(SECTION_BY_FIRST) <= set(Settings.model_fields)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("COLOUR=blue", "Unknown setting COLOUR"),
        ("RATE_LIMIT_PER_MINUTE=0", "Setting RATE_LIMIT_PER_MINUTE='0' is not valid"),
        ("PORT=http", "PORT"),
        ("ENABLED_METHODS=[]", "ENABLED_METHODS is empty"),
        ("ALLOWED_HOSTS=[broken", "ALLOWED_HOSTS"),
        ("LOG_LEVEL=LOUD", "LOG_LEVEL"),
        ("API_KEYS=plain-key", "SHA-256"),
        ("TRUSTED_PROXIES=nowhere", "TRUSTED_PROXIES"),
        ("USE_GPU=perhaps", "USE_GPU"),
    ],
)
def test_what_cannot_be_meant_stops_with_a_sentence(tmp_path, line, sentence):
    (tmp_path / ".env").write_text(line + "\n")

    with pytest.raises(InvalidSettings, match=sentence.replace("[", r"\[")):
        load_settings()


def test_a_secret_is_never_in_the_sentence(tmp_path):
    (tmp_path / ".env").write_text("SECRET_KEY=hunter2\n")

    with pytest.raises(InvalidSettings) as caught:
        load_settings()

    assert "hunter2" not in str(caught.value)


def test_lists_may_be_written_with_commas(monkeypatch):
    monkeypatch.setenv("ENABLED_METHODS", "mfcc, onset")

    assert load_settings().enabled_methods == ("mfcc", "onset")


def test_the_environment_wins_over_the_file_and_an_empty_value_is_none(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("PORT=1234\nSECRET_KEY=\n")
    monkeypatch.setenv("PORT", "4321")

    assert load_settings().port == 4321
    assert load_settings().secret_key is None
