"""Journeys through a real server by people made of marks: what is theirs can be told wherever it turns up."""

import http.client
import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from tests.abuse.solving import solved
from tests.mail_server import MailServer
from tests.visitor import SLUG

STEMS = {
    "name": "Nämêqx",
    "mail": "mailqx.",
    "mail as typed": "MailQx.",
    "words": "Wörtêrqx",
    "street": "Straßêqx",
    "city": "Städtêqx",
    "agent": "Browserqx/",
    "typed into the address bar": "barqx.",
}
LISTED = "Listêdqx"
"""What begins the names that people gave for the public list."""

LINES = ("203.17.", ":7716:1:2:3:", "7716:0001:0002:0003:")
"""What stands in the addresses of their lines."""

_LINK = re.compile(r"/([cm])/([A-Za-z0-9_-]{43})")
_PATIENCE_SECONDS = 240.0


@dataclass
class Person:
    """Somebody who is told apart from everybody else by a number, and their browser."""

    number: int
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    @property
    def mail(self) -> str:
        """The address, in another case than its canonical form."""
        return f"MailQx.{self.number}@example.org"

    @property
    def address(self) -> str:
        """The address of their line, of version 4 or 6: some share one, and the others are in networks of their own."""
        n = self.number // 100 if self.kind == 6 else self.number
        if (n // 10 + n) % 2:
            return f"2001:db8:{n:x}:7716:1:2:3:{n:x}"
        return f"203.{17 + n // 256}.{n % 256}.77"

    @property
    def kind(self) -> int:
        """Which of the journeys is theirs."""
        return self.number % 10

    def typed(self, **changes: str) -> dict[str, object]:
        """Return the form as they fill it in."""
        n = self.number
        typed = {
            "name": f"{STEMS['name']}{n} Qadir", "email": self.mail, "country": "CA", "city": f"{STEMS['city']}{n}",
            "address": f"{n} {STEMS['street']}{n}", "locale": "en", "demands": ["release", "protect"],
            "words": f"I know {STEMS['words']}{n}.", "consent_count": "y", "consent_handover": "y", "consent_show": "y",
        }  # fmt: skip
        return {**typed, **changes}

    def ask(self, path: str, data: dict[str, object] | None = None) -> tuple[int, bytes]:
        """Load an address, or send a form to it; return status and content."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {
            "Host": "localhost", "User-Agent": f"{STEMS['agent']}{self.number}", "X-Forwarded-For": self.address,
            "X-Real-IP": self.address, "Forwarded": f'for="{self.address}"',
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }  # fmt: skip
        if data is None:
            connection.request("GET", path, headers={name: value for name, value in headers.items() if value})
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("POST", path, urlencode(data, doseq=True), headers)
        answer = connection.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        assert answer.status < 500 or answer.status == 503, f"{path} was answered with {answer.status}"
        return answer.status, content

    def send(self, path: str, form_at: str = "", **data: object) -> int:
        """Send a form with the token of its page."""
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', self.ask(form_at or path)[1])
        assert found, f"{form_at or path} has no form"
        return self.ask(path, {"csrf_token": found.group(1).decode(), **data})[0]

    def proof(self) -> str:
        """Do the work that a browser does."""
        return solved(json.loads(self.ask("/proof.json")[1]))

    def take(self, name: str) -> None:
        """Take a letter away, and ask again where all workers are busy."""
        give_up = time.monotonic() + _PATIENCE_SECONDS
        while (answer := self.ask(f"/{SLUG}/letters/{name}"))[0] == 503:
            assert time.monotonic() < give_up, f"no {name} for {self.number}"
            time.sleep(0.5)
        assert answer[0] == 200, f"{name} was answered with {answer[0]}"


def come(person: Person) -> None:
    """Sign, or whatever else somebody comes for, and read the letters."""
    sign, marked = f"/{SLUG}/sign", quote(f"barqx.{person.number}")
    if person.kind == 4:
        assert person.send(sign, **person.typed(email="", without_email="y", proof=person.proof())) == 303
    elif person.kind == 7:
        assert person.send(sign, **person.typed(country="nowhere")) == 422
        assert person.send(f"/{SLUG}/letters", sign, **person.typed()) == 303
        person.take("all.pdf")
        assert person.ask(f"/{marked}")[0] == 404
        person.ask(f"/{SLUG}?name={marked}")
    elif person.send(sign, **person.typed()) == 429:
        assert person.send(sign, **person.typed(proof=person.proof())) == 303
    assert person.ask(f"/{SLUG}/letters")[0] == 200
    person.take("president.txt")
    if person.kind == 1:
        person.take("president.pdf")
        person.take("president.eml")
        person.take("president/envelope.pdf")


def follow(person: Person) -> None:
    """Do what the mail is for."""
    confirm, manage = f"/c/{person.links['c']}", f"/m/{person.links['m']}"
    assert person.send(confirm) == 303
    if person.kind == 0:
        assert person.send(f"{confirm}/name", shown_name=f"{LISTED}{person.number}", agreed="y") == 303
    if person.kind == 2:
        assert person.send(manage, consent_handover="y") == 303
    if person.kind in {3, 8}:
        assert person.send(f"{manage}/withdraw") == 303
    if person.kind == 5:
        assert person.send("/m", appeal=SLUG, email=person.mail.lower()) == 303


def waits_for_mail(person: Person) -> bool:
    """Say whether a mail comes; the last of ten have a mail server that puts everybody off."""
    return person.kind not in {4, 7, 9}


def each(people: list[Person], do: Callable[[Person], None]) -> None:
    """Let four at a time do something; what goes wrong for one of them goes wrong here."""
    with ThreadPoolExecutor(4) as together:
        list(together.map(do, people))


def travel(port: int, server: MailServer, n: int) -> list[Person]:
    """Send people on their journeys to the end, and wait for everything they set off."""
    server.to_recipient = lambda to: "450 4.2.0 later" if int(re.findall(r"\d+", to)[0]) % 10 == 9 else "250 OK"
    people = [Person(number, port) for number in range(n)]
    each(people, come)
    asked = [person for person in people if waits_for_mail(person)]
    _until(lambda: len(server.recipients) >= len(asked))
    for to, mail in zip(list(server.recipients), list(server.taken), strict=True):
        people[int(re.findall(r"\d+", to)[0])].links = dict(_LINK.findall(mail.get_body(("plain",)).get_content()))
    each(asked, follow)
    second = len([person for person in asked if person.kind == 5])
    _until(lambda: len(server.recipients) >= len(asked) + second)
    return people


def _until(there: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while not there():
        assert time.monotonic() < give_up, "the mails did not come"
        time.sleep(0.05)
