"""A server is known to go on in the model's own message before anything is paid for."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.programs import free_port
from support.real_model import RealModel

from generator.llm.answer import Answer
from generator.llm.choice import Access
from generator.llm.prefill import goes_on_in

ASKED = [
    {"role": "user", "content": "What are tardigrades?"},
    {"role": "assistant", "content": "# Tardigrades\n\nThey are small, and they"},
]
HEAD = ASKED[-1]["content"]
LLAMA = {"data": [{"id": "smol", "owned_by": "llamacpp"}]}


class Server:
    """It answers /v1/models and /apply-template as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.models: object = LLAMA
        self.template: object = {"prompt": f"<|im_start|>assistant\n{HEAD}"}
        self.asked: list[tuple[str, str]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, body: object) -> None:
                data = json.dumps(body).encode() if not isinstance(body, bytes) else body
                self.send_response(200 if body else 404)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers.get("Authorization", "")))
                self.answer(outer.models)

            def do_POST(self) -> None:
                outer.asked.append((self.path, self.headers.get("Authorization", "")))
                self.rfile.read(int(self.headers["Content-Length"]))
                self.answer(outer.template)

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=[0.02], daemon=True).start()
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}/v1"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.server.shutdown()
    server.server.server_close()


def test_llama_cpp_says_what_it_makes_of_the_messages(server: Server) -> None:
    assert goes_on_in(ASKED, "openai/smol", Access("key", server.base))
    assert server.asked == [("/v1/models", "Bearer key"), ("/apply-template", "Bearer key")]
    assert goes_on_in(ASKED, "openai/smol", Access(None, server.base + "/"))
    for closed in (f"{HEAD}<|im_end|>\n<|im_start|>assistant\n", HEAD.rstrip("y"), None):
        server.template = {"prompt": closed}  # --no-prefill-assistant, or a template that trims
        assert not goes_on_in(ASKED, "openai/smol", Access("key", server.base))
    server.template = {"error": {"message": "prefill is incompatible with enable_thinking"}}
    assert not goes_on_in(ASKED, "openai/smol", Access("key", server.base))


@pytest.mark.parametrize(
    "models",
    [{"data": [{"id": "m", "owned_by": "vllm"}]}, {"data": None}, [], "x", b"<html>", b"", {}],
)
def test_another_server_is_shown_no_prompt_for_this(server: Server, models: object) -> None:
    server.models = models
    assert not goes_on_in(ASKED, "openai/smol", Access("key", server.base))
    assert len(server.asked) == 1


def test_who_is_not_there_or_speaks_another_wire_is_asked_as_ever(server: Server) -> None:
    assert not goes_on_in(ASKED, "anthropic/claude", Access("key", server.base))
    assert not goes_on_in(ASKED, "openai/gpt-4o", Access("key", None))
    assert not server.asked
    nobody = f"http://127.0.0.1:{free_port()}/v1"
    assert not goes_on_in(ASKED, "openai/smol", Access("key", nobody))
    assert not goes_on_in(ASKED, "openai/smol", Access("key", "http://[/v1"))


def test_what_goes_on_in_its_own_message_needs_no_proof() -> None:
    """Not even the word that it was not shown: it may choose another one."""
    answer = Answer("# Tardigrades\n\nThey are small, and they surv")
    answer.prefilled = True
    answer.add(" Live in moss.")
    assert answer.text(complete=True) == "# Tardigrades\n\nThey are small, and they Live in moss."


@pytest.mark.real
@pytest.mark.timeout(300)
async def test_a_real_server_goes_on(model_packages: Path, tmp_path: Path) -> None:
    with RealModel(model_packages, tmp_path, key="a-key") as model:
        await model.start()
        access = Access("a-key", f"{model.address}/v1")
        assert goes_on_in(ASKED, "openai/smol", access)
        assert not goes_on_in(ASKED, "openai/smol", Access("another key", access.api_base))
