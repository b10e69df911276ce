"""The end of an appeal, and the paper that says so: rows, keys, and what was looked for afterwards."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from campaign.appeals.closing import is_over
from campaign.appeals.definition import Appeal
from campaign.appeals.editions import Published
from campaign.core.clock import Clock
from campaign.core.database import Database
from campaign.signatures.index_keys import IndexKeys, replace_secret, shred
from campaign.signatures.journal import Change, Erasure, ErasureJournal
from campaign.signatures.promised_days import outlived
from campaign.signatures.retention import Purged, Rule, Scan, due, ended, purge_rows, rules, scan

BACKUP_DAYS = 31
"""How long a backup is kept at most (docs/organisers.md). One from before the end of an appeal is gone by then."""
_USELESS = f"lines about appeals that ended more than {BACKUP_DAYS} days ago"
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
    struck_out: int = 0

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
        if self.struck_out:
            lines.append(f"Struck out of the list of erased signatures: {self.struck_out:,} {_USELESS}.")
        return "\n".join([*lines, *([self.advice] if self.advice else [])]) + "\n"

    def _found(self) -> str:
        if self.found is None:
            return (
                "Byte scan: not possible, the files belong to a database server. It uses the space of deleted rows "
                "again by itself (VACUUM); what was in them is sealed, and keyed with a key that is gone for appeals "
                "that are over."
            )
        return (
            f"Byte scan: {self.found.marks} marks, a sample of the deleted rows, looked for in {self.found.size:,} "
            f"bytes of the database’s files, {self.found.hits} found."
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
    journal: ErasureJournal | None = None

    def is_over(self, session: Session, appeal: Appeal) -> bool:
        """Say whether an appeal's signatures are gone or due to go, and only its totals stay.

        Its day has come, or its keys are gone: a later edition, or a backup, may not know of the day.
        """
        return is_over(session, appeal, self.clock.now()) or self.index_keys.is_destroyed(appeal.slug)

    def due(self) -> Counter[str]:
        """Return what would go now: rows by kind, and keys of appeals that are over."""
        with self.database.reading() as session:
            wanted, _slugs, over = self._wanted(session)
            found = due(session, wanted)
        for slug in over:
            if not self.index_keys.is_destroyed(slug):
                found[f"keys of {slug} on this server"] += 1 + len(self._copies(slug))
        useless = self._ended_long_ago()
        if useless:
            found[f"{_USELESS}, in the list of erased ones"] = sum(one.slug in useless for one in self._listed())
        return found

    def purge(self) -> Certificate:
        """Delete what is due, destroy the keys of appeals that are over, and say so. Doing it twice changes nothing."""
        with self.database.reading() as session:
            wanted, slugs, over = self._wanted(session)
        purged = purge_rows(self.database, wanted)
        ending = [slug for slug in over if not self.index_keys.is_destroyed(slug)]
        # In this order: a run that was cut short in between finds the keys of the appeals, and does both again.
        advice = self._renew(slugs) if ending else ""
        files = [name for slug in ending for name in self._destroy_keys(slug)]
        struck_out = self.journal.strike_out(self._ended_long_ago()) if self.journal else 0
        certificate = Certificate(self._today(), purged.counts, ending, files, self._scan(purged), advice, struck_out)
        for slug in ending:
            self._keep(slug, certificate)
        return certificate

    def _wanted(self, session: Session) -> tuple[list[Rule], list[str], list[str]]:
        """Return what may be due, all appeals, and those that are over: their day has come, or their keys are gone.

        The second is for a database from a backup, which may not know yet that an appeal was closed.
        """
        books, now = self.books(), self.clock.now()
        slugs, over = [book.appeal.slug for book in books], ended(session, books, now)
        over = [slug for slug in slugs if slug in over or self.index_keys.is_destroyed(slug)]
        return rules(slugs, over, now, outlived(session, books, now)), slugs, over

    def _listed(self) -> list[Erasure | Change]:
        return [*self.journal.read(), *self.journal.changes()] if self.journal else []

    def _ended_long_ago(self) -> set[str]:
        """Return the listed appeals whose end no backup reaches behind; see :data:`BACKUP_DAYS`.

        What a backup that was kept for longer brings back goes all together, since their keys are gone.
        """
        before = self._today() - timedelta(days=BACKUP_DAYS)
        listed = {one.slug for one in self._listed()}
        return {slug for slug in listed if (self.index_keys.destroyed_on(slug) or before) < before}

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
        """Replace INDEX_KEY, which could make a destroyed key again; return what somebody has to do about it."""
        if self.secret_file is None or not self.secret_file.exists():
            return (
                "INDEX_KEY comes from the environment and could make the destroyed index key again: replace it on "
                "every machine. The other appeals keep theirs, which lie in INSTANCE/keys."
            )
        if not self.index_keys.keep(slugs):
            return "INDEX_KEY was not replaced: the keys of the other appeals cannot be written to INSTANCE/keys."
        replace_secret(self.secret_file)
        return (
            "INDEX_KEY was replaced, since it could make the destroyed index key again. No process uses the destroyed "
            "key any more; the old INDEX_KEY leaves their memory when the site is restarted."
        )

    def _keep(self, slug: str, certificate: Certificate) -> None:
        """Put the certificate where organisers find it, also when no person was there to read it."""
        folder = self.folder / "certificates"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / f"{certificate.day.isoformat()}-{slug}.txt").write_text(certificate.text(), encoding="utf-8")
