"""What programs say when they fail: the wordings of runtimes, drivers and shells, and what they mean."""

import re
from functools import lru_cache

from msgspec import Struct


class Complaint(Struct, frozen=True):
    """One kind of message. `family` is what it is about; `cause` the code that it is evidence for.

    `title` fits a report's line, `fix` says what to do.
    """

    id: str
    family: str
    cause: str | None
    title: str
    fix: str


# fmt: off
_TABLE: tuple[tuple[str, str, str | None, str, str, str], ...] = (
    ("database.connections", "database", "database.connections_exhausted",
     "database has no connections left",
     "Find the leak or lower the pools so that their sum stays below the limit, or raise the limit.",
     r"too many connections|too many clients|remaining connection slots|max_user_connections"
     r"|connection is not available, request timed out|(?:connection )?pool (?:is )?(?:exhausted|timed out)"
     r"|queuepool limit|connectionpooltimeout|timeout exceeded when trying to connect|er_con_count_error"
     r"|rejected establishment of connection|ora-12519|ora-00018|ora-12516|max number of clients reached"
     r"|timeout waiting for (?:idle object|connection from pool)|cannot get a connection, pool error"),
    ("database.read_only", "database", "database.read_only",
     "database refuses writes: it is read-only",
     "Make the database writable again, or send the writes to its primary.",
     r"read[-_ ]only (?:transaction|option|mode)|super[-_]read[-_]only|readonly you can't write"
     r"|in a read-only|is read[- ]only\b(?! file)|notwritableprimary|not master and slaveok|attempt to write a readonly"
     r"|cannot execute \w{1,20} (?:table )?in a read|er_option_prevents_statement|database is in read"),
    ("database.credentials", "database", "database.credentials_invalid",
     "database refuses the user or password",
     "Put the right user and password into the secret or setting, and restart what reads it.",
     r"access denied for user|password authentication failed|er_access_denied_error|login failed for user"
     r"|invalid username[/-]password|wrongpass|noauth authentication required|ora-01017|scram authentication"
     r"|\bsqlstate:? ?\[?28(?:000|p01)|mongoservererror: authentication failed|no pg_hba\.conf entry"
     r"|invalid password|role \"[^\"]{1,60}\" does not exist"),
    ("database.storage", "database", "database.storage_full",
     "disk is full",
     "Free space or grow the volume; find what writes.",
     r"no space left on device|disk (?:is )?full|could not extend file|enospc|disk quota exceeded"),
    ("port.in_use", "start", "port.conflict",
     "port is taken by another program of the pod or node",
     "Give one of the two another port.",
     r"address already in use|eaddrinuse|port (?:is )?already (?:in use|allocated)|port \d{1,5} was already in use"
     r"|failed to bind to (?:address|port)|only one usage of each socket address"),
    ("env.missing", "start", "config.env_missing",
     "required setting is missing",
     "Set the variable in the workload's env, or in the config map or secret that it reads.",
     r"env(?:ironment)?(?: variable| var)?s?\b.{0,80}\b(?:not set|not defined|undefined|missing|required|not found|empty|must be)"
     r"|(?:missing|required|undefined|unset|no) (?:required )?env(?:ironment)?(?: variable| var)?\b"
     r"|could not resolve placeholder"
     r"|missing required (?:configuration|setting|option|config)|: parameter null or not set|unbound variable"),
    ("certificate.expired", "tls", "certificate.expired",
     "certificate has expired",
     "Renew the certificate and restart what presents it.",
     r"certificate.{0,40}\b(?:has )?expired|expired certificate|cert_has_expired|certificate is not yet valid|not valid after"),
    ("certificate.untrusted", "tls", None,
     "certificate is not trusted",
     "Give the program the authority that signed the certificate, or mend the certificate's names.",
     r"signed by unknown authority|self[- ]signed certificate|unable to get local issuer|certificate verify failed"
     r"|certificate is (?:not valid|valid) for|pkix path building failed|bad certificate|handshake_failure"),
    ("dns.unresolved", "network", None,
     "host name does not resolve",
     "Mend the name, or the cluster DNS where the name is right.",
     r"no such host|name or service not known|could not resolve (?:host|address)|\benotfound|\beai_(?:again|noname)"
     r"|temporary failure in name resolution|name does not resolve|unknownhostexception|nxdomain"
     r"|nodename nor servname|server misbehaving|could not translate host name|bad address '|failed to resolve"
     r"|dns resolution failed|name resolution failure|unknown host\b"),
    ("network.refused", "network", None,
     "connection is refused",
     "Make something listen there, or mend the address.",
     r"connection refused|econnrefused|actively refused|refused the connection|connect: refused"),
    ("network.unreachable", "network", None,
     "host cannot be reached",
     "Check the address, the network policies and the way there.",
     r"no route to host|network is unreachable|ehostunreach|enetunreach|host is unreachable"),
    ("network.timeout", "network", None,
     "connection times out",
     "Check whether the other side is there, what it waits for, and the network policies between.",
     r"i/o timeout|connection timed out|etimedout|connect(?:ion)? ?timeout|connect timed out|timed out connecting"
     r"|sockettimeoutexception|connecttimeout|unabletoconnect|timeouterror|read timed? ?out|upstream request timeout|timeout: failed to connect"),
    ("network.failed", "network", None,
     "connection fails",
     "Check whether the other side is there and what its log says.",
     r"communications link failure|failed to connect|unable to connect|could not connect|cannot connect"
     r"|can't connect|connection (?:failed|failure|error)|connection reset|econnreset|broken pipe|no healthy upstream"
     r"|error connecting|connection to .{1,80} failed|hosts?(?:\(s\))? tried|lost connection|connection closed unexpectedly"),
    ("memory.exhausted", "start", "container.oom_killed",
     "program runs out of memory",
     "Raise the memory limit (and the heap with it), or find what holds the memory.",
     r"outofmemoryerror|java heap space|heap out of memory|cannot allocate memory|\bmemoryerror\b"
     r"|runtime: out of memory|std::bad_alloc|oom-?kill"),
    ("stack.overflow", "code", "application.error",
     "recursion without end",
     "Mend the recursion that the stack trace names.",
     r"stackoverflowerror|stack overflow|recursionerror|maximum call stack size"),
    ("command.missing", "start", "container.command_not_found",
     "command does not exist in the image",
     "Correct the command, or use an image that has it.",
     r"command not found|executable file not found|: not found$|: \d+: [\w./-]{1,60}: not found|can't open file '"
     r"|exec: \"[^\"]{1,100}\": stat [^:]{1,200}: no such file"),
    ("exec.format", "start", "image.architecture_mismatch",
     "image is built for another architecture",
     "Build the image for the node's architecture.",
     r"exec format error"),
    ("module.missing", "start", "application.error",
     "a library of the program is missing",
     "Build the image with all its dependencies.",
     r"modulenotfounderror|cannot find module|classnotfoundexception|noclassdeffounderror|importerror:"
     r"|error while loading shared libraries|could not load file or assembly"),
    ("file.denied", "start", "container.permission_denied",
     "file or port may not be used",
     "Set the user, fsGroup or mode so that the program may, or mount a writable volume there.",
     r"permission denied|\beacces\b|operation not permitted|read-only file system|\berofs\b|access is denied"),
    ("config.invalid", "start", None,
     "configuration cannot be read",
     "Correct the line of the configuration that the message names.",
     r"(?:invalid|malformed|bad) config|config(?:uration)?(?: file)? .{0,60}(?:invalid|malformed|not found)|failed to (?:parse|load|read) (?:the )?config"
     r"|unknown directive|\[emerg\]|yaml: (?:line|unmarshal)|unrecognized (?:option|argument)|unknown (?:flag|option)|flag provided but not defined"),
    ("migration.failed", "start", None,
     "database schema does not fit the program",
     "Run or repair the migrations.",
     r"migration.{0,60}(?:failed|error|pending|not applied)|pending migration|unapplied migration|flywayexception"
     r"|liquibaseexception|relation \"[^\"]{1,80}\" does not exist|no such table|unknown column|table '[^']{1,80}' doesn't exist"
     r"|unknown database|database \"[^\"]{1,80}\" does not exist"),
    ("sql.syntax", "query", None,
     "database query has a syntax error",
     "Mend the statement that the message names.",
     r"error in your sql syntax|syntax error at or near|sql syntax|quer(?:y|ies) .{0,60}syntax error|syntax error (?:for|in|near) .{0,30}(?:query|sql|statement)?"
     r"|sqlsyntaxerrorexception|ora-009\d\d"),
    ("sql.unique", "query", None,
     "a row breaks a unique constraint",
     "Find what inserts the same key twice.",
     r"violates unique constraint|duplicate key|duplicate entry|unique constraint|unicity|e11000"),
    ("sql.slow", "query", "application.slow_dependency",
     "database queries are slow",
     "Explain the query, add the index that it needs, or fetch less.",
     r"slow (?:query|sql)|query took \d|statement timeout|canceling statement due to|lock wait timeout"
     r"|long[- ]running query|query .{0,60}exceeded"),
    ("sql.deadlock", "query", None,
     "transactions block each other",
     "Take the locks in one order, or retry.",
     r"deadlock (?:found|detected)|could not serialize access"),
    ("auth.failed", "auth", "application.auth_failed",
     "program is refused by what it calls",
     "Renew the token or key, or grant the permission that the message names.",
     r"401 unauthorized|403 forbidden|\baccessdenied(?:exception)?\b|invalid (?:api[ _-]?key|token|credentials)|token (?:has )?expired"
     r"|authentication (?:failed|failure|error)|unauthenticated|not authorized|error: unauthorized|invalidclienttokenid|expiredtoken"
     r"|signaturedoesnotmatch|could not find default credentials|is forbidden: user"),
    ("rate.limited", "network", None,
     "requests are limited in rate",
     "Slow down, cache, or ask for a higher limit.",
     r"429 too many requests|rate limit(?:ed)? exceeded|throttlingexception|toomanyrequests|throttled by"),
    ("memory.pressure", "resource", None, "memory is short", "Raise the limit or find what holds the memory.",
     r"memory pressure|low memory|memory usage (?:is )?(?:high|above)|high memory"),
    ("cpu.pressure", "resource", None, "CPU is short", "Raise the limit or find the work.",
     r"high cpu|cpu usage (?:is )?(?:high|above|at 9\d)|cpu throttl"),
    ("dependency.down", "dependency", None,
     "something that the program needs is not there",
     "Bring it back, or mend the address.",
     r"(?:database|service|server|broker|upstream|redis|backend)\b.{0,60}\b(?:unavailable|is down|not available|not reachable|unreachable)"
     r"|service unavailable|\b503\b.{0,20}unavailable|has become unavailable|code = unavailable"),
    ("exception", "code", "application.error",
     "program fails with an exception",
     "Mend what the exception names.",
     r"^panic: |traceback \(most recent|unhandled (?:promise )?(?:exception|rejection|error)|uncaught|exception in thread"
     r"|segmentation fault|sigsegv|nullpointerexception|typeerror:|referenceerror:|valueerror:|illegalstateexception"
     r"|nil pointer dereference|index out of range|assertionerror|goroutine \d+ \[running"),
    ("fatal", "code", "application.error",
     "program gives up",
     "Mend what the message names.",
     r"\bfatal\b|\[emerg|\bcrit(?:ical)?\b[:\]\" ]|^panic\b|giving up|aborting|cannot start|failed to start|startup failed|exiting (?:with|due)"),
    ("error", "code", "application.error",
     "program reports errors",
     "Mend what the message names.",
     r"\berror\b|\bexception\b|\bfail(?:ed|ure)\b|\berr\b"),
)
# fmt: on

