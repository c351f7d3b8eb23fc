"""How long an analysis takes, against the time ffmpeg needs to decode the same two files."""
