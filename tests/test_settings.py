"""A wrong setting is found at start-up, and named with the line to put in `.env`."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.llm_server import LLMServer
from support.programs import Program, free_port
from support.settings import API_KEY, ROOT

from generator.local import local_service
from generator.readiness import check_settings
from generator.running.temporal import connect
from generator.settings import SETTINGS, setting

GOOD_MAIL = {
    "SMTP_HOST": "mail.example.com",
    "SMTP_PORT": "587",
    "SMTP_SECURITY": "starttls",
    "SMTP_USERNAME": "reporter",
    "SMTP_PASSWORD": "correct-horse-battery",
    "EMAIL_FROM": "reports@example.com",
    "EMAIL_TO": "reader@example.com",
}
# What is wrong -> the setting that is named, and how its remedy begins.
WRONG_MAIL: dict[str, tuple[dict[str, str], str]] = {
    "port": ({"SMTP_PORT": "smtp"}, "SMTP_PORT="),
    "port 0": ({"SMTP_PORT": "0"}, "SMTP_PORT="),
    "port too high": ({"SMTP_PORT": "65536"}, "SMTP_PORT="),
    "security": ({"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY="),
    "from": ({"EMAIL_FROM": "me"}, "EMAIL_FROM="),
    "no from": ({"EMAIL_FROM": ""}, "EMAIL_FROM="),
    "to": ({"EMAIL_TO": "you"}, "EMAIL_TO="),
    "no to": ({"EMAIL_TO": ""}, "EMAIL_TO="),
    "no password": ({"SMTP_PASSWORD": ""}, "SMTP_PASSWORD"),
    "no user": ({"SMTP_USERNAME": ""}, "SMTP_USERNAME"),
}


@pytest.mark.parametrize("name", WRONG_MAIL)
def test_a_wrong_mail_setting(settings: pytest.MonkeyPatch, name: str) -> None:
    wrong, remedy = WRONG_MAIL[name]
    for setting_name, value in (GOOD_MAIL | wrong).items():
        settings.setenv(setting_name, value)
    [problem] = check_settings()
    assert remedy in problem and ".env" in problem and "\n" not in problem
    assert GOOD_MAIL["SMTP_PASSWORD"] not in problem
    settings.delenv("SMTP_HOST")
    assert check_settings() == []  # without it, mails are simulated


@pytest.mark.parametrize("missing", [None, "SMTP_PORT", "SMTP_SECURITY"])
def test_good_mail_settings(settings: pytest.MonkeyPatch, missing: str | None) -> None:
    for name, value in GOOD_MAIL.items():
        settings.setenv(name, "" if name == missing else value)
    assert check_settings() == []


def test_the_user_name_will_do_for_the_sender(settings: pytest.MonkeyPatch) -> None:
    for name, value in (GOOD_MAIL | {"SMTP_USERNAME": "me@example.com"}).items():
        settings.setenv(name, value)
    settings.delenv("EMAIL_FROM")
    assert check_settings() == []


@pytest.mark.parametrize("value", ["yes", "1", "tru", "none"])
def test_a_wrong_simulate_email_failure(settings: pytest.MonkeyPatch, value: str) -> None:
    settings.setenv("SIMULATE_EMAIL_FAILURE", value)
    [problem] = check_settings()
    assert "SIMULATE_EMAIL_FAILURE=false" in problem and ".env" in problem


def test_reports_dir(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.setenv("REPORTS_DIR", str(tmp_path / "new" / "folder"))
    assert check_settings() == []
    assert (tmp_path / "new" / "folder").is_dir()
    assert list((tmp_path / "new" / "folder").iterdir()) == []

    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "folder"):
        settings.setenv("REPORTS_DIR", str(path))
        [problem] = check_settings()
        assert "REPORTS_DIR=" in problem and str(path) in problem and ".env" in problem


async def test_a_server_of_our_own_wants_a_folder_and_a_port(
    settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for folder, port, error in (("file", free_port(), ValueError), ("new", 65535, ConnectionError)):
        settings.setenv("REPORTS_DIR", str(tmp_path / folder))
        settings.setenv("TEMPORAL_ADDRESS", f"localhost:{port}")
        with pytest.raises(error, match=r"put REPORTS_DIR=|Cannot reach Temporal"):
            async with local_service(demo=True, watched=False):
                pass


def test_several_wrong_settings_are_all_named(settings: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.setenv("REPORTS_DIR", str(tmp_path / "file"))
    settings.setenv("SIMULATE_EMAIL_FAILURE", "maybe")
    for name in ("SMTP_HOST", "SMTP_PORT", "SMTP_SECURITY"):
        settings.setenv(name, "nonsense")
    settings.setenv("LLM_MODEL", "nonsense")
    problems = "\n".join(check_settings())
    for name in ("REPORTS_DIR", "SIMULATE_EMAIL_FAILURE", "SMTP_SECURITY", "EMAIL_TO", "LLM_MODEL"):
        assert re.search(f"^.*{name}=.*.env", problems, re.MULTILINE)


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("openai/gpt-4o", "OPENAI_API_KEY"),
        ("", "OPENAI_API_KEY"),  # the default is openai/gpt-4o
        ("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_KEY"),
        ("gemini/gemini-2.5-pro", "GEMINI_API_KEY"),
    ],
)
def test_a_missing_key(settings: pytest.MonkeyPatch, model: str, variable: str) -> None:
    settings.setenv("LLM_MODEL", model)
    [problem] = check_settings()
    assert "LLM_API_KEY=" in problem and variable in problem and "LLM_MODEL=demo" in problem
    settings.setenv("LLM_API_KEY", API_KEY)
    assert check_settings() == []
    settings.delenv("LLM_API_KEY")
    settings.setenv(variable, API_KEY)
    assert check_settings() == []


@pytest.mark.parametrize("model", ["ollama/llama3.2", "ollama_chat/llama3.2", "demo"])
def test_no_key_is_needed_for_a_local_model(settings: pytest.MonkeyPatch, model: str) -> None:
    settings.setenv("LLM_MODEL", model)
    assert check_settings() == []


@pytest.mark.parametrize("model", ["nonsense", "nobody/nothing", "/", "openai"])
def test_an_unknown_provider(
    settings: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], model: str
) -> None:
    settings.setenv("LLM_MODEL", model)
    settings.setenv("LLM_API_KEY", API_KEY)
    [problem] = check_settings()
    assert f"LLM_MODEL={model}" in problem and ".env" in problem
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    "base",
    ["localhost:8000", "ftp://a.org", "https://", "http://a:8o", "http://a b", "http://[::1"],
)
def test_a_wrong_api_base(model: LLMServer, settings: pytest.MonkeyPatch, base: str) -> None:
    settings.setenv("LLM_API_BASE", base)
    [problem] = check_settings()
    assert "LLM_API_BASE=" in problem and ".env" in problem


@pytest.mark.parametrize(
    "key", ["“sk-0123456789”", "'sk-0123456789'", "sk-01234\u200b", "sk-01\n2345"]
)
@pytest.mark.parametrize("name", ["LLM_API_KEY", "SEARCH_API_KEY"])
def test_a_key_that_is_none(
    model: LLMServer, settings: pytest.MonkeyPatch, name: str, key: str
) -> None:
    settings.setenv("SEARCH_PROVIDER", "tavily")
    settings.setenv("SEARCH_API_KEY", API_KEY)
    settings.setenv(name, key)
    [problem] = check_settings()
    assert f"{name}=*** holds" in problem and f"put {name}=<" in problem and "sk-" not in problem


def test_good_settings(model: LLMServer) -> None:
    assert check_settings() == []


def test_an_empty_setting_counts_as_unset(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("REPORTS_DIR", "  ")
    assert setting("REPORTS_DIR") == "reports"
    settings.setenv("REPORTS_DIR", " elsewhere\n")
    assert setting("REPORTS_DIR") == "elsewhere"


# --- .env and the documents ----------------------------------------------------------------------


def test_a_blank_line_in_dotenv_sets_nothing(tmp_path: Path) -> None:
    """Copying .env.example must not wipe a key that the shell has exported."""
    shutil.copytree(ROOT / "generator", tmp_path / "generator")
    example = (ROOT / ".env.example").read_text()
    (tmp_path / ".env").write_text(example.replace("REPORTS_DIR=reports", "REPORTS_DIR=mine"))
    program = (
        "from generator.settings import OVERRIDDEN, setting\n"
        "print(setting('LLM_API_KEY'), setting('REPORTS_DIR'), OVERRIDDEN)\n"
    )
    environment = {"LLM_API_KEY": "exported", "REPORTS_DIR": "theirs", "PATH": os.environ["PATH"]}
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert said.stdout.split("\n")[0] == "exported mine ['REPORTS_DIR']", said.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_dotenv_as_people_have_it(tmp_path: Path, encoding: str) -> None:
    """Of whatever editor, with slips that are told; those of the folders above are not read."""
    mine = tmp_path / "mine"
    shutil.copytree(ROOT / "generator", mine / "generator")
    (tmp_path / ".env").write_text("LLM_MODEL=theirs")
    lines = (
        "SMTP_PASSWORD='für mich'",
        "LLM_MODEL: x",
        "MAX_COSTS=1",
        "LLM_APIKEY=",
        "XAI_API_KEY=x",
    )
    (mine / ".env").write_bytes("\r\n".join(lines).encode(encoding))
    program = (
        "from generator.settings import setting\n"
        "assert setting('SMTP_PASSWORD') == 'f\xfcr mich'; print(setting('LLM_MODEL'))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program],
        cwd=mine,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert said.stdout == "openai/gpt-4o\n", said.stderr
    assert said.stderr.splitlines() == [
        "Line 2 of .env sets nothing: it is no NAME=value, or has a quote too many",
        "MAX_COSTS in .env is no setting: put MAX_COST=... instead",
        "LLM_APIKEY in .env is no setting: put LLM_API_KEY=... instead",
    ]


def test_dotenv_example_names_every_setting_and_its_default() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    given = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", "\n".join(lines), re.MULTILINE))
    assert given.keys() == SETTINGS.keys()
    for name, default in given.items():
        assert default in (SETTINGS[name].default, "") or name.startswith("TEMPORAL_"), name


def test_the_page_of_settings_says_what_the_table_does() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    for name, meant in SETTINGS.items():
        default = f"`{meant.default}`" if meant.default else ""
        assert f"| `{name}` | {meant.meaning} | {default} |" in page


# --- Temporal ------------------------------------------------------------------------------------


async def test_temporal_is_not_there(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("TEMPORAL_ADDRESS", f"localhost:{free_port()}")
    with pytest.raises(ConnectionError) as caught:
        await connect()
    assert os.environ["TEMPORAL_ADDRESS"] in str(caught.value)
    assert "uv run temporal server start-dev" in str(caught.value)
    assert "uv run starter.py --local" in str(caught.value)


async def test_temporals_own_configuration_is_wrong(
    settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.setenv("TEMPORAL_CONFIG_FILE", str(tmp_path / "temporal.toml"))
    (tmp_path / "temporal.toml").write_text("[profile.default\n")
    with pytest.raises(ValueError) as caught:
        await connect()
    assert "TEMPORAL_" in str(caught.value)


# --- The programs --------------------------------------------------------------------------------


def assert_clear(program: Program, *parts: str) -> None:
    """What it said is a line each, for people."""
    assert "Traceback" not in program.stderr + program.stdout, program
    for part in parts:
        [line] = [line for line in program.stderr.splitlines() if part in line]
        assert len(line) < 400
    assert "Starting the worker" not in program.stdout


# What is wrong with the settings of a program that is to start -> what it says of it.
REFUSED: dict[str, tuple[list[str], dict[str, str], list[str]]] = {
    "folder": (["worker.py"], {"REPORTS_DIR": "file/reports"}, ["REPORTS_DIR="]),
    "simulate": (
        ["worker.py"],
        {"SIMULATE_EMAIL_FAILURE": "maybe"},
        ["SIMULATE_EMAIL_FAILURE=false"],
    ),
    "mail": (
        ["worker.py"],
        GOOD_MAIL | {"SMTP_PORT": "smtp", "EMAIL_TO": ""},
        ["SMTP_PORT=", "EMAIL_TO="],
    ),
    "key": (["worker.py"], {"LLM_MODEL": "openai/gpt-4o"}, ["LLM_API_KEY="]),
    "provider": (["worker.py"], {"LLM_MODEL": "nobody/nothing"}, ["LLM_MODEL=nobody/nothing"]),
    "local": (
        ["starter.py", "--local", "Tough?"],
        {"LLM_MODEL": "nobody/nothing", "REPORTS_DIR": "file"},
        ["LLM_MODEL=nobody/nothing", "REPORTS_DIR="],
    ),
    "demo": (
        ["starter.py", "--demo", "Tough?"],
        {"LLM_MODEL": "nobody/nothing", "REPORTS_DIR": "file"},
        ["REPORTS_DIR="],
    ),
}


QUICK = ["folder", "demo"]  # the others import LiteLLM, which takes seconds, or say no more


@pytest.mark.parametrize(
    "names", [QUICK, pytest.param([*REFUSED], marks=pytest.mark.slow)], ids=["quick", "all"]
)
async def test_a_program_with_wrong_settings_does_not_start(
    tmp_path: Path, temporal_settings: dict[str, str], names: list[str]
) -> None:
    (tmp_path / "file").write_text("")
    with contextlib.ExitStack() as stack:  # all at once
        programs = {}
        for name in names:
            arguments, wrong, _ = REFUSED[name]
            settings = {"LLM_MODEL": "demo", "REPORTS_DIR": "reports"} | temporal_settings | wrong
            programs[name] = stack.enter_context(Program(tmp_path, *arguments, **settings))
        for name, program in programs.items():
            says = REFUSED[name][2]
            assert await program.ends() == 2, program
            assert_clear(program, *says)
            named = [line for line in program.stderr.splitlines() if "in .env" in line]
            assert len(named) == len(says), program


async def test_the_starter_cannot_reach_temporal(tmp_path: Path) -> None:
    address = f"localhost:{free_port()}"
    with Program(
        tmp_path, "starter.py", stdin=b"Tough?\n", LLM_MODEL="demo", TEMPORAL_ADDRESS=address
    ) as run:
        assert await run.ends() == 1
        assert_clear(run, address, "uv run temporal server start-dev", "uv run starter.py --local")


@pytest.mark.parametrize("program", ["worker.py", "starter.py"])
async def test_the_namespace_is_unknown(
    tmp_path: Path, temporal_settings: dict[str, str], program: str
) -> None:
    settings = temporal_settings | {"TEMPORAL_NAMESPACE": "nobodys", "LLM_MODEL": "demo"}
    with Program(tmp_path, program, stdin=b"Tough?\n", **settings) as run:
        assert await run.ends() == 2
        assert_clear(run, "TEMPORAL_NAMESPACE")
        assert "nobodys" in run.stderr
