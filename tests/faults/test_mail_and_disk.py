"""The mail server and the disk fail; so do, with the same worker, a model that says nothing for
longer than the read timeout, and one whose host has no address."""

import asyncio
import email
import email.policy
import os
import resource
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.llm_server import Answer, LLMServer, Stall

from .harness import (
    ROOT,
    SMTP_PASSWORD,
    VANISH,
    ByPrompt,
    MailServer,
    Matrix,
    Program,
    Run,
    TemporalServer,
    Workers,
    certificate,
    llm_by_prompt,
    paid,
    pdf_problem,
    settings,
    start_run,
    starter,
    until,
)

READ_TIMEOUT = 2.0  # seconds, in place of ten minutes
IMPATIENT_WORKER = f"""
from generator.llm import request as llm
import worker
llm.READ_TIMEOUT = {READ_TIMEOUT}
worker.leave(worker.main())
"""


@dataclass
class Bench:
    """A worker with a mail server and a folder of its own."""

    server: TemporalServer
    folder: Path
    variables: dict[str, str]
    llm: LLMServer
    by_prompt: ByPrompt
    mail: MailServer
    worker: Program

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    async def run(self, where: str, *script, recipient: str = "") -> Run:
        client = self.server.clients["mail"]
        return await start_run(client, where, self.by_prompt, *script, recipient=recipient)


@pytest.fixture(scope="module")
async def bench(fault_server: TemporalServer, evidence: Path) -> AsyncIterator[Bench]:
    folder = evidence / "mail"
    mail = MailServer(folder / "mails", *certificate(folder))
    await mail.open()
    with llm_by_prompt() as (llm, by_prompt):
        variables = settings(
            fault_server.address,
            "mail",
            folder,
            llm,
            **mail.settings(),
            PYTHONPATH=str(ROOT),
        )
        async with Workers(folder, variables, IMPATIENT_WORKER) as workers:
            worker = await workers.start()
            yield Bench(fault_server, folder, variables, llm, by_prompt, mail, worker)
    mail.close()


# --- Mail ----------------------------------------------------------------------------------------


async def test_mail(bench: Bench, matrix: Matrix) -> None:
    """What one recipient's server does, the others' do not."""
    mail = bench.mail
    mail.at_rcpt["busy-mailbox@example.com"] = ["451 Try again later"]
    mail.at_data["busy@example.com"] = ["452 Disk full, try again later"] * 2
    mail.at_rcpt["nobody@example.com"] = ["550 No such user"]
    mail.at_data["spam@example.com"] = ["554 This looks like spam"]
    mail.at_data["vanishing@example.com"] = [VANISH]
    runs = {
        name: await bench.run(f"mail to {name}", recipient=f"{name}@example.com")
        for name in ("busy-mailbox", "busy", "nobody", "spam", "vanishing")
    }
    await asyncio.gather(*(run.ends() for run in runs.values()))

    for name, times in {"busy-mailbox": 1, "busy": 2, "vanishing": 1}.items():
        run = runs[name]
        assert run.result.startswith("Successfully created")
        assert run.attempts["send_email"] == times + 1
    assert "451 Try again later" in runs["busy-mailbox"].failures[0]
    assert "452 Disk full" in runs["busy"].failures[0]
    assert "unexpectedly closed" in runs["vanishing"].failures[0]
    copies = mail.message_ids("vanishing@example.com")
    assert len(copies) == 2 and len(set(copies)) == 1
    for name, reply in {"nobody": "550 No such user", "spam": "554 This looks"}.items():
        assert reply in runs[name].result
        assert "Correct the SMTP_* and EMAIL_* settings" in runs[name].result
        assert mail.message_ids(f"{name}@example.com") == []
    for run in runs.values():
        assert not await pdf_problem(run)
        assert len(paid(bench.llm, run).requests) == 1
    matrix.add(
        "Mail server",
        "451 to RCPT; 452 to DATA, twice; gone between DATA and the reply",
        "retried until the mail is taken; where the first was taken too, the second has the same"
        " Message-ID",
    )
    observed = (
        f"not retried; the report is made, and the result says why: “{runs['nobody'].result}”"
    )
    matrix.add("Mail server", "550 to RCPT, 554 to DATA", observed)


async def test_the_mail_server_refuses_connections(bench: Bench, matrix: Matrix) -> None:
    bench.mail.close()
    run = await bench.run("a mail server that is away", recipient="late@example.com")
    message = await until(lambda: run.failed("send_email"))
    # Whoever mails it later need not have the file.
    shutil.rmtree(bench.reports)
    await bench.mail.open()
    await run.ends()
    assert "Connection refused" in message
    [content] = bench.mail.mails["late@example.com"]
    mail = email.message_from_bytes(content, policy=email.policy.default)
    [attachment] = mail.iter_attachments()  # type: ignore[attr-defined]
    assert attachment.get_content().startswith(b"%PDF") and len(content) > 20_000
    assert len(paid(bench.llm, run).requests) == 1
    matrix.add(
        "Mail server",
        "refuses connections, and REPORTS_DIR is deleted meanwhile",
        f"retried; the PDF is made again for the mail. Told: “{message}”",
    )


