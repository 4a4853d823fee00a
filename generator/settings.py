"""The settings: each with its meaning, its default and its check; and how secrets are kept secret.

They come from the environment and from the `.env` file of this program, which wins. A blank line in
`.env` sets nothing. Secrets are among them: what is read here is told to nobody, and `public` takes
it out of texts.
"""

import codecs
import difflib
import io
import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from dotenv import dotenv_values

from generator.harmless import without_login

_log = logging.getLogger(__name__)


class Setting(NamedTuple):
    """One setting. A test compares them with `.env.example` and docs/settings.md."""

    meaning: str
    default: str = ""
    wrong: Callable[[str], str] | None = None  # what is wrong with a value, "" if nothing
    example: str = ""  # what to put in `.env` instead of a wrong value


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # half an IPv6 address, a port that is no number
        is_one = False
    return "" if is_one and not re.search(r"\s", value) else "is not a URL"


def _key(value: str) -> str:
    """A key goes into a header, which takes ASCII alone; what stands in braces is a JSON file's."""
    is_plain = value.isascii() and value.isprintable() and value[0] not in "\"'"
    return "" if is_plain or value.startswith("{") else "holds a letter that no key has, or a quote"


def _true_or_false(value: str) -> str:
    return "" if value.lower() in ("true", "false") else "is neither true nor false"


def _amount(value: str) -> str:
    return "" if re.fullmatch(r"\d*\.?\d+", value) and float(value) else "is no amount of dollars"


def _port(value: str) -> str:
    return "" if value.isdecimal() and 0 < int(value) < 65536 else "is not a port number"


def _addresses_and_domains(value: str) -> str:
    for entry in value.split(","):
        if not re.fullmatch(r"[^\s@]*@[^\s@]+", entry.strip()):
            return "is no list of addresses and @domains"
    return ""


def _models(value: str) -> str:
    for entry in value.split(","):
        if not re.fullmatch(r"[^\s/]+/\S+", entry.strip()):
            return "is no list of provider/model"
    return ""


def _host(value: str) -> str:
    plain = re.fullmatch(r"[^\s/:@]+|[0-9A-Fa-f:.]+", value)
    return "" if plain else "is not the name of a machine"


def _host_and_port(value: str) -> str:
    host, _, port = value.rpartition(":")
    return "" if host and not _port(port) else "is not an address like 127.0.0.1:9464"


def _hosts_and_ports(value: str) -> str:
    for entry in value.split(","):
        host, _, port = entry.strip().rpartition(":")
        if _port(port) or not re.fullmatch(r"[^\s/:]+|\[[^\s/]+\]", host):
            return "is no list of addresses like wiki.example.com:443"
    return ""


