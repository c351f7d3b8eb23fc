import json

from app.services.job import Job, now
from app.services.job_json import dump, load


def test_a_job_comes_back_whole():
    job = Job(
        id="a", kind="analysis", task={"x": [1, {"ü": None}]}, callback_due=now(), batch_id="b"
    ).started(device="cuda:1")

    assert load(dump(job)) == job


def test_fields_of_a_newer_version_are_passed_over():
    plain = json.loads(dump(Job(id="a", kind="analysis")))

    assert load(json.dumps({**plain, "colour": "blue"})).id == "a"
