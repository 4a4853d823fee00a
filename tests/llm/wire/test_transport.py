"""Hanging up: what is here already is read first, and nothing is waited for."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from generator.llm import Answer, write_answer
from generator.llm.client import event_loop
from llm.wire.scenarios import HALF, REPORT, SILENCE, Says, ScenarioServer, chunk, event, text
from models import LLMCallInput


@pytest.mark.parametrize("ends", [False, True], ids=["goes on", "has ended"])
def test_what_came_while_a_worker_slept_is_not_lost(
    ends: bool, settings: pytest.MonkeyPatch
) -> None:
    asleep, answer = threading.Event(), Answer()
    came: dict[str, Any] = {}

    def said() -> Iterator[Any]:
        yield from text(HALF)
        asleep.wait(10)
        yield from text(REPORT[len(HALF) :])
        yield event(chunk(reason="stop")) if ends else SILENCE
        yield SILENCE

    def ask() -> None:
        try:
            came["response"] = write_answer(LLMCallInput("<slept>"), answer)
        except ApplicationError as error:
            came["error"] = error

    with ScenarioServer() as server:
        server.scripts = {"slept": [Says(said())]}  # type: ignore[arg-type]
        settings.setenv("LLM_MODEL", "openai/m")
        settings.setenv("LLM_API_KEY", "test-key-0123456789abcdef")
        settings.setenv("LLM_API_BASE", f"{server.url}/v1")
        asking = threading.Thread(target=ask)
        asking.start()
        while not answer.text():
            time.sleep(0.01)
        event_loop().call_soon_threadsafe(time.sleep, 0.6)  # nothing is read meanwhile
        asleep.set()
        time.sleep(0.3)
        stopped_at = time.monotonic()
        answer.stop()
        asking.join(10)
        assert time.monotonic() - stopped_at < 2
    if ends:
        [choice] = came["response"]["choices"]
        assert choice["message"]["content"] == REPORT.strip()
    else:
        assert came["error"].type == "Stopped"
        assert answer.text().strip() == REPORT.strip()
