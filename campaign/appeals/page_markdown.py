"""The background text of an appeal page: Markdown in, safe HTML out."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {"p", "h3", "h4", "h5", "ul", "ol", "li", "strong", "em", "blockquote", "br", "hr", "a", "code"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "typographer": False}).disable("image")


def _lower_headings(tokens: list[Token]) -> list[Token]:
    """Move headings one level down: the page has the h1, its sections the h2."""
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(max(int(token.tag[1]) + 1, 3), 5)}"
    return tokens


def render_page(text: str) -> str:
    """Return the Markdown as HTML with HTML off, then sanitised; links lose everything but http(s) addresses."""
    html = _MARKDOWN.renderer.render(_lower_headings(_MARKDOWN.parse(text)), _MARKDOWN.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer",
    )
