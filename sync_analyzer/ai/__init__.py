"""Neural detectors, one per file."""
