"""Whether the system libraries that draw letters are there, asked once at the start and answered with a sentence."""

import ctypes

# The names WeasyPrint looks for, on Debian and Ubuntu and with Homebrew.
_PANGO = (
    ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll"),
    ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib", "libpangoft2-1.0-0.dll"),
)
_SUBSET = ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll")


def missing_libraries() -> str:
    """Return one sentence that says which package to install, or ``""`` when everything is there.

    Without ``libharfbuzz-subset`` letters still come out, but each takes ten to fifty times as long.
    """
    if not all(_loads(names) for names in _PANGO):
        return (
            "Letters cannot be drawn, because Pango is missing: install libpango-1.0-0, libpangoft2-1.0-0 and "
            "libharfbuzz-subset0 (Debian, Ubuntu) or run “brew install pango” (macOS)."
        )
    if not _loads(_SUBSET):
        return (
            "Letters would take seconds each, because HarfBuzz' subsetting library is missing: install "
            "libharfbuzz-subset0 (Debian, Ubuntu) or run “brew install harfbuzz” (macOS)."
        )
    return ""


def _loads(names: tuple[str, ...]) -> bool:
    for name in names:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False
