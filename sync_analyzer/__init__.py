"""Measure how a dub lies against its master: offset, speed, edits, and how sure we are."""

__version__ = "0.1.0"
