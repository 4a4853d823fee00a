"""What a person can do about an error, by what the provider says of it.

By its codes, which are for programs; by its words, where no code tells; by its status at last.
"""

import re
from datetime import timedelta

from generator.failures import retry_after
from generator.llm.wire.failure import Reply

# And all from 500 on; 498 is Groq's for a full house, 499 Google's for what was cancelled.
PASSING = {408, 409, 424, 425, 429, 498, 499}
# What a person can do about an error.
# What stands for {key} is the name of the variable that has it (`choice.key_of`).
KEY = "Correct {key} in .env"
ACCOUNT = "Add credit to the account of {key}, or put another key in .env"
ACCESS = "Give the key the right to use this model, or put another {key} or LLM_MODEL in .env"
MODEL = "Correct LLM_MODEL in .env, or LLM_API_BASE if it is set"
ADDRESS = "Correct LLM_API_BASE in .env"
PROXY = "Correct the proxy in HTTPS_PROXY or HTTP_PROXY, or its log-in, or have it allow this"
CLOCK = "Set the clock of the worker's machine"
PROVIDER = "Change at the provider what it names, or set LLM_MODEL in .env to another one's model"
BY_STATUS = {
    401: KEY,
    402: ACCOUNT,
    403: ACCESS,
    404: MODEL,
    405: MODEL,
    407: PROXY,
    410: MODEL,
    451: PROVIDER,
}
# By the codes that providers send for programs. Some codes are good with any status, and some are
# all that there is: in a stream there is no status.
BY_CODE = {
    ACCOUNT: re.compile(
        r"insufficient_?(quota|balance|credits?|funds)|exceeded_current_quota|billing|arrear"
        r"|payment_?required|out_of_credits|quota_(exhausted|reached)|budget_?exceeded|per_?day"
        r"|^1113$|^1008$",
        re.I,
    ),
    KEY: re.compile(
        r"(invalid|incorrect|wrong|expired|missing)_?(x-)?(api|access)?_?(key|token)|api_?key_?invalid"
        r"|authentication|auth_?failure|unauthenticated|unauthori[sz]ed|no_db_connection|ExpiredToken"
        r"|UnrecognizedClient|InvalidSignature|^1004$",
        re.I,
    ),
    PROVIDER: re.compile("service_?(disabled|quota)|unsupported_country", re.I),
    ACCESS: re.compile("permission|access_?denied|forbidden", re.I),
    MODEL: re.compile(
        "model_?(not_?(found|supported|available)|decommissioned)|invalid_model|not_?found", re.I
    ),
}
# By what they say for people, where no code tells. "Quota" alone says nothing: it is the name of
# limits a minute, too.
BY_WORDS = {
    CLOCK: re.compile(r"signature (has )?expired|signature not yet current|clock skew", re.I),
    ACCOUNT: re.compile(
        r"credit balance|limit: 0\b"
        r"|(insufficient|not enough|low|negative|no|n't have)\W+((account|any|available)\W+)*"
        r"(balance|credits?|funds)\b|balance (is |was )?(not enough|too low|insufficient|exhausted)"
        r"|(add|buy|purchase|need|out of|used all( available)?|requires?( more)?|no remaining)"
        r" (\w+ ){0,2}credits?\b|top.?up|recharge|arrears|overdue|good standing|payment required"
        r"|exceeded your current quota|(check|update) your plan and billing|(per|/).?(day|month)\b"
        r"|per 86400|by.?day\b|out of (\w+ ){0,2}(usage|funds)\b"
        r"|(daily|weekly|monthly|spend(ing)?|usage|budget)( \w+)? (limits?|allocation)\b"
        r"|(quota|free tier).{0,30}(exhausted|used up)|key limit exceeded|call volume quota"
        r"|requires an? (\w+ )?subscription"
        r"|余额|使用上限|欠费|充值|额度|残高|クレジット|크레딧|недостаточно средств|guthaben|saldo"
        r"|cr[ée]dits? insuffisant",
        re.I,
    ),
    KEY: re.compile(
        r"(incorrect|invalid|wrong|expired|missing|no)\W+(x-)?(api|access).?(key|token)"
        r"|authentication (error|failed)|unauthori[sz]ed"
        r"|api.?key (is )?(not valid|invalid|missing|expired|incorrect)",
        re.I,
    ),
    PROVIDER: re.compile(
        r"public access is disabled|private endpoint|network (rules|acl)|firewall"
        r"|has not been used in project|or it is disabled|rate limit of 0\b|data policy"
        r"|requires terms acceptance|blocked at the|account (is )?suspended|must be verified"
        r"|has been (disabled|restricted|suspended|deactivated)|please (configure|activate)"
        r"|not activated the model|have not been submitted|service has been paused"
        r"|(location|country|region|territory) (is )?not (supported|available|allowed)",
        re.I,
    ),
    ACCESS: re.compile(
        r"permission\W.{0,20}\brequired|lacks? .{0,40}(permission|data action)"
        r"|insufficient permissions|missing scopes"
        r"|not authori[sz]ed to",
        re.I,
    ),
    MODEL: re.compile(
        r"model identifier is invalid|not a valid model|model not exist|no models? loaded"
        r"|(invalid|unknown|unsupported|no such) model|模型不存在|no available channel|无可用渠道"
        r"|allowed now, your model"
        r"|model .{0,80}(does not exist|decommissioned|deprecated|end of life|newer version"
        r"|(?<!currently )(?<!temporarily )not (found|supported|available))"
        r"|throughput isn.t supported|not supported by any provider"
        r"|more system memory|(could not|failed to|unable to) load (the )?model"
        r"|api.?version .{0,20}(not|un)",
        re.I,
    ),
}
# Codes are vague where words are not: one of "no permission" may come with "buy credits".
REMEDIES = (ACCOUNT, KEY, PROVIDER, ACCESS, MODEL)
SOON = timedelta(hours=1)  # whoever is to wait for longer had better be told
# What a server without the model says with status 500 or 503: Ollama and LocalAI; One API and New
# API, whose channels are the providers that have it.
LACKS_MODEL = re.compile(
    "memory|load (the )?model|model_not_found|not a valid model|no available channel|无可用渠道",
    re.I,
)
WRONG_ADDRESS = re.compile(
    # "Missing Authentication Token" is what Amazon's API Gateway says of a path that it lacks.
    "unexpected endpoint|no such (endpoint|route)|^missing authentication token"
    "|http (request )?(was )?(sent )?to an? (http)?s",
    re.I,
)
NEVER = re.compile(r"limit: 0\b")  # Google's, for what a free account has nothing of
A_MINUTE = re.compile(
    r"per.?(minute|second|hour)|\b[RT]P[MS]\b|concurren", re.I
)  # limits that pass
SHORTEN = "Shorten the topic, or set LLM_MODEL in .env to a model with a larger context"
OTHER_WORDS = "Ask in other words, or set LLM_MODEL in .env to another model"
TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context|request_too_large|too long|too large|maximum context"
    r"|context (length|window|size|limit)|(input|prompt) (token|is).{0,200}(exceed|limit)"
    r"|(input|tokens)\b.{0,40} (exceeds?|more than) .{0,30}max"
    r"|(input|(maximum|max) (prompt|model)) length|too many tokens: total|超长"
    r"|(`inputs`|prompt_tokens).{0,30} must",
    re.I,
)
# Whatever the status: of a limit a minute that a single question exceeds, or of a server that says
# with status 500 that its context is full.
NEVER_FITS = re.compile(
    "tokens must be reduced|reduce your message size|exceeds? the (available )?context", re.I
)
# An answer was written, and the server could not read it: asked once more, it may be another one.
NOT_READ = re.compile(
    r"tool_use_failed|output_parse_failed|not match the expected [\w-]+ format"
    r"|failed to parse (input|output|tool)|in message header",
    re.I,
)
BLOCKED = re.compile(
    r"content.?policy|content.?filter|ResponsibleAIPolicy|safety system|requires moderation"
    r"|invalid_prompt|moderation|flagged|inappropriate|data_inspection|(exists|high) risk"
    r"|(_|may contain )sensitive|sensitive_?content|敏感|prompt blocked"
    r"|guardrail.{0,40}fail|violat\w{1,5} (\w{1,20} ){0,2}(guidelines|policy|guardrail)",
    re.I,
)


