"""What goes wrong with a request to a model, and what becomes of it.

LiteLLM's error classes differ by provider and are often chosen by English words. So what counts
here is what the provider itself answered (`generator/llm/wire/failure.py`); and where it answered
nothing, what LiteLLM hides among the causes of its errors: a connection that broke, a package that
is missing.
"""

import http.client
import logging
import re
import ssl
import traceback
from collections.abc import Iterator

from temporalio.exceptions import ApplicationError

from generator.failures import held, retry_after
from generator.llm.extras import OUTPUT, QUESTION
from generator.llm.remedies import (
    BLOCKED,
    NOT_READ,
    OTHER_WORDS,
    PASSING,
    PASSING_CODES,
    PROXY,
    SHORTEN,
    TOO_LONG,
    is_about_the_request,
    to_correct,
)
from generator.llm.wire.failure import Reply, json_in, reply_of
from generator.settings import public

# The types of failures after which an answer may have been paid for.
BROKEN = "BrokenAnswer"  # it broke off
UNFINISHED = "UnfinishedAnswer"  # it ended as if in good order, but not as a whole answer does
NO_REASON = "The answer ended without a finish reason"

# What only a mistake in a library raises: to ask again brings the same, and costs the same.
MISTAKES = (AttributeError, TypeError, LookupError, NameError, NotImplementedError, AssertionError)
# What OpenSSL says where something else than TLS comes.
NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG")
PROBE = 5.0  # seconds
NO_CONNECTION = "The proxy has made no connection with"
PACKAGES = {"google": "google-auth", "mcp": "litellm[mcp]"}  # where the module has another name


def explain(
    error: Exception | None,
    sent: bool,
    bought: bool,
    reply: Reply | None = None,
    address: str = "",
    model: str = "this model",
    key: str = "LLM_API_KEY",
) -> ApplicationError:
    """Turn what went wrong with a request into the failure that it means for the run.

    Passing ones are retryable, after the wait that the provider asks for; what a person can correct
    is held; what is wrong with the request itself, or with how LiteLLM handles the model, is
    non-retryable. The type is BROKEN where tokens were `bought`, or may have been: the request was
    `sent`, and nobody knows what went wrong.

    `reply` is what the provider at `address` answered in place of an answer; without one, it is
    looked for in the exception. `key` names the variable that has the key. Providers echo keys and
    whole pages in their messages, and what is raised here stays in the Event History: so it is made
    short and without secrets.
    """
    from aiohttp.http_exceptions import BadStatusLine

    causes = list(chain(error))
    reply = reply or reply_in(causes)
    shown = [cause for cause in causes if type(cause).__name__ != "MidStreamFallbackError"]
    kind = type(shown[0]).__name__ if shown else "ErrorInAnswer"
    about = f" (status {reply.status})" if reply.status else ""
    names = http.client.responses  # of statuses, where a provider says no more
    said = (
        reply.message
        or of_the_network(causes, address)
        or names.get(reply.status)
        or words_of(shown)
    )
    said = public(said).rstrip(". 。")
    message = f"The LLM request failed{about}: {said or 'it says no more'}"

    if refused := of_the_proxy(causes, address):
        return refused
    if not reply.status and any(isinstance(cause, BadStatusLine) for cause in causes):
        what = f"What answers at {address or 'the address'} does not speak HTTP"
        return held(f"{what}. Correct LLM_API_BASE in .env, and restart the worker")
    passing = not reply.message and any(map(is_network, causes))
    missing = next((cause for cause in causes if isinstance(cause, ImportError)), None)
    if remedy := not (reply.status or bought) and of_tls(causes, "LLM_API_BASE", address):
        return held(f"The LLM request failed: {address or 'the server'} {remedy}")
    words = " ".join([*reply.codes, reply.message])
    if NOT_READ.search(words):
        return ApplicationError(message, type=UNFINISHED)
    if remedy := to_correct(reply):
        return held(f"{message}. {remedy.format(key=key)}, and restart the worker")
    if is_about_the_request(reply):
        return about_the_request(message, kind, reply)
    if reply.status >= 500 or reply.status in PASSING or PASSING_CODES.search(words):
        if reply.status == 500 and reply.message in ("", names[500]):
            # Some say so of each model that they do not have, like the one of `transformers`.
            message += f", and no cause. The log of {address or 'the server'} has it: if it comes"
            message += " again and again, LLM_MODEL may be wrong"
        kind = BROKEN if bought else kind
        return ApplicationError(message, type=kind, next_retry_delay=retry_after(reply.headers))
    if reply.status:
        return about_the_request(message, kind, reply)
    if sent and not passing and not reply.message and is_mistake(causes):
        return mistaken(model, causes)
    if sent or passing:
        return ApplicationError(message, type=BROKEN if bought or not passing else kind)
    if missing:
        return held(lacks_package(missing))
    return held(
        f"{message}. Correct LLM_MODEL, {key} or LLM_API_BASE in .env, and restart the worker"
    )


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and its causes, the original one last."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        cause = waiting.pop(0)
        if cause is None or any(cause is other for other in found):
            continue
        found.append(cause)
        yield cause
        waiting += [getattr(cause, "original_exception", None), cause.__cause__, cause.__context__]


