"""The object graph for commands, and the pieces that work before anything is set up."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from campaign.appeals.definition import Appeal
from campaign.appeals.pack import files_in_folder, load_pack
from campaign.appeals.state import Standing, State, standing
from campaign.core.clock import SystemClock
from campaign.core.errors import CampaignError, NotFoundError
from campaign.runtime import Runtime, build_runtime
from campaign.settings import ROOT, SettingsError, load_settings


def letters_folder() -> Path:
    """Return the folder with the packs and the directory: LETTERS_DIR, or the one beside the program."""
    return Path(os.environ.get("LETTERS_DIR", ROOT / "letters")).resolve()


@contextmanager
def opened() -> Iterator[Runtime]:
    """Give the object graph and close it afterwards; needs a finished ``bin/campaign setup``."""
    runtime = build_runtime(load_settings())
    try:
        yield runtime
    except SQLAlchemyError as error:
        raise CampaignError(
            f"The database cannot be used ({type(error).__name__}). Run “bin/campaign setup”, or check DATABASE_URL."
        ) from None
    finally:
        runtime.close()


def open_appeal(slug: str) -> Appeal:
    """Return the appeal to write letters of: the published one, or the pack in ``letters/`` when none is published yet.

    Raises :class:`CampaignError` for one that is over. One that is not open yet may be tried here.
    """
    appeal, where = _found(slug)
    if where.state is State.EXPIRED:
        raise CampaignError(
            f"{appeal.reference} closed on {where.day}. Letters that arrive later can harm the people they are about, "
            "so none are written any more."
        )
    if where.state is State.CLOSED:
        raise CampaignError(f"The organisers have closed {appeal.reference}, so no letters are written any more.")
    return appeal


def _found(slug: str) -> tuple[Appeal, Standing]:
    try:
        with opened() as runtime:
            found = runtime.shelf.get(slug)
            if found:
                return found.appeal, runtime.standing(found.appeal)
    except (SettingsError, CampaignError):
        pass  # not set up yet: a letter can be written from the folder all the same
    folder = letters_folder() / slug
    if not (folder / "appeal.toml").is_file():
        known = ", ".join(sorted(path.parent.name for path in letters_folder().glob("*/appeal.toml")))
        raise NotFoundError(f"There is no appeal called “{slug}”. Known here: {known or 'none'}.")
    appeal = load_pack(slug, files_in_folder(folder))
    return appeal, standing(appeal, SystemClock())


def echo_json(value: Any) -> None:
    """Print a value as JSON for machines."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def pack_folders(root: Path) -> list[Path]:
    """Return the packs at ``root``: the folder itself, or every folder in it that holds an ``appeal.toml``."""
    if (root / "appeal.toml").is_file():
        return [root]
    return sorted(path.parent for path in root.glob("*/appeal.toml"))
