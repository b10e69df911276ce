"""What organisers did with keys, exports and deletions is written down, and an altered line cannot hide."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli.main import cli
from campaign.core.errors import CampaignError
from tests.locks import cheap_locks

SLUG = "ua-61-21"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Type a command for one server."""
    folder = tmp_path_factory.mktemp("server")

    def type_command(*arguments: str) -> Result:
        return CliRunner().invoke(cli, arguments, env={"INSTANCE": str(folder)})

    with cheap_locks():
        type_command("setup")
    type_command("signatures", "export", "--appeal", SLUG, "--for", "count", "--out", str(folder / "count.csv"))
    type_command("signatures", "bundle", SLUG, "--out", str(folder / "bundle"))
    return type_command


def _database(run: Run) -> Path:
    return Path(json.loads(run("keys", "show", "--appeal", SLUG, "--json").stdout)["file"]).parents[1] / "campaign.db"


def test_publishing_keys_exports_and_bundles_are_written_down_without_a_name(run: Run) -> None:
    lines = json.loads(run("audit", "show", "--json").stdout)
    assert [line["action"] for line in lines] == [
        "published", "key made here", "key confirmed", "exported", "bundle made",
    ]  # fmt: skip
    assert all(line["object"].startswith(SLUG) and "@" not in line["object"] for line in lines)
    assert "sha256" in lines[3]["object"]


def test_one_altered_line_and_the_check_fails(run: Run) -> None:
    assert "none of them changed" in run("audit", "check").stdout
    with sqlite3.connect(_database(run)) as connection:
        connection.execute("UPDATE audit SET object = replace(object, '0 rows', '1 rows') WHERE n = 4")
    connection.close()
    checked = run("audit", "check")
    assert isinstance(checked.exception, CampaignError)
    assert "line 4 is not as it was written" in str(checked.exception)
