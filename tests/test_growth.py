"""What Workflow code and `public` do with texts of others takes a time that grows with the text.

All runs of a worker share the thread of its Workflows. The functions on citations, outlines and
reports have a test of their own in tests/research/sources.
"""

from collections.abc import Callable

import pytest
from support.growth import SIGNS, grows_with_the_square

from generator.harmless import printable, without_login
from generator.received import is_one_address, new_topic, problem_with_model, report_input, whole
from generator.research.deep import cut
from generator.settings import public
from generator.wording import in_brief, literal, pdf_name, status_in_words
from models import ReportStatus, SectionStatus, Stage

FORMS = ["a@", "@a", "//a", "a:1/", "a/", "..", "x.y", "=?", "\ud800", "\x1b[0m", "Error: ", "sk-"]
FUNCTIONS: dict[str, Callable[[str], object]] = {
    "report_input": lambda text: report_input([{"prompt": text, "email": text, "model": text}]),
    "problem_with_model": problem_with_model,
    "is_one_address": is_one_address,
    "new_topic": lambda text: new_topic([text], Stage.RESEARCH),
    "whole": whole,
    "in_brief": in_brief,
    "literal": literal,
    "pdf_name": lambda text: pdf_name(text, text),
    "printable": printable,
    "without_login": without_login,
    "status": lambda text: status_in_words(
        ReportStatus(Stage.PDF, "", note=text, email=text, sections=[SectionStatus(text)]), text
    ),
    "cut": lambda text: cut(text * 5),
    "public": public,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_whatever_is_repeated(name: str) -> None:
    function, parts = FUNCTIONS[name], SIGNS + FORMS
    assert not [*filter(None, (grows_with_the_square(function, part, 16_000) for part in parts))]
