"""
Answer one pair a line with a peer; runs in the peers' own environment, without this project.

Reads ``{"master": path, "dub": path}`` from standard input, writes one JSON object a line.
"""

import json
import sys

WEAK_SCORE = 10.0
"""Standard score under which audio-offset-finder's own page calls a result unlikely."""


def audio_offset_finder(master, dub):
    """Return what `find_offset_between_files` says, at its defaults but for the length cap."""
    from audio_offset_finder.audio_offset_finder import find_offset_between_files

    found = find_offset_between_files(master, dub, fs=8000, max_frames=10**9)
    score = float(found["standard_score"])
    return float(found["time_offset"]), score, score >= WEAK_SCORE


def _audalign(master, dub, recognizer):
    import audalign

    recognizer.config.multiprocessing = False
    found = audalign.recognize(master, dub, recognizer=recognizer) or {}
    for match in (found.get("match_info") or {}).values():
        return -float(match["offset_seconds"][0]), float(match["confidence"][0]), True
    return None, 0.0, False


def audalign_correlation(master, dub):
    """Return the first offset of audalign's waveform correlation."""
    import audalign

    return _audalign(master, dub, audalign.CorrelationRecognizer())


def audalign_fingerprint(master, dub):
    """Return the first offset of audalign's fingerprints."""
    import audalign

    return _audalign(master, dub, audalign.FingerprintRecognizer())


PEERS = {
    "audio-offset-finder": audio_offset_finder,
    "audalign-correlation": audalign_correlation,
    "audalign-fingerprint": audalign_fingerprint,
}


def main():
    """Answer until the input ends; whatever a peer prints goes to standard error."""
    answers, sys.stdout = sys.stdout, sys.stderr
    peer = PEERS[sys.argv[1]]
    for line in sys.stdin:
        task = json.loads(line)
        try:
            offset, score, match = peer(task["master"], task["dub"])
            reply = {"offset_seconds": offset, "score": score, "match": bool(match)}
        except Exception as error:  # noqa: BLE001 - a peer's failure is a result
            reply = {"error": f"{type(error).__name__}: {error}"[:300]}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
