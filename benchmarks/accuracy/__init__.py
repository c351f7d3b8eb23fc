"""Accuracy on a corpus with exact truth: run, score, and print what came out."""
