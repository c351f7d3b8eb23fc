"""Strides of seconds through the sound, read and decoded inside FFmpeg.

Frame by frame, every packet passes through Python; in strides only every other second does, and
Python's lock is free in between, so two files are decoded side by side in two threads.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

import av

from sync_analyzer.media.container import DEMUXERS, PROTOCOLS


def strides(
    path: str, *, audio_streams: Sequence[int], first_samples: Sequence[int], stride_samples: int
) -> Iterator[tuple[int, av.AudioFrame]]:
    """
    Yield the streams' sound, each from one sample on, in frames of ``stride_samples``.

    The time stamp of a frame is that of its first sample; a hole inside a frame shows in
    the next one's. The last frame of a stream is shorter.

    Args:
        path: a file that `open_container` opens.
        audio_streams: counted from 0 among the audio streams.
        first_samples: how many decoded samples of each to leave out.
        stride_samples: samples a frame.

    Returns:
        pairs of a position in ``audio_streams`` and that stream's next frame, in turn.

    Raises:
        av.FFmpegError: something in the file needs to be looked at more closely.
    """
    graph = av.filter.Graph()
    movie = graph.add(
        "amovie",
        filename="file:" + os.path.abspath(path),
        streams="+".join(f"a:{number}" for number in audio_streams),
        dec_threads="1",
        format_opts=f"protocol_whitelist={PROTOCOLS}:format_whitelist={DEMUXERS}",
    )
    sinks = {}
    for position, first_sample in enumerate(first_samples):
        trim = graph.add("atrim", start_sample=str(first_sample))
        movie.link_to(trim, position)
        even = graph.add("asetnsamples", nb_out_samples=str(stride_samples), pad="0")
        trim.link_to(even)
        sinks[position] = graph.add("abuffersink")
        even.link_to(sinks[position])
    graph.configure()
    while sinks:
        for position, sink in list(sinks.items()):
            try:
                frame = sink.pull()
            except av.EOFError:
                del sinks[position]
                continue
            assert isinstance(frame, av.AudioFrame)
            yield position, frame
