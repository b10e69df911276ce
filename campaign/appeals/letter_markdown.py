"""A letter as its author wrote it: header lines, then Markdown cut down to what a letter may hold."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from campaign.appeals.definition import Block, BulletList, LetterText, Paragraph, Slot, Span
from campaign.appeals.placeholders import BLOCKS, INLINE, placeholders_in, unknown_inline

_HEADERS = ("Subject", "Salutation", "Closing")
_HEADER_LINE = re.compile(r"^([A-Z][a-z]+):[ \t]*(.*)$")
_SLOT_ALONE = re.compile(r"^\(\(\s*([^()]+?)\s*\)\)$")
_TEXT_TOKENS = {"text", "softbreak", "hardbreak", "strong_open", "strong_close", "em_open", "em_close"}
_STRUCTURE = {"paragraph_open", "paragraph_close", "list_item_open", "list_item_close"}
_TOO_MUCH_MARKDOWN = "A letter may hold paragraphs, “- ” lists, **bold** and *emphasis* only."
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "link", "autolink", "backticks", "entity"])


@dataclass(frozen=True)
class LineProblem:
    """Something wrong at a line of the file being read."""

    line: int
    message: str


def read_letter(text: str, recipient: str, locale: str) -> tuple[LetterText, list[LineProblem]]:
    """Read one ``<recipient>.<locale>.md``; the letter is complete only when there are no problems."""
    headers, body, first_line, problems = _split(text)
    blocks: list[Block] = []
    tokens = _MARKDOWN.parse(body)
    soft_break = "" if locale.startswith(("zh", "ja")) else " "  # Han text has no spaces to wrap at
    for block, line in _blocks(tokens, problems, first_line, soft_break):
        blocks.append(block)
        problems.extend(LineProblem(line, message) for message in _placeholder_problems(block))
    if not blocks:
        problems.append(LineProblem(first_line, "The letter has no text: write it below the header lines."))
    letter = LetterText(
        recipient=recipient,
        locale=locale,
        subject=headers.get("Subject", ""),
        salutation=headers.get("Salutation", ""),
        closing=headers.get("Closing", ""),
        blocks=tuple(blocks),
    )
    return letter, problems


def _split(text: str) -> tuple[dict[str, str], str, int, list[LineProblem]]:
    lines = text.replace("\r\n", "\n").split("\n")
    headers: dict[str, str] = {}
    problems: list[LineProblem] = []
    position = 0
    for position, line in enumerate(lines):
        match = _HEADER_LINE.match(line)
        if not match:
            break
        name, value = match.groups()
        if name not in _HEADERS:
            problems.append(LineProblem(position + 1, f"“{name}:” is not a header line of a letter; use {_named()}."))
        problems.extend(
            LineProblem(position + 1, f"There is no placeholder (({unknown})).") for unknown in unknown_inline(value)
        )
        headers[name] = value.strip()
    problems.extend(
        LineProblem(1, f"The line “{name}: …” is missing or empty at the top of the letter.")
        for name in _HEADERS
        if not headers.get(name)
    )
    return headers, "\n".join(lines[position:]), position + 1, problems


def _named() -> str:
    return ", ".join(f"“{name}:”" for name in _HEADERS)


def _blocks(
    tokens: Sequence[Token], problems: list[LineProblem], first_line: int, soft_break: str
) -> Iterator[tuple[Block, int]]:
    items: list[tuple[Span, ...]] | None = None
    start = first_line
    for token in tokens:
        line = first_line + (token.map[0] if token.map else 0)
        if token.type == "bullet_list_open":
            items, start = [], line
        elif token.type == "bullet_list_close" and items is not None:
            yield BulletList(tuple(items)), start
            items = None
        elif token.type == "inline":
            spans = tuple(_spans(token.children or [], problems, line, soft_break))
            if items is not None:
                items.append(spans)
            else:
                yield _slot_or_paragraph(spans), line
        elif token.type not in _STRUCTURE and token.nesting >= 0:
            problems.append(LineProblem(line, _TOO_MUCH_MARKDOWN))


def _slot_or_paragraph(spans: tuple[Span, ...]) -> Block:
    if len(spans) == 1:
        alone = _SLOT_ALONE.match(spans[0].text.strip())
        if alone and alone.group(1) in BLOCKS:
            return Slot(alone.group(1))
    return Paragraph(spans)


def _spans(tokens: Sequence[Token], problems: list[LineProblem], line: int, soft_break: str) -> Iterator[Span]:
    strong = emphasis = 0
    text = ""
    for token in tokens:
        if token.type not in _TEXT_TOKENS:
            problems.append(
                LineProblem(line, "A letter may hold paragraphs, “- ” lists, **bold** and *emphasis* only.")
            )
            continue
        if token.type in {"text", "softbreak", "hardbreak"}:
            text += {"softbreak": soft_break, "hardbreak": "\n"}.get(token.type, token.content)
            continue
        if text:
            yield Span(text, strong=strong > 0, emphasis=emphasis > 0)
            text = ""
        strong += {"strong_open": 1, "strong_close": -1}.get(token.type, 0)
        emphasis += {"em_open": 1, "em_close": -1}.get(token.type, 0)
    if text:
        yield Span(text, strong=strong > 0, emphasis=emphasis > 0)


def _placeholder_problems(block: Block) -> Iterator[str]:
    if isinstance(block, Slot):
        return
    rows = [block.spans] if isinstance(block, Paragraph) else list(block.items)
    for spans in rows:
        for name in placeholders_in("".join(span.text for span in spans)):
            if name in BLOCKS:
                yield f"(({name})) must stand alone in a paragraph of its own."
            elif name not in INLINE:
                yield f"There is no placeholder (({name})). Known: {', '.join(sorted(INLINE | BLOCKS))}."
