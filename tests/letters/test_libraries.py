"""The sentence about missing system libraries."""

import ctypes

import pytest

from campaign.letters.libraries import missing_libraries


def without(monkeypatch: pytest.MonkeyPatch, part: str) -> str:
    """Ask on a machine where no library of that name can be loaded."""
    load = ctypes.CDLL

    def refusing(name: str) -> ctypes.CDLL:
        if part in name:
            raise OSError(name)
        return load(name)

    monkeypatch.setattr(ctypes, "CDLL", refusing)
    return missing_libraries()


def test_nothing_is_missing_where_these_tests_run() -> None:
    assert missing_libraries() == ""


def test_without_pango_the_sentence_names_its_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "libpangoft2-1.0-0" in without(monkeypatch, "pangoft2")


def test_without_the_subsetting_library_the_sentence_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = without(monkeypatch, "harfbuzz-subset")
    assert "seconds each" in sentence
    assert "libharfbuzz-subset0" in sentence
