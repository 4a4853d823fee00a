"""The mail server and the disk fail; so do, with the same worker, a model that says nothing for
longer than the read timeout, and one whose host has no address."""

import asyncio
import os
import resource
import shutil
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.llm import ByPrompt, llm_by_prompt
from support.llm_server import Answer, Behaviour, LLMServer, Stall
from support.mail import VANISH, MailServer, make_certificate, parsed
from support.programs import Program, until
from support.settings import ROOT, SMTP_PASSWORD
from support.temporal import (
    DevServer,
)

from .harness import Run, Workers, paid, pdf_problem, settings, start_run, starter
from .matrix import Matrix

READ_TIMEOUT = 6.0  # seconds, in place of ten minutes
IMPATIENT_WORKER = f"""
from generator.llm import request
from generator.running.temporal import leave
import worker
request.READ_TIMEOUT = {READ_TIMEOUT}
leave(worker.main())
"""


@dataclass
class Bench:
    """A worker with a mail server and a folder of its own."""

    server: DevServer
    folder: Path
    variables: dict[str, str]
    llm: LLMServer
    by_prompt: ByPrompt
    mail: MailServer
    worker: Program

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    async def run(self, where: str, *script: Behaviour, recipient: str = "") -> Run:
        client = self.server.clients["mail"]
        return await start_run(client, where, self.by_prompt, *script, recipient=recipient)


@pytest.fixture(scope="module")
async def bench(fault_server: DevServer, evidence: Path) -> AsyncIterator[Bench]:
    folder = evidence / "mail"
    certificate = make_certificate(folder)
    with (
        MailServer(certificate, log_in=True, folder=folder / "mails") as mail,
        llm_by_prompt() as (llm, by_prompt),
    ):
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
    for name, reply, remedy in (
        ("nobody", "550 No such user", "Correct the address"),
        ("spam", "554 This looks", "mail the PDF by hand"),
    ):
        assert reply in runs[name].result and remedy in runs[name].result
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
    bench.mail.open()
    await run.ends()
    assert "Connection refused" in message
    [content] = bench.mail.mails("late@example.com")
    [attachment] = parsed(content).iter_attachments()
    assert attachment.get_content().startswith(b"%PDF") and len(content) > 20_000
    assert len(paid(bench.llm, run).requests) == 1
    matrix.add(
        "Mail server",
        "refuses connections, and REPORTS_DIR is deleted meanwhile",
        f"retried; the PDF is made again for the mail. Told: “{message}”",
    )


async def test_what_a_person_can_correct_holds_the_run(bench: Bench, matrix: Matrix) -> None:
    """A wrong password, and a server without TLS. Both runs wait for the next attempt together."""
    mail = bench.mail
    mail.password = "another"
    wrong = await bench.run("a wrong password", recipient="wrong@example.com")
    refused = await until(lambda: wrong.failed("send_email"))
    mail.password = SMTP_PASSWORD
    assert "535" in refused and "in .env" in refused
    runs = {"wrong password": (wrong, refused)}
    if mail.certificate:  # or there is no openssl to make one with
        certificate = mail.certificate
        mail.close()
        mail.certificate = None
        mail.open()
        plain = await bench.run("a mail server without TLS", recipient="open@example.com")
        offered = await until(lambda: plain.failed("send_email"))
        mail.close()
        mail.certificate = certificate
        mail.open()
        assert "STARTTLS" in offered and "in .env" in offered
        runs["TLS not offered"] = plain, offered
    for name, (run, told) in runs.items():
        await run.ends()
        assert run.attempts["send_email"] == 2 and run.result.startswith("Successfully created")
        assert len(mail.message_ids(run.recipient)) == 1
        assert len(paid(bench.llm, run).requests) == 1
        matrix.add(
            "Mail server",
            name,
            f"held, and tried again after a minute, when it was corrected. Told: “{told}”",
        )


# --- Disk ----------------------------------------------------------------------------------------


def test_a_missing_folder_is_made(bench: Bench, matrix: Matrix) -> None:
    assert bench.reports.is_dir()
    matrix.add("Disk", "REPORTS_DIR missing", "made at the start")


async def test_a_folder_that_cannot_be_written_to_is_found_at_the_start(
    bench: Bench, matrix: Matrix
) -> None:
    (bench.folder / "file").touch()
    variables = bench.variables | {"REPORTS_DIR": str(bench.folder / "file"), "LLM_MODEL": "demo"}
    worker = Program(bench.folder, "worker.py", **variables)
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
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (12_000, limit[1]))
    run = await bench.run("a full disk")
    message = await until(lambda: run.failed("create_pdf"))
    left = [name for name in os.listdir(bench.reports) if name.endswith(".part")]
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
        program.kill()
    assert "Connection error" in told
    matrix.add("LLM", "DNS failure", f"retried until it is mended. Told: “{told[:200]}”")
