"""Fit the map from what an answer is made of to the probability that it is right."""
