"""Tells callers that their job has ended: signed, tried again with patience, remembered.

What is due is part of the job's record, so a call that was not made before the server
stopped is made after it starts again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import http.client
import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from app.services.callbacks import addresses_of, check_callback
from app.services.errors import CallbackNotAllowed, JobNotFound, StoreUnavailable
from app.services.job import Job, now
from app.services.outgoing import post
from app.services.ports import JobQuery, JobStore

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 0.5
AT_ONCE = 4
MOST_ATTEMPTS = 8
FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 3600.0


def signature(secret: bytes, *, timestamp: str, body: bytes) -> str:
    """Return what X-Sync-Signature holds: HMAC-SHA256 of ``timestamp.body``."""
    digest = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


class Webhooks:
    """A companion of the dispatcher; ``body_of`` writes the document of a job that ended."""

    def __init__(
        self,
        store: JobStore,
        *,
        secret: bytes,
        allow_private: bool,
        body_of: Callable[[Job], bytes],
    ) -> None:
        self._store = store
        self._secret = secret
        self._allow_private = allow_private
        self._body_of = body_of
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin with what is due."""
        self._thread.start()

    def stop(self) -> None:
        """End after the calls at hand."""
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as callers:
            while not self._stopping.wait(PERIOD_SECONDS):
                list(callers.map(self._call, self._due()))

    def _due(self) -> Sequence[Job]:
        query = JobQuery(callback_due_before=now(), limit=AT_ONCE, oldest_first=True)
        try:
            return self._store.find(query)[0]
        except StoreUnavailable as error:
            logger.error("%s", error.message)
            return ()

    def _call(self, job: Job) -> None:
        try:
            problem = self._try(job, self._body_of(job))
        except (JobNotFound, StoreUnavailable) as error:
            logger.warning("the callback of %s waits: %s", job.id, error)
            return
        attempts = job.callback_attempts + 1
        if problem is None:
            status, due = "delivered", None
        elif attempts >= MOST_ATTEMPTS:
            status, due = f"failed: {problem}", None
        else:
            wait_seconds = min(FIRST_WAIT_SECONDS * 2 ** (attempts - 1), LONGEST_WAIT_SECONDS)
            status, due = "waiting", now() + timedelta(seconds=wait_seconds)
        logger.info("callback of %s, attempt %d: %s", job.id, attempts, problem or "delivered")
        try:
            self._store.change(
                job.id,
                lambda old: dataclasses.replace(
                    old, callback_status=status, callback_due=due, callback_attempts=attempts
                ),
            )
        except (JobNotFound, StoreUnavailable) as error:
            logger.warning("the callback of %s is not noted: %s", job.id, error)

    def _try(self, job: Job, body: bytes) -> str | None:
        """Call once; return what went wrong."""
        assert job.callback_url is not None
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "sync-analyzer",
            "X-Sync-Event": f"{job.kind}.{job.status.value}",
            "X-Sync-Delivery": f"{job.id}.{job.callback_attempts + 1}",
            "X-Sync-Timestamp": timestamp,
            "X-Sync-Signature": signature(self._secret, timestamp=timestamp, body=body),
        }
        try:
            parts = check_callback(job.callback_url, allow_private=self._allow_private)
            address = addresses_of(parts, allow_private=self._allow_private)[0]
            answer = post(parts, address, body, headers)
        except CallbackNotAllowed as error:
            return str(error.details["reason"])
        except (OSError, http.client.HTTPException, ValueError) as error:
            return f"no answer ({error})"
        return None if 200 <= answer < 300 else f"the answer was {answer}"
