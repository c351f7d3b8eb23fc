"""Reports and edit lists, one format per file."""
