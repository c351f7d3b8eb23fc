"""The only place for the words of AI progress, as the wire contract has them."""

from __future__ import annotations

from dataclasses import dataclass

from sync_analyzer.run import Run

MASTER_AT, DUB_AT, SIMILARITY_AT, ALIGNMENT_AT = 0.05, 0.40, 0.75, 0.90
MASTER_WINDOWS_AT, DUB_WINDOWS_AT = 0.21, 0.51
STARTING = "Starting master audio processing..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrator:
    """Says what one AI analysis is doing, and stops it where it was cancelled."""

    run: Run

    def say(self, fraction: float, words: str) -> None:
        """Report ``fraction`` (0..1) of the AI analysis with the percentage in words."""
        self.run.checkpoint(fraction, f"AI Analysis: {words} ({round(100 * fraction)}%)")

    def master_begins(self) -> None:
        """The master is read."""
        self.say(MASTER_AT, STARTING)

    def preparation(self) -> Run:
        """Return a run for what comes before the master's first window."""
        return self._going_on(STARTING, MASTER_AT, MASTER_WINDOWS_AT)

    def master_window(self, number: int, count: int) -> None:
        """The master's window ``number`` (from 1) is embedded."""
        span = DUB_AT - MASTER_WINDOWS_AT
        self.say(
            MASTER_WINDOWS_AT + span * number / (count + 1),
            f"Master embeddings - Processing window {number}/{count}",
        )

    def dub_begins(self) -> None:
        """The dub is read."""
        self.say(DUB_AT, "Processing dub audio...")

    def dub_window(self, number: int, count: int) -> None:
        """The dub's window ``number`` (from 1) is embedded."""
        span = SIMILARITY_AT - DUB_WINDOWS_AT
        self.say(
            DUB_WINDOWS_AT + span * number / (count + 1),
            f"Dub embeddings - Processing window {number}/{count}",
        )

    def similarity(self) -> Run:
        """Say that the similarity is computed, and return a run that goes on saying so."""
        words = "Computing similarity matrix..."
        self.say(SIMILARITY_AT, words)
        return self._going_on(words, SIMILARITY_AT, ALIGNMENT_AT)

    def alignment(self) -> None:
        """The best line is looked for."""
        self.say(ALIGNMENT_AT, "Finding optimal alignment...")

    def complete(self) -> None:
        """Everything is done."""
        self.say(1.0, "Complete!")

    def _going_on(self, words: str, begin: float, end: float) -> Run:
        def go_on(fraction: float, _: str) -> None:
            self.say(begin + (end - begin) * fraction, words)

        return Run(progress=go_on, cancelled=self.run.cancelled, device=self.run.device)
