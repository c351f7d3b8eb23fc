"""Settings, errors, logging, security."""