def private_folder(path: Path) -> None:
    """Make a folder, unless it is there, that only its owner may enter.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def _security(value: str) -> str:
    return "" if value.lower() in SMTP_PORTS else "is not known"


def _folder(value: str) -> str:
    return "" if Path(value).is_dir() else "is no folder"


def _writable_folder(value: str) -> str:
    try:
        private_folder(Path(value))
        tempfile.TemporaryFile(dir=value).close()
    except OSError as error:
        return f"cannot take reports ({error.strerror})"
    return ""


SMTP_PORTS = {"starttls": "587", "tls": "465", "none": "25"}

SETTINGS = {
    "LLM_MODEL": Setting(
        "the model as LiteLLM names it, `provider/model`; `demo` answers with a bundled sample"
        " report and calls no LLM",
        default="openai/gpt-4o",
    ),
    "LLM_API_KEY": Setting(
        "the provider's key; while it is unset, the provider's own variable (`OPENAI_API_KEY`,"
        " `ANTHROPIC_API_KEY`, ...) counts; local models (`ollama/...`) and `demo` need none",
        wrong=_key,
        example="<the key as the provider shows it>",
    ),
    "LLM_API_BASE": Setting(
        "URL of an OpenAI-compatible endpoint or proxy", wrong=_url, example="https://..."
    ),
    "LLM_MODELS": Setting(
        "models of other providers that a run may choose too, comma-separated; each with its"
        " provider's own key (`ANTHROPIC_API_KEY`, ...); unset: none",
        wrong=_models,
        example="anthropic/claude-sonnet-4-5,gemini/gemini-2.5-pro",
    ),
    "SEARCH_PROVIDER": Setting(
        "who searches the web for `--deep`, as LiteLLM names it: `tavily`, `brave`, `searxng`,"
        " `exa_ai`, `serper`, ...; unset: no search"
    ),
    "SEARCH_API_KEY": Setting(
        "the search provider's key; while it is unset, its own variable (`TAVILY_API_KEY`, ...)"
        " counts",
        wrong=_key,
        example="<the key as the provider shows it>",
    ),
    "SEARCH_API_BASE": Setting(
        "URL of the search provider, for example of your own SearXNG",
        wrong=_url,
        example="https://...",
    ),
    "DOCUMENTS_DIR": Setting(
        "a folder with documents of your own (PDF, DOCX, Markdown, HTML, text) that `--deep`"
        " searches, too; unset: none",
        wrong=_folder,
        example="<a folder>",
    ),
    "READ_ALLOW": Setting(
        "`host:port` of your own network whose pages may be read, comma-separated; unset: public"
        " addresses only",
        wrong=_hosts_and_ports,
        example="wiki.example.com:443",
    ),
    "MAX_COST": Setting(
        "US dollars that one run may spend at most; `--max-cost` can only lower it; unset: no"
        " limit",
        wrong=_amount,
        example="0.50",
    ),
    "REPORTS_DIR": Setting(
        "the folder for the reports",
        default="reports",
        wrong=_writable_folder,
        example="<a folder you may write to>",
    ),
    "PDF_FONT": Setting(
        "paths of font files (TTF, OTF, TTC), `:` between them (`;` on Windows), that go before the"
        " bundled fonts for the scripts they cover"
    ),
    "SMTP_HOST": Setting(
        "the mail server; while it is unset, sending is simulated",
        wrong=_host,
        example="smtp.example.com",
    ),
    "SMTP_SECURITY": Setting(
        "`starttls`, `tls` or `none`",
        default="starttls",
        wrong=_security,
        example="starttls, tls or none",
    ),
    "SMTP_PORT": Setting(
        "if it is not 587 (`starttls`), 465 (`tls`) or 25 (`none`)", wrong=_port, example="587"
    ),
    "SMTP_USERNAME": Setting(
        "for a mail server that wants a log-in, with a password (PLAIN, LOGIN, CRAM-MD5; no OAuth)"
    ),
    "SMTP_PASSWORD": Setting("for a mail server that wants a log-in"),
    "EMAIL_FROM": Setting("the sender, one address; while it is unset, `SMTP_USERNAME`"),
    "EMAIL_TO": Setting(
        "the recipient, or several with commas or semicolons between them, each of whom gets a"
        " mail; a name with a comma goes into quotes"
    ),
    "EMAIL_ALLOW": Setting(
        "whom a run may mail to instead: addresses and `@domains`, comma-separated; unset: one"
        " address, any",
        wrong=_addresses_and_domains,
        example="you@example.com,@example.com",
    ),
    "SIMULATE_EMAIL_FAILURE": Setting(
        "`true` makes `send_email` fail, for the exercise in the README",
        default="false",
        wrong=_true_or_false,
        example="false",
    ),
    "METRICS_ADDRESS": Setting(
        "`host:port` on which a worker serves Prometheus metrics; unset: none",
        wrong=_host_and_port,
        example="127.0.0.1:9464",
    ),
    "PAYLOAD_KEYS": Setting(
        "keys, comma-separated, that encrypt all that a run stores at the Temporal Service, the"
        " first one for new data; `uv run worker.py --new-key` makes one; unset: readable there"
    ),
    # Read by temporalio.envconfig. An empty value is not the same as none to it.
    "TEMPORAL_ADDRESS": Setting("the Temporal Service", default="localhost:7233"),
    "TEMPORAL_NAMESPACE": Setting("its Namespace", default="default"),
    "TEMPORAL_API_KEY": Setting("for Temporal Cloud"),
    "TEMPORAL_TLS": Setting("`true` for TLS without a client certificate"),
    "TEMPORAL_TLS_CLIENT_CERT_PATH": Setting("for mutual TLS"),
    "TEMPORAL_TLS_CLIENT_KEY_PATH": Setting("for mutual TLS"),
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH": Setting("for a Temporal Service with its own authority"),
    "TEMPORAL_PROFILE": Setting("a profile of Temporal's own configuration file"),
}


def load_dotenv() -> list[str]:
    """Put what `.env` sets into the environment, and say what of it nobody can use.

    Returns:
        The names whose value in the environment was another one, and which `.env` overrides.
    """
    path = Path(__file__).parents[1] / ".env"  # others may write to the folders above
    if os.environ.get("PYTHON_DOTENV_DISABLED") or path.is_dir() or not path.exists():
        return []
    logging.getLogger("dotenv.main").addFilter(_of_a_line)
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:  # it may be the worker's alone: a starter needs none of it
        _log.warning("%s cannot be read, and sets nothing: %s", path, error.strerror)
        return []
    values = dotenv_values(stream=io.StringIO(text.replace("\0", "")))
    for name in values:
        if meant := meant_by(name):
            _log.warning("%s in .env is no setting: put %s=... instead", name, meant)
    given = {name: value for name, value in values.items() if name and value}
    overridden = [name for name, value in given.items() if os.environ.get(name, value) != value]
    os.environ.update(given)
    return overridden


def _decoded(content: bytes) -> str:
    """Return a file's text: UTF-8, or what editors and shells of Windows write instead."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _of_a_line(record: logging.LogRecord) -> bool:
    """Have python-dotenv say in which file a line is that it cannot read, and what is wrong."""
    if "parse statement" in str(record.msg):
        record.msg = "Line %s of .env sets nothing: it is no NAME=value, or has a quote too many"
    return True


