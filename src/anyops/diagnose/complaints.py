"""What programs say when they fail: the wordings of runtimes, drivers and shells, and what they mean."""

import re

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
     r"|QueuePool limit|ConnectionPoolTimeout|timeout exceeded when trying to connect|ER_CON_COUNT_ERROR"
     r"|rejected establishment of connection|ORA-12519|ORA-00018|ORA-12516|max number of clients reached"
     r"|timeout waiting for (?:idle object|connection from pool)|cannot get a connection, pool error"),
    ("database.read_only", "database", "database.read_only",
     "database refuses writes: it is read-only",
     "Make the database writable again, or send the writes to its primary.",
     r"read[-_ ]only (?:transaction|option|mode)|super[-_]read[-_]only|READONLY You can't write"
     r"|in a read-only|is read[- ]only\b(?! file)|NotWritablePrimary|not master and slaveOk|attempt to write a readonly"
     r"|cannot execute \w{1,20} (?:TABLE )?in a read|ER_OPTION_PREVENTS_STATEMENT|database is in read"),
    ("database.credentials", "database", "database.credentials_invalid",
     "database refuses the user or password",
     "Put the right user and password into the secret or setting, and restart what reads it.",
     r"access denied for user|password authentication failed|ER_ACCESS_DENIED_ERROR|login failed for user"
     r"|invalid username[/-]password|WRONGPASS|NOAUTH Authentication required|ORA-01017|SCRAM authentication"
     r"|\bSQLSTATE:? ?\[?28(?:000|P01)|MongoServerError: Authentication failed|no pg_hba\.conf entry"
     r"|invalid password|role \"[^\"]{1,60}\" does not exist"),
    ("database.storage", "database", "database.storage_full",
     "disk is full",
     "Free space or grow the volume; find what writes.",
     r"no space left on device|disk (?:is )?full|could not extend file|ENOSPC|disk quota exceeded"),
    ("port.in_use", "start", "port.conflict",
     "port is taken by another program of the pod or node",
     "Give one of the two another port.",
     r"address already in use|EADDRINUSE|port (?:is )?already (?:in use|allocated)|port \d{1,5} was already in use"
     r"|failed to bind to (?:address|port)|only one usage of each socket address"),
    ("env.missing", "start", "config.env_missing",
     "required setting is missing",
     "Set the variable in the workload's env, or in the config map or secret that it reads.",
     r"env(?:ironment)?(?: variable| var)?s?\b.{0,80}\b(?:not set|not defined|undefined|missing|required|not found|empty|must be)"
     r"|(?:missing|required|undefined|unset|no) (?:required )?env(?:ironment)?(?: variable| var)?\b"
     r"|could not resolve placeholder|KeyError: '[A-Z][A-Z0-9_]{2,}'|[A-Z][A-Z0-9]*_[A-Z0-9_]+ (?:is |must be |was )?(?:not set|not defined|required|missing|undefined|set$)"
     r"|missing required (?:configuration|setting|option|config)|: parameter null or not set|unbound variable"),
    ("certificate.expired", "tls", "certificate.expired",
     "certificate has expired",
     "Renew the certificate and restart what presents it.",
     r"certificate.{0,40}\b(?:has )?expired|expired certificate|CERT_HAS_EXPIRED|certificate is not yet valid|not valid after"),
    ("certificate.untrusted", "tls", None,
     "certificate is not trusted",
     "Give the program the authority that signed the certificate, or mend the certificate's names.",
     r"signed by unknown authority|self[- ]signed certificate|unable to get local issuer|certificate verify failed"
     r"|certificate is (?:not valid|valid) for|PKIX path building failed|bad certificate|handshake_failure"),
    ("dns.unresolved", "network", None,
     "host name does not resolve",
     "Mend the name, or the cluster DNS where the name is right.",
     r"no such host|name or service not known|could not resolve (?:host|address)|ENOTFOUND|EAI_AGAIN|EAI_NONAME"
     r"|temporary failure in name resolution|name does not resolve|UnknownHostException|NXDOMAIN"
     r"|nodename nor servname|server misbehaving|could not translate host name|bad address '|failed to resolve"
     r"|dns resolution failed|name resolution failure|unknown host\b|i/o timeout.{0,5}$(?<=lookup)"),
    ("network.refused", "network", None,
     "connection is refused",
     "Make something listen there, or mend the address.",
     r"connection refused|ECONNREFUSED|actively refused|refused the connection|connect: refused"),
    ("network.unreachable", "network", None,
     "host cannot be reached",
     "Check the address, the network policies and the way there.",
     r"no route to host|network is unreachable|EHOSTUNREACH|ENETUNREACH|host is unreachable"),
    ("network.timeout", "network", None,
     "connection times out",
     "Check whether the other side is there, what it waits for, and the network policies between.",
     r"i/o timeout|connection timed out|ETIMEDOUT|connect(?:ion)? ?timeout|connect timed out|timed out connecting"
     r"|SocketTimeoutException|ConnectTimeout|UnableToConnect|upstream request timeout|timeout: failed to connect"),
    ("network.failed", "network", None,
     "connection fails",
     "Check whether the other side is there and what its log says.",
     r"communications link failure|failed to connect|unable to connect|could not connect|cannot connect"
     r"|can't connect|connection (?:failed|failure|error)|connection reset|ECONNRESET|broken pipe|no healthy upstream"
     r"|error connecting|connection to .{1,80} failed|lost connection|connection closed unexpectedly"),
    ("memory.exhausted", "start", "container.oom_killed",
     "program runs out of memory",
     "Raise the memory limit (and the heap with it), or find what holds the memory.",
     r"OutOfMemoryError|java heap space|heap out of memory|cannot allocate memory|\bMemoryError\b"
     r"|runtime: out of memory|std::bad_alloc|oom-?kill"),
    ("stack.overflow", "code", "application.error",
     "recursion without end",
     "Mend the recursion that the stack trace names.",
     r"StackOverflowError|stack overflow|RecursionError|maximum call stack size"),
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
     r"ModuleNotFoundError|cannot find module|ClassNotFoundException|NoClassDefFoundError|ImportError:"
     r"|error while loading shared libraries|could not load file or assembly"),
    ("file.denied", "start", "container.permission_denied",
     "file or port may not be used",
     "Set the user, fsGroup or mode so that the program may, or mount a writable volume there.",
     r"permission denied|\bEACCES\b|operation not permitted|read-only file system|\bEROFS\b|access is denied"),
    ("config.invalid", "start", None,
     "configuration cannot be read",
     "Correct the line of the configuration that the message names.",
     r"(?:invalid|malformed|bad) config|config(?:uration)?(?: file)? .{0,60}(?:invalid|malformed|not found)|failed to (?:parse|load|read) (?:the )?config"
     r"|unknown directive|\[emerg\]|yaml: (?:line|unmarshal)|unrecognized (?:option|argument)|unknown (?:flag|option)|flag provided but not defined"),
    ("migration.failed", "start", None,
     "database schema does not fit the program",
     "Run or repair the migrations.",
     r"migration.{0,60}(?:failed|error|pending|not applied)|pending migration|unapplied migration|FlywayException"
     r"|LiquibaseException|relation \"[^\"]{1,80}\" does not exist|no such table|unknown column|table '[^']{1,80}' doesn't exist"
     r"|unknown database|database \"[^\"]{1,80}\" does not exist"),
    ("sql.syntax", "query", None,
     "database query has a syntax error",
     "Mend the statement that the message names.",
     r"error in your SQL syntax|syntax error at or near|SQL syntax|syntax error (?:for|in|near) .{0,30}(?:query|sql|statement)?"
     r"|SQLSyntaxErrorException|ORA-009\d\d"),
    ("sql.unique", "query", None,
     "a row breaks a unique constraint",
     "Find what inserts the same key twice.",
     r"violates unique constraint|duplicate key|duplicate entry|unique constraint|unicity|E11000"),
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
     r"401 unauthorized|403 forbidden|\bAccessDenied(?:Exception)?\b|invalid (?:api[ _-]?key|token|credentials)|token (?:has )?expired"
     r"|authentication (?:failed|failure|error)|unauthenticated|not authorized|Error: Unauthorized|InvalidClientTokenId|ExpiredToken"
     r"|SignatureDoesNotMatch|could not find default credentials|is forbidden: User"),
    ("rate.limited", "network", None,
     "requests are limited in rate",
     "Slow down, cache, or ask for a higher limit.",
     r"429 too many requests|rate limit(?:ed)? exceeded|ThrottlingException|TooManyRequests|throttled by"),
    ("memory.pressure", "resource", None, "memory is short", "Raise the limit or find what holds the memory.",
     r"memory pressure|low memory|memory usage (?:is )?(?:high|above)|high memory"),
    ("cpu.pressure", "resource", None, "CPU is short", "Raise the limit or find the work.",
     r"high cpu|cpu usage (?:is )?(?:high|above|at 9\d)|cpu throttl"),
    ("dependency.down", "dependency", None,
     "something that the program needs is not there",
     "Bring it back, or mend the address.",
     r"(?:database|service|server|broker|upstream|redis|backend)\b.{0,60}\b(?:unavailable|is down|not available|not reachable|unreachable)"
     r"|service unavailable|\b503\b.{0,20}unavailable|has become unavailable|code = Unavailable"),
    ("exception", "code", "application.error",
     "program fails with an exception",
     "Mend what the exception names.",
     r"^panic: |Traceback \(most recent|unhandled (?:promise )?(?:exception|rejection|error)|uncaught|Exception in thread"
     r"|segmentation fault|SIGSEGV|NullPointerException|TypeError:|ReferenceError:|ValueError:|IllegalStateException"
     r"|nil pointer dereference|index out of range|AssertionError|goroutine \d+ \[running"),
    ("fatal", "code", "application.error",
     "program gives up",
     "Mend what the message names.",
     r"\bfatal\b|\[emerg|\bcrit(?:ical)?\b[:\]\" ]|^panic\b|giving up|aborting|cannot start|failed to start|startup failed|exiting (?:with|due)"),
    ("error", "code", "application.error",
     "program reports errors",
     "Mend what the message names.",
     r"\berror\b|\bexception\b|\bfail(?:ed|ure)\b|\bERR\b"),
)
# fmt: on

