"""Where one part of an answer ends and the next begins, nothing is lost and nothing is repeated."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.growth import in_proportion, seconds
from support.llm_server import report
from support.settings import ROOT

from generator.llm.joining.seam import join, split_at_seam
from generator.llm.text.thoughts import without_thoughts

CONTINUATIONS = ROOT / "tests" / "corpus" / "continuations"


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


@pytest.mark.parametrize(
    ("draft", "head", "gap"),
    [
        ("They are small.\n\nThey li", "They are small.\n\nThey", " "),
        ("They are small.\n\n", "They are small.", "\n\n"),
        ("They", "", ""),  # too short to go on with
        ("", "", ""),
        ("a " + "x" * 100, "a " + "x" * 60, ""),  # no word is so long
        ("See https://example.org/" + "x" * 100, "See", " "),  # but addresses are
        ("See [the report](https://exam", "See", " "),
        ("It is **far more", "It is", " "),
        ("Run `uv add temp", "Run", " "),
        ("Then $E = m c", "Then", " "),
        ("Text.\n\n## Where they l", "Text.", "\n\n"),
        ("| a | b |\n| - | - |\n| 1 | 2", "| a | b |\n| - | - |", "\n"),
        ("- moss\n  - li", "- moss", "\n  "),
        ("1. moss\n2. ", "1. moss", "\n"),
        ("```sh\necho $HOME `date | we", "```sh\necho $HOME `date |", " "),  # code is only words
        ("水熊虫生活在苔藓中存活很", "水熊虫生活在苔藓", ""),
        ("水熊虫在 2024", "水熊虫在", " "),
        ("水熊虫约有1,234", "水熊虫约有", ""),
    ],
)
def test_what_is_half_written_is_written_anew(draft: str, head: str, gap: str) -> None:
    assert split_at_seam(draft) == (head, gap)


any_text = st.text(alphabet="ab \n\t|.。水*`$[](#-1>~", max_size=300)


@given(any_text)
def test_a_draft_split_at_the_seam_is_still_all_there(draft: str) -> None:
    head, gap = split_at_seam(draft)
    assert draft.startswith(head + gap)
    assert len(draft) - len(head + gap) <= 400
    assert not gap.strip()
    assert head + gap == draft or len(head) < len(draft)


@given(any_text | st.text(max_size=200), st.data())
@settings(max_examples=500, deadline=None)
def test_what_goes_on_exactly_is_joined_exactly(text: str, data: st.DataObject) -> None:
    """Whatever the text, wherever it is cut, and at each checkpoint."""
    draft = text[: data.draw(st.integers(0, len(text)))]
    head, _ = split_at_seam(draft)
    assert join(draft, rest(text, head), complete=True) == (text if head else text or draft)
    arrived = data.draw(st.integers(0, len(text)))
    checkpoint = join(draft, rest(text, head)[:arrived], complete=False)
    assert text.startswith(checkpoint) and len(checkpoint) >= len(draft)


@given(any_text | st.text(max_size=200), any_text | st.text(max_size=200), st.booleans())
@settings(deadline=None)
def test_joining_never_fails(draft: str, tail: str, complete: bool) -> None:
    assert join("", tail, complete=True) == tail
    joined = join(draft, tail, complete)
    assert complete or len(joined) >= len(draft)


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


@given(any_report, any_report, st.data())
@settings(max_examples=200, deadline=None)
def test_no_text_of_the_draft_is_lost(answer: str, other: str, data: st.DataObject) -> None:
    """Whatever part of whatever report comes, if it does not begin with a heading of the draft."""
    draft = answer[: data.draw(st.integers(FIRST_WORDS, len(answer)))]
    starts = [found.end() for found in re.finditer(r"\n\n(?!#)|\. (?=\S)", other)]
    tail = other[data.draw(st.sampled_from([*starts, len(other)])) :]
    tail = re.sub(r"\d+", lambda number: f"9{number[0]}", tail)  # and with other findings
    head, _ = split_at_seam(draft)
    joined = join(draft, tail, complete=True)
    assert letters(joined).startswith(letters(head.rsplit("\n", 1)[0]))
    assert len(joined) >= len(head)  # what it takes for an unfinished line is longer, marks and all
    assert join(joined, "", complete=True) == joined


@given(
    any_report, st.data(), st.sampled_from([str, str.lower, lambda text: text.replace(",", ";")])
)
@settings(max_examples=200, deadline=None)
def test_nothing_is_doubled(
    answer: str, data: st.DataObject, changed: Callable[[str], str]
) -> None:
    """The model repeats its last paragraphs, exactly or nearly, before it goes on."""
    draft = answer[: data.draw(st.integers(FIRST_WORDS, len(answer) - 1))]
    head, _ = split_at_seam(draft)
    starts = [0, *(found.end() for found in re.finditer(r"\n\n(?=\S)", head))]
    start = data.draw(st.sampled_from(starts[-4:]))
    tail = changed(head[start:]) + answer[len(head) :]
    assert letters(join(draft, tail, complete=True)) == letters(answer)
    assert join(answer, answer[start:], complete=True) == answer


def corpus() -> list[tuple[str, str, str, str]]:
    """Name, draft, tail and joined report of each case in the files."""
    cases = []
    for path in sorted(CONTINUATIONS.glob("*.md")):
        if path.name != "README.md":
            text = "\n" + path.read_text(encoding="utf-8").removesuffix("\n")
            parts = [part.partition("\n") for part in text.split("\n%% ")[1:]]
            for draft, tail, report in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
                assert (tail[0], report[0]) == ("goes on", "becomes"), draft[0]
                cases.append((draft[0], draft[2], tail[2], report[2] or draft[2]))
    return cases


CORPUS = corpus()


def phrases(name: str) -> list[str]:
    return (CONTINUATIONS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def test_the_corpus_is_large() -> None:
    names = [name for name, *_ in CORPUS]
    assert len(set(names)) == len(names) >= 100


@pytest.mark.parametrize(("draft", "tail", "report"), [pytest.param(*c, id=n) for n, *c in CORPUS])
def test_continuations_as_chat_models_write_them(draft: str, tail: str, report: str) -> None:
    assert join(draft, without_thoughts(tail), complete=True) == report
    assert join(report, "", complete=True) == report
    for arrived in range(len(tail)):
        checkpoint = join(draft, without_thoughts(tail[:arrived]), complete=False)
        assert len(checkpoint) >= len(draft)
        # No remark, fence or repetition is kept, not even for a moment.
        assert checkpoint == draft or report.startswith(checkpoint.rstrip())


@pytest.mark.parametrize("remark", phrases("announcements"))
def test_an_announcement_is_no_part_of_the_report(remark: str) -> None:
    draft, more = "# Tardigrades\n\nThey live in moss.\n\n", "They were found in the Himalayas."
    assert join(draft, f"{remark}\n\n{more}", complete=True) == draft + more


@pytest.mark.parametrize(
    "tail",
    [
        *phrases("refusals"),
        "I cannot continue.\n\nWould you like me to start again?",
        "I’m sorry, but I’m unable to continue the report.",
        "Unfortunately, I don't have access to the previous response.",
    ],
)
def test_a_refusal_adds_nothing(tail: str) -> None:
    draft = ENGLISH[:500]
    assert join(draft, tail, complete=True) == draft
    assert join(draft, tail, complete=False) == draft


@pytest.mark.parametrize(
    "said",
    [
        "Continuing education matters most to those who left school early.",
        "Here the river continues to the sea, where it ends.",
        "Sure enough, the animals revived. They had been dry for thirty years.",
        "Sorry sights awaited the divers: the reef was dead.",
        "The previous answer was incomplete in 12 % of the cases.",
        "The text is complete in three manuscripts.",
        "I, too, was a member of the expedition.",
        "It cannot continue to grow at that rate.",
        "| continued | 12 |\n| stopped | 3 |",
        "Right whales, however, are found off the coast.",
        "Die Fortsetzung der Reihe erschien 1987.",
        "La suite du roman parut en 1874.",
        "继续教育对他们来说非常重要，这一点已经得到证实。",
        "Ich-Erzähler sind selten, und weiter verbreitet ist die dritte Person.",
    ],
)
def test_a_report_may_say_what_looks_like_a_remark(said: str) -> None:
    draft = ENGLISH[:400].rsplit("\n", 1)[0] + "\n\n"
    more = f"{said} {ENGLISH[500:700]}"
    assert join(draft, more, complete=True) == draft + more


REPEATED = [
    "\n\n",
    "## a\n",
    "- a\n",
    "1. ",
    "| a |\n",
    "| - |\n",
    "```\n",
    "**a ",
    "[a](",
    "\\[",
    "$a",
]
REPEATED += [
    "a. ",
    "> a\n",
    "continu",
    "sorry, ",
    "(cont",
    "水。",
    "http://",
    "A sentence goes. ",
    "1. a\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("complete", [False, True])
@pytest.mark.parametrize("tail", ["{more}", "{stripped}", "Zebras. {more}", "{all}", "# Z\n{more}"])
def test_joining_takes_time_in_proportion(tail: str, complete: bool) -> None:
    """Eight times the text: about eight times the time, and far from the square of it, 64."""

    def taken(length: int) -> float:
        answer = report(length)
        draft = answer[: length // 2]
        more = answer[len(split_at_seam(draft)[0]) :]
        new = tail.format(more=more, stripped=more.lstrip(), all=answer)
        return seconds(join, draft, new, complete)

    # Both are longer than the window in which a repetition is looked for.
    assert in_proportion(taken, 120_000, 8, 24, 0.1)


@pytest.mark.slow
@pytest.mark.parametrize("unit", [*"`~*_#|-+>[](){}<!\\$.:;,'\"=&%/ \n\tax1水。é…", *REPEATED])
def test_any_text_takes_time_in_proportion(unit: str) -> None:
    """Four times the text, of nothing but one mark or word: far from the square of it, 16."""

    def join_all(text: str) -> None:
        others = "Other words follow here, and they go on. " * 9
        for draft, tail in ((text, others), (others, text), (text, text[1:]), (text + " wo", text)):
            for complete in (False, True):
                join(draft, tail, complete)

    def taken(length: int) -> float:
        return seconds(join_all, (unit * length)[:length])

    assert in_proportion(taken, 15_000, 4, 8, 0.3)


def test_nothing_more_leaves_the_draft_as_it_is() -> None:
    for draft in ("They are small. They", "They", "\n\nThey"):
        assert join(draft, "", complete=True) == draft


def test_many_lines_without_a_mark_at_their_end_stay() -> None:
    lines = "# Sailing terms\n\n" + "".join(f"term {n} – what it means, {n}\n" for n in range(200))
    tail = "Sailors use these words, and " + "the sea has many more, " * 250 + "too."
    assert join(lines + "term 200 – wh", tail, complete=True) == f"{lines}\n{tail}"
