"""One visitor with two appeals of one site: the letters of each live and end by themselves."""

from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from campaign.app import create_app
from campaign.appeals.editions import publish
from campaign.keys import store_public_key
from campaign.runtime import build_runtime
from campaign.signatures.tables import StoredDraft
from tests.site import FILES, make_settings
from tests.visitor import JOURNEY, SLUG, Visitor, form_token

HTTPS = "https://letters.example.org"
OTHER = "another-appeal"
STRANGE = "appel; été = 2,5 %"  # an appeal is called like its folder, and a folder may be called like this
FIRST = {**JOURNEY, "words": "I am a nurse, and I think of the families."}
SECOND = {**JOURNEY, "words": "I am a teacher, and I write to you as one."}
PATHS = ("letters", "letters/president.txt", "letters/president.pdf", "letters/all.pdf")

every_way = pytest.mark.parametrize("way", ["sign", "letters"])


@pytest.fixture
def two_appeals(runtime, clock, key_pair):
    """Publish UA 61/21 twice more under other names, as if a site had several appeals."""
    with runtime.database.unit_of_work() as session:
        for slug in (OTHER, STRANGE):
            publish(session, slug, FILES, clock.now().date())
            store_public_key(session, slug, key_pair.public, clock.now().date())
    runtime.shelf.forget()


@pytest.fixture
def supporter(visitor, two_appeals):
    """A supporter of a site with several appeals."""
    return visitor


def drafts(runtime) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(StoredDraft))


def words_in(visitor, slug) -> str:
    text = visitor.get(f"/{slug}/letters/president.txt").text
    return next((one for one in (FIRST["words"], SECOND["words"]) if one in text), "")


@every_way
def test_filling_in_a_second_form_leaves_the_letters_of_the_first(supporter, runtime, way):
    assert supporter.post(f"/{SLUG}/{way}", FIRST).status_code == 303
    assert supporter.post(f"/{OTHER}/{way}", SECOND).status_code == 303
    for slug in (SLUG, OTHER):
        assert {path: supporter.get(f"/{slug}/{path}").status_code for path in PATHS} == dict.fromkeys(PATHS, 200)
    assert (words_in(supporter, SLUG), words_in(supporter, OTHER)) == (FIRST["words"], SECOND["words"])
    assert drafts(runtime) == 2


@every_way
def test_a_form_that_is_sent_again_replaces_the_letters_of_its_appeal_alone(supporter, runtime, way):
    supporter.post(f"/{SLUG}/{way}", SECOND)
    supporter.post(f"/{OTHER}/{way}", SECOND)
    supporter.post(f"/{SLUG}/{way}", FIRST)
    assert (words_in(supporter, SLUG), words_in(supporter, OTHER)) == (FIRST["words"], SECOND["words"])
    assert drafts(runtime) == 2


@pytest.mark.parametrize(("cleared", "left"), [(SLUG, OTHER), (OTHER, SLUG)])
def test_starting_over_with_one_appeal_deletes_its_letters_and_no_others(supporter, runtime, cleared, left):
    supporter.post(f"/{SLUG}/letters", FIRST)
    supporter.post(f"/{OTHER}/letters", SECOND)
    assert supporter.post(f"/{cleared}/letters/clear").status_code == 303
    assert supporter.get(f"/{cleared}/letters").status_code == 410
    assert supporter.get(f"/{left}/letters").status_code == 200
    assert drafts(runtime) == 1


def test_going_back_to_each_form_shows_what_was_typed_there(supporter):
    supporter.post(f"/{SLUG}/letters", FIRST)
    supporter.post(f"/{OTHER}/letters", SECOND)
    for slug, own, others in ((SLUG, FIRST, SECOND), (OTHER, SECOND, FIRST)):
        page = supporter.get(f"/{slug}/sign").text
        assert own["words"] in page
        assert others["words"] not in page


def test_a_letter_can_be_reported_as_sent_after_another_form_was_filled_in(supporter):
    supporter.post(f"/{SLUG}/letters", FIRST)
    supporter.post(f"/{OTHER}/letters", SECOND)
    assert supporter.post(f"/{SLUG}/letters/president/sent", {"way": "post"}).status_code == 303
    assert "You posted it." in supporter.get(f"/{SLUG}/letters").text
    assert "You posted it." not in supporter.get(f"/{OTHER}/letters").text


def test_the_key_to_the_letters_of_one_appeal_opens_no_others(supporter):
    supporter.post(f"/{SLUG}/letters", FIRST)
    supporter.client.set_cookie(f"letter-{OTHER}", supporter.client.get_cookie(f"letter-{SLUG}").value)
    assert supporter.get(f"/{SLUG}/letters").status_code == 200
    assert supporter.get(f"/{OTHER}/letters").status_code == 410


def test_an_appeal_with_a_strange_name_has_letters_too(supporter):
    place = f"/{quote(STRANGE)}/letters"
    supporter.post(f"/{SLUG}/letters", FIRST)
    assert supporter.post(place, SECOND).status_code == 303
    assert (words_in(supporter, SLUG), words_in(supporter, quote(STRANGE))) == (FIRST["words"], SECOND["words"])
    assert supporter.post(f"{place}/clear").status_code == 303
    assert (supporter.get(place).status_code, supporter.get(f"/{SLUG}/letters").status_code) == (410, 200)


@pytest.fixture
def over_https(runtime, two_appeals, tmp_path, database_url):
    """A browser in front of the same site, as people reach it over TLS."""
    graph = build_runtime(make_settings(tmp_path, database_url, public_url=HTTPS), runtime.clock)
    graph.__dict__["renderer"] = runtime.renderer
    yield Visitor(create_app(runtime=graph)).client
    graph.database.dispose()


def test_over_https_each_appeal_has_a_cookie_bound_to_the_host_and_takes_it_back(over_https):
    token = form_token(over_https.get(f"/{SLUG}/sign", base_url=HTTPS).text)
    sent = {"csrf_token": token}
    given = [over_https.post(f"/{one}/letters", base_url=HTTPS, data=FIRST | sent) for one in (SLUG, OTHER)]
    page = {"Referer": f"{HTTPS}/{SLUG}/letters"}  # browsers say over https which page a form stood on
    taken = over_https.post(f"/{SLUG}/letters/clear", base_url=HTTPS, data=sent, headers=page)
    cookies = [answer.headers.getlist("Set-Cookie")[-1] for answer in (*given, taken)]
    names = [cookie.partition("=")[0] for cookie in cookies]
    assert names == [f"__Host-letter-{SLUG}", f"__Host-letter-{OTHER}", f"__Host-letter-{SLUG}"]
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Domain=" not in cookie
    assert [one.partition("Max-Age=")[2].partition(";")[0] for one in cookies] == ["3600", "3600", "0"]
    found = [over_https.get(f"/{one}/letters", base_url=HTTPS).status_code for one in (SLUG, OTHER)]
    assert found == [410, 200]
