"""Payloads that only who has a key can read; keys that change; and the codec server."""

import base64
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.programs import Program, until
from support.research import ResearchStandIns
from support.runs import failed_attempt, history_bytes, reaches, start_run
from support.stand_ins import Held, StandIns
from support.temporal import address, running_worker, settings_of
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.converter import DataConverter

from generator.running.codec_server import codec_server
from generator.running.conversion import data_converter, in_clear
from generator.running.encryption import (
    ENCODING,
    KEY_ID,
    Encryption,
    MissingKey,
    NoKeys,
    check_keys,
    new_key,
)
from generator.running.record import read_record
from generator.running.runs import values_in
from generator.settings import public
from generator.terminal.listing import runs
from generator.terminal.status import Watch
from models import ReportStatus, Stage, UserDecision, UserDecisionSignal

UI = "http://localhost:8233"
SECRET = "What is Project Bluebird about?"


async def connected(client: Client) -> Client:
    """The same namespace, as a program with today's PAYLOAD_KEYS sees it."""
    return await Client.connect(
        address(client), namespace=client.namespace, data_converter=data_converter()
    )


async def test_only_who_has_the_key_can_read(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("PAYLOAD_KEYS", new_key())
    clear = Payload(metadata={"encoding": b"json/plain"}, data=b'"Bluebird"')
    codec = Encryption()
    [one] = await codec.encode([clear])
    [two] = await codec.encode([clear])
    assert one != two, "each has a nonce of its own"
    assert b"Bluebird" not in one.SerializeToString() and b"plain" not in one.SerializeToString()
    assert await codec.decode([one, two, clear]) == [clear] * 3

    changed = Payload()
    changed.CopyFrom(one)
    changed.data = one.data[:-1] + bytes([one.data[-1] ^ 1])
    assert await codec.decode([changed]) == [changed], "an encoding that nobody reads"
    settings.setenv("PAYLOAD_KEYS", new_key())
    for other in (Encryption(), NoKeys()):
        with pytest.raises(MissingKey, match=r"not among PAYLOAD_KEYS: add the key"):
            await other.decode([one])


async def test_a_key_can_be_changed(settings: pytest.MonkeyPatch) -> None:
    old, new = new_key(), new_key()
    clear = Payload(data=b"x")
    settings.setenv("PAYLOAD_KEYS", old)
    [before] = await Encryption().encode([clear])
    settings.setenv("PAYLOAD_KEYS", f"{new}, {old}")
    [after] = await Encryption().encode([clear])
    assert await Encryption().decode([before, after]) == [clear, clear]
    settings.setenv("PAYLOAD_KEYS", new)
    assert await Encryption().decode([after]) == [clear]


@pytest.mark.parametrize("value", ["short", "x" * 44, "{},{}!", "{},", ",", "{}{}"])
def test_a_wrong_key_is_named_without_a_letter_of_it(
    settings: pytest.MonkeyPatch, value: str
) -> None:
    value = value.format(new_key(), new_key())
    settings.setenv("PAYLOAD_KEYS", value)
    [problem] = check_keys()
    assert "PAYLOAD_KEYS is wrong, its key number" in problem and "--new-key" in problem
    assert not any(part in problem for part in value.split(",") if len(part) > 4)


def test_a_key_is_told_to_nobody(settings: pytest.MonkeyPatch) -> None:
    one, two = new_key(), new_key()
    settings.setenv("PAYLOAD_KEYS", f"{one},{two}")
    assert public(f"Look: {two} and {one}") == "Look: *** and ***"


async def test_nothing_of_a_run_is_readable_at_the_service(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("PAYLOAD_KEYS", new_key())
    settings.setenv("SIMULATE_EMAIL_FAILURE", "true")
    private = await connected(client)
    async with running_worker(private):
        handle = await start_run(private, SECRET, demo=True, deep=True)
        await failed_attempt(handle, "send_email")
        described = (await handle.describe()).raw_description.SerializeToString()
        line = ""

        async def told() -> str:
            lines = await Watch(private, handle).look() or []
            return next((line for line in lines if "Simulated failure" in line), "")

        line = await until(told)
        assert "✗ send_email: attempt" in line
        [listed] = await runs(private, 5)
        assert listed["topic"] == SECRET
        settings.setenv("SIMULATE_EMAIL_FAILURE", "false")
        await handle.result()
        assert (await read_record(private, handle)).report is not None
    stored = await history_bytes(handle) + described
    words = [b"Bluebird", b"ardigrade", b"Simulated", b"Section 1", b"search for", b"Outline of"]
    assert [word for word in words if word in stored] == []

    settings.delenv("PAYLOAD_KEYS")
    [listed] = await runs(await connected(client), 5)
    assert "is not among PAYLOAD_KEYS" in listed["topic"]


async def test_a_part_of_a_long_report_has_its_name_all_the_same(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("PAYLOAD_KEYS", new_key())
    private = await connected(client)
    stand_ins = ResearchStandIns(sections=2)
    stand_ins.private = True
    stand_ins.parts["Methods"] = [Held("On methods [1].")]
    async with stand_ins.working(private):
        handle = await start_run(private, SECRET, deep=True)
        await until(lambda: stand_ins.held)
        lines = await Watch(private, handle).look()
        assert lines and "llm_call, Section 2 of 2: Methods: running" in lines[-1]
        assert b"Methods" not in (await handle.describe()).raw_description.SerializeToString()
        stand_ins.held[0].let_go.set()
        await handle.result()


async def test_what_bears_our_key_and_cannot_be_opened_stalls_no_run(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("PAYLOAD_KEYS", new_key())
    private, key_id = await connected(client), Encryption().first.encode()
    async with StandIns().working(private):
        handle = await start_run(private, SECRET, review=True)
        await reaches(handle, Stage.REVIEW)
        for data in (b"", b"x", b"x" * 40):
            sealed = Payload(metadata={"encoding": ENCODING, KEY_ID: key_id}, data=data)
            sent = client.get_workflow_handle(handle.id)
            await sent.signal("update_prompt", RawValue(sealed))
            with pytest.raises(WorkflowUpdateFailedError):
                await sent.execute_update("review", RawValue(sealed))
            assert await values_in(private, [sealed]) == [None]
        failure = Failure(encoded_attributes=sealed, message="Encoded failure")
        assert await in_clear(private.data_converter, failure) == failure
        status = await handle.query("get_status", result_type=ReportStatus)
        assert status.stage == Stage.REVIEW and "prompt" in status.note, status
        await handle.execute_update("review", UserDecisionSignal(UserDecision.KEEP))
        assert await handle.result()


async def test_what_was_stored_in_clear_is_read_as_it_is(
    client: Client, settings: pytest.MonkeyPatch
) -> None:
    async with running_worker(client):
        handle = await start_run(client, SECRET, demo=True)
        result = await handle.result()
    settings.setenv("PAYLOAD_KEYS", new_key())
    private = await connected(client)
    assert await private.get_workflow_handle(handle.id).result() == result


@pytest.mark.slow
async def test_a_starter_without_the_key_says_which_setting_is_missing(
    client: Client, settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.setenv("PAYLOAD_KEYS", new_key())
    private = await connected(client)
    async with running_worker(private):
        handle = await start_run(private, SECRET, demo=True)
        await handle.result()
    settings.delenv("PAYLOAD_KEYS")
    with Program(tmp_path, "starter.py", "--attach", "latest", **settings_of(client)) as starter:
        assert await starter.ends() == 2
    assert "which is not among PAYLOAD_KEYS: add the key to PAYLOAD_KEYS in .env" in starter.stderr
    assert "Traceback" not in starter.stderr


# --- The codec server ----------------------------------------------------------------------------


@pytest.fixture
def server(settings: pytest.MonkeyPatch) -> Iterator[str]:
    settings.setenv("PAYLOAD_KEYS", new_key())
    with codec_server(Encryption(), {UI}, port=0) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


def post(url: str, body: str, origin: str = UI, host: str = "") -> tuple[int, str, str]:
    """Return status, body and the origin that the browser is told may read it."""
    headers = {"Origin": origin, "Content-Type": "application/json"}
    request = urllib.request.Request(url, body.encode(), headers | ({"Host": host} if host else {}))
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            allowed = answer.headers["Access-Control-Allow-Origin"] or ""
            return answer.status, answer.read().decode(), allowed
    except urllib.error.HTTPError as error:
        allowed = error.headers["Access-Control-Allow-Origin"] or ""
        return error.code, error.read().decode(), allowed


async def test_the_codec_server_decrypts_for_the_web_ui_alone(server: str) -> None:
    [payload] = DataConverter.default.payload_converter.to_payloads([SECRET])
    [sealed] = await Encryption().encode([payload])
    metadata = {name: base64.b64encode(value).decode() for name, value in sealed.metadata.items()}
    body = json.dumps(
        {"payloads": [{"metadata": metadata, "data": base64.b64encode(sealed.data).decode()}]}
    )
    status, text, allowed = post(f"{server}/decode?preserveStorageRefs=true", body)
    assert (status, allowed) == (200, UI)
    [clear] = json.loads(text)["payloads"]
    assert json.loads(base64.b64decode(clear["data"])) == SECRET

    for refused in (
        post(f"{server}/decode", body, origin="https://elsewhere.example"),
        post(f"{server}/decode", body, origin=""),
        post(f"{server}/decode", body, host="elsewhere.example:8081"),
    ):
        assert refused[0] == 403 and "Bluebird" not in refused[1] and not refused[2]
    assert post(f"{server}/decode", "no JSON")[0] == 400
    assert post(f"{server}/else", body)[0] == 404
