"""Pages and sources of a long report, as the terminal and a script see them."""

import json
from pathlib import Path

import pytest
from support.programs import Program, free_port

from generator.terminal.lines import pages_being_read


def test_pages_are_one_line_a_section() -> None:
    parts = [
        "Section 2 of 6: Costs: read example.org",
        "Section 2 of 6: Costs: read iea.org",
        "Section 3 of 6: Risks: read example.org",
        "",  # in a run whose IDs tell nothing
    ]
    assert pages_being_read(parts) == [
        "▸ Section 2 of 6: Costs: 2 pages being read",
        "▸ Section 3 of 6: Risks: 1 page being read",
        "▸ read_page: 1 page being read",
    ]


@pytest.mark.slow
async def test_a_script_gets_the_file_of_sources(tmp_path: Path) -> None:
    settings = {
        "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
        "REPORTS_DIR": str(tmp_path / "reports"),
    }
    command = ("starter.py", "--demo", "--deep", "--json", "--output", str(tmp_path / "x.pdf"), "T")
    with Program(tmp_path, *command, **settings) as it:
        assert await it.ends() == 0
        told = json.loads(it.stdout)
    assert told["sources"] == str(tmp_path / "x.sources.json")
    kept = json.loads(Path(told["sources"]).read_text())
    assert len(kept["references"]) == 10 and kept["topic"] == "T"
    assert [each["notes"] for each in kept["references"] if each["notes"]] == [
        ["1,840: not found on the cited pages"]
    ]
    report = Path(told["markdown"]).read_text()
    assert report.count("found on the cited pages") == 2, "one note, and what notes mean"
