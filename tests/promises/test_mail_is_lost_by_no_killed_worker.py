"""Mail is never lost: whatever is killed, whenever, everybody gets theirs, and hardly anybody a second copy."""

from collections import Counter
from datetime import UTC, datetime

from tests.jobs.workers import kill_while_sending, waiting
from tests.mail.conftest import stored

KILLS, PEOPLE = 6, 60


def test_killing_the_worker_anywhere_loses_no_mail_and_copies_only_what_the_server_had_just_taken(
    mail_runtime, mail_server
):
    mail_runtime.clock.moment = datetime.now(UTC)  # the workers have the clock of the machine, and mail waits for a day
    people = [f"{n}@example.org" for n in range(PEOPLE)]
    for one in people:
        stored(mail_runtime, email=one)
    around_a_kill = kill_while_sending(mail_runtime, mail_server, KILLS, seed=61)
    got = Counter(mail_server.recipients)
    assert got.keys() == set(people), "none lost"
    copies = {one: n - 1 for one, n in got.items() if n > 1}
    assert copies.keys() <= around_a_kill
    assert sum(copies.values()) <= KILLS
    assert waiting(mail_runtime) == 0


def test_a_second_copy_is_recognised_by_mailboxes_and_both_copies_work(mail_runtime, mail_server):
    """Between the server's acceptance and our commit a copy cannot be ruled out; this is what it looks like."""
    stored(mail_runtime)
    forget = mail_runtime.delivery._settle
    mail_runtime.delivery._settle = lambda row, mail, _outcome, done: forget(row, mail, None, done)
    mail_runtime.delivery.run()
    mail_runtime.clock.moment = mail_runtime.clock.moment.replace(hour=23)
    mail_runtime.delivery._settle = forget
    mail_runtime.delivery.run()
    first, second = mail_server.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() != second.as_bytes(), "with links of its own; those of the first stay good"
