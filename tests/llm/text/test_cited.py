"""`text.cited`: references beside the text become a list, or their numbers go."""

from generator.llm.text.cited import merged, renumbered, sources_beside, with_references
from models import Source

KELP, SEA = "https://example.org/kelp", "https://example.net/sea"


def test_perplexitys_fields() -> None:
    found = [{"title": "Kelp", "url": KELP, "date": "2026-03-01"}, {"title": "Sea", "url": SEA}]
    response = {"citations": [SEA, KELP], "search_results": found}
    assert sources_beside(response) == [
        Source("Sea", SEA),
        Source("Kelp", KELP, date="2026-03-01"),
    ]
    assert sources_beside({"citations": [KELP]}) == [Source("", KELP)]
    assert sources_beside({"search_results": found})[0].url == KELP
    assert sources_beside({}) == []


def test_annotations_of_any_spelling() -> None:
    for annotation in (
        {"type": "url_citation", "url_citation": {"url": KELP, "title": "Kelp", "start_index": 5}},
        {"type": "url_citation", "url": KELP, "title": "Kelp"},
        {"web": {"uri": KELP, "title": "Kelp"}},
    ):
        assert sources_beside({"annotations": [annotation]}) == [Source("Kelp", KELP)]
    assert sources_beside({"annotations": [None, 7, {}]})


def test_the_numbers_of_two_answers_become_one_list() -> None:
    known = [Source("Kelp", KELP)]
    numbers = merged(known, [Source("Sea", SEA), Source("Kelp", KELP)])
    assert numbers == {1: 2, 2: 1} and len(known) == 2
    assert renumbered("It grows [1][2], and `a[1]` too [9].", numbers) == (
        "It grows [2][1], and `a[1]` too."
    )


def test_the_list() -> None:
    sources = [Source("Kelp *farms*", KELP, date="2026"), Source("", SEA), Source("Third", "")]
    text = with_references("# Kelp\n\nIt grows[1] and floats [2][7].", sources)
    assert text == (
        "# Kelp\n\nIt grows[1] and floats [2].\n\n## References\n\n"
        f"1. Kelp \\*farms\\*. example.org, 2026. <{KELP}>\n2. example.net. <{SEA}>"
    )
    unnumbered = with_references("# Kelp\n\nIt grows.", sources)
    assert unnumbered.endswith(f"2. example.net. <{SEA}>\n3. Third")


def test_a_list_that_is_there_is_enough() -> None:
    for heading in ("## References", "# Quellen", "## 参考文献", "### **Sources**"):
        text = f"# Kelp\n\nIt grows [1].\n\n{heading}\n\n1. Kelp."
        assert with_references(text, [Source("Kelp", KELP)]) == text
    assert with_references("It grows [1].", []) == "It grows [1]."


def test_other_spellings_of_numbers_and_lists() -> None:
    sources = sources_beside({"citations": {"1": "https://a.example", "2": ["https://b.example"]}})
    assert [source.url for source in sources] == ["https://a.example", "https://b.example"]
    text = renumbered(
        "It grows【1】, and is cheap【2†source】. `[1, 2]` Nobody knows [1, 2].", {1: 3, 2: 4}
    )
    assert text == "It grows[3], and is cheap[4]. `[1, 2]` Nobody knows [3][4]."
    file = {"type": "file_citation", "file_citation": {"filename": "kelp.pdf"}}
    assert sources_beside({"annotations": [file]})[0].title == "kelp.pdf"
