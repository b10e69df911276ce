"""The structure tree of a letter: what a screen reader is told beyond what WeasyPrint tells it by itself."""

from collections.abc import Sequence

import pydyf  # type: ignore[import-untyped]

from campaign.letters.letter import Letter
from campaign.letters.sheet import section_locales


def finish_structure(pdf: pydyf.PDF, pages: Sequence[Sequence[Letter]]) -> None:
    """Tidy the structure tree of a document whose pages show these letters, or their addresses.

    The pages of one letter share one list: its languages go on from page to page.
    """
    elements = [one for one in pdf.objects if isinstance(one, pydyf.Dictionary) and one.get("Type") == "/StructElem"]
    _name_languages(pdf, elements, pages)
    _drop_empty_divisions(pdf, elements)


def _name_languages(pdf: pydyf.PDF, elements: Sequence[pydyf.Dictionary], pages: Sequence[Sequence[Letter]]) -> None:
    """Write the language of each letter, and that of its address lines, into the structure tree.

    WeasyPrint tags a document with one language; ISO 14289-1 §7.2 wants every change of it named.
    """
    references = list(zip(pdf.page_references, pages, strict=True))
    locales = {page: letters[0].locale for page, letters in references}
    of_letters = {id(letters): [one for letter in letters for one in section_locales(letter)] for letters in pages}
    sections = {page: of_letters[id(letters)] for page, letters in references}
    for element in elements:
        if element["S"] == "/Art":
            element["Lang"] = pydyf.String(locales[element["Pg"]])
        elif element["S"] == "/Sect" and sections[element["Pg"]]:
            left = sections[element["Pg"]]
            # The last ones are own words, all in one language. A paragraph on two pages is two elements.
            element["Lang"] = pydyf.String(left.pop(0) if len(left) > 1 else left[0])


def _drop_empty_divisions(pdf: pydyf.PDF, elements: Sequence[pydyf.Dictionary]) -> None:
    """Take out the fold marks, which are drawn and say nothing: somebody who listens would stop at each of them.

    What is left of an element is an empty object that nothing refers to; pydyf cannot take it out of the file.
    """
    for element in elements:
        if element["S"] == "/Div" and not element["K"]:
            parent = pdf.objects[int(element["P"].split()[0])]
            parent["K"].remove(element.reference)
            element.clear()