def is_network(cause: BaseException) -> bool:
    import httpx

    return isinstance(cause, httpx.TransportError | ConnectionError | TimeoutError)


def of_the_network(causes: list[BaseException], address: str) -> str:
    """Say what happened to the connection with the server at an address, "" if nothing did."""
    import httpx

    kinds = tuple(map(type, filter(is_network, causes)))
    server = address or "the server"
    if any(issubclass(kind, httpx.ConnectError | httpx.ConnectTimeout) for kind in kinds):
        return f"Connection error: {server} cannot be reached"
    if any(issubclass(kind, httpx.TimeoutException | TimeoutError) for kind in kinds):
        return f"Timeout: {server} was silent for too long"
    return f"Connection error: {server} broke off, the answer is not completed" if kinds else ""


def of_the_proxy(causes: list[BaseException], address: str) -> ApplicationError | None:
    """Return the failure of a connection that a proxy has not made, None if that is not the cause.

    Nothing was sent to the model's server then, whatever the proxy's status is.
    """
    import aiohttp

    for cause in causes:
        if isinstance(cause, aiohttp.ClientHttpProxyError):
            said = f"{cause.status} {public(cause.message)}".rstrip()
            if cause.status >= 500 or cause.status in PASSING:
                return ApplicationError(f"{NO_CONNECTION} {address}: {said}", type="ProxyFailed")
            return refused_by_proxy(address, said)
        if isinstance(cause, aiohttp.ClientProxyConnectionError):
            proxy = f"{cause.host}:{cause.port}"
            said = f"Connection error: the proxy {proxy} cannot be reached"
            return ApplicationError(said, type="ProxyFailed")
    return None


def refused_by_proxy(address: str, said: str) -> ApplicationError:
    """Return the failure, held, of a connection that a proxy refuses; `said` is its reply."""
    return held(f"{NO_CONNECTION} {address}: {said}. {PROXY}, and restart the worker")


def of_tls(causes: list[BaseException], setting: str, address: str) -> str:
    """Say why there is no safe connection, and what a person can do, "" if that is not the cause.

    `setting` is the one that has the address.
    """
    import httpx
    from aiohttp.http_exceptions import BadStatusLine

    restart = " and restart the worker"
    for cause in causes:
        # aiohttp has errors of these classes without what they say; their causes have it.
        reason, wrong = getattr(cause, "reason", ""), getattr(cause, "verify_message", "")
        if isinstance(cause, ssl.SSLCertVerificationError) and wrong:
            remedy = f"Correct {setting}, or put SSL_CERT_FILE=<a PEM file with its authority>"
            why = f"has a certificate that is not trusted ({wrong})"
            return f"{why}. {remedy} in .env,{restart}"
        if isinstance(cause, ssl.SSLError) and reason in NO_TLS:
            return f"does not speak TLS. Put {setting}=http://... in .env{restart}"
    kinds = (httpx.ReadError, httpx.RemoteProtocolError, BadStatusLine)
    broke_off = any(isinstance(cause, kinds) for cause in causes)
    if address.startswith("http:") and broke_off and speaks_tls(address):
        return f"speaks TLS alone. Put {setting}=https://... in .env{restart}"
    return ""


