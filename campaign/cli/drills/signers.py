"""People who sign without a pause, and remember what they were told."""

import contextlib
import http.client
import re
import threading
import time
from collections import deque
from http import HTTPStatus
from urllib.parse import urlencode

from campaign.appeals.definition import Appeal
from campaign.cli.drills.outcome import DrillError

_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
_TWICE = 10
"""Every so many people press the button a second time."""
_PATIENCE_SECONDS = 120.0


class Signers:
    """Some visitors at once; whoever is not thanked tries again until the end, as people do.

    ``acknowledged``: addresses answered with 303. ``moments``: when that was, in seconds since 1970. ``tried``: all
    addresses that were sent.
    """

    def __init__(self, port: int, appeal: Appeal, hands: int = 4, *, twice: bool = True) -> None:
        """``twice``: some send their signature a second time after they were thanked."""
        self._port, self._appeal, self._hands, self._twice = port, appeal, hands, twice
        self.acknowledged: list[str] = []
        self.moments: list[float] = []
        self.tried: set[str] = set()
        self.strange: set[int] = set()
        self._again: deque[str] = deque()
        self._made = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._cookie, self._token = _form(port, appeal.slug)

    def start(self) -> None:
        """Begin, or go on."""
        self._over.clear()
        self._threads = [threading.Thread(target=self._loop, daemon=True) for _ in range(self._hands)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Come to an end; what is under way is waited for."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self.strange:
            raise DrillError(f"The site answered with {sorted(self.strange)}, which no drill expects.")

    def wait_for(self, more: int) -> None:
        """Wait until so many more people were thanked."""
        enough, give_up = len(self.acknowledged) + more, time.monotonic() + _PATIENCE_SECONDS
        while len(self.acknowledged) < enough:
            if time.monotonic() > give_up or self.strange:
                self.stop()
                raise DrillError("Nobody is thanked any more.")
            time.sleep(0.005)

    def sign(self, connection: http.client.HTTPConnection, address: str) -> tuple[int, str]:
        """Sign once; return the status, and the cookies that open the letters."""
        data = {
            "csrf_token": self._token, "name": "Drill", "email": address, "country": "CA",
            "locale": self._appeal.letter_locales[0], "demands": [one.id for one in self._appeal.demands[:1]],
            "consent_count": "y",
        }  # fmt: skip
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", f"/{self._appeal.slug}/sign", urlencode(data, doseq=True), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, cookies_of(answer)

    def next_address(self) -> str:
        """Return somebody who has to try again, or somebody new."""
        with self._lock:
            if self._again:
                return self._again.popleft()
            self._made += 1
            address = f"drill-{self._made}@example.org"
            self.tried.add(address)
            return address

    def _loop(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        while not self._over.is_set():
            address = self.next_address()
            try:
                status = self._one(connection, address)
            except (OSError, http.client.HTTPException):  # nobody knows whether it was taken
                connection.close()
                status = HTTPStatus.SERVICE_UNAVAILABLE
            if status != HTTPStatus.SEE_OTHER:
                with self._lock:
                    self._again.append(address)
                time.sleep(0.05)
        connection.close()

    def _one(self, connection: http.client.HTTPConnection, address: str) -> int:
        status, _cookies = self.sign(connection, address)
        if status == HTTPStatus.SEE_OTHER:
            self.moments.append(time.time())
            self.acknowledged.append(address)
            if self._twice and len(self.acknowledged) % _TWICE == 0:
                with contextlib.suppress(OSError, http.client.HTTPException):
                    self.sign(connection, address.upper())
        elif status != HTTPStatus.SERVICE_UNAVAILABLE:
            self.strange.add(status)
        return status


def cookies_of(answer: http.client.HTTPResponse) -> str:
    """Return the cookies of an answer as the next request sends them."""
    return "; ".join(value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie", []))


def _form(port: int, slug: str) -> tuple[str, str]:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", f"/{slug}/sign")
        answer = connection.getresponse()
        token = _TOKEN.search(answer.read())
    if token is None:
        raise DrillError(f"The form came without its token, with status {answer.status}.")
    return cookies_of(answer), token.group(1).decode()
