from service_parts import wait_until

from app.services.errors import JobNotFound
from app.services.job import Job
from app.services.memory_store import MemoryJobStore
from app.services.webhooks import Webhooks


def an_ended_job(name):
    job = Job(id=name, kind="analysis", callback_url="http://127.0.0.1:1/")
    return job.started(device="cpu").completed(cached=False)


def test_a_job_that_is_forgotten_meanwhile_does_not_end_the_callbacks_of_others():
    store = MemoryJobStore()
    store.add([an_ended_job("forgotten"), an_ended_job("kept")])

    def body_of(job):
        if job.id == "forgotten":
            raise JobNotFound(job.id)
        return b"{}"

    webhooks = Webhooks(store, secret=b"secret", allow_private=True, body_of=body_of)
    webhooks.start()

    wait_until(lambda: store.get("kept").callback_attempts == 2)
    assert store.get("forgotten").callback_attempts == 0
    webhooks.stop()
