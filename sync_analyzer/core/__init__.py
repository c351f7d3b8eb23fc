"""Classical detectors, one per file."""
