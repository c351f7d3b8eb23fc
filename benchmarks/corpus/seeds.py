"""The only source of randomness of a corpus: a generator for every key, the same each time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """Random generators by key; another ``number`` gives other music, effects and delays."""

    number: int
    name: str = "dev"

    def rng(self, *key: Any) -> np.random.Generator:
        """Return the generator of this key, at its start."""
        text = repr((self.name, self.number, *key)).encode()
        return np.random.default_rng(int.from_bytes(hashlib.sha256(text).digest()[:8], "little"))
