"""The only place that opens media files: local regular files, and nothing they point to."""

from __future__ import annotations

import os
import stat

import av
from av.container import InputContainer

from sync_analyzer.errors import EmptyMedia, MediaNotAFile, MediaNotFound, UndecodableMedia

PROTOCOLS = "file"
DEMUXERS = (
    "3g2,3gp,aac,ac3,ac4,act,adp,adx,aiff,amr,amrnb,amrwb,ape,asf,asf_o,au,avi,bonk,caf,daud,"
    "dirac,dnxhd,dsf,dts,dtshd,dv,eac3,flac,flv,g722,gxf,iamf,iff,ircam,ivf,laf,lc3,loas,lxf,"
    "m4a,m4v,matroska,mj2,mlp,mov,mp3,mp4,mpc,mpc8,mpeg,mpegts,mpegvideo,mxf,nistsphere,nsv,"
    "nut,nuv,ogg,oma,osq,pvf,qcp,qoa,r3d,rka,rm,rso,s337m,sds,shn,smjpeg,sol,sox,spdif,swf,"
    "tak,truehd,tta,voc,vqf,w64,wav,wc3movie,webm,wsd,wtv,wv,xa,xwma"
)
"""Self-contained formats. Playlists and everything else that refers to other places is absent."""


def check_file(path: str) -> int:
    """
    Return the size in bytes of the regular file at ``path``.

    Raises:
        MediaNotFound: nothing is there.
        MediaNotAFile: a directory, device, pipe or socket is there.
        EmptyMedia: the file holds zero bytes.
        UndecodableMedia: the file may not be read.
    """
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise MediaNotFound(path) from None
    except OSError as error:
        raise UndecodableMedia(path, error.strerror or str(error)) from error
    if not stat.S_ISREG(status.st_mode):
        raise MediaNotAFile(path)
    if status.st_size == 0:
        raise EmptyMedia(path)
    return status.st_size


def open_container(path: str) -> InputContainer:
    """
    Return the opened file, its streams known.

    The name is taken literally (``file:`` in front of the absolute path), only the ``file``
    protocol is allowed and only formats that hold their own samples, so neither a name nor
    the content of a file reaches the network or another file.

    Raises:
        MediaError: as `check_file`, or no demuxer makes sense of the content.
    """
    check_file(path)
    try:
        opened: InputContainer = av.open(
            "file:" + os.path.abspath(path),
            mode="r",
            options={"protocol_whitelist": PROTOCOLS, "format_whitelist": DEMUXERS},
            metadata_errors="replace",
        )
        return opened
    except PermissionError as error:
        raise UndecodableMedia(path, "permission denied") from error
    except av.ArgumentError as error:
        raise UndecodableMedia(path, "its format is none that holds audio itself") from error
    except (av.FFmpegError, ValueError) as error:
        raise UndecodableMedia(path, reason(error)) from error


def reason(error: Exception) -> str:
    """Return what FFmpeg said, without its error number and the path."""
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]
