"""A bundle names nobody, opens away from the server with the appeal's own key, and shows when it was damaged."""

import base64
import hashlib
import io
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from campaign.exports import Bundle, BundleError, Problem, Purpose, open_bundle, reseal_bundle
from campaign.exports.bundle import write_lines
from campaign.exports.bundle_format import BundleHead
from campaign.exports.report import ExportReport
from campaign.exports.rows import SealedRow
from campaign.keys import KeyPair, fingerprint, new_key_pair, seal, store_public_key
from campaign.signatures import Signature, State
from tests.exports.conftest import DAY, SLUG, Campaign, opened


def _people(campaign: Campaign) -> None:
    for number in range(3):
        campaign.sign(f"Marker {number}", handover=number == 1, country="CA" if number else "FR")


def _changed(bundle: bytes, line: int, **parts: Any) -> bytes:
    """Change a line of a bundle and put the sum at its end right, as somebody on the way could."""
    lines = bundle.splitlines(keepends=True)
    lines[line] = json.dumps(json.loads(lines[line]) | parts).encode() + b"\n"
    digest = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    lines[-1] = json.dumps(json.loads(lines[-1]) | {"sha256": digest}).encode() + b"\n"
    return b"".join(lines)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_what_comes_out_of_a_bundle_is_what_an_export_on_the_server_has(campaign: Campaign, purpose: Purpose) -> None:
    _people(campaign)
    away, here = opened(campaign.bundle(), purpose, campaign.pair), campaign.export(purpose)
    assert away.rows == here.rows
    assert away.rows
    assert (away.report.rows, away.report.left_out) == (here.report.rows, [])


def test_a_bundle_names_nobody_and_has_no_hash_of_an_address(campaign: Campaign) -> None:
    _people(campaign)
    bundle = campaign.bundle()
    lines = [json.loads(line) for line in bundle.splitlines()]
    # In a kilobyte of base64 a short word comes about by chance now and then: what is sealed is searched as bytes.
    decoded = b"".join(base64.b64decode(line.pop("sealed", "")) for line in lines)
    for marker in (b"Marker ", b"example.org", b"Ottawa"):
        assert marker not in json.dumps(lines).encode() + decoded
    assert {name for line in bundle.splitlines()[1:-1] for name in json.loads(line)} == {
        "id", "edition", "epoch", "state", "day", "country", "sealed",
    }  # fmt: skip


def test_its_head_says_which_key_and_which_editions(campaign: Campaign) -> None:
    head = Bundle(io.BytesIO(campaign.bundle())).head
    assert head == BundleHead(SLUG, DAY, {1: fingerprint(campaign.pair.public).hex()}, [])


def test_another_key_is_refused_with_both_fingerprints(campaign: Campaign) -> None:
    _people(campaign)
    other = new_key_pair()
    with pytest.raises(BundleError, match="not sealed to your key") as refused:
        opened(campaign.bundle(), Purpose.FULL, other)
    for pair in (other, campaign.pair):
        assert fingerprint(pair.public).hex()[-4:] in str(refused.value)


def test_a_bundle_whose_key_was_swapped_on_the_server_is_refused(campaign: Campaign) -> None:
    _people(campaign)
    swapped = [{"epoch": 1, "fingerprint": fingerprint(new_key_pair().public).hex()}]
    with pytest.raises(BundleError, match="tell the others"):
        opened(_changed(campaign.bundle(), 0, keys=swapped), Purpose.HANDOVER, campaign.pair)


def test_a_count_needs_no_key(campaign: Campaign) -> None:
    _people(campaign)
    assert sum(int(row["signatures"]) for row in opened(campaign.bundle(), Purpose.COUNT).rows) == 3


def test_rows_that_do_not_check_stay_on_the_server_and_are_named(campaign: Campaign) -> None:
    _people(campaign)
    with campaign.database.unit_of_work() as session:
        session.execute(update(Signature).where(Signature.country == "FR").values(state=State.UNVERIFIED))
    found = opened(campaign.bundle(), Purpose.FULL, campaign.pair)
    assert sorted(row["name"] for row in found.rows) == ["Marker 1", "Marker 2"]
    assert [one.problem for one in found.report.left_out] == [Problem.NOT_GENUINE]


@pytest.mark.parametrize("cut", [1, 10, 1000, 3000, 5000])
def test_a_bundle_that_broke_off_is_refused(campaign: Campaign, cut: int) -> None:
    _people(campaign)
    bundle = campaign.bundle()
    with pytest.raises(BundleError, match="broke off or was damaged"):
        opened(bundle[:-cut], Purpose.COUNT)


def test_rows_taken_out_put_in_twice_or_in_another_order_are_noticed(campaign: Campaign) -> None:
    _people(campaign)
    head, *rows, end = campaign.bundle().splitlines(keepends=True)
    for changed in (rows[1:], rows[::-1], [*rows, rows[0]]):
        with pytest.raises(BundleError):
            opened(b"".join([head, *changed, end]), Purpose.COUNT)
    with pytest.raises(BundleError):
        opened(b"".join([head, *rows, end, b"more"]), Purpose.COUNT)


def test_a_row_moved_to_another_id_does_not_open_even_if_the_sum_is_right(campaign: Campaign) -> None:
    _people(campaign)
    bundle = campaign.bundle()
    other = json.loads(bundle.splitlines()[2])["id"]
    found = opened(_changed(bundle, 1, id=other), Purpose.FULL, campaign.pair)
    assert [one.problem for one in found.report.left_out] == [Problem.DOES_NOT_OPEN]


