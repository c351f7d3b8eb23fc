"""From evidence to one alignment."""
