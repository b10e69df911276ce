"""A letter said aloud, at the door of an embassy or on the telephone: who I am, why I come, what I ask, thanks."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from campaign.letters.letter import FilledList, Letter, LetterValues

MAX_SECONDS = 60
"""Whoever opens a door listens for a minute."""

# An unhurried pace for reading aloud to a stranger.
_WORDS_PER_SECOND = 2.3
_CHINESE_CHARACTERS_PER_SECOND = 4.0
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")


@dataclass(frozen=True)
class SpokenWords:
    """The sentences of a script in one language; ``place`` is for those who told their town."""

    greeting: str
    name: str
    nameless: str
    place: str
    why: str
    ask: str
    thanks: str
    join: str


SPOKEN: Mapping[str, SpokenWords] = {
    "en": SpokenWords(
        greeting="Good day.",
        name="My name is {name}.",
        nameless="I am a concerned person and would rather not give my name.",
        place="I live in {city}.",
        why="I have written you a letter. Its subject line is: {subject}.",
        ask="Please pass on what I ask for:",
        thanks="Thank you for listening. May I ask whom I have spoken to?",
        join=" ",
    ),
    "fr": SpokenWords(
        greeting="Bonjour.",
        name="Je m’appelle {name}.",
        nameless="Je suis une personne préoccupée et je préfère ne pas donner mon nom.",
        place="Ma ville : {city}.",
        why="Je vous ai écrit une lettre. En voici l’objet\u00a0: {subject}.",
        ask="Merci de transmettre ce que je demande :",
        thanks="Je vous remercie de votre attention. Puis-je savoir à qui j’ai parlé\u00a0?",
        join=" ",
    ),
    "zh-Hans": SpokenWords(
        greeting="您好。",
        name="我叫{name}。",
        nameless="我是一位关注此事的人，不便透露姓名。",
        place="我住在{city}。",
        why="我给您写了一封信，标题是：{subject}。",
        ask="请转达我的请求：",
        thanks="谢谢您听我说完。请问您怎么称呼？",
        join="",
    ),
}


def spoken(letter: Letter, values: LetterValues) -> str:
    r"""Return the script for a letter and the values it was made of, in the letter's language; lines end with ``\n``.

    As many of the letter's points as can be said within :data:`MAX_SECONDS`, each whole and in their order. Languages
    without sentences here get English ones around their own points.
    """
    words = SPOKEN.get(letter.locale, SPOKEN["en"])
    named = bool(values.name) and not values.without_name
    who = [words.greeting, words.name.format(name=values.name.rstrip(".")) if named else words.nameless]
    if values.city:
        who.append(words.place.format(city=values.city))
    opening = [words.join.join(who), words.why.format(subject=letter.subject.rstrip(".。"))]
    points = _points_that_fit(letter, MAX_SECONDS - speaking_seconds("\n".join([*opening, words.ask, words.thanks])))
    asking = [words.ask + "\n" + "\n".join(f"– {point}" for point in points)] if points else []
    return "\n\n".join([*opening, *asking, words.thanks]) + "\n"


def speaking_seconds(text: str) -> int:
    """Return how long the text takes to read aloud, in whole seconds."""
    chinese = len(_CHINESE.findall(text))
    others = len(_WORD.findall(_CHINESE.sub(" ", text)))
    return round(chinese / _CHINESE_CHARACTERS_PER_SECOND + others / _WORDS_PER_SECOND)


def _points_that_fit(letter: Letter, seconds: int) -> list[str]:
    fitting: list[str] = []
    for point in _points(letter):
        if speaking_seconds("\n".join([*fitting, point])) <= seconds:
            fitting.append(point)
    return fitting


def _points(letter: Letter) -> Iterator[str]:
    for block in letter.blocks:
        if isinstance(block, FilledList):
            yield from ("".join(span.text for span in item) for item in block.items)
