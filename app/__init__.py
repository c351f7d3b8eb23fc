"""The service: REST in front of `sync_analyzer`."""
