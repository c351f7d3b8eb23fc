"""How fast the service answers while it works."""