def speaks_tls(address: str) -> bool:
    """Tell whether a server that hangs up on a plain request speaks TLS: most say nothing of it.

    It gets no key, so its certificate does not matter; nor does what it answers.
    """
    import httpx

    try:
        url = httpx.URL(address).copy_with(scheme="https").join("/")
        httpx.head(url, verify=False, timeout=PROBE)
    except (httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError):
        return True  # after the handshake
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return True


def words_of(shown: list[BaseException]) -> str:
    """Return what an exception says to a person, without what LiteLLM adds for its own users."""
    said = str(shown[0]) if shown and not is_mistake(shown) else ""
    said = re.sub(r"Handle with `litellm\.\w+`\.?", "", said)
    return re.split(r"Traceback \(most recent call last\)|(data: ?)?\{\s*\"", said)[0]


def is_mistake(causes: list[BaseException]) -> bool:
    """Tell whether a library has failed by itself, and not the provider or the line."""
    return any(isinstance(cause, MISTAKES) for cause in causes)


def mistaken(model: str, causes: list[BaseException]) -> ApplicationError:
    """Return the failure of a model whose answers LiteLLM cannot read: what it cost is lost."""
    mistake = next(cause for cause in causes if isinstance(cause, MISTAKES))
    place = traceback.extract_tb(mistake.__traceback__)[-1:]
    where = "".join(f" at {frame.filename}:{frame.lineno}" for frame in place)
    what = public(f"{type(mistake).__name__}{where}: {mistake}")
    logging.getLogger(__name__).error("LiteLLM failed over %s: %s", model, what)
    name = model.partition("/")[2]
    return ApplicationError(
        f"LiteLLM, by which models are asked, cannot read the answers of {model}: the worker's log"
        " says why. Set LLM_MODEL in .env to another model, or, if its provider speaks OpenAI's"
        f" Chat Completions, LLM_MODEL=openai/{name} and LLM_API_BASE to the provider's address,"
        " restart the worker, and start a new run",
        type="LibraryFailed",
        non_retryable=True,
    )


def reply_in(causes: list[BaseException]) -> Reply:
    """Return what the provider said, from wherever LiteLLM has left it."""
    import httpx

    response = next((c.response for c in causes if isinstance(c, httpx.HTTPStatusError)), None)
    status, headers = (response.status_code, response.headers) if response else (0, {})
    for cause in causes:
        for text in (getattr(cause, "body", None), getattr(cause, "text", None), str(cause)):
            text = text.decode(errors="replace") if isinstance(text, bytes) else text
            if body := text if isinstance(text, dict) else json_in(str(text or "")):
                found = reply_of(status, headers, body)
                return found if status else found._replace(status=0)
    return Reply(status, headers, set(), "")


def about_the_request(message: str, kind: str, reply: Reply) -> ApplicationError:
    words = " ".join([kind, *reply.codes, reply.message])
    remedy = "Correct LLM_MODEL or LLM_API_BASE in .env"
    if BLOCKED.search(words) or kind == "ContentPolicyViolationError":
        remedy = OTHER_WORDS
    elif OUTPUT.search(words) and not QUESTION.search(words):
        remedy = "Set LLM_MODEL in .env to another model"
    elif TOO_LONG.search(words) or kind == "ContextWindowExceededError" or reply.status == 413:
        remedy = SHORTEN
    return ApplicationError(
        f"{message}. {remedy}, and start a new run", type=kind, non_retryable=True
    )


def lacks_package(missing: ImportError) -> str:
    """Say which Python package a model needs, and how to add it."""
    module = missing.name or ""
    package = PACKAGES.get(module.partition(".")[0], module.partition(".")[0])
    if not package:
        return f"LLM_MODEL needs a Python package that is not installed: {public(str(missing))}"
    return (
        f"LLM_MODEL needs the Python package {package}, which is not installed. Add it with"
        f" `uv add '{package}'` and restart the worker"
    )
