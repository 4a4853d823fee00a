"""What Workflow code and `public` do with texts of others takes a time that grows with the text.

All runs of a worker share the thread of its Workflows. The functions on citations, outlines and
reports have a test of their own in tests/research/sources.
"""

from collections.abc import Callable
from typing import Any

import pytest
from support.growth import SIGNS, grows_with_the_square

from generator.harmless import printable, without_login
from generator.llm.extras import learn_refused
from generator.llm.remedies import is_about_the_request
from generator.llm.text.whole import without_half_sentence
from generator.llm.usage import amount
from generator.llm.wire.failure import Reply, reply_of
from generator.pdf.markdown.dollars import _is_maths
from generator.received import is_one_address, new_topic, problem_with_model, report_input, whole
from generator.research.deep import cut
from generator.settings import public
from generator.wording import in_brief, literal, pdf_name, status_in_words
from models import ReportStatus, SectionStatus, Stage

FORMS = [
    "a@",
    "@a",
    "//a",
    "a:1/",
    "a/",
    "..",
    "x.y",
    "=?",
    "\ud800",
    "\x1b[0m",
    "Error: ",
    "sk-",
    "unrecogni",
    "input is",
    "\n\n",
]
ASKED: dict[str, Any] = {
    "model": "openai/m",
    "messages": [{"role": "system"}],
    "max_tokens": 9,
    "stream": True,
    "stream_options": {},
}
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
    # Of texts of a server: how an answer ends, and what an error says.
    "without_half_sentence": without_half_sentence,
    "learn_refused": lambda text: learn_refused(ASKED, 400, text, ""),
    "is_about_the_request": lambda text: is_about_the_request(Reply(400, {}, set(), text)),
    "amount": lambda text: amount(text[2:]),
    "reply_of": lambda text: reply_of(400, {}, text),
    "is_maths": _is_maths,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_whatever_is_repeated(name: str) -> None:
    function, parts = FUNCTIONS[name], SIGNS + FORMS
    assert not [*filter(None, (grows_with_the_square(function, part, 16_000) for part in parts))]
