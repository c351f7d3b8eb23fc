"""Writes the corrected dub, and proves it by measuring the written file again."""
