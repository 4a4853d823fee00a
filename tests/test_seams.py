"""Where one part of an answer ends and the next begins, nothing is lost and nothing is repeated."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.llm_server import report

from generator.llm.seam import join, split_at_seam, without_thoughts


def rest(answer: str, head: str) -> str:
    assert answer.startswith(head)
    return answer[len(head) :]


def stripped(answer: str, head: str) -> str:
    return rest(answer, head).lstrip() if head else answer


def last_sentence_again(answer: str, head: str) -> str:
    starts = re.finditer(r"(?:[.!?]\s|[。！？]|\n)\s*(?=\S)", head)
    return answer[max((start.end() for start in starts), default=0) :]


def whole_answer_again(answer: str, head: str) -> str:
    return answer


# How models continue an answer of which they are given the head.
MODELS = [rest, stripped, last_sentence_again, whole_answer_again]
Model = Callable[[str, str], str]

ENGLISH = report(900)
CHINESE = "# 水熊虫为什么如此顽强\n\n" + "".join(
    f"第{n}项发现说明水熊虫在零下{n}度的环境中仍然能够存活下来并且继续繁殖后代。"
    + "\n\n" * (n % 5 == 0)
    for n in range(1, 18)
)
TABLE = "# Survival by temperature\n\n| case | °C | alive |\n| --- | ---: | :---: |\n" + "".join(
    f"| case {n} | {-n} | {100 - n} % |\n" for n in range(1, 25)
)
CODE = "# Counting tardigrades in Python\n\n```python\n" + "".join(
    f"    total_{n} = count(moss={n}, water={n + 1})\n" for n in range(1, 18)
)
FENCES = "# Loops over moss\n\nThere are some." + "".join(
    f"\n\n```\nfor moss in range({n}):\n    print(moss + {n})\n```" for n in range(10, 20)
)
LIST = "# Places to look for them\n\n" + "".join(
    f"- **Place {n}**: moss on the north side of wall {n}\n" for n in range(1, 18)
)
UNTITLED = " ".join(f"Sentence {n} has no title above it." for n in range(1, 25))
TEXTS = {
    "english": ENGLISH,
    "chinese": CHINESE,
    "table": TABLE,
    "code": CODE,
    "fences": FENCES,
    "list": LIST,
    "untitled": UNTITLED,
}
MAX_CUT = min(map(len, TEXTS.values())) - 1
FIRST_WORDS = 12  # characters; what happens to a draft shorter than this has a test of its own


def gap_is_known(answer: str, cut: int) -> bool:
    """Whether the draft holds all of the white space that a model strips from its continuation."""
    head, gap = split_at_seam(answer[:cut])
    return answer.startswith(head + gap) and not answer[len(head + gap)].isspace()


@pytest.mark.parametrize(
    ("name", "model"),
    [(name, model) for name in TEXTS for model in (rest, whole_answer_again)]
    + [(name, model) for name in ("english", "code", "list", "untitled") for model in MODELS[1:3]]
    + [
        ("chinese", stripped),
        ("fences", stripped),
        ("fences", last_sentence_again),
        ("chinese", last_sentence_again),
        ("table", stripped),
        ("table", last_sentence_again),
    ],
)
def test_a_cut_anywhere_leaves_no_trace(name: str, model: Model) -> None:
    answer = TEXTS[name]
    traces = []
    for cut in range(FIRST_WORDS, len(answer)):
        head, _ = split_at_seam(answer[:cut])
        if model is stripped and not gap_is_known(answer, cut):
            continue  # what it has stripped nobody knows
        if join(answer[:cut], model(answer, head), complete=True) != answer:
            traces.append(answer[max(0, cut - 60) : cut])
    assert not traces


@pytest.mark.parametrize("model", MODELS[1:])
def test_a_draft_of_half_a_word_leaves_no_trace(model: Model) -> None:
    for answer in (ENGLISH, UNTITLED):
        for cut in range(1, FIRST_WORDS):
            if model is stripped and not gap_is_known(answer, cut):
                continue
            head, _ = split_at_seam(answer[:cut])
            assert join(answer[:cut], model(answer, head), complete=True) == answer


# Reports of all kinds of paragraphs; the numbers keep any two sentences apart.
PARAGRAPHS = [
    "Finding {n} holds at −{n} °C. So does finding {n}b, and nobody knows why.",
    "## Section {n}",
    "- **Point {n}**: moss\n- **Point {n}b**: lichen\n- **Point {n}c**: sand",
    "> A quotation with the number {n}, which goes on for a while.",
    "```\nfor moss in range({n}):\n    print(moss + {n})\n```",
    "Das {n}. Kapitel über Bärtierchen: größer als {n} µm sind sie selten!",
    "Параграф {n} о тихоходках, живущих при −{n} °C.",
]
any_report = st.lists(st.sampled_from(PARAGRAPHS), min_size=4, max_size=30).map(
    lambda paragraphs: (
        "# A report on tardigrades\n\n"
        + "\n\n".join(text.format(n=n) for n, text in enumerate(paragraphs, 10))
    )
)


@given(any_report, st.data(), st.sampled_from([rest, last_sentence_again, whole_answer_again]))
@settings(max_examples=300, deadline=None)
def test_a_cut_in_any_report_leaves_no_trace(
    answer: str, data: st.DataObject, model: Model
) -> None:
    cut = data.draw(st.integers(FIRST_WORDS, len(answer) - 1))
    head, _ = split_at_seam(answer[:cut])
    assert join(answer[:cut], model(answer, head), complete=True) == answer


@given(
    any_report,
    st.lists(st.integers(FIRST_WORDS, 1000), min_size=2, max_size=6),
    st.lists(st.sampled_from([rest, whole_answer_again]), min_size=6, max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_many_cuts_leave_no_trace(answer: str, arrived: list[int], models: list[Model]) -> None:
    draft = answer[: arrived[0]]
    for size, model in zip(arrived[1:], models, strict=False):
        head, _ = split_at_seam(draft)
        draft = join(draft, model(answer, head)[:size], complete=False)
        assert answer.startswith(draft)
    head, _ = split_at_seam(draft)
    assert join(draft, models[-1](answer, head), complete=True) == answer


@given(
    st.sampled_from(list(TEXTS)),
    st.integers(FIRST_WORDS, MAX_CUT),
    st.integers(0, MAX_CUT),
    st.sampled_from([rest, whole_answer_again]),
)
@settings(max_examples=300, deadline=None)
def test_a_checkpoint_in_mid_stream_loses_none_of_the_draft(
    name: str, cut: int, arrived: int, model: Model
) -> None:
    answer = TEXTS[name]
    draft = answer[:cut]
    head, _ = split_at_seam(draft)
    checkpoint = join(draft, model(answer, head)[:arrived], complete=False)
    assert answer.startswith(checkpoint)
    assert len(checkpoint) >= len(draft)


@pytest.mark.parametrize("model", [rest, whole_answer_again])
@pytest.mark.parametrize("name", ["english", "chinese", "table"])
def test_a_checkpoint_grows_with_the_stream(name: str, model: Model) -> None:
    answer = TEXTS[name]
    draft = answer[:400]
    tail = model(answer, split_at_seam(draft)[0])
    for arrived in range(0, len(tail), 7):
        checkpoint = join(draft, tail[:arrived], complete=False)
        new = arrived - (len(draft) if model is whole_answer_again else 0)
        assert len(checkpoint) >= len(draft) + new - 120


PERIODS = [
    "word ",
    "word word ",
    "very, ",
    "| a | b |\n",
    "| --- |\n",
    "- item\n",
    "Same line again.\n",
    "na na\n",
    "A sentence that is longer than forty characters, and comes again and again.\n",
]


@pytest.mark.parametrize("title", ["", "# One title for all of it\n\n"])
@pytest.mark.parametrize("period", PERIODS)
def test_what_repeats_by_nature_is_not_shortened(title: str, period: str) -> None:
    """The model goes on properly in a text that has the same words again and again."""
    answer = title + period * 25 + "The end."
    shortened = []
    for cut in range(1, len(answer)):
        head, _ = split_at_seam(answer[:cut])
        if join(answer[:cut], rest(answer, head), complete=True) != answer:
            shortened.append(cut)
    assert not shortened


def test_the_seam_is_before_the_last_word() -> None:
    assert split_at_seam("They are small.\n\nThey li") == ("They are small.\n\nThey", " ")
    assert split_at_seam("They are small.\n\n") == ("They are small.", "\n\n")
    assert split_at_seam("They") == ("They", "")
    assert split_at_seam("") == ("", "")
    assert split_at_seam("a " + "x" * 100) == ("a " + "x" * 100, "")  # no word is so long


@given(st.text(alphabet="ab \n\t|.。水", max_size=300))
def test_a_draft_split_at_the_seam_is_still_all_there(draft: str) -> None:
    head, gap = split_at_seam(draft)
    assert draft.startswith(head + gap)
    assert len(draft) - len(head + gap) <= 40
    assert not gap.strip()


@given(st.text(max_size=200), st.text(max_size=200), st.booleans())
def test_joining_never_fails(draft: str, tail: str, complete: bool) -> None:
    assert join("", tail, complete=True) == tail
    join(draft, tail, complete)


def test_nothing_more_leaves_the_draft_as_it_is() -> None:
    for draft in ("They are small. They", "They", "\n\nThey"):
        assert join(draft, "", complete=True) == draft


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("<think>Hm.</think>\n\n# Report", "# Report"),
        ("<think>\nHm.\n\nWell.\n</think># Report", "# Report"),
        ("<think></think># Report", "# Report"),
        ("Hm, let me see.\n</think>\n\n# Report", "# Report"),
        ("<think>Hm, still th", ""),
        ("\n<think>Hm", ""),
        ("# Report\n\n<think>Hm.</think>And so on.", "# Report\n\nAnd so on."),
        ("# Report", "# Report"),
        ("# Models\n\nThey write `<think>` and `</think>` tags.", None),
        ("", ""),
    ],
)
def test_thoughts_are_no_part_of_the_report(said: str, kept: str | None) -> None:
    assert without_thoughts(said) == (said if kept is None else kept)
