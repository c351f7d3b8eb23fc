"""Use cases, jobs, and the ports they run on."""