@pytest.mark.parametrize(
    "parts",
    [{"id": "x"}, {"state": "king"}, {"day": "yesterday"}, {"sealed": "%"}, {"epoch": None}, {"amendment": [1]}],
    ids=str,
)
def test_a_damaged_row_is_refused_with_a_sentence(campaign: Campaign, parts: dict[str, Any]) -> None:
    _people(campaign)
    with pytest.raises(BundleError):
        opened(_changed(campaign.bundle(), 1, **parts), Purpose.COUNT)


@given(st.binary(max_size=300))
def test_garbage_is_no_bundle(garbage: bytes) -> None:
    with pytest.raises(BundleError):
        Bundle(io.BytesIO(garbage))


def test_resealed_signatures_open_with_the_new_key_and_no_longer_with_the_old(campaign: Campaign) -> None:
    _people(campaign)
    campaign.change("Marker 1", 1, handover=False)
    newer = new_key_pair()
    with campaign.database.unit_of_work() as session:
        store_public_key(session, SLUG, newer.public, DAY)
    campaign.sign("After")
    out = io.BytesIO()
    report = reseal_bundle(Bundle(io.BytesIO(campaign.bundle())), [campaign.pair], newer.public, out)
    assert (report.rows, report.left_out) == (4, [])
    assert opened(out.getvalue(), Purpose.FULL, newer).rows == opened(
        campaign.bundle(), Purpose.FULL, campaign.pair, newer
    ).rows  # fmt: skip
    old = opened(out.getvalue(), Purpose.FULL, campaign.pair)
    assert (old.rows, {one.problem for one in old.report.left_out}) == ([], {Problem.OTHER_KEY})


def test_a_bundle_is_resealed_only_to_a_key_the_appeal_has(campaign: Campaign) -> None:
    with pytest.raises(BundleError, match="does not know the new key"):
        reseal_bundle(Bundle(io.BytesIO(campaign.bundle())), [campaign.pair], new_key_pair().public, io.BytesIO())


class _Nowhere(io.RawIOBase):
    def write(self, piece: Any) -> int:
        return len(piece)

    def writable(self) -> bool:
        return True


def _bundle_of(number: int, pair: KeyPair) -> io.BytesIO:
    record = {"name": "A", "email": "a@example.org", "country": "CA", "locale": "en", "consents": {"version": "1"}}
    sealed = seal(pair.public, SLUG, bytes(16), 1, record)
    rows = (SealedRow(SLUG, bytes(16), 1, 1, State.CONFIRMED, DAY, "CA", sealed) for _ in range(number))
    out = io.BytesIO()
    head = BundleHead(SLUG, DAY, {1: fingerprint(pair.public).hex()}, [])
    write_lines(head, rows, out, ExportReport(Purpose.FULL))
    out.seek(0)
    return out


def test_a_long_bundle_needs_no_more_memory_than_a_short_one(pair: KeyPair) -> None:
    peaks = []
    for number in (300, 3000):
        bundle = Bundle(_bundle_of(number, pair))
        tracemalloc.start()
        assert open_bundle(bundle, [pair], Purpose.FULL, _Nowhere()).rows == number  # type: ignore[arg-type]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


@pytest.mark.parametrize("number", [0, 1, 10_000, 10_001, 20_000, 40_000])
def test_a_bundle_names_every_row_it_leaves_out_however_many_there_are(number: int) -> None:
    before = ExportReport(Purpose.FULL)
    for position in range(number):
        before.leave_out(position.to_bytes(16), Problem.OTHER_KEY if position % 2 else Problem.NOT_GENUINE)
    out = io.BytesIO()
    write_lines(BundleHead(SLUG, DAY, {}, []), [], out, before)
    bundle = Bundle(io.BytesIO(out.getvalue()))
    assert list(bundle.rows()) == []
    assert bundle.left_out == before.left_out
    assert max(map(len, out.getvalue().splitlines(keepends=True))) < 1024 * 1024


def test_a_bundle_with_a_few_rows_left_out_is_as_programs_before_know_it() -> None:
    report = ExportReport(Purpose.FULL)
    report.leave_out(bytes(16), Problem.DOES_NOT_OPEN)
    out = io.BytesIO()
    write_lines(BundleHead(SLUG, DAY, {}, []), [], out, report)
    head, end = out.getvalue().splitlines(keepends=True)
    assert json.loads(end) == {
        "rows": 0,
        "left_out": [{"id": "00" * 16, "problem": "DOES_NOT_OPEN"}],
        "sha256": hashlib.sha256(head).hexdigest(),
    }


def test_a_bundle_from_before_with_all_rows_it_leaves_out_in_its_end_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    report = ExportReport(Purpose.FULL)
    for position in range(15_000):
        report.leave_out(position.to_bytes(16), Problem.NOT_GENUINE)
    out = io.BytesIO()
    with monkeypatch.context() as before:
        before.setattr("campaign.exports.bundle.LEFT_OUT_IN_A_LINE", 1_000_000)
        write_lines(BundleHead(SLUG, DAY, {}, []), [], out, report)
    bundle = Bundle(io.BytesIO(out.getvalue()))
    assert list(bundle.rows()) == []
    assert (len(out.getvalue().splitlines()), bundle.left_out) == (2, report.left_out)


def test_a_damaged_line_of_rows_left_out_is_refused_with_a_sentence(campaign: Campaign) -> None:
    _people(campaign)
    for damaged in (None, 1, "x", [1], [{"id": "x"}], [{"id": "x", "problem": "x"}]):
        lines = campaign.bundle().splitlines(keepends=True)
        lines.insert(2, b"{}\n")
        with pytest.raises(BundleError):
            opened(_changed(b"".join(lines), 2, left_out=damaged), Purpose.COUNT)
