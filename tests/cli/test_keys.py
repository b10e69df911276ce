"""The commands about keys, bundles and the log, as they are typed: what they write, refuse and say."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select, update

from campaign.cli.main import cli
from campaign.cli.offline_keys import file_names
from campaign.core.errors import CampaignError
from campaign.keys import key_pair_of
from campaign.keys.public_file import copy_in
from campaign.keys.tables import KeyCheck
from campaign.mail.outbox import count_waiting
from campaign.runtime import Runtime, build_runtime
from campaign.settings import load_settings
from campaign.signatures import Consents, Signature, SignatureRecord, sign
from tests.locks import cheap_locks

SLUG = "ua-61-21"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(autouse=True, scope="module")
def _cheap() -> Iterator[None]:
    """Let a lock cost little: what it costs is another test's business."""
    with cheap_locks():
        yield


@pytest.fixture(scope="module")
def run(folder: Path, _cheap: None) -> Run:
    """Type a command on a server that was set up, and expect it to end well or with a sentence."""

    def type_command(*arguments: str, stdin: str = "", error: str = "") -> Result:
        done = CliRunner().invoke(cli, arguments, input=stdin, env={"INSTANCE": str(folder)})
        if error:
            assert isinstance(done.exception, CampaignError), done.output
            assert error in str(done.exception)
        else:
            assert done.exit_code == 0, (done.output, done.exception)
        return done

    assert "whoever controls the server while somebody types the passphrase" in type_command("setup").output
    return type_command


