"""The few lines of HTTP that the demo needs, from the standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

TIMEOUT_SECONDS = 30.0


class ServiceError(Exception):
    """The service is not there, or says no; the message is for a person."""


def get(url: str) -> dict[str, Any]:
    """
    Return the JSON object behind a URL.

    Raises:
        ServiceError: no answer, or an error status.
    """
    return _exchange(urllib.request.Request(url))


def post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """
    Send a JSON object and return the JSON object that answers it.

    Raises:
        ServiceError: no answer, or an error status.
    """
    content = json.dumps(body).encode()
    return _exchange(
        urllib.request.Request(url, data=content, headers={"Content-Type": "application/json"})
    )


def _exchange(request: urllib.request.Request) -> dict[str, Any]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as response:
            answer: dict[str, Any] = json.load(response)
            return answer
    except urllib.error.HTTPError as error:
        raise ServiceError(f"{request.full_url} answers {error.code}: {_reason(error)}") from error
    except (urllib.error.URLError, OSError) as error:
        raise ServiceError(f"{request.full_url} does not answer: {error}") from error


def _reason(error: urllib.error.HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return text[:500]
