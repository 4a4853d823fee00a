"""Whatever a model does when it is asked to go on: the report is readable, in any script."""

import random
import re
from collections.abc import Callable

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from generator.llm.joining.seam import join, split_at_seam
from generator.llm.phrases import GO_ON

# Words of each script, then what ends its sentences and what stands between its words.
WORDS = """
solar wind power grid storage cells cost plants turbines supply copper lithium sodium
density pack charge winter summer demand peak price market region island harbour tariff
reserve loss heat pump boiler roof panel inverter cable tower blade forest valley coast
storm season output factory recycling mineral cathode anode voltage safety fire station
train truck ferry

энергия ветер сеть солнце станция цена рынок спрос зима лето запас медь литий натрий
плотность заряд остров берег буря сезон выход завод металл катод анод защита пожар поезд
паром крыша панель кабель башня лес долина тепло насос котёл потеря тариф район порт

طاقة ريح شمس شبكة محطة سعر سوق طلب شتاء صيف مخزون نحاس ليثيوم صوديوم كثافة شحن جزيرة ساحل
عاصفة موسم إنتاج مصنع معدن سلامة حريق قطار عبارة سقف لوح برج غابة وادي حرارة مضخة مرجل خسارة
تعرفة منطقة ميناء

ऊर्जा हवा सूरज जाल केंद्र कीमत बाज़ार माँग सर्दी गर्मी भंडार ताँबा लिथियम सोडियम घनत्व द्वीप
तट तूफ़ान मौसम उत्पादन कारखाना धातु सुरक्षा आग रेल नाव छत मीनार जंगल घाटी ताप पंप हानि दर
क्षेत्र बंदरगाह

能 源 风 电 太 阳 网 络 站 价 格 市 场 需 求 冬 夏 储 备 铜 锂 钠 密 度 充 岛 岸 暴
季 节 产 出 工 厂 属 安 全 火 车 船 屋 顶 板 塔 林 谷 热 泵 失 税 区 港
"""
LATIN, CYRILLIC, ARABIC, DEVANAGARI, HAN = (words.split() for words in WORDS.split("\n\n"))
SCRIPTS = {
    "latin": (LATIN, ". ", " "),
    "cyrillic": (CYRILLIC, ". ", " "),
    "arabic": (ARABIC, ". ", " "),
    "devanagari": (DEVANAGARI, "। ", " "),
    "han": (HAN, "。", ""),
}
REMARKS = [
    "Certainly! Here is the continuation of the report:\n\n",
    "I apologize for the interruption. Let me continue exactly where I left off:\n\n",
    "Natürlich, hier ist die Fortsetzung des Berichts:\n\n",
    "好的，以下是报告的剩余部分：\n\n",
]
REFUSALS = ["I'm sorry, but I can't continue this response.", "抱歉，我无法继续生成这个内容。"]


def sentence(script: str, chance: random.Random) -> str:
    words, end, space = SCRIPTS[script]
    said = space.join(chance.choice(words) for _ in range(chance.randint(7, 16)))
    return said[0].upper() + said[1:] + end.strip()


def in_other_words(said: str, script: str, chance: random.Random) -> str:
    """A sentence with one of five words changed."""
    words, end, space = SCRIPTS[script]
    parts = said[: -len(end.strip())].split(space) if space else list(said[:-1])
    changed = [chance.choice(words) if place % 5 == 4 else part for place, part in enumerate(parts)]
    return space.join(changed) + end.strip()


class Report:
    """A report as its sentences, so that it can be told where each stands."""

    def __init__(self, script: str, seed: int, titled: bool) -> None:
        self.script, chance = script, random.Random(seed)
        end = SCRIPTS[script][1]
        self.gap = end[len(end.strip()) :]
        self.blocks: list[list[str]] = []
        if titled:
            self.blocks.append(["# " + sentence(script, chance)[:-1]])
        for number in range(chance.randint(2, 4)):
            if titled and number:
                self.blocks.append(["## " + sentence(script, chance)[:-1]])
            for _ in range(chance.randint(1, 3)):
                self.blocks.append([sentence(script, chance) for _ in range(chance.randint(2, 4))])
        self.text = self.joined(self.blocks)

    def joined(self, blocks: list[list[str]]) -> str:
        return "\n\n".join(self.gap.join(block) for block in blocks)

    def sentences(self) -> list[str]:
        return [said for block in self.blocks for said in block]

    def again(self, chance: random.Random, blocks: int) -> tuple[str, list[str]]:
        """The report once more in other words, or the first blocks of it; and its sentences."""
        said = [
            [in_other_words(each, self.script, chance) for each in block]
            if not block[0].startswith("#")
            else block
            for block in self.blocks
        ][:blocks]
        return self.joined(said), [each for block in said for each in block]