async def test_the_mail_server_refuses_the_password(bench: Bench, matrix: Matrix) -> None:
    bench.mail.password = "another"
    run = await bench.run("a wrong password", recipient="wrong@example.com")
    await run.ends()
    bench.mail.password = SMTP_PASSWORD
    assert run.attempts["send_email"] == 1
    assert "535" in run.result and "Successfully created" in run.result
    matrix.add("Mail server", "wrong password", f"not retried: “{run.result}”")


async def test_the_mail_server_offers_no_tls(bench: Bench, matrix: Matrix) -> None:
    if not bench.mail.tls:
        pytest.skip("there is no openssl to make a certificate with")
    tls = bench.mail.tls
    bench.mail.close()
    bench.mail.tls = None
    await bench.mail.open()
    run = await bench.run("a mail server without TLS", recipient="open@example.com")
    await run.ends()
    bench.mail.close()
    bench.mail.tls = tls
    await bench.mail.open()
    assert run.attempts["send_email"] == 1
    assert "STARTTLS" in run.result and "Successfully created" in run.result
    matrix.add("Mail server", "TLS not offered", f"not retried: “{run.result}”")


# --- Disk ----------------------------------------------------------------------------------------


def test_a_missing_folder_is_made(bench: Bench, matrix: Matrix) -> None:
    assert bench.reports.is_dir()
    matrix.add("Disk", "REPORTS_DIR missing", "made at the start")


async def test_a_folder_that_cannot_be_written_to_is_found_at_the_start(
    bench: Bench, matrix: Matrix
) -> None:
    (bench.folder / "file").touch()
    variables = bench.variables | {"REPORTS_DIR": str(bench.folder / "file"), "LLM_MODEL": "demo"}
    worker = Program(bench.folder, sys.executable, str(ROOT / "worker.py"), **variables)
    assert await worker.ends() == 2
    assert "put REPORTS_DIR=" in worker.stderr
    matrix.add("Disk", "REPORTS_DIR not writable", f"exit code 2: “{worker.stderr}”")


async def test_the_folder_is_replaced_by_a_file(bench: Bench, matrix: Matrix) -> None:
    shutil.rmtree(bench.reports)
    bench.reports.touch()
    run = await bench.run("a folder replaced by a file")
    message = await until(lambda: run.failed("create_pdf"))
    bench.reports.unlink()
    await run.ends()
    assert "Cannot write" in message and "REPORTS_DIR" in message
    assert not await pdf_problem(run)
    assert len(paid(bench.llm, run).requests) == 1
    observed = f"retried, 1 LLM request. Told: “{message}”"
    matrix.add("Disk", "REPORTS_DIR removed while running, a file in its place", observed)


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs Linux")
async def test_the_disk_is_full(bench: Bench, matrix: Matrix) -> None:
    pid = bench.worker.process.pid
    limit = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    # No file of the worker may be longer than this; its logs are shorter, the PDF is not.
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (25_000, limit[1]))
    run = await bench.run("a full disk")
    message = await until(lambda: run.failed("create_pdf"))
    left = [name for name in os.listdir(bench.reports) if not name.endswith(".pdf")]
    resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)
    await run.ends()
    assert "File too large" in message and "Make room" in message
    assert left == []
    assert not await pdf_problem(run)
    assert len(paid(bench.llm, run).requests) == 1
    observed = f"retried, nothing left behind, 1 LLM request. Told: “{message}”"
    matrix.add("Disk", "full", observed)


# --- A model that cannot be reached --------------------------------------------------------------


async def test_the_model_is_silent_for_too_long(bench: Bench, matrix: Matrix) -> None:
    runs = [
        await bench.run("silence before the headers", Stall(headers=False), Answer()),
        await bench.run("silence half way", Stall(2000), Answer()),
    ]
    await asyncio.gather(*(run.ends() for run in runs))
    for run in runs:
        cost = paid(bench.llm, run)
        assert len(cost.requests) == 2
        assert cost.twice < 0.1
        assert "imeout" in run.failures[0] or "timed out" in run.failures[0]
        assert not await pdf_problem(run)
    matrix.add(
        "LLM",
        f"silence for longer than the read timeout, here {READ_TIMEOUT:g} s: at first, half way",
        f"2 requests, {max(paid(bench.llm, run).twice for run in runs):.1%} generated twice."
        f" Told: “{runs[0].failures[0][:200]}”",
    )


async def test_the_host_of_the_model_has_no_address(bench: Bench, matrix: Matrix) -> None:
    folder = bench.folder / "dns"
    variables = bench.variables | {
        "LLM_API_BASE": "http://nosuch.invalid/v1",
        "TEMPORAL_NAMESPACE": "dns",
        "REPORTS_DIR": str(folder / "reports"),
    }
    program = starter(folder, variables, "a host without address", "--local")
    try:
        told = (await program.says("llm_call: attempt 2 failed: (.*)"))[1]
        program.signal(signal.SIGINT)
        assert await program.ends() == 130
    finally:
        program.process.kill()
    assert "Connection error" in told
    matrix.add("LLM", "DNS failure", f"retried until it is mended. Told: “{told[:200]}”")
