"""The queue and its bell: rung often, heard once, without anything in it that is worth reading or stealing."""

import importlib.util
import logging
import stat
import threading
from datetime import UTC, datetime

import pytest

from campaign.core.errors import CampaignError
from campaign.jobs.bell import Bell
from campaign.jobs.queue import EVERY_MINUTE, HOURLY, JsonSerializer, Queue, QueueTask
from campaign.jobs.worker import Worker
from tests.jobs.workers import until


@pytest.fixture
def queue(database_url, tmp_path):
    """A queue in a file beside a SQLite database, and in PostgreSQL beside a PostgreSQL one."""
    queue = Queue(database_url if database_url.startswith("postgresql") else "", tmp_path)
    yield queue
    queue.close()


def never(_when: datetime) -> bool:
    return False


def test_a_bell_that_is_rung_often_waits_once(queue):
    for _ in range(5):
        queue.ring("send mail")
    assert queue.waiting() == 1
    queue.ring("purge")
    assert queue.waiting() == 2


def test_the_queue_holds_the_name_of_a_task_and_nothing_else(queue):
    queue.ring("send mail")
    (stored,) = queue._bells.storage.enqueued_items()
    told = {name: value for name, value in JsonSerializer().deserialize(stored)._asdict().items() if value}
    assert told.keys() == {"id", "name"}
    assert told["name"] == "campaign.jobs.queue.send_mail"


def test_a_worker_does_what_is_asked_for_and_what_time_it_is_for(queue):
    heard, timely, before = threading.Semaphore(0), threading.Semaphore(0), set(threading.enumerate())
    tasks = [QueueTask("on call", heard.release, never), QueueTask("sweep", timely.release, EVERY_MINUTE)]
    worker = Worker([], queue, tasks)
    queue.ring("on call")
    worker.start()
    assert heard.acquire(timeout=30)
    assert timely.acquire(timeout=30), "what a killed worker left is found at the next start"
    queue.ring("on call")
    assert heard.acquire(timeout=30), "while it runs"
    worker.stop()
    begun = {thread.name for thread in set(threading.enumerate()) - before}
    assert not begun & {"queue", "Scheduler", "Worker-1"}


def test_a_task_that_fails_is_told_without_its_message_and_the_next_one_is_done(queue, caplog):
    done = threading.Event()
    typed = "aygul@example.org"

    def fail() -> None:
        raise ValueError(typed)

    worker = Worker([], queue, [QueueTask("bad", fail, never), QueueTask("good", done.set, never)])
    queue.ring("bad")
    queue.ring("good")
    worker.start()
    assert done.wait(timeout=30)
    worker.stop()
    assert "job bad failed with ValueError" in caplog.text
    assert "aygul" not in caplog.text


def test_a_task_that_this_program_does_not_know_is_passed_over(queue, caplog):
    done = threading.Event()
    worker = Worker([], queue, [QueueTask("good", done.set, never)])
    queue.ring("from a newer program")
    queue.ring("good")
    worker.start()
    assert done.wait(timeout=30)
    worker.stop()


def test_a_worker_can_be_stopped_before_it_began(queue):
    worker = Worker([], queue, [])
    worker.stop()
    worker.start()
    until(lambda: not worker._thread.is_alive(), "its thread has ended")
    worker.stop()


def test_a_queue_that_cannot_be_opened_is_tried_again_and_disturbs_nobody(tmp_path, caplog):
    worker = Worker([], Queue("", tmp_path / "not there"), [])
    worker.start()
    until(lambda: "job queue failed with" in caplog.text, "it has failed")
    worker.stop()


def test_the_file_of_the_queue_is_for_its_owner_only(tmp_path):
    queue = Queue("", tmp_path)
    queue.ring("send mail")
    assert stat.S_IMODE((tmp_path / "queue.db").stat().st_mode) == 0o600
    queue.close()


def test_a_message_is_json_and_never_runs_code():
    with pytest.raises(ValueError, match="decode"):
        JsonSerializer().deserialize(b"\x80\x05cos\nsystem\n(S'true'\ntR.")


def test_redis_without_its_library_is_told_in_a_sentence(tmp_path):
    if importlib.util.find_spec("redis"):
        pytest.skip("the library for Redis is installed")
    with pytest.raises(CampaignError, match="pip install redis"):
        Queue("redis://127.0.0.1/0", tmp_path)


@pytest.mark.parametrize("url", ["amqp://127.0.0.1", "foo", "queue.db", "redis:foo", "http://[", " "])
def test_an_unknown_queue_is_refused_in_a_sentence(tmp_path, url):
    with pytest.raises(CampaignError, match=r"postgresql:// or redis://, or be empty\."):
        Queue(url, tmp_path)


def test_the_times_of_tasks_are_minutes_and_hours():
    assert all(EVERY_MINUTE(datetime(2026, 11, 21, 12, minute, tzinfo=UTC)) for minute in range(60))
    assert [minute for minute in range(60) if HOURLY(datetime(2026, 11, 21, 12, minute, tzinfo=UTC))] == [7]


def test_a_bell_costs_who_rings_it_nothing_and_answers_once_for_many():
    answers, ringing = [], threading.Event()

    def answer() -> None:
        ringing.wait(30)
        answers.append(threading.current_thread().name)

    bell = Bell(answer, seconds=0.001)
    bell.ring()
    assert answers == [], "nobody listens yet"
    bell.start()
    for _ in range(100):
        bell.ring()
    ringing.set()
    until(lambda: len(answers) >= 1, "the bell was answered")
    bell.stop()
    assert 1 <= len(answers) <= 4
    assert set(answers) == {"bell"}


def test_a_bell_whose_answer_fails_rings_again(caplog):
    answers = threading.Semaphore(0)
    typed = "aygul@example.org"

    def fail() -> None:
        answers.release()
        raise OSError(typed)

    bell = Bell(fail, seconds=0.001)
    bell.start()
    for _ in range(2):
        bell.ring()
        assert answers.acquire(timeout=30)
    bell.stop()
    assert "aygul" not in caplog.text
    assert logging.getLogger("campaign.jobs.periodic").name in {record.name for record in caplog.records}