COMPLAINTS: dict[str, Complaint] = {row[0]: Complaint(*row[:5]) for row in _TABLE}
"""Every kind of complaint by id, the most telling first."""

_PATTERNS = [(COMPLAINTS[row[0]], re.compile(row[5], re.I)) for row in _TABLE]
GENERIC = ("exception", "fatal", "error")
"""Those that say that something failed and not what."""

_SUSPICIOUS = re.compile(
    r"err|fail|fatal|excep|panic|crit|denied|refus|timeout|timed|unable|cannot|can't|could ?n|not |no |invalid"
    r"|expired|missing|unavail|unreach|exhaust|too many|slow|deadlock|duplicate|read.?only|violat|already"
    r"|unauthor|forbidden|throttl|uncaught|unhandled|sigsegv|segmentation|memory|cpu|aborting|giving up|traceback"
    r"|unbound|unknown|unsupported|wrongpass|noauth|E[A-Z]{4,}|lost|reset|broken|heap|full|ORA-\d|took|enospc",
    re.I,
)
_NEGATED = re.compile(
    r"\b(?:0|no|zero|without(?: any)?|never) (?:errors?|failures?|exceptions?|failed|warnings?)\b"
    r"|\b(?:err(?:or)?s?|fail(?:ed|ures?)?|exceptions?)\"?'?(?:_count|_total| count)?\"?\s?[=:]\s?(?:0\b|null|none|nil|false|\"\"|'')"
    r"|\b(?:0|no) (?:packets? )?(?:errors?|failed)|error[ _-]?(?:rate|budget|page|handler|log|code[\"':= ]+0\b)",
    re.I,
)
_QUIET = re.compile(
    r"(?:\b(?:INFO|DEBUG|TRACE|NOTICE)\b|[\"']?(?:level|severity|lvl|status)[\"']?\s?[=:]\s?[\"']?(?:info|debug|trace|notice|ok)\b|^[ID]\d{4} )",
    re.I,
)
_HEALED = re.compile(
    r"\b(?:recovered|reconnected|succeeded after|retry succeeded|resolved|back to normal|connection restored|now available)\b",
    re.I,
)


def complaint_of(line: str) -> Complaint | None:
    """What a log line complains about, by the most telling wording; None when it is no complaint."""
    text = line[:2000]
    if not _SUSPICIOUS.search(text) or _HEALED.search(text):
        return None
    text = _NEGATED.sub(" ", text)
    quiet = _QUIET.search(text[:200]) is not None
    for complaint, pattern in _PATTERNS:
        if pattern.search(text):
            return None if quiet and complaint.family in ("code", "resource", "dependency") else complaint
    return None
