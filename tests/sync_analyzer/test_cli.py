"""The command line, run as a person would run it."""

import csv
import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile as sf

from sync_analyzer import cli_selftest
from sync_analyzer.cli import run_command
from sync_analyzer.cli_progress import fraction_of, stage_of

RATE_HZ = 48_000


def music(seconds, seed):
    rng = np.random.default_rng(seed)
    samples = 0.02 * rng.standard_normal((int(seconds * RATE_HZ), 2))
    at = 0.05
    while at < seconds - 0.2:
        start, length = int(at * RATE_HZ), int(0.1 * RATE_HZ)
        decay = np.exp(-np.arange(length) / (0.03 * RATE_HZ))[:, None]
        samples[start : start + length] += 0.15 * rng.standard_normal((length, 2)) * decay
        at += rng.uniform(0.15, 0.5)
    return np.clip(samples, -0.99, 0.99).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a master and three dubs: in place, 0.5 s late, of something else."""
    folder = tmp_path_factory.mktemp("cli")
    master = music(20, 1)
    late = np.concatenate([np.zeros((RATE_HZ // 2, 2), np.float32), master])
    for name, samples in {
        "master": master,
        "same": 0.8 * master,
        "late": late,
        "other": music(20, 2),
    }.items():
        sf.write(folder / f"{name}.wav", samples, RATE_HZ)
    return folder


@pytest.fixture(scope="module")
def stored(folder):
    """Return the stored result of the late dub."""
    path = folder / "late.json"
    pair = [str(folder / "master.wav"), str(folder / "late.wav")]
    assert run_command(["analyze", *pair, "--output", str(path), "--quiet"]) == 1
    return path


@pytest.mark.parametrize(("dub", "code"), [("same", 0), ("late", 1), ("other", 2), ("none", 3)])
def test_the_exit_code_tells_the_verdict(folder, capsys, dub, code):
    pair = [str(folder / "master.wav"), str(folder / f"{dub}.wav")]

    assert run_command(["analyze", *pair]) == code

    said = capsys.readouterr()
    words = {0: "In tolerance", 1: "500.0 ms late", 2: "No match", 3: "File not found"}
    assert words[code] in said.out + said.err
    assert "Traceback" not in said.err


def test_a_wider_profile_lets_it_pass(folder):
    pair = [str(folder / "master.wav"), str(folder / "late.wav")]

    assert run_command(["analyze", *pair, "--profile", "nonsense"]) == 3
    assert run_command(["analyze", *pair, "--profile", "dpp", "--methods", "mfcc,onset"]) == 1


def test_json_is_all_that_is_printed(folder, capsys):
    run_command(["analyze", str(folder / "master.wav"), str(folder / "late.wav"), "--json"])

    result = json.loads(capsys.readouterr().out)
    assert result["consensus_offset"]["offset_seconds"] == pytest.approx(-0.5, abs=1e-4)


def test_an_error_can_be_had_as_json(folder, capsys):
    code = run_command(["analyze", str(folder / "no.wav"), str(folder / "no.wav"), "--json"])

    assert code == 3
    assert json.loads(capsys.readouterr().out)["error_code"] == "FILE_NOT_FOUND"


@pytest.mark.parametrize(
    "arguments",
    [["analyze"], ["analyze", "a", "b", "--window", "x"], ["nonsense"], ["export", "x"]],
)
def test_wrong_arguments_are_errors_not_verdicts(arguments, capsys):
    assert run_command(arguments) == 3
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze", "a.wav", "b.wav", "--frame-rate", "24p?"],
        ["report", "a.wav", "b.wav", "--frame-rate", "24p?"],
        ["export", "a.wav", "b.wav", "-f", "edl", "--frame-rate", "24p?"],
        ["batch", "pairs.csv", "--frame-rate", "24p?"],
        ["batch", "pairs.csv", "--report", "html"],
    ],
)
def test_what_makes_no_sense_is_said_before_any_work(arguments, capsys):
    assert run_command(arguments) == 3
    assert "is not valid" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["analyze", "batch", "report", "export", "repair"])
def test_streams_and_models_can_be_chosen_wherever_files_are_analysed(command, capsys):
    run_command([command, "--help"])

    shown = capsys.readouterr().out
    assert all(option in shown for option in ("--master-stream", "--dub-stream", "--ai"))


def test_a_report_is_written_from_a_stored_result(stored, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("out.html", "out.csv", "out.json"):
        assert run_command(["report", str(stored), "-o", str(tmp_path / name)]) == 0

    assert (tmp_path / "out.html").read_bytes().startswith(b"<!doctype html>")
    assert "500.0 ms late" in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["match"]


def test_the_services_answer_is_a_stored_result_too(stored, tmp_path, capsys):
    wrapped = tmp_path / "answer.json"
    result = json.loads(stored.read_text(encoding="utf-8"))
    wrapped.write_text(json.dumps({"success": True, "result": result}), encoding="utf-8")

    assert run_command(["export", str(wrapped), "--format", "edl", "-o", "-"]) == 0

    assert "00:00:00:12 00:00:20:12 00:00:00:00 00:00:20:00" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"match": true}', "not json"])
def test_what_is_no_result_is_refused(tmp_path, content, capsys):
    path = tmp_path / "broken.json"
    path.write_text(content, encoding="utf-8")

    assert run_command(["report", str(path)]) == 3
    assert "JSON result" in capsys.readouterr().err


def test_a_correction_is_exported_for_two_files(folder, tmp_path, capsys):
    pair = [str(folder / "master.wav"), str(folder / "late.wav")]
    output = tmp_path / "fix.otio"

    code = run_command(["export", *pair, "-f", "otio", "--frame-rate", "25", "-o", str(output)])

    assert code == 0
    assert json.loads(output.read_text(encoding="utf-8"))["global_start_time"]["rate"] == 25.0
    assert capsys.readouterr().out.strip() == str(output)


def test_a_repair_is_written_and_measured(stored, tmp_path, capsys):
    output = tmp_path / "fixed.wav"

    code = run_command(["repair", str(stored), "-o", str(output), "--no-again", "--json"])

    result = json.loads(capsys.readouterr().out)
    assert code == 0
    assert result["residual"]["worst_ms"] < 0.05
    assert len(sf.SoundFile(output)) == 20 * RATE_HZ
    assert run_command(["repair", str(stored), "-o", str(output), "--quiet"]) == 3
    again = ["repair", str(stored), "-o", str(output), "--force", "--no-again", "--no-null-clips"]
    assert run_command(again) == 0
    assert "Measured again at" in capsys.readouterr().out


def test_a_folder_of_dubs_is_a_batch(folder, tmp_path, capsys):
    dubs = tmp_path / "dubs"
    dubs.mkdir()
    for name in ("same.wav", "late.wav", "other.wav"):
        (dubs / name).write_bytes((folder / name).read_bytes())
    (dubs / "broken.wav").write_bytes(b"nothing")
    arguments = ["batch", str(dubs), "--master", str(folder / "master.wav"), "--json"]

    code = run_command([*arguments, "-o", str(tmp_path / "results"), "--report", "csv"])

    entries = {entry["dub_file"]: entry for entry in json.loads(capsys.readouterr().out)}
    assert code == 3
    assert entries[str(dubs / "broken.wav")]["error_code"] == "UNDECODABLE_MEDIA"
    late = entries[str(dubs / "late.wav")]["result"]
    assert late["consensus_offset"]["offset_seconds"] == pytest.approx(-0.5, abs=1e-4)
    written = sorted(path.name for path in (tmp_path / "results").iterdir())
    assert len(written) == 6
    assert "002_late.csv" in written


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_table_of_pairs_is_a_batch(folder, tmp_path, capsys, delimiter):
    table = tmp_path / "pairs.csv"
    with table.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["Dub", "Master", "Language"])
        writer.writerow([folder / "same.wav", folder / "master.wav", "de"])
        writer.writerow([folder / "late.wav", folder / "master.wav", "fr"])

    code = run_command(["batch", str(table)])

    said = capsys.readouterr().out
    assert code == 1
    assert "same.wav" in said
    assert "500.0 ms" in said


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "master,dub\n"])
def test_a_table_without_pairs_is_refused(tmp_path, content):
    table = tmp_path / "pairs.csv"
    table.write_text(content, encoding="utf-8")

    assert run_command(["batch", str(table)]) == 3


def test_probe_says_what_a_file_is(folder, capsys):
    assert run_command(["probe", str(folder / "master.wav")]) == 0
    assert "48000 Hz" in capsys.readouterr().out
    assert run_command(["probe", str(folder / "master.wav"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["channels"] == 2


def test_the_self_test_recovers_what_it_did(folder, capsys):
    code = run_command(["selftest", str(folder / "master.wav"), "--seconds", "20", "--json"])

    outcomes = json.loads(capsys.readouterr().out)
    failed = [outcome for outcome in outcomes if not outcome["passed"]]
    assert len(outcomes) == 9
    assert (code, failed) == (0, [])


def test_the_self_test_fails_where_something_is_not_recovered(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cli_selftest, "DISTURBANCES", cli_selftest.DISTURBANCES[2:4])
    sf.write(tmp_path / "tone.wav", np.sin(np.arange(25 * 8000) * 0.3), 8000)

    assert run_command(["selftest", str(tmp_path / "tone.wav"), "--seconds", "20", "-q"]) == 1
    assert "✗" in capsys.readouterr().out


def test_help_loads_nothing_heavy():
    code = (
        "import sys; sys.argv = ['sync-analyzer', '--help']\n"
        "from sync_analyzer.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'numpy', 'scipy', 'av', 'matplotlib', 'onnxruntime', 'uvicorn', 'torch'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    for name in ("analyze", "batch", "report", "export", "repair", "probe", "serve", "selftest"):
        assert name in done.stdout
    assert "models" in done.stdout


def test_a_stage_and_its_share_are_read_from_the_message():
    assert stage_of("Decoding master - 00:12:30 of 02:00:00") == "Decoding master"
    assert stage_of("Correlation: waveform of line 1/4") == "Correlation"
    assert fraction_of("Decoding dub - 00:30:00 of 02:00:00") == 0.25
    assert fraction_of("MFCC: window 3/12") == 0.25
    assert fraction_of("Analysis complete") is None
