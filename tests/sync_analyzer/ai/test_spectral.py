import subprocess
import sys

import numpy as np
import pytest

from sync_analyzer import registry
from sync_analyzer.ai.measures import best_line
from sync_analyzer.errors import AnalysisCancelled
from sync_analyzer.run import Run

RATE_HZ = 8000


@pytest.fixture(name="detect", scope="module")
def _detect():
    return registry.ai_model("spectral")().detect


def found_offset(evidence):
    best = best_line(evidence)
    return None if best is None else evidence.lines[best].offset_seconds


@pytest.mark.parametrize("delay_seconds", [2.5, -3.137, 0.0])
def test_finds_the_delay_under_two_different_voices(
    detect, track, shared_sound, voice, delay_seconds
):
    bed = shared_sound(1, seconds=60)
    late = int(abs(delay_seconds) * RATE_HZ)
    dub_bed = np.pad(bed, (late, 0)) if delay_seconds > 0 else bed[late:]
    master = bed + voice(1, seconds=60)
    dub = 0.5 * (dub_bed + voice(2, seconds=80)[: len(dub_bed)])

    evidence = detect(track(master), track(dub), Run())

    assert found_offset(evidence) == pytest.approx(-delay_seconds, abs=0.01)
    assert evidence.metadata["embedding_similarity"] > 0.2
    assert evidence.metadata["temporal_consistency"] > 0.5
    assert evidence.metadata["model_confidence"] > 0.5


def test_swapping_the_inputs_flips_the_sign(detect, track, shared_sound):
    bed = shared_sound(5, seconds=50)
    master, dub = track(bed), track(bed[int(1.7 * RATE_HZ) :])

    forth, back = detect(master, dub, Run()), detect(dub, master, Run())

    assert found_offset(forth) == pytest.approx(1.7, abs=0.01)
    assert found_offset(back) == pytest.approx(-1.7, abs=0.01)


def test_gain_and_polarity_leave_the_offset_alone(detect, track, shared_sound):
    bed = shared_sound(6, seconds=50)
    late = np.pad(bed, (4000, 0))

    evidence = detect(track(bed), track(-0.02 * late), Run())

    assert found_offset(evidence) == pytest.approx(-0.5, abs=0.01)


def test_a_track_at_16_khz_gives_the_same_answer(detect, track, shared_sound):
    bed = np.repeat(shared_sound(7, seconds=40), 2)
    late = np.pad(bed, (24000, 0))

    evidence = detect(track(bed, rate_hz=16000), track(late, rate_hz=16000), Run())

    assert found_offset(evidence) == pytest.approx(-1.5, abs=0.01)


@pytest.mark.parametrize("length_seconds", [30, 7])
def test_two_silent_files_do_not_match(detect, track, length_seconds):
    silence = track(np.zeros(length_seconds * RATE_HZ))

    evidence = detect(silence, track(np.zeros(length_seconds * RATE_HZ)), Run())

    assert evidence.lines == ()
    assert evidence.votes == ()
    assert evidence.metadata["model_confidence"] == 0.0


def test_two_noises_do_not_match_at_lag_zero_or_anywhere(detect, track):
    rng = np.random.default_rng(3)

    evidence = detect(
        track(0.1 * rng.standard_normal(60 * RATE_HZ)),
        track(0.1 * rng.standard_normal(60 * RATE_HZ)),
        Run(),
    )

    assert evidence.lines == ()
    assert evidence.metadata["model_confidence"] < 0.1


def test_unrelated_programmes_do_not_match(detect, track, shared_sound, voice):
    one = shared_sound(11, seconds=60) + voice(1, seconds=60)
    two = shared_sound(12, seconds=60) + voice(2, seconds=60)

    evidence = detect(track(one), track(two), Run())

    assert evidence.metadata["model_confidence"] < 0.5


def test_progress_counts_windows_and_ends_complete(detect, track, shared_sound):
    heard = []
    bed = shared_sound(8, seconds=70)

    detect(track(bed), track(bed), Run(progress=lambda fraction, words: heard.append(words)))

    assert heard[0] == "AI Analysis: Starting master audio processing... (5%)"
    assert any("Master embeddings - Processing window 1/" in words for words in heard)
    assert any("Dub embeddings - Processing window 1/" in words for words in heard)
    assert heard[-1] == "AI Analysis: Complete! (100%)"


def test_cancelling_stops_between_windows(detect, track, shared_sound):
    heard = []
    bed = shared_sound(9, seconds=70)
    run = Run(
        progress=lambda fraction, words: heard.append(words),
        cancelled=lambda: any("Dub embeddings" in words for words in heard),
    )

    with pytest.raises(AnalysisCancelled):
        detect(track(bed), track(bed), run)
    assert "Dub embeddings" in heard[-1]


def test_the_same_input_gives_the_same_evidence(detect, track, shared_sound):
    bed = shared_sound(10, seconds=40)
    late = np.pad(bed, (999, 0))

    first = detect(track(bed), track(late), Run())
    second = detect(track(bed), track(late), Run())

    assert first.lines == second.lines
    assert first.votes == second.votes


def test_a_master_shared_by_several_dubs_is_embedded_once(detect, track, shared_sound):
    bed = shared_sound(13, seconds=40)
    master, heard = track(bed), []
    detect(master, track(bed), Run())

    detect(master, track(bed[800:]), Run(progress=lambda _, words: heard.append(words)))

    assert not any("Master embeddings" in words for words in heard)
    assert any("Dub embeddings" in words for words in heard)


def test_the_shipped_model_needs_neither_torch_nor_tensorflow():
    program = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('torch', 'transformers', 'tensorflow', 'tensorflow_hub'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "import numpy as np\n"
        "from sync_analyzer import registry\n"
        "from sync_analyzer.errors import DetectorUnavailable\n"
        "assert sorted(registry.ai_models()) == ['spectral', 'wav2vec2', 'yamnet']\n"
        "with registry.ai_model('spectral')().encoder(device='cpu') as encoder:\n"
        "    print(encoder.encode(np.zeros((1, 8000), np.float32)).shape)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout.strip() == "(1, 50, 24)", done.stderr


def test_listing_the_models_imports_no_heavy_library():
    program = (
        "import sys\n"
        "from sync_analyzer import registry\n"
        "from sync_analyzer.ai.catalogue import listing\n"
        "from sync_analyzer.ai.config import AiConfig\n"
        "registry.ai_models(); listing(AiConfig())\n"
        "heavy = {'torch', 'transformers', 'tensorflow', 'onnxruntime', 'librosa'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert done.stdout.strip() == "[]", done.stderr
