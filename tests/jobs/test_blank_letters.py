"""The job that draws blank letters: one it cannot draw keeps no other waiting, and is not tried for ever."""

import re

import pytest

from campaign.appeals.editions import publish
from campaign.core.errors import UnavailableError
from campaign.jobs.periodic import run_discreetly
from campaign.jobs.tasks import all_jobs
from campaign.letters import RenderTimeoutError, UndrawableError
from tests.site import FILES
from tests.visitor import SLUG

ON_SQLITE_ALONE = "what is tried again is remembered in the process and not in the database"
FIRST = "aa-first"
PER_APPEAL = 12
"""Two fixed addresses in three languages on two papers."""
BAD = FIRST, "president", "en", "a4"
BUSY = UnavailableError("Many letters are being drawn just now.")


def which(letter, paper):
    return letter.appeal, letter.addressee.recipient, letter.locale, paper


class Workers:
    """Render workers that refuse what ``error`` says, and remember what they were asked for."""

    def __init__(self, error):
        self.error, self.tried, self.drawn = error, [], []

    def pdf(self, letters, paper, layout="none"):
        letter = letters[0]
        self.tried.append(which(letter, paper))
        error = self.error(letter)
        if error:
            raise error
        self.drawn.append(self.tried[-1])
        return b"%PDF"


@pytest.fixture
def at_work(runtime, clock):
    """Publish an appeal that comes before the other; return the job with these workers, which goes round so often."""
    with runtime.database.unit_of_work() as session:
        publish(session, FIRST, FILES, clock.now().date())
    runtime.shelf.forget()

    def begin(workers):
        jobs = all_jobs(runtime.database, runtime.shelf, clock, workers, runtime.directory)
        [job] = [job for job in jobs if job.name == "blank letters"]
        return lambda rounds: [run_discreetly(job.name, job.run) for _ in range(rounds)]

    return begin


ERRORS = [
    UndrawableError("𠮷"),
    RenderTimeoutError("The letter took longer than 5 seconds to draw."),
    UnavailableError("The letter could not be drawn."),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_letter_that_cannot_be_drawn_keeps_no_later_one_waiting(at_work, error):
    workers = Workers(lambda letter: error if letter.appeal == FIRST and letter.locale == "en" else None)
    at_work(workers)(5 * PER_APPEAL)
    assert len({one for one in workers.drawn if one[0] == SLUG}) == PER_APPEAL
    assert len({one for one in workers.drawn if one[0] == FIRST}) == PER_APPEAL - 4


def test_a_letter_without_a_font_is_tried_once_and_named_once_in_the_log(at_work, caplog):
    workers = Workers(lambda letter: UndrawableError("𠮷") if letter.appeal == FIRST else None)
    at_work(workers)(40)
    assert len([one for one in workers.tried if one[0] == FIRST]) == PER_APPEAL
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == PER_APPEAL
    assert told[0].startswith(f"the blank letter of {FIRST} to president (en, a4) cannot be drawn: ")
    assert "U+20BB7" in told[0]


def test_a_letter_that_fails_in_its_worker_is_tried_again_ever_more_rarely_and_named_once(at_work, caplog):
    workers = Workers(lambda letter: ERRORS[2] if which(letter, "a4") == BAD else None)
    at_work(workers)(200)
    assert 5 <= workers.tried.count(BAD) <= 9
    told = [record.getMessage() for record in caplog.records]
    assert [one.partition(" cannot be drawn: ")[0] for one in told] == [
        f"the blank letter of {FIRST} to president (en, {paper})" for paper in ("a4", "letter")
    ]


def test_workers_that_are_busy_for_a_moment_are_not_told_in_the_log_and_every_letter_comes(at_work, caplog):
    busy = iter([BUSY] * 4)
    workers = Workers(lambda _letter: next(busy, None))
    at_work(workers)(2 * PER_APPEAL + 12)
    assert len(set(workers.drawn)) == 2 * PER_APPEAL
    assert caplog.records == []


def test_one_letter_a_round_is_asked_for_whether_it_can_be_drawn_or_not(at_work):
    workers = Workers(lambda letter: UndrawableError("𠮷") if letter.locale == "en" else None)
    once = at_work(workers)
    for n in range(1, 6):
        once(1)
        assert len(workers.tried) == n


def test_a_letter_whose_text_has_changed_is_tried_at_once(at_work, runtime, clock):
    workers = Workers(lambda letter: UndrawableError("𠮷") if letter.subject != "Mended" else None)
    go_round = at_work(workers)
    go_round(40)
    assert workers.drawn == []
    mended = {
        name: re.sub(rb"^Subject: .*", b"Subject: Mended", content) if name.startswith("president.") else content
        for name, content in FILES.items()
    }
    with runtime.database.unit_of_work() as session:
        publish(session, FIRST, mended, clock.now().date())
    runtime.shelf.forget()
    go_round(6)
    assert len(workers.drawn) == 6