def meant_by(name: str) -> str:
    """Return the setting that a name in `.env` is a slip of, "" if it may be another program's."""
    if name in SETTINGS or re.search("_API_(KEY|BASE)$|^TEMPORAL_", name):
        return ""
    return next(iter(difflib.get_close_matches(name.upper(), SETTINGS, 1, 0.85)), "")


OVERRIDDEN = load_dotenv()


def setting(name: str) -> str:
    """Return a setting, or its default while it is unset or empty."""
    return os.environ.get(name, "").strip() or SETTINGS[name].default


def listed(name: str) -> list[str]:
    """Return the parts of a setting that is a list with commas."""
    return [part.strip() for part in setting(name).split(",") if part.strip()]


def wrong_settings(names: Iterable[str]) -> list[str]:
    """Return a line for each of these settings that is wrong, with what to put in `.env`."""
    lines = []
    for name in names:
        value, check = setting(name), SETTINGS[name].wrong
        if value and check and (reason := check(value)):
            # A wrong address may hold a password all the same.
            shown = re.sub(r"\S*@", "***@", value) if "URL" in reason else value
            shown = "***" if name.endswith("KEY") else shown
            lines.append(f"{name}={shown} {reason}: put {name}={SETTINGS[name].example} in .env")
    return lines


# What a LiteLLM proxy adds to an error, for its operator.
PROXY_ADDS = re.compile(
    r"\s*(Received Model Group=|LiteLLM: model group '|model=\S+ context_window_fallbacks="
    r"|Error_str:|Deployment Info:)[\s\S]*"
)


def public(text: str) -> str:
    """Return a text from outside fit for the Event History: one short line, without secrets."""
    for name, value in os.environ.items():
        if re.search(r"(KEY|PASSWORD|TOKEN|SECRET)", name):
            for secret in [value, *value.split(",")]:  # some settings take several
                text = text.replace(secret, "***") if len(secret) >= 6 else text
    text = re.sub(r"\bsk-[\w*-]+", "***", without_login(" ".join(text[:5000].split())))
    # LiteLLM puts the names of its error classes first, and says it all again at the end.
    text = re.sub(r"\b(litellm\.\w+|\w+(Error|Exception))(:| -) ", "", PROXY_ADDS.sub("", text))
    text = text.partition(" Original exception")[0]
    return text if len(text) <= 300 else text[:300] + "…"
