"""`--attach ID --email ADDRESS`: the report of a finished run, mailed once more."""

from pathlib import Path

import pytest
from support.mail import MailServer
from support.programs import Program
from support.runs import start_run
from support.stand_ins import Held, StandIns
from support.temporal import running_worker, settings_of
from temporalio.client import Client

from generator.terminal.mailing import mail_again


async def test_a_finished_report_is_mailed_again(
    client: Client, mail: MailServer, capsys: pytest.CaptureFixture[str]
) -> None:
    mail.at_rcpt["other@example.com"] = ["450 Try later"]
    async with running_worker(client):
        handle = await start_run(client, demo=True)
        await handle.result()
        assert await mail_again(client, handle, "other@example.com", local=False) == 0
        said = capsys.readouterr()
        assert "450 Try later" in said.err
        assert said.out == "Result: Email sent to other@example.com\n"
        mail.at_rcpt["gone@example.com"] = ["550 No such user"]
        assert await mail_again(client, handle, "gone@example.com", local=False) == 1
        assert "550 No such user" in capsys.readouterr().err
    assert mail.recipients == [["reader@example.com"], ["other@example.com"]]
    first, second = (next(iter(each.iter_attachments())) for each in mail.messages)
    assert first.get_content() == second.get_content()


async def test_a_run_without_a_report_has_nothing_to_mail(client: Client) -> None:
    async with StandIns(Held("# Draft")).working(client):
        handle = await start_run(client)
        with pytest.raises(LookupError, match="no finished report to mail: it is running"):
            await mail_again(client, handle, "a@example.com", local=False)


@pytest.mark.slow
async def test_the_command(client: Client, mail: MailServer, tmp_path: Path) -> None:
    async with running_worker(client):
        await (await start_run(client, demo=True)).result()
        options = ("--attach", "latest", "--email", "other@example.com")
        with Program(tmp_path, "starter.py", *options, **settings_of(client)) as starter:
            assert await starter.ends() == 0
    assert starter.stdout == "Result: Email sent to other@example.com\n"
    assert mail.recipients[-1] == ["other@example.com"]
