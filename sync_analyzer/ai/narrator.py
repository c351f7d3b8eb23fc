"""The only place for the words of AI progress, as the wire contract has them."""

from __future__ import annotations

from dataclasses import dataclass

from sync_analyzer.run import Run

MASTER_AT, DUB_AT, SIMILARITY_AT, ALIGNMENT_AT = 0.05, 0.40, 0.75, 0.90


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrator:
    """Says what one AI analysis is doing, and stops it where it was cancelled."""

    run: Run

    def say(self, fraction: float, words: str) -> None:
        """Report ``fraction`` (0..1) of the AI analysis with the percentage in words."""
        self.run.checkpoint(fraction, f"AI Analysis: {words} ({round(100 * fraction)}%)")

    def master_begins(self) -> None:
        """The master is read."""
        self.say(MASTER_AT, "Starting master audio processing...")

    def master_window(self, number: int, count: int) -> None:
        """The master's window ``number`` (from 1) is embedded."""
        span = DUB_AT - MASTER_AT
        self.say(
            MASTER_AT + span * number / (count + 1),
            f"Master embeddings - Processing window {number}/{count}",
        )

    def dub_begins(self) -> None:
        """The dub is read."""
        self.say(DUB_AT, "Processing dub audio...")

    def dub_window(self, number: int, count: int) -> None:
        """The dub's window ``number`` (from 1) is embedded."""
        span = SIMILARITY_AT - DUB_AT
        self.say(
            DUB_AT + span * number / (count + 1),
            f"Dub embeddings - Processing window {number}/{count}",
        )

    def similarity(self) -> Run:
        """Say that the similarity is computed, and return a run that goes on saying so."""
        words = "Computing similarity matrix..."
        self.say(SIMILARITY_AT, words)

        def go_on(fraction: float, _: str) -> None:
            self.say(SIMILARITY_AT + (ALIGNMENT_AT - SIMILARITY_AT) * fraction, words)

        return Run(progress=go_on, cancelled=self.run.cancelled, device=self.run.device)

    def alignment(self) -> None:
        """The best line is looked for."""
        self.say(ALIGNMENT_AT, "Finding optimal alignment...")

    def complete(self) -> None:
        """Everything is done."""
        self.say(1.0, "Complete!")
