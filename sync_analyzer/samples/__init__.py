"""Makes a master and a dub with a known truth: shared music and effects, different voices."""

from sync_analyzer.samples.pair import SamplePair, scenes, write_pair

__all__ = ["SamplePair", "scenes", "write_pair"]
