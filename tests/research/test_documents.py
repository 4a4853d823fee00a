"""One's own documents: which are read, what finds them, and how they stand in a report."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from support.research import ResearchStandIns, page_read
from support.runs import draft, start_run
from support.web import article, pdf
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities import search_documents
from generator.packing import unpacked
from generator.research import documents
from generator.research.pages import extract as extracting
from generator.research.pages.extract import Text
from generator.research.sources.facts import unpack
from models import DocumentsFound, DocumentsInput
from starter import parse_arguments

FILLER = "A page of a report has many lines, most of which nobody looks for when they search."


@pytest.fixture
def folder(settings: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "documents"
    (path / "reports" / "old").mkdir(parents=True)
    settings.setenv("DOCUMENTS_DIR", str(path))
    pages = [[FILLER] * 3 for _ in range(20)]
    pages[11] = [FILLER, "The rotor of the turbine measures 236 metres across.", FILLER]
    pdf(path / "reports" / "turbines.pdf", pages, "Annual report on turbines")
    (path / "notes.md").write_text("# Our notes\n\nThe harbour of Esbjerg is 12 metres deep.\n")
    (path / "page.html").write_text(article("Bread", "Bake it at 230 degrees."))
    (path / "reports" / "old" / "中文.txt").write_text("海上风力发电的成本在过去十年中下降了一半。")
    return path


def find(*queries: str) -> DocumentsFound:
    search_documents(DocumentsInput())
    return search_documents(DocumentsInput(list(queries), " ".join(queries)))


def test_a_page_of_a_pdf_is_found_by_what_it_says(folder: Path) -> None:
    found = find("turbine rotor diameter metres")
    assert (found.documents, found.problems) == (4, [])
    best = found.pages[0]
    assert best.url == "document:///reports/turbines.pdf?page=12"
    assert best.title == "Annual report on turbines"
    assert "236 metres" in unpacked(best.passages).decode()
    assert 236.0 in unpack(best.facts).numbers


@pytest.mark.parametrize(
    "query, url",
    [
        ("depth of the harbour in Esbjerg", "document:///notes.md"),
        ("baking bread", "document:///page.html"),
        ("风力发电成本", "document:///reports/old/%E4%B8%AD%E6%96%87.txt"),
    ],
)
def test_other_kinds_and_scripts_without_spaces(folder: Path, query: str, url: str) -> None:
    assert find(query).pages[0].url == url


def test_a_table_of_figures_as_text(folder: Path) -> None:
    rows = "".join(f"{year},Esbjerg,{year - 1000}.5\n" for year in range(1990, 2020))
    (folder / "cargo.csv").write_text(f"year,harbour,thousand tonnes\n{rows}")
    [page] = find("thousand tonnes cargo").pages
    assert page.url == "document:///cargo.csv" and 1011.5 in unpack(page.facts).numbers


def test_a_word_file(folder: Path) -> None:
    parts = {
        "[Content_Types].xml": "<Types xmlns='http://schemas.openxmlformats.org/package/2006/"
        "content-types'><Override PartName='/word/document.xml' ContentType='application/vnd."
        "openxmlformats-officedocument.wordprocessingml.document.main+xml'/></Types>",
        "_rels/.rels": "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/"
        "relationships'><Relationship Id='a' Target='word/document.xml' Type='http://schemas."
        "openxmlformats.org/officeDocument/2006/relationships/officeDocument'/></Relationships>",
        "word/document.xml": "<w:document xmlns:w='http://schemas.openxmlformats.org/"
        "wordprocessingml/2006/main'><w:body><w:p><w:r><w:t>The lighthouse is 41 metres tall."
        "</w:t></w:r></w:p></w:body></w:document>",
    }
    with zipfile.ZipFile(folder / "lighthouse.docx", "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    found = find("height of the lighthouse")
    assert found.problems == [] and found.pages[0].url == "document:///lighthouse.docx"
    assert unpacked(found.pages[0].passages) == b"The lighthouse is 41 metres tall."


def test_only_what_has_changed_is_read_again(folder: Path, settings: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original = documents._text_of

    def counting(path: Path, size: int) -> object:
        read.append(path.name)
        return original(path, size)

    settings.setattr(documents, "_text_of", counting)
    find("bread")
    assert len(read) == 4
    find("bread")
    assert len(read) == 4
    (folder / "notes.md").write_text("# Our notes\n\nIt is about whales now.\n")
    os.utime(folder / "notes.md", ns=(1, 1))
    shutil.rmtree(folder / "reports")
    assert find("whales").pages[0].url == "document:///notes.md"
    assert read[4:] == ["notes.md"] and find("turbine rotor").pages == []


def test_files_that_cannot_be_read_are_named(folder: Path) -> None:
    pdf(folder / "scan.pdf", [[], []])
    pdf(folder / "locked.pdf", [[FILLER]], password="word")
    (folder / "broken.docx").write_bytes(b"PK\3\4")
    (folder / "empty.txt").write_text("")
    (folder / "a.odt").write_bytes(b"PK\3\4")
    (folder / "program.py").write_text("x = 1")
    assert find("x").problems == [
        "broken.docx: it is broken, or not what it says it is",
        "empty.txt: it has no text",
        "locked.pdf: it is locked with a password",
        "scan.pdf: it is a scan, without any text",
        "a.odt: files of this kind are not read: save it as PDF",
    ]


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("# Secret\n\nThe password is swordfish.\n")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "also.md").write_text("# Also\n\nAlso swordfish.\n")
    (folder / "secret.md").symlink_to(tmp_path / "secret.md")
    (folder / "elsewhere").symlink_to(tmp_path / "elsewhere")
    (folder / ".hidden.md").write_text("swordfish")
    (folder / "same.md").symlink_to(folder / "notes.md")
    assert find("swordfish").pages == []
    assert find("Esbjerg").documents == 5


def test_queries_of_any_kind_find_or_find_nothing(folder: Path) -> None:
    for query in ('"', "a OR b) NEAR", "*", "", "rotor: -x", "🌀"):
        find(query)


def test_without_a_folder_there_is_nothing(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert search_documents(DocumentsInput(["x"])) == DocumentsFound()
    assert not (tmp_path / "reports").exists()
    with pytest.raises(ApplicationError, match="put DOCUMENTS_DIR=<a folder>") as caught:
        search_documents(DocumentsInput(["x"], required=True))
    assert caught.value.type == "Held"
    settings.setenv("DOCUMENTS_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(ApplicationError, match="is no folder"):
        search_documents(DocumentsInput())


# ---- In a report ---------------------------------------------------------------------------------

TURBINES = page_read(
    "document:///reports/turbines.pdf?page=12", "The rotor measures 236 metres across."
)
TURBINES.title = "Annual report"


async def test_documents_and_pages_are_sources_side_by_side(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=2)
    stand_ins.documents = DocumentsFound([TURBINES], 3, ["scan.pdf: it is a scan"])
    stand_ins.parts["Origins"] = ["The rotor measures 236 m [1], and not 999 metres [1]. Else [2]."]
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=2)
        await handle.result()
        report = await draft(handle) or ""
    assert [bool(input.queries) for input in stand_ins.looked] == [False, True, True]
    assert "1. Annual report. reports/turbines.pdf, page 12. Read on 2026-01-02.\n" in report
    assert "and not 999 metres [1] [999: not found on the cited pages]" in report
    assert "3 documents in the worker's folder could be searched." in report
    assert "These could not be read:\n\n- scan.pdf: it is a scan" in report
    [printed] = stand_ins.printed
    assert printed.references[0].seen == "document"
    assert printed.references[1].address.startswith("https://")


async def test_documents_alone(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=2)
    stand_ins.documents = DocumentsFound([TURBINES], 3)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=2, sources="documents")
        await handle.result()
        report = await draft(handle) or ""
    assert not stand_ins.searched and not stand_ins.read
    assert all(input.required for input in stand_ins.looked)
    assert "No web search was made." in report and "[1]" in report
    assert stand_ins.printed[0].model == "stand-in"


async def test_the_web_alone(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=2)
    stand_ins.documents = DocumentsFound([TURBINES], 3)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=2, sources="web")
        await handle.result()
    assert not stand_ins.looked and stand_ins.searched


async def test_without_a_folder_each_section_is_spared_the_question(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=3)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=3)
        await handle.result()
    assert len(stand_ins.looked) == 1


async def test_where_only_the_documents_have_something(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=2)
    stand_ins.provider = ""
    stand_ins.documents = DocumentsFound([TURBINES], 3)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=2)
        await handle.result()
        report = await draft(handle) or ""
    assert "No web search was made." in report and "turbines.pdf, page 12" in report


async def test_an_index_that_fails_leaves_the_web(client: Client) -> None:
    stand_ins = ResearchStandIns(sections=2)
    stand_ins.documents = ApplicationError("The disk is broken.", non_retryable=True)
    async with stand_ins.working(client):
        handle = await start_run(client, deep=True, sections=2)
        await handle.result()
        report = await draft(handle) or ""
    assert "The disk is broken." in report and stand_ins.searched


def test_the_option(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def parsed(*arguments: str) -> str:
        monkeypatch.setattr("sys.argv", ["starter.py", *arguments])
        try:
            return str(parse_arguments().sources)
        except SystemExit:
            return capsys.readouterr().err

    assert parsed("x", "--deep", "--sources", "documents") == "documents"
    assert "--sources needs --deep" in parsed("x", "--sources", "web")
    assert "invalid choice" in parsed("x", "--deep", "--sources", "books")


def test_names_that_are_no_text_and_links_in_a_circle_keep_no_run_waiting(folder: Path) -> None:
    name = os.fsencode(folder) + b"/harbour-\xff.txt"
    try:
        Path(os.fsdecode(name)).write_text("The harbour of Skagen has 9 piers.")
    except OSError:
        pytest.skip("this file system takes no such names")
    (folder / "circle.txt").symlink_to(folder / "circle.txt")
    found = find("harbour piers in Skagen")
    assert found.problems == []
    assert found.pages[0].url == "document:///harbour-%3F.txt"
    assert 9.0 in unpack(found.pages[0].facts).numbers


def test_files_that_go_while_they_are_looked_for_are_no_problem(
    folder: Path, settings: pytest.MonkeyPatch
) -> None:
    def gone(path: Path, size: int) -> tuple[Text, str]:
        (folder / "notes.md").unlink(missing_ok=True)
        return taken(path, size)

    taken = documents._text_of
    settings.setattr(documents, "_text_of", gone)
    found = find("harbour")
    assert (found.documents, found.problems) == (3, [])
    assert find("harbour").problems == []


def test_notes_of_a_word_file_are_no_references() -> None:
    text = "Wind[[1]](#footnote-2) blows.\n\n1. A note. [↑](#footnote-ref-2)"
    assert extracting._NOTE_LINK.sub("", text) == "Wind blows.\n\n1. A note. "
