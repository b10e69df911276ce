"""``tagged`` and ``naive``: what tags cost, and what a letter costs whoever calls WeasyPrint as it is first tried."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from bench_child import Child, python_environment
from bench_figures import Figure, Target, Turns, in_turns, tell
from bench_sample import VALUES, html_on_one_page, letter_of, own_fonts

from campaign.letters.sheet import stylesheet

_TAGGED = Target(1.10, at_most=True)
_NAIVE = Target(0.55, at_most=True)
_NAIVE_SIZE = Target(0.30, at_most=True)
_SYSTEM_FAMILIES = 'font-family: "Noto Serif", "Noto Serif CJK SC", serif'
_NEEDED = ("Noto Serif", "Noto Serif CJK SC")
_WARM_UP = 5


def measure_tagged(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figure of ``tagged``: milliseconds for a letter with tags (PDF/UA-1) and for one without."""
    with _printer(folder, own_fonts(folder)) as printer:
        html = html_on_one_page(letter_of(VALUES), lambda html: int(printer.ask({"html": html})["pages"]))

        def milliseconds(*, untagged: bool) -> float:
            return float(printer.ask({"html": html, "untagged": untagged})["milliseconds"])

        for _ in range(_WARM_UP):
            milliseconds(untagged=True)
        rounds = 20 if quick else 100
        turns = in_turns("tagged", lambda: milliseconds(untagged=False), lambda: milliseconds(untagged=True), rounds)
    return [turns.figure("tagged", "ms", _TAGGED)]


def measure_naive(folder: Path, *, quick: bool) -> list[Figure]:
    """Return the figures of ``naive``: milliseconds and kilobytes of a letter; none where the fonts are missing."""
    missing = _missing_families()
    if missing:
        tell(f"naive: left out, because {' and '.join(missing)} are not installed (fonts-noto-core, fonts-noto-cjk)")
        return []
    sizes = Turns()
    with _printer(folder, own_fonts(folder)) as printer, _printer(folder, {"PYTHONHASHSEED": "0"}) as naive:
        html = html_on_one_page(letter_of(VALUES), lambda html: int(printer.ask({"html": html})["pages"]))
        plain = with_styles(html, re.sub(r"font-family:[^;}]*", _SYSTEM_FAMILIES, stylesheet()))

        def ours() -> float:
            answer = printer.ask({"html": html})
            sizes.ours.append(answer["bytes"] / 1000)
            return float(answer["milliseconds"])

        def other() -> float:
            answer = naive.ask({"html": plain, "naive": True})
            sizes.other.append(answer["bytes"] / 1000)
            return float(answer["milliseconds"])

        naive.ask({"html": plain, "naive": True})
        turns = in_turns("naive", ours, other, rounds=8 if quick else 40)
    return [turns.figure("naive", "ms", _NAIVE), sizes.figure("naive-size", "kB", _NAIVE_SIZE)]


def with_styles(html: str, styles: str) -> str:
    """Return the page with its style sheet inside."""
    return html.replace("</head>", f"<style>{styles}</style></head>", 1)


def _printer(folder: Path, environment: dict[str, str]) -> Child:
    styles = folder / "letter.css"
    styles.write_text(stylesheet(), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "FONTCONFIG_FILE"}
    return Child("bench_weasyprint.py", str(styles), environment=python_environment(kept | environment))


def _missing_families() -> list[str]:
    tool = shutil.which("fc-list")
    if tool is None:
        return list(_NEEDED)
    listed = subprocess.run([tool, ":", "family"], capture_output=True, text=True, check=False).stdout
    families = {family.strip() for line in listed.splitlines() for family in line.split(",")}
    return [family for family in _NEEDED if family not in families]
