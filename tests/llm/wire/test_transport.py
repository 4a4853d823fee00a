"""Where the bytes pass: what hanging up leaves unread, and requests that nobody repeats."""

import asyncio
import contextlib
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from support.settings import ROOT
from temporalio.exceptions import ApplicationError

from generator.failures import HELD
from generator.llm import Answer, write_answer
from generator.llm.client import event_loop
from llm.wire.scenarios import (
    HALF,
    REPORT,
    SILENCE,
    Says,
    ScenarioServer,
    chunk,
    event,
    good,
    text,
)
from llm.wire.test_others import WAYS, Way
from models import LLMCallInput


@pytest.mark.parametrize("ends", [False, True], ids=["goes on", "has ended"])
def test_what_came_while_a_worker_slept_is_not_lost(
    ends: bool, settings: pytest.MonkeyPatch
) -> None:
    asleep, sent, answer = threading.Event(), threading.Event(), Answer()
    came: dict[str, Any] = {}

    def said() -> Iterator[Any]:
        yield from text(HALF)
        asleep.wait(60)
        yield from text(REPORT[len(HALF) :])
        if ends:
            yield event(chunk(reason="stop"))
        sent.set()
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
        event_loop().call_soon_threadsafe(sent.wait, 60)  # nothing is read until all is there
        event_loop().call_soon_threadsafe(time.sleep, 0.3)  # nor before the stop
        asleep.set()
        assert sent.wait(60)
        answer.stop()
        asking.join(60)
        assert not asking.is_alive()
    if ends:
        [choice] = came["response"]["choices"]
        assert choice["message"]["content"] == REPORT.strip()
    else:
        assert came["error"].type == "Stopped"
        assert answer.text().strip() == REPORT.strip()


@pytest.mark.parametrize(
    "model", ["openai/m", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash", "mistral/m"]
)
@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_a_request_whose_connection_breaks_is_not_sent_again(
    model: str, reset: bool, settings: pytest.MonkeyPatch
) -> None:
    """LiteLLM would, and the provider may have begun to count. Temporal owns the retries."""
    requests: list[bytes] = []

    def serve() -> None:
        with server:
            while True:
                connection, _ = server.accept()
                with connection:
                    head = connection.recv(65536)
                    if not head:
                        return
                    if not head.startswith(b"POST"):
                        continue  # the question whether it speaks TLS
                    requests.append(head)
                    while b"hello" not in head and (more := connection.recv(65536)):
                        head += more
                    if reset:
                        linger = struct.pack("ii", 1, 0)
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)

    server = socket.create_server(("127.0.0.1", 0))
    serving = threading.Thread(target=serve)
    serving.start()
    settings.setenv("LLM_MODEL", model)
    settings.setenv("LLM_API_KEY", "test-key-0123456789abcdef")
    settings.setenv("LLM_API_BASE", f"http://127.0.0.1:{server.getsockname()[1]}")
    with pytest.raises(ApplicationError, match="broke off") as caught:
        write_answer(LLMCallInput("hello"), Answer())
    assert not caught.value.non_retryable
    socket.create_connection(server.getsockname()).close()  # for it to end
    serving.join(60)
    assert len(requests) == 1


@contextmanager
def answers(reply: bytes) -> Iterator[str]:
    """A server that answers this, whatever it is asked; its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        with contextlib.suppress(OSError):
            await reader.read(65536)
        writer.close()

    serving = asyncio.start_server(answer, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(serving, event_loop()).result(10)
    yield "http://127.0.0.1:{1}".format(*server.sockets[0].getsockname())
    event_loop().call_soon_threadsafe(server.close)


@pytest.mark.parametrize("model", ["openai/m", "anthropic/claude-sonnet-4-5"])
@pytest.mark.parametrize(
    "reply", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"]
)
def test_a_server_that_does_not_speak_http_is_held(
    model: str, reply: bytes, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("LLM_MODEL", model)
    settings.setenv("LLM_API_KEY", "test-key-0123456789abcdef")
    with answers(reply) as address, pytest.raises(ApplicationError) as caught:
        settings.setenv("LLM_API_BASE", address)
        write_answer(LLMCallInput("hello"), Answer())
    assert caught.value.type == HELD
    assert f"{address} does not speak HTTP. Correct LLM_API_BASE" in caught.value.message


@pytest.mark.parametrize("model", ["openai/m", "anthropic/claude-sonnet-4-5"])
@pytest.mark.parametrize(
    ("status", "becomes", "says"),
    [
        ("407 Proxy Authentication Required", HELD, "407 Proxy .*Correct the proxy in HTTPS_PROXY"),
        ("403 Forbidden", HELD, "403 Forbidden. Correct the proxy in HTTPS_PROXY"),
        ("502 Bad Gateway", "ProxyFailed", "no connection with https://[ao]-502x.invalid: 502"),
        ("", "ProxyFailed", "the proxy 127.0.0.1:9 cannot be reached"),
    ],
)
def test_a_proxy_that_makes_no_connection(
    model: str, status: str, becomes: str, says: str, settings: pytest.MonkeyPatch
) -> None:
    """Nothing was asked then: it costs nothing, and is not given up after three times."""
    reply = f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()
    with answers(reply) as address, pytest.raises(ApplicationError, match=says) as caught:
        settings.setenv("HTTPS_PROXY", address if status else "http://127.0.0.1:9")
        settings.setenv("LLM_MODEL", model)
        settings.setenv("LLM_API_KEY", "test-key-0123456789abcdef")
        # LiteLLM keeps which proxy is for which host.
        settings.setenv("LLM_API_BASE", f"https://{model[0]}-{status[:3]}x.invalid/v1")
        write_answer(LLMCallInput("hello"), Answer())
    assert caught.value.type == becomes and not caught.value.non_retryable


ASK = """
import sys
from generator.llm import Answer, write_answer
from models import LLMCallInput
write_answer(LLMCallInput("<small>"), Answer())
from tiktoken.registry import ENCODINGS
print(*ENCODINGS, *[name for name in sys.modules if name.startswith("openai.resources.")])
"""


@pytest.mark.slow
@pytest.mark.parametrize("way", [Way("openai/m", "/v1", ()), WAYS[0]], ids=lambda way: way.model)
def test_an_answer_loads_neither_openai_s_client_nor_a_table_of_tokens(way: Way) -> None:
    """They take 20 and 42 MB. LiteLLM's names for them are its own, and may change."""
    says = [way.says(REPORT, "end_turn")] if way.reasons else [good]
    with ScenarioServer() as server:
        server.scripts = {"small": says}
        variables = {
            "LLM_MODEL": way.model,
            "LLM_API_KEY": "test-key-0123456789abcdef",
            "LLM_API_BASE": f"{server.url}{way.path}",
        }
        command = [sys.executable, "-W", "ignore", "-c", ASK]
        loaded = subprocess.check_output(command, cwd=ROOT, env=os.environ | variables, text=True)
    assert loaded.strip() == ""
