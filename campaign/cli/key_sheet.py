"""The recovery sheet of a key: what a person needs who finds it in a drawer; the words are written in by hand."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from campaign.cli.private_files import write_new
from campaign.core.errors import CampaignError
from campaign.keys import shown_fingerprint
from campaign.settings import ROOT


def check_sheet(path: Path | None) -> None:
    """Raise :class:`CampaignError` unless a sheet can be written under this name."""
    if path and path.suffix.lower() not in {".txt", ".html"}:
        raise CampaignError("The recovery sheet is a .txt or an .html file; a browser prints the latter, also as PDF.")


def write_sheet(path: Path, name: str, public: bytes, files: Sequence[str], *, two_person: bool) -> None:
    """Write the sheet as plain text or, for a name that ends in .html, as a page to print; it holds no secret."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "print"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    fingerprint = shown_fingerprint(public).split()
    lines = [" ".join(fingerprint[start : start + 8]) for start in (0, 8)]
    template = environment.get_template(f"key_sheet{path.suffix.lower()}")
    write_new(path, template.render(name=name, fingerprint=lines, files=files, two_person=two_person))
