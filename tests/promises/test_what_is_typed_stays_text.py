"""What people type stays text: in the page, in the letter, in the mail; it is no markup, no placeholder, no header."""

import io
import re
from html import unescape

import pytest
from pypdf import PdfReader

from tests.visitor import SLUG

ON_SQLITE_ALONE = "It is sealed before it is stored."


@pytest.mark.parametrize("value", ["((city))", "{{7*7}}", "<b>bold</b> & <script>alert(1)</script>", "=1+1", "%0d%0a"])
def test_markup_and_placeholders_typed_by_a_supporter_are_printed_as_they_are(visitor, value):
    visitor.sign(words=value)
    page = visitor.get(f"/{SLUG}/letters").text
    assert value not in page or not re.search("[<>&]", value)
    assert value in unescape(page)
    pdf = PdfReader(io.BytesIO(visitor.get(f"/{SLUG}/letters/president.pdf").data))
    assert value in "".join(page.extract_text() for page in pdf.pages)
    assert value in visitor.get(f"/{SLUG}/letters/president.txt").text


def test_a_line_break_in_a_name_cannot_add_a_mail_header(visitor):
    visitor.sign(name="Aygül\r\nBcc: other@example.org")
    head = visitor.get(f"/{SLUG}/letters/president.eml").data.split(b"\r\n\r\n")[0]
    assert b"Bcc" not in head
    page = visitor.get(f"/{SLUG}/letters").text
    assert "bcc=" not in page.lower()
