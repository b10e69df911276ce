"""What commands write is for its owner alone, lies in the folder that was named, and is whole or not there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli.letters import envelope, letter
from campaign.cli.main import cli, main
from campaign.core.errors import CampaignError
from tests.full_disk import room_for
from tests.locks import cheap_locks

SLUG = "ua-61-21"


@pytest.fixture(autouse=True)
def _cheap() -> Iterator[None]:
    with cheap_locks():
        yield


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    made = tmp_path / "stick"
    made.mkdir()
    return made


def _written(command: object, out: Path) -> Result:
    who = ["--country", "CA", "--name", "Aygül Qadir", "--address", "1 Main Street"]
    return CliRunner().invoke(command, [SLUG, "--to", "embassy", *who, "--out", str(out)])


def _new(folder: Path, words: Path, *more: str) -> Result:
    return CliRunner().invoke(cli, ["keys", "new", "--out", str(folder), "--passphrases", str(words), *more])


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("command", "name"), [(letter, "a.txt"), (letter, "a.eml"), (letter, "a.pdf"), (envelope, "a.pdf")]
)
@pytest.mark.parametrize("before", [True, False])
def test_a_letter_and_an_envelope_are_for_their_owner_alone_also_in_place_of_another_file(
    folder: Path, command: object, name: str, *, before: bool
) -> None:
    out = folder / name
    if before:
        out.write_text("from before")
        out.chmod(0o644)
    assert f"Wrote {out} (" in _written(command, out).output
    assert out.stat().st_mode & 0o777 == 0o600
    assert out.stat().st_size > 300
    assert _names(folder) == [name]


def test_a_letter_that_does_not_fit_leaves_the_one_before_and_says_so(folder: Path) -> None:
    out = folder / "a.txt"
    out.write_text("from before")
    with room_for(100):
        refused = _written(letter, out)
    assert isinstance(refused.exception, CampaignError)
    assert f"{out} cannot be written: there is no room left in" in str(refused.exception)
    assert (out.read_text(), _names(folder)) == ("from before", ["a.txt"])


def test_a_letter_is_not_written_where_no_folder_or_no_file_can_be(folder: Path) -> None:
    for out in (folder / "no" / "a.txt", folder / "a.txt" / "b.txt"):
        (folder / "a.txt").touch()
        assert "cannot be written" in str(_written(letter, out).exception)
    assert _names(folder) == ["a.txt"]


@pytest.mark.parametrize("which", ["--out", "--passphrases", "--sheet"])
def test_new_keys_are_not_made_when_a_folder_for_them_is_not_there(folder: Path, which: str) -> None:
    gone = folder / "not mounted"
    (folder / "keys").mkdir()
    given = {"--out": folder / "keys", "--passphrases": folder / "words", "--sheet": folder / "sheet.txt"}
    given[which] = gone if which == "--out" else gone / "x.txt"
    refused = CliRunner().invoke(cli, ["keys", "new", *(str(one) for pair in given.items() for one in pair)])
    assert isinstance(refused.exception, CampaignError), refused.output
    assert "cannot be written: No such file or directory." in str(refused.exception)
    assert (_names(folder), _names(folder / "keys")) == (["keys"], [])


def test_a_key_for_which_there_is_no_room_is_a_sentence_and_no_file(folder: Path) -> None:
    sizes = _sizes(folder)
    for room in (0, 100, sizes["campaign-2.key"], sizes["campaign.pub"]):
        assert room < max(sizes.values())
        (folder / f"keys{room}").mkdir()
        with room_for(room):
            refused = _new(folder / f"keys{room}", folder / "words", "--sheet", str(folder / "sheet.html"))
        assert isinstance(refused.exception, CampaignError), (room, refused.exception)
        assert "cannot be written: there is no room left in" in str(refused.exception)
        assert _names(folder / f"keys{room}") == []
        assert not (folder / "words").exists()
        assert not (folder / "sheet.html").exists()
        assert "Made" not in refused.output


def _sizes(folder: Path) -> dict[str, int]:
    """Return how long the files of a key are."""
    keys = folder / "first"
    keys.mkdir()
    made = _new(keys, folder / "first-words", "--sheet", str(folder / "first.html"))
    assert made.exit_code == 0, made.output
    return {path.name: path.stat().st_size for path in (*keys.iterdir(), folder / "first.html")}


def test_a_key_whose_passphrases_nobody_could_see_is_taken_away_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        message = "words cannot be written: there is no room left in it."
        raise CampaignError(message)

    (folder / "keys").mkdir()
    monkeypatch.setattr("campaign.cli.offline_keys.show_each", full)
    refused = _new(folder / "keys", folder / "words", "--sheet", str(folder / "sheet.txt"))
    assert "no room left" in str(refused.exception)
    assert "nothing was made" in str(refused.exception)
    assert (_names(folder), _names(folder / "keys")) == (["keys"], [])


def test_what_the_system_refuses_anywhere_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_options: object) -> None:
        raise OSError(28, "No space left on device", "/x/y")

    monkeypatch.setattr("campaign.cli.main.cli", fail)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "Stopped: No space left on device (/x/y).\n"
