"""How long a text is on paper, counted in words, also where a language puts no spaces between them."""

import pytest

from campaign.appeals.checks import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("I am a nurse.", 4),
        ("我", 1),
        ("我是一名护士我是一名护士我是", 5),
        ("我是一名护士，我想念家人。他们", 6),  # a full-width comma fills a square as a character does
        ("Aygül 我是一名护士我是一名护士我是", 6),
    ],
)
def test_fourteen_chinese_characters_take_the_room_of_five_words(text, words):
    assert count_words(text) == words
