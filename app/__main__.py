"""``python -m app``: serve with HOST and PORT; write .env.example, the API document, a key."""

from __future__ import annotations

import argparse
import json
import sys

from app.core.env_example import env_example
from app.core.pages import errors_page, settings_page
from app.core.security import new_api_key
from app.core.settings import InvalidSettings, load_settings


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m app", description=__doc__)
    parser.add_argument(
        "command",
        nargs="?",
        default="serve",
        choices=("serve", "env-example", "openapi", "api-key", "errors-page", "settings-page"),
        help="serve (default); print .env.example; print openapi.json; make an API key; "
        "print docs/errors.md; print docs/settings.md",
    )
    parser.add_argument("--workers", type=int, default=1, help="server processes (serve)")
    given = parser.parse_args(argv)
    if given.command == "serve":
        return _serve(workers=given.workers)
    sys.stdout.write(_text(given.command))
    return 0


def _text(command: str) -> str:
    if command == "env-example":
        return env_example()
    if command == "api-key":
        key, digest = new_api_key()
        return f"Key, for the client: {key}\nHash, for API_KEYS:  {digest}\n"
    if command == "errors-page":
        return errors_page()
    if command == "settings-page":
        return settings_page()
    from app.factory import create_app  # noqa: PLC0415 - the other commands need no service

    return json.dumps(create_app().openapi(), indent=2, ensure_ascii=False) + "\n"


def _serve(*, workers: int) -> int:
    import uvicorn  # noqa: PLC0415 - the other commands need no server

    try:
        settings = load_settings()
    except InvalidSettings as error:
        sys.stderr.write(f"The service cannot start. {error}\n")
        return 3
    uvicorn.run(
        "main:app",
        host=settings.host,
        port=settings.port,
        workers=workers,
        reload=settings.debug and workers == 1,
        log_level=settings.log_level.lower(),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
