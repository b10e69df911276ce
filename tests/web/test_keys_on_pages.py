"""What pages say of the key that locks the names."""

from sqlalchemy import delete

from campaign.core.clock import today
from campaign.keys import SealingKey, add_key, new_key_pair, shown_fingerprint
from campaign.keys.public_file import LockedCopy, PublicKeyFile
from tests.visitor import SLUG


def test_the_appeal_page_shows_the_fingerprint_of_the_key(visitor, key_pair):
    assert shown_fingerprint(key_pair.public) in visitor.get(f"/{SLUG}").text


def test_while_the_only_key_was_not_tried_out_nobody_can_sign_and_letters_can_be_written(visitor, runtime):
    with runtime.database.unit_of_work() as session:
        session.execute(delete(SealingKey))
        made_at_home = PublicKeyFile(new_key_pair().public, (LockedCopy("one"), LockedCopy("two")))
        add_key(session, SLUG, made_at_home, today(runtime.clock))
    runtime.forget()
    assert "have not finished trying out the key" in visitor.get(f"/{SLUG}/sign").text
    answer = visitor.sign(name="Aygül Qadir")
    assert answer.status_code == 503
    assert "have not finished trying out the key" in answer.text
    assert "Aygül Qadir" in answer.text
    assert visitor.letters_only().status_code == 303
    assert "Signatures are locked to the key" not in visitor.get(f"/{SLUG}").text
