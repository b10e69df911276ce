"""Jobs beside the requests: they come round again, and one that fails does not stop the others."""

import threading
from datetime import timedelta

from campaign.appeals.editions import Shelf, publish
from campaign.jobs.periodic import Job, Periodic
from campaign.jobs.tasks import all_jobs
from campaign.letters.letter import LetterValues
from campaign.signatures import open_draft, signed_total
from tests.drafts import save_draft
from tests.site import FILES
from tests.visitor import SLUG


def test_a_job_runs_again_and_again_until_it_is_stopped():
    rounds = threading.Semaphore(0)
    periodic = Periodic([Job("count", 0.1, rounds.release)])
    periodic.start()
    for _ in range(3):
        assert rounds.acquire(timeout=60)
    periodic.stop()
    assert not periodic._thread.is_alive()


def test_a_job_that_fails_is_logged_without_its_message_and_the_others_go_on(caplog):
    done = threading.Event()
    typed = "aygul@example.org"

    def fail() -> None:
        raise ValueError(typed)

    periodic = Periodic([Job("bad", 0.1, fail), Job("good", 0.1, done.set)])
    periodic.start()
    assert done.wait(timeout=60)
    periodic.stop()
    assert "job bad failed with ValueError" in caplog.text
    assert "aygul" not in caplog.text


def test_the_counting_job_publishes_the_total(visitor, runtime):
    visitor.sign()
    with runtime.database.reading() as session:
        assert signed_total(session, SLUG).total == 0
    jobs = {job.name: job for job in all_jobs(runtime.database, runtime.shelf, runtime.clock)}
    jobs["count"].run()
    with runtime.database.reading() as session:
        assert signed_total(session, SLUG).total == 1


def test_the_sweeping_job_deletes_drafts_whose_hour_is_over(database, clock):
    with database.unit_of_work() as session:
        publish(session, SLUG, FILES, clock.now().date())
        token = save_draft(session, SLUG, LetterValues(country="CA", locale="en"), clock.now())
    clock.advance(timedelta(minutes=61))
    jobs = {job.name: job for job in all_jobs(database, Shelf(database), clock)}
    jobs["sweep drafts"].run()
    with database.reading() as session:
        assert open_draft(session, token, clock.now() - timedelta(minutes=30)) is None