def exact(report: Report, draft: str, head: str, chance: random.Random) -> str:
    return report.text[len(head) :]


def exact_without_space(report: Report, draft: str, head: str, chance: random.Random) -> str:
    return report.text[len(head) :].lstrip()


def back_by_sentences(report: Report, draft: str, head: str, chance: random.Random) -> str:
    place, starts = 0, [0]
    for said in report.sentences():
        place = report.text.index(said, place)
        if place < len(head):
            starts.append(place)
        place += len(said)
    return report.text[starts[-min(len(starts), chance.randint(1, 4))] :]


def all_again(report: Report, draft: str, head: str, chance: random.Random) -> str:
    return report.text


def remark_first(report: Report, draft: str, head: str, chance: random.Random) -> str:
    how = chance.choice([exact_without_space, back_by_sentences, all_again])
    return chance.choice(REMARKS) + how(report, draft, head, chance)


def echo_first(report: Report, draft: str, head: str, chance: random.Random) -> str:
    return f"{GO_ON}\n\n" + back_by_sentences(report, draft, head, chance)


def refusal(report: Report, draft: str, head: str, chance: random.Random) -> str:
    return chance.choice(REFUSALS)


def echo(report: Report, draft: str, head: str, chance: random.Random) -> str:
    return chance.choice([GO_ON, GO_ON[:60], GO_ON.split(". ")[1]])


def nothing(report: Report, draft: str, head: str, chance: random.Random) -> str:
    return chance.choice(["", "\n", " "])


Model = Callable[[Report, str, str, random.Random], str]
GOING_ON: list[Model] = [exact, exact_without_space, back_by_sentences, all_again]
GOING_ON += [remark_first, echo_first]
NO_GAIN: list[Model] = [refusal, echo, nothing]
scripts = st.sampled_from(list(SCRIPTS))
reports = st.builds(Report, scripts, st.integers(0, 10**6), titled=st.booleans())
other_reports = st.builds(Report, scripts, st.integers(10**7, 10**8), titled=st.booleans())


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def cut(report: Report, data: st.DataObject) -> tuple[str, str]:
    """A draft of at least a title and some words, and what of it the model is shown."""
    draft = report.text[
        : data.draw(st.integers(min(60, len(report.text) // 2), len(report.text) - 1))
    ]
    return draft, split_at_seam(draft)[0]


@given(reports, st.data(), st.sampled_from(GOING_ON), st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_what_goes_on_becomes_the_report(
    report: Report, data: st.DataObject, model: Model, seed: int
) -> None:
    draft, head = cut(report, data)
    tail = model(report, draft, head, random.Random(seed))
    joined = join(draft, tail, complete=True)
    assert letters(joined) == letters(report.text)
    for arrived in range(0, len(tail), 97):
        checkpoint = join(draft, tail[:arrived], complete=False)
        assert len(checkpoint) >= len(draft)
        assert letters(report.text).startswith(letters(checkpoint))


@given(reports, st.data(), st.sampled_from(NO_GAIN), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_what_says_nothing_adds_nothing(
    report: Report, data: st.DataObject, model: Model, seed: int
) -> None:
    draft, head = cut(report, data)
    tail = model(report, draft, head, random.Random(seed))
    assert join(draft, tail, complete=True).rstrip() == draft.rstrip()


@given(reports, st.data(), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_of_two_reports_one_stays(report: Report, data: st.DataObject, seed: int) -> None:
    """The model starts over in other words: the longer text stays, without any of the other."""
    draft, _ = cut(report, data)
    tail, _ = report.again(random.Random(seed), data.draw(st.integers(2, len(report.blocks))))
    joined = join(draft, tail, complete=True)
    assert len(joined) >= len(draft)
    assert joined in (draft, tail)


@given(reports, other_reports, st.booleans(), st.data())
@settings(max_examples=80, deadline=None)
def test_no_sentence_is_glued(
    report: Report, other: Report, small: bool, data: st.DataObject
) -> None:
    """What has nothing to do with the draft begins a paragraph, after a whole sentence, with a
    small letter, too."""
    draft, head = cut(report, data)
    blocks = [block for block in other.blocks if not block[0].startswith("#")]
    if small:
        blocks[0][0] = blocks[0][0][0].lower() + blocks[0][0][1:]
    tail = other.joined(blocks)
    assume(not tail.startswith(draft[len(head) :].strip()))  # the same word by chance
    joined = join(draft, tail, complete=True)
    assert len(joined) >= len(draft)
    kept, glue, new = joined.partition(f"\n\n{blocks[0][0]}")
    if glue:
        assert report.text.startswith(kept)
        assert kept.endswith(tuple(report.sentences())) or kept == draft.rstrip()
        assert glue + new == f"\n\n{tail}"
    else:
        assert joined in (draft, tail)
