"""Measurements of this project, each a command: accuracy, speed, and their peers."""
