"""Each room of `generator/` has a map: its docstring names every module."""

import ast
import re
from pathlib import Path

import pytest
from support.settings import ROOT

ROOMS = sorted((ROOT / "generator").rglob("__init__.py"))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.parent.name)
def test_the_map_of_a_room_names_all_that_is_in_it(room: Path) -> None:
    named = re.findall(r"`(\w+)/?`", ast.get_docstring(ast.parse(room.read_text())) or "")
    modules = {path.stem for path in room.parent.glob("*.py")} - {"__init__"}
    rooms = {path.parent.name for path in room.parent.glob("*/__init__.py")}
    assert not (modules | rooms) - {*named}