COMPLAINTS: dict[str, Complaint] = {row[0]: Complaint(*row[:5]) for row in _TABLE}
"""Every kind of complaint by id, the most telling first."""

_PATTERNS = [(COMPLAINTS[row[0]], re.compile(row[5])) for row in _TABLE]
GENERIC = ("exception", "fatal", "error")
"""Those that say that something failed and not what."""

# All patterns are matched against lower case: ignoring case makes the engine slow.
_SUSPICIOUS = re.compile(
    r"err|fail|fatal|excep|panic|crit|denied|refus|timeout|timed out|undefined|unable|cannot|can't|could ?n.t|not (?:set|found|def|val|auth|exec)"
    r"|no (?:such|route|host|env|space|healthy)|invalid|expired|missing|unavail|unreach|exhaust|too many|slow|deadlock|duplicate"
    r"|read.?only|violat|already in use|unauth|forbidden|throttl|uncaught|unhandled|sigsegv|segmentation|memory|high cpu|cpu usage"
    r"|aborting|giving up|traceback|unbound|unknown|wrongpass|noauth|e[a-z]{3,}refused|econn|enotfound|eai_|eaddr|eacces|erofs"
    r"|enospc|lost conn|reset|broken pipe|heap|disk full|disk is full|ora-\d|nxdomain|misbehaving|rejected|not available|eunreach"
    r"|stack overflow|stackoverflow|recursion|emerg|limit(?:ed)?\b|bad_alloc|oom|pending|does not|doesn't|must be|required",
)
_NEGATED = re.compile(
    r"\b(?:0|no|zero|without(?: any)?|never) (?:errors?|failures?|exceptions?|failed|warnings?)\b"
    r"|\b(?:err(?:or)?s?|fail(?:ed|ures?)?|exceptions?)\"?'?(?:_count|_total| count)?\"?\s?[=:]\s?(?:0\b|null|none|nil|false|\"\"|'')"
    r"|error[ _-]?(?:rate|budget|page|handler|log|code[\"':= ]+0\b)|stats enabled, but temporarily unavailable"
    r"|^error: error from server \(.*|^error from server \(.*",
)
_QUIET = re.compile(
    r"\b(?:info|debug|trace|notice)\b[\]:| ]|[\"']?(?:level|severity|lvl|status)[\"']?\s?[=:]\s?[\"']?(?:info|debug|trace|notice|ok)\b"
    r"|^[id]\d{4} ",
)
_HEALED = re.compile(
    r"\b(?:recovered|reconnected|succeeded after|retry succeeded|resolved|back to normal|connection restored|now available)\b"
)
_VARIABLE = re.compile(r"[0-9a-f]{8,}|\d{6,}|\d{2,4}[-:.]\d{2}[-:.\d]*")
_ENV_NAME = re.compile(
    r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+ (?:is |must be |was )?(?:not set|not defined|required|missing|undefined|set\Z)"
    r"|KeyError: '[A-Z][A-Z0-9_]{2,}'"
)
_LONGEST = 1000


def complaint_of(line: str) -> Complaint | None:
    """What a log line complains about, by the most telling wording; None when it is no complaint."""
    text = line[:_LONGEST].lower()
    if not _SUSPICIOUS.search(text):
        return None
    if _ENV_NAME.search(line[:_LONGEST]):
        return COMPLAINTS["env.missing"]
    return _judge(_VARIABLE.sub("#", text))


@lru_cache(maxsize=1 << 14)
def _judge(text: str) -> Complaint | None:
    """A log repeats itself: the same line but for its times and ids is judged once."""
    if _HEALED.search(text):
        return None
    text = _NEGATED.sub(" ", text)
    quiet = _QUIET.search(text[:200]) is not None
    for complaint, pattern in _PATTERNS:
        if pattern.search(text):
            return None if quiet and complaint.family in ("code", "resource", "dependency") else complaint
    return None
