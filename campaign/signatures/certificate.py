"""The end of an appeal, and the paper that says so: rows, keys, and what was looked for afterwards."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from campaign.appeals.editions import Published
from campaign.core.clock import Clock
from campaign.core.database import Database
from campaign.signatures.index_keys import IndexKeys, replace_secret, shred
from campaign.signatures.retention import Purged, Scan, due, ended, purge_rows, rules, scan

_COPY = r"-\d+(-[a-z]+)?\.key"


@dataclass(frozen=True)
class Certificate:
    """What was deleted on a day, what was destroyed with it, and what a look at the database's files has found."""

    day: date
    counts: Counter[str]
    over: Sequence[str] = ()
    files: Sequence[str] = ()
    found: Scan | None = None
    advice: str = ""

    def text(self) -> str:
        """Return the certificate as lines for people."""
        lines = [f"Deleted on {self.day.isoformat()}:"]
        lines += [f"  {n:>9,}  {what}" for what, n in self.counts.items()] or ["  nothing: nothing was due"]
        if self.over:
            lines.append(f"Appeals that are over: {', '.join(self.over)}. Their totals stay; they name nobody.")
        if self.files:
            lines.append("Keys destroyed here: " + ", ".join(self.files) + ".")
            lines.append("Copies elsewhere, and backups of this folder, are yours to destroy.")
        if self.counts:
            lines.append(self._found())
        return "\n".join([*lines, *([self.advice] if self.advice else [])]) + "\n"

    def _found(self) -> str:
        if self.found is None:
            return (
                "Byte scan: not possible, the files belong to a database server. It uses the space of deleted rows "
                "again by itself (VACUUM); what was in them is sealed, and keyed with a key that is gone for appeals "
                "that are over."
            )
        return (
            f"Byte scan: {self.found.marks} marks of deleted rows looked for in {self.found.size:,} bytes of the "
            f"database’s files, {self.found.hits} found."
        )


@dataclass(frozen=True)
class Retention:
    """Keeps the promise of how long things are kept. ``secret_file`` holds INDEX_KEY, if a file does."""

    database: Database
    clock: Clock
    books: Callable[[], Sequence[Published]]
    index_keys: IndexKeys
    folder: Path
    secret_file: Path | None = None

    def due(self) -> Counter[str]:
        """Return what would go now: rows by kind, and keys of appeals that are over."""
        with self.database.reading() as session:
            slugs, over = self._appeals(session)
            found = due(session, rules(slugs, over, self.clock.now()))
        for slug in over:
            if not self.index_keys.is_destroyed(slug):
                found[f"keys of {slug} on this server"] += 1 + len(self._copies(slug))
        return found

    def purge(self) -> Certificate:
        """Delete what is due, destroy the keys of appeals that are over, and say so. Doing it twice changes nothing."""
        with self.database.reading() as session:
            slugs, over = self._appeals(session)
        purged = purge_rows(self.database, rules(slugs, over, self.clock.now()))
        ending = [slug for slug in over if not self.index_keys.is_destroyed(slug)]
        files = [name for slug in ending for name in self._destroy_keys(slug)]
        advice = self._renew(slugs) if ending else ""
        certificate = Certificate(self._today(), purged.counts, ending, files, self._scan(purged), advice)
        for slug in ending:
            self._keep(slug, certificate)
        return certificate

    def _appeals(self, session: Session) -> tuple[list[str], list[str]]:
        books = self.books()
        return [book.appeal.slug for book in books], ended(session, books, self.clock.now())

    def _today(self) -> date:
        return self.clock.now().date()

    def _scan(self, purged: Purged) -> Scan | None:
        return scan(self.database, purged.marks) if purged.counts else None

    def _copies(self, slug: str) -> list[Path]:
        """Return the locked private keys of an appeal, and of no other whose name begins alike."""
        pattern = re.compile(re.escape(slug) + _COPY)
        return sorted(path for path in self.folder.glob("keys/*.key") if pattern.fullmatch(path.name))

    def _destroy_keys(self, slug: str) -> list[str]:
        copies = self._copies(slug)
        for path in copies:
            shred(path)
        self.index_keys.destroy(slug, self._today())
        return [f"{slug}.index", *(path.name for path in copies)]

    def _renew(self, slugs: Sequence[str]) -> str:
        """Replace INDEX_KEY, which could make the destroyed key again; return what somebody has to do about it."""
        if self.secret_file is None or not self.secret_file.exists():
            return (
                "INDEX_KEY comes from the environment and could make the destroyed index key again: replace it on "
                "every machine. The other appeals keep theirs, which lie in INSTANCE/keys."
            )
        if not self.index_keys.keep(slugs):
            return "INDEX_KEY was not replaced: the keys of the other appeals cannot be written to INSTANCE/keys."
        replace_secret(self.secret_file)
        return "INDEX_KEY was replaced, since it could make the destroyed index key again. Restart the site."

    def _keep(self, slug: str, certificate: Certificate) -> None:
        """Put the certificate where organisers find it, also when no person was there to read it."""
        folder = self.folder / "certificates"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / f"{certificate.day.isoformat()}-{slug}.txt").write_text(certificate.text(), encoding="utf-8")