@pytest.fixture(scope="module")
def rotated(folder: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The file of a second key, and what was said when it was made; a signature needs the first one."""
    graph = build_runtime(load_settings(folder))
    _sign(graph, "before-the-second-key")
    graph.close()
    out = tmp_path_factory.mktemp("second") / "second.key"
    return out, run("keys", "rotate", SLUG, "--out", str(out)).output


@pytest.fixture
def runtime(folder: Path, run: Run) -> Runtime:
    graph = build_runtime(load_settings(folder))
    yield graph
    graph.close()


def _sign(runtime: Runtime, *names: str) -> dict[str, str]:
    """Let people sign and return their row ids."""
    before = _ids(runtime)
    found = {}
    for name in names:
        record = SignatureRecord(name, f"{name}@example.org", "CA", "en", Consents("1", count=True, handover=True))
        with runtime.saving() as session:
            sign(session, runtime.keys, runtime.published(SLUG).appeal, 1, runtime.clock.now(), record)
        (found[name],) = _ids(runtime) - before
        before = _ids(runtime)
    return found


def _ids(runtime: Runtime) -> set[str]:
    with runtime.reading() as session:
        return {row_id.hex() for row_id in session.scalars(select(Signature.id))}


def _open(run: Run, folder: Path, bundle: Path, purpose: str, out: Path, *more: str) -> Result:
    words = (folder / "passphrase").read_text("utf-8")
    key = folder / "keys" / f"{SLUG}-1-copy.key"
    return run(
        "signatures", "open", str(bundle), "--key", str(key), "--for", purpose, "--out", str(out),
        "--passphrase-file", "-", *more, stdin=words,
    )  # fmt: skip


def test_a_first_start_makes_two_locked_copies_of_one_key(run, folder):
    first, second = (copy_in((folder / "keys" / f"{SLUG}-1{end}.key").read_text("utf-8")) for end in ("", "-copy"))
    assert first[0] == second[0]
    assert first[1].id != second[1].id


def test_erased_people_are_gone_and_the_log_says_how_many_and_why(run, runtime, folder):
    ids = _sign(runtime, "stays", "goes")
    with runtime.reading() as session:
        mails = count_waiting(session)
    run("signatures", "erase", SLUG, "xyz", "--reason", "asked", error="no row ids")
    stopped = CliRunner().invoke(
        cli, ["signatures", "erase", SLUG, ids["goes"], "--reason", "asked"], input="n\n", env={"INSTANCE": str(folder)}
    )
    assert stopped.exit_code == 1
    assert ids["goes"] in _ids(runtime)
    done = run("signatures", "erase", SLUG, ids["goes"].upper(), "--reason", "asked", "--yes")
    assert "Erased 1 signature(s)" in done.output
    assert _ids(runtime) >= {ids["stays"]}
    assert ids["goes"] not in _ids(runtime)
    with runtime.reading() as session:
        assert count_waiting(session) == mails - 1, "the mail that waits holds the address"
    line = json.loads(run("audit", "show", "--json").output)[-1]
    assert (line["action"], line["object"]) == ("erased", f"{SLUG}: 1 signature(s), asked")
    run("signatures", "erase", SLUG, ids["goes"], "--reason", "asked", "--yes", error="no signature with these ids")


def test_an_export_and_a_bundle_are_logged_with_rows_purpose_and_hash(run, runtime, folder, tmp_path):
    _sign(runtime, "aygul", "li-ming")
    bundle, out = tmp_path / "b", tmp_path / "h.csv"
    run("signatures", "bundle", SLUG, "--out", str(bundle))
    printed = _open(run, folder, bundle, "handover", out).output
    assert "aygul" not in out.read_text("utf-8-sig"), "this site has asked nobody"
    assert "unverified signatures agreed too and are not in it" in printed
    everybody = tmp_path / "everybody.csv"
    printed = _open(run, folder, bundle, "handover", everybody, "--with-unverified").output
    assert "aygul" in everybody.read_text("utf-8-sig")
    assert "of them are unverified" in printed
    assert "Delete the file" in printed
    run("signatures", "export", "--appeal", SLUG, "--for", "count", "--out", str(tmp_path / "count.csv"))
    made, exported = json.loads(run("audit", "show", "--json").output)[-2:]
    assert (made["action"], exported["action"]) == ("bundle made", "exported")
    assert made["object"].split("sha256 ")[1] in printed
    assert "for count, sha256" in exported["object"]


def test_a_bundle_of_another_appeals_key_is_refused_and_leaves_no_file(run, folder, tmp_path):
    words, out = tmp_path / "paper", tmp_path / "x.csv"
    (tmp_path / "keys").mkdir()
    run("keys", "new", "--out", str(tmp_path / "keys"), "--classical", "--passphrases", str(words))
    run("signatures", "bundle", SLUG, "--out", str(tmp_path / "b"))
    first = words.read_text("utf-8").splitlines()[0].split(": ")
    run(
        "signatures", "open", str(tmp_path / "b"), "--key", str(tmp_path / "keys" / first[0]), "--out", str(out),
        "--passphrase-file", "-", stdin=first[1], error="not sealed to your key",
    )  # fmt: skip
    assert not out.exists()


def test_verify_names_the_rows_that_were_changed_in_the_database(run, runtime):
    ids = _sign(runtime, "changed-later")
    assert "0 are not" in run("signatures", "verify").output
    changed = Signature.id == bytes.fromhex(ids["changed-later"])
    with runtime.saving() as session:
        row = session.execute(select(Signature.__table__).where(changed)).one()._asdict()
        session.execute(update(Signature).where(changed).values(country="FR"))
    done = run("signatures", "verify", SLUG, error="changed or forged")
    assert f"{ids['changed-later']}: it was changed or forged in the database" in done.output
    with runtime.saving() as session:
        session.execute(update(Signature).where(changed).values(country=row["country"]))
        session.execute(insert(Signature), row | {"id": bytes(16), "blind_index": bytes(32)})
    assert "00" * 16 in run("signatures", "verify", SLUG, error="changed or forged").output
    with runtime.saving() as session:
        session.delete(session.get_one(Signature, (SLUG, bytes(16))))
    run("signatures", "verify", SLUG)


def test_a_rotated_key_is_the_next_epoch_and_says_what_is_at_risk(run, rotated):
    out, told = rotated
    assert "whoever controls the server while somebody types the passphrase there can read every name" in told
    assert "Keep the old key" in told
    shown = json.loads(run("keys", "show", "--appeal", SLUG, "--json").output)
    assert (shown["epoch"], shown["used"], shown["waiting"], shown["here"]) == (2, True, [], False)
    run("keys", "rotate", SLUG, "--out", str(out), error="exists already")
    assert json.loads(run("keys", "show", "--appeal", SLUG, "--json").output)["epoch"] == 2


def test_a_stick_that_is_not_mounted_gets_neither_a_key_nor_a_test(run, tmp_path):
    before = json.loads(run("keys", "show", "--appeal", SLUG, "--json").output)["epoch"]
    for command, name in (("rotate", "second.key"), ("test", "test.json")):
        out = str(tmp_path / "stick" / name)
        run("keys", command, SLUG, "--out", out, error=f"{name} cannot be written: No such file or directory.")
    assert not (tmp_path / "stick").exists()
    assert json.loads(run("keys", "show", "--appeal", SLUG, "--json").output)["epoch"] == before


@pytest.mark.usefixtures("rotated")
def test_a_key_from_before_is_tried_out_with_the_newest(run, folder, tmp_path):
    test = tmp_path / "test.json"
    assert "of key 1" in run("keys", "test", SLUG, "--out", str(test)).output
    words, opened = (folder / "passphrase").read_text("utf-8"), []
    for name in (f"{SLUG}-1.key", f"{SLUG}-1-copy.key"):
        key = str(folder / "keys" / name)
        opened.append(run("keys", "test-open", str(test), "--key", key, "--passphrase-file", "-", stdin=words).output)
    for output in opened:
        printed = run(*output.splitlines()[-1].split()[1:]).output
    assert "of key 1" not in printed
    assert "of key 2" in printed
    assert "Key 1 is still needed" in run("keys", "show", "--appeal", SLUG).output
    assert [one["epoch"] for one in json.loads(run("keys", "show", "--appeal", SLUG, "--json").output)["older"]] == [1]


def test_a_key_that_nobody_tried_out_for_a_week_is_to_be_tried_again(run, runtime):
    asked = ("keys", "show", "--appeal", SLUG)
    epoch = json.loads(run(*asked, "--json").output)["epoch"]
    day = runtime.clock.now().date()
    for days, advised in ((7, False), (8, True)):
        with runtime.saving() as session:
            (first, _second) = session.scalars(select(KeyCheck).where(KeyCheck.epoch == epoch))
            first.opened = day - timedelta(days=days)
        shown = run(*asked).output
        assert f"tried out was {day - timedelta(days=days)}" in shown
        assert ("Try it out again" in shown) is advised
    assert json.loads(run(*asked, "--json").output)["tried"] == (day - timedelta(days=8)).isoformat()


def test_a_key_from_elsewhere_waits_while_the_old_one_is_used(run, tmp_path):
    (tmp_path / "keys").mkdir()
    run("keys", "new", "--name", "k", "--out", str(tmp_path / "keys"), "--passphrases", str(tmp_path / "paper"))
    before = json.loads(run("keys", "show", "--appeal", SLUG, "--json").output)["epoch"]
    done = run("keys", "rotate", SLUG, "--to", str(tmp_path / "keys" / "k.pub"))
    assert f"signatures are sealed to key {before} as before" in done.output
    shown = json.loads(run("keys", "show", "--appeal", SLUG, "--json").output)
    assert (shown["epoch"], shown["newest"], len(shown["waiting"])) == (before, before + 1, 2)
    assert f"Key {before + 1} waits to be tried out" in run("keys", "show", "--appeal", SLUG).output
    run("keys", "confirm", SLUG, "zoom", "zoom", "zoom", error="do not belong")
    run("keys", "add", SLUG, str(tmp_path / "keys" / "k.pub"), error="already")


def test_new_keys_are_never_written_over_old_ones_nor_their_passphrases_beside_them(run, tmp_path):
    run("keys", "new", "--out", str(tmp_path), error="on a terminal")
    run("keys", "new", "--out", str(tmp_path), "--passphrases", str(tmp_path / "words"), error="Beside the keys")
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "campaign-2.key").write_text("mine")
    words = tmp_path / "words"
    run("keys", "new", "--out", str(tmp_path / "keys"), "--passphrases", str(words), error="not overwritten")
    sheet = str(tmp_path / "keys" / "sheet.doc")
    run(
        "keys", "new", "--name", "n", "--out", str(tmp_path / "keys"), "--passphrases", str(words), "--sheet", sheet,
        error=".txt",
    )  # fmt: skip
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["campaign-2.key"]
    assert not words.exists()


def test_a_key_for_two_people_has_a_file_and_words_for_each_and_a_sheet(run, tmp_path):
    keys, words = tmp_path / "keys", tmp_path / "words"
    keys.mkdir()
    arguments = ["--two-person", "--pairs", "3", "--name", "ua", "--sheet", str(tmp_path / "sheet.html")]
    run("keys", "new", "--out", str(keys), "--passphrases", str(words), *arguments)
    assert sorted(path.name for path in keys.iterdir()) == [*file_names("ua", 3), "ua.pub"]
    assert len(set(words.read_text("utf-8").splitlines())) == 3
    sheet = (tmp_path / "sheet.html").read_text("utf-8")
    assert "two people" in sheet
    assert "ua-person1.key" in sheet
    assert not any(line.split(": ")[1] in sheet for line in words.read_text("utf-8").splitlines())


@pytest.mark.parametrize(("holders", "names"), [(0, 2), (2, 4), (3, 3)])
def test_whichever_file_is_lost_the_others_still_open_the_key(holders, names):
    assert len(file_names("ua", holders)) == names


def test_what_is_no_key_file_is_said_before_a_passphrase_is_asked_for(run, tmp_path):
    (tmp_path / "x").write_bytes(b"\xff\xfe")
    run("keys", "test-open", str(tmp_path / "x"), "--key", str(tmp_path / "x"), error="cannot be read")
    (tmp_path / "y").write_text("{}")
    run("keys", "test-open", str(tmp_path / "y"), "--key", str(tmp_path / "y"), error="damaged")
    assert key_pair_of(bytes(96)).public


def test_the_log_finds_a_hash_that_was_written_down(run):
    newest = run("audit", "check").output.strip().splitlines()[-1]
    assert len(newest) == 64
    run("keys", "show", "--appeal", SLUG)
    run("audit", "check", "--hash", newest)
    run("audit", "check", "--hash", "00" * 32, error="not in the audit log any more")
    run("audit", "check", "--hash", "xyz", error="64 digits")
