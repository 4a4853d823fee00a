"""No secret is in anything that the scenarios have written: Event Histories, logs, PDFs, mails,
and Temporal's own files, which also hold heartbeats and failures that never get into a history."""

import asyncio
import base64
from pathlib import Path

import pytest
from support.temporal import (
    DevServer,
)

from .harness import SECRETS, forms, readable
from .matrix import Matrix

# What is looked through, and some text that must be found there, or the search proves nothing.
KINDS = {
    "Event Histories": ("*.history", b"What is known about"),
    "logs": ("*.log", b"llm_call"),
    "PDFs": ("*.pdf", b"What is known about"),
    "mails": ("*.eml", b"Topic: What is known about"),
    "SQLite files": ("*.db*", b"What is known about"),
}


def hits(paths: list[Path]) -> list[str]:
    found = []
    for path in paths:
        content = readable(path)
        for name, secret in SECRETS.items():
            if any(form in content for form in forms(secret)):
                found.append(f"{name} in {path}")
    return found


async def test_no_secret_is_in_what_was_written(
    fault_server: DevServer, evidence: Path, matrix: Matrix
) -> None:
    await fault_server.save_histories()
    paths = [path for path in evidence.rglob("*") if path.is_file()]
    if not any(path.suffix == ".eml" for path in paths):
        pytest.skip("nothing was broken in this session")
    assert await asyncio.to_thread(hits, paths) == []

    counts = {}
    for kind, (pattern, canary) in KINDS.items():
        of_kind = list(evidence.rglob(pattern))
        assert any(canary in readable(path) for path in of_kind), kind
        counts[kind] = len(of_kind)
    observed = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    matrix.add("Secrets", ", ".join(f"`{name}`" for name in SECRETS), f"0 hits in {observed}")


def test_the_search_would_find_them(tmp_path: Path) -> None:
    password = SECRETS["SMTP_PASSWORD"].encode()
    log, mail = tmp_path / "a.log", tmp_path / "a.eml"
    for before in (b"", b"\0reports@example.com\0", b"12", b"123"):
        log.write_bytes(b"AUTH PLAIN " + base64.b64encode(before + password))
        assert hits([log]) == [f"SMTP_PASSWORD in {log}"]
    body = base64.encodebytes(b"x" * 50 + password + b"y" * 50)
    mail.write_bytes(b"Content-Transfer-Encoding: base64\r\n\r\n" + body)
    assert hits([mail]) == [f"SMTP_PASSWORD in {mail}"]
    log.write_bytes(b"nothing")
    assert hits([log]) == []
