"""Strides of a second through one stream, read and decoded inside FFmpeg.

Frame by frame, every packet passes through Python; in strides only every second does, and
Python's lock is free in between, so two files are decoded side by side in two threads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise

import av

from sync_analyzer.media.container import DEMUXERS, PROTOCOLS


def strides(
    path: str, *, audio_stream: int, first_sample: int, stride_samples: int
) -> Iterator[av.AudioFrame]:
    """
    Yield the stream's sound from one sample on, in frames of ``stride_samples``.

    The time stamp of a frame is that of its first sample; a hole inside a frame shows in
    the next one's. The last frame is shorter.

    Args:
        path: a file that `open_container` opens.
        audio_stream: counted from 0 among the audio streams.
        first_sample: how many decoded samples to leave out.
        stride_samples: samples a frame.

    Raises:
        av.FFmpegError: something in the file needs to be looked at more closely.
    """
    graph = av.filter.Graph()
    chain = [
        graph.add(
            "amovie",
            filename="file:" + os.path.abspath(path),
            streams=f"a:{audio_stream}",
            dec_threads="1",
            format_opts=f"protocol_whitelist={PROTOCOLS}:format_whitelist={DEMUXERS}",
        ),
        graph.add("atrim", start_sample=str(first_sample)),
        graph.add("asetnsamples", nb_out_samples=str(stride_samples), pad="0"),
        graph.add("abuffersink"),
    ]
    for source, sink in pairwise(chain):
        source.link_to(sink)
    graph.configure()
    while True:
        try:
            frame = chain[-1].pull()
        except av.EOFError:
            return
        assert isinstance(frame, av.AudioFrame)
        yield frame