# Codes of errors that come down a stream, where there is no status.
PASSING_CODES = re.compile(
    "server_?error|overload|rate.?limit|timeout|timed out|unavailable|throttl|internal|exhausted"
    "|upstream|too many|capacity|busy|too quickly|crashed|unloaded|^1002$|^1001$"
    # "Take it out and try again" is no outage.
    "|(?<!and )try again(?! with)|try again (later|in)",
    re.I,
)


def to_correct(reply: Reply) -> str:
    """Return what a person can do about it, "" if nothing."""
    codes, said = [code for code in reply.codes if code != str(reply.status)], reply.message
    if WRONG_ADDRESS.search(said):
        return ADDRESS
    web_page = said.startswith("a web page")
    # A server before the provider's may say in a page what the status says, too.
    if web_page and 400 <= reply.status < 500 and reply.status not in {401, 407, 413, *PASSING}:
        return ADDRESS
    if is_blocked(reply):
        return ""  # some say so with status 403
    wait = retry_after(reply.headers)
    passes = A_MINUTE.search(said) or (wait and wait <= SOON)
    for remedy in (CLOCK, ACCESS):  # by their codes they are wrong keys
        if BY_WORDS[remedy].search(said) and remedy in {CLOCK, *allowed(reply)}:
            return remedy
    for remedy in REMEDIES:
        if remedy not in allowed(reply):
            continue
        if remedy in BY_CODE and any(map(BY_CODE[remedy].search, codes)):
            return remedy
        if remedy in BY_WORDS and BY_WORDS[remedy].search(said):
            if remedy == ACCOUNT and reply.status == 429 and passes and not NEVER.search(said):
                continue
            return remedy
    if reply.status == 402 and passes:
        return ""  # a free account's limit for a few minutes
    return BY_STATUS.get(reply.status, "")


def allowed(reply: Reply) -> set[str]:
    """Return the remedies that an error's status leaves: a server that is down needs no key."""
    if reply.status >= 500:
        return {MODEL} if LACKS_MODEL.search(" ".join([*reply.codes, reply.message])) else set()
    return {ACCOUNT, PROVIDER} if reply.status == 429 else {ACCOUNT, KEY, PROVIDER, ACCESS, MODEL}


def is_blocked(reply: Reply) -> bool:
    """Tell whether a filter of the provider did not let a question or an answer pass."""
    return bool(BLOCKED.search(" ".join([*reply.codes, reply.message])))


def is_about_the_request(reply: Reply) -> bool:
    words = " ".join([*reply.codes, reply.message])
    if reply.status != 429 and is_blocked(reply):
        return True
    if NEVER_FITS.search(words):
        return True
    passes = reply.status in PASSING or reply.status >= 500
    return not passes and bool(TOO_LONG.search(words))
