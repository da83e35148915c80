"""Which names say that their value is a secret, and which values are none whatever the name says."""

import math
import re
from collections import Counter
from enum import IntEnum
from functools import lru_cache


class Strength(IntEnum):
    """How much a name says about its value."""

    NONE = 0
    HINT = 1
    """Only a value that looks random is a secret: `session`, `signature`, `salt`."""
    SECRET = 2
    """`token`, `api_key`, `client_secret`."""
    PASSWORD = 3
    """Even a number or a plain word is one."""


_CAMEL = re.compile(r"(?a)(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_DECORATION_WORDS = (
    "value values base64 b64 prod production dev staging test old new plain plaintext cleartext text raw"
    " default env encoded current previous string hash hashed encrypted override binary json arg base"
)
_DECORATION = frozenset(_DECORATION_WORDS.split())
"""Last words of a name that say nothing: `password_prod`, `SecretString`."""
_PASSWORD = re.compile(
    r"(?a)(?:password|passwords|passwd|passwort|pwd|passphrase|passcode|requirepass|masterauth|masteruserpassword"
    r"|userpass|dbpass|adminpass|rootpass|storepass|keypass|bindpw|rootpw|adminpw|pgpass|sshpass|identifiedby)$"
)
_KEYS = (
    "api|access|secret|private|encryption|encrypt|decrypt|signing|sign|signature|master|account|shared|auth|service"
    "|ssh|deploy|license|subscription|jwt|session|storage|hmac|aes|admin|app|application|root|crypto|cipher|write|seal"
    "|ingest|ingestion|integration|hec|consumer|webhook|client|fernet|server|token|cookie|hash|unseal|recovery|vault"
    "|openai|anthropic|openrouter|datadog|sendgrid|stripe|twilio|mailgun|algolia|amplitude|segment|newrelic|dd"
)
_SECRET = re.compile(
    r"(?a)(?:secret|token|credential|credentials|creds|dockerconfigjson|dockercfg|clientkeydata|bearer|jwt|psk"
    rf"|(?:{_KEYS})keys?|privatekeypem|secretbinary|connectionstring|sastoken|authtokens|webhooksecret|otp|totp|passkey)$"
)
_HINT = re.compile(
    r"(?a)(?:auth|authorization|cookie|cookies|salt|signature|sig|tokens|secrets|session|sessionid|sid|csrf|xsrf"
    r"|cred|webhook|cert(?:ificate)?key|tlskey|key|nonce|assertion|ticket|keydata|seed|mnemonic|dsn)$"
)


@lru_cache(8192)
def strength(name: str) -> Strength:
    """What a name (variable, key, header, flag) says about its value; the last words decide."""
    words = [w for w in re.split(r"[^a-z0-9]+", _CAMEL.sub("_", name[-80:]).lower()) if w]
    squashed = "".join(words)
    if squashed.endswith("connectionstring"):
        return Strength.HINT
    while len(words) > 1 and (words[-1] in _DECORATION or words[-1].isdigit()):
        words.pop()
    if not words:
        return Strength.NONE
    squashed = "".join(words).rstrip("0123456789")
    if squashed.startswith("public") or squashed.endswith(("publickey", "bypass", "compass")):
        return Strength.NONE
    if words[-1] in ("pass", "pw") or _PASSWORD.search(squashed):
        return Strength.PASSWORD
    if _SECRET.search(squashed):
        return Strength.SECRET
    return Strength.HINT if _HINT.search(squashed) else Strength.NONE


_EMPTY_WORDS = (
    "true false yes no on off null none nil undefined unset empty n/a na required optional missing invalid"
    " expired enabled disabled unknown denied failed failure error redacted hidden masked removed omitted"
    " sensitive string str bool boolean bytes int any object unchanged default opaque basic bearer digest set"
    " not found is was are and or in for the a an of from to with has must should cannot could does amd64"
    " arm64 i386 all"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())
_STAND_IN = re.compile(
    r"[*x•.#?-]{2,}|[*x]+"  # stars and their like
    r"|\$\{[^{}]{0,200}\}?|\$\(.*|\$(?:[A-Z_][A-Z0-9_]{0,60}|[a-z_]{1,40}|\d)"  # shells
    r"|%\(\w{1,60}\)[sd]|%[A-Za-z_]{1,60}%|%[sdvq+]{1,2}|\{\{.*|\{\w{0,60}\}"
    r"|!(?:[A-Z]\w{0,20}|vault|reference)\s.*"
    r"|<[A-Za-z][A-Za-z _-]{0,60}|<[A-Za-z][^<>]{0,200}>|(?:&lt;|\\u003c)[A-Za-z][\w -]{0,60}(?:&gt;|\\u003e)"
    r"|[A-Z][A-Z0-9]{0,20}(?:_[A-Z0-9]{1,20}){0,4}_(?:TOKEN|PASSWORD|KEY|SECRET|PASS)"  # another variable
    r"|\[[A-Za-z][A-Za-z _-]{0,40}\]|\((?:redacted|hidden|masked|sensitive(?: value)?)\)",
    re.ASCII | re.DOTALL,
)
_NUMBER = re.compile(
    r"(?a)[-+]?[\d_]{1,20}(?:[.,]\d{1,9}){0,6}\s?(?:[munpµ]?s|[kmgt]?i?b?|m|h|d|%|y|min|sec(?:onds)?)?", re.I
)
_PATH = re.compile(
    r"(?a)(?:\.{0,2}|~|file:|[A-Za-z]:)(?:[/\\]+[\w@.+{}$*-]{1,64}){1,30}[/\\]?"
    r"|(?:[\w.-]{1,64}/){1,9}[\w.-]{1,64}\.[a-z]{1,5}"
)
# A call, a variable, an Erlang function, a line of a file, an element, a Java object.
_CODE = re.compile(
    r"(?a)\$?[A-Za-z_][A-Za-z_.]{1,80}"
    r"(?:\((?:[\w., ]{0,80}\))?|\[|->\w{1,40}|(?:::[A-Za-z_]{1,40}){1,5})[;,]?"
    r"|(?:self|this|req|request|config|process|os|env|ctx|args|opts|options|settings|props|var|local|data|module"
    r"|secrets|vars|params|inputs|steps|github)(?:\.[A-Za-z_]{1,40}|\[['\"]?\w{0,40}['\"]?\]){1,6}[;,)]{0,2}"
    r"|[a-z_]{1,40}/\d|[\w/.-]{1,80}\.[a-z]{1,4}:\d{1,6}|[A-Za-z_]\w{0,30}\[\w{1,20}\]"
    r"|[A-Za-z_][\w.$]{1,100}(?:@[0-9a-f]{4,8}|\{[0-9a-f]{4,8}\}?)"
)
_DIGEST = re.compile(
    r"(?ai)(?:sha(?:1|256|384|512)|md5)[:-][A-Za-z0-9+/=]{16,140}|ENC\[[A-Z0-9_]{1,20},.*"
    r"|vault:[\w/.-]{1,200}#\w{1,80}|arn:aws[\w-]{0,10}:.*|projects/[\w-]{1,80}/secrets/.*"
)

_LONG = 2048
"""What is longer is no stand-in; this also bounds what is read more than once."""


def stands_for_nothing(value: str, name: Strength) -> bool:
    """Whether the value is no secret whatever its name: a reference, a stand-in, a count, a path, code."""
    if len(value) > _LONG:
        return False
    bare = value.strip().rstrip(".,;:!")
    if len(bare) < 2 or bare.lower() in _EMPTY or _STAND_IN.fullmatch(bare) or "<secret:" in bare[:9]:
        return True
    if _NUMBER.fullmatch(bare):
        return name < Strength.PASSWORD or len(bare) < 4
    if name < Strength.PASSWORD and len(bare) < 4:
        return True
    if _DIGEST.fullmatch(bare) or _CODE.fullmatch(bare):
        return True
    return bool(_PATH.fullmatch(bare)) and not _drawn(bare)


def _drawn(path: str) -> bool:
    """Whether what could be a path is base64 with slashes in it: capitals and digits all over."""
    return sum(map(str.isupper, path)) > 2 and sum(map(str.isdigit, path)) > 2


_SHAPELY = re.compile(
    r"(?a)(?:[a-z0-9.-]{1,80}/)?[a-z0-9]{1,20}(?:[-.][a-z0-9]{1,20})*(?:[-_.][0-9a-f]{32,64})?"  # resources
    r"|[A-Za-z][A-Za-z0-9_-]{0,20}(?:[-_.](?:[0-9a-f]{32,64}|[A-Za-z]{1,20}|\d{1,4})){1,8}"  # cache keys
    r"|[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+(?::\d{1,5})?"  # hosts
    r"|[A-Z]?[a-z]+(?:[A-Z][a-z]+)*\d{0,3}"  # identifiers
    r"|[\d:.,TZ+/-]+|v?\d+(?:\.\d+)+\S{0,20}"  # times, addresses, versions
    r"|(?:sha\d+:)?[0-9a-f]{7,128}|(?:[\w-]{1,40}-)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|[\w./-]{0,80}[-_.](?:[0-9a-f]{40}|[0-9a-f]{64})(?:-\d{0,20})?"
)


def looks_random(value: str, least: int = 12) -> bool:
    """Whether the value looks drawn at random: letters and digits mixed, and none of the usual shapes.

    Digests, commits, UUIDs, times, versions and Kubernetes names are such shapes.
    """
    if len(value) < least or " " in value or has_usual_shape(value):
        return False
    sample = value[:256]
    if not (any(c.isdigit() for c in sample) and any(c.isalpha() for c in sample)):
        return False
    return entropy(sample) >= 3.0


def has_usual_shape(value: str) -> bool:
    """Whether it is written as a name, an identifier, a time, a host, a digest or a UUID is."""
    return bool(_SHAPELY.fullmatch(value))


def entropy(value: str) -> float:
    """Shannon entropy in bits for each character."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values()) if size else 0.0


_REFERENCE = re.compile(
    r"(?a)[a-z0-9.-]{0,60}[-.](?:secrets?|tls|certs?|certificates?|creds|credentials?|tokens?|auth|keys?|config|passwords?"
    r"|pull|registry|account)(?:-[a-z0-9]{5,10})?"
)


def is_secret(name: str, value: str) -> bool:
    """Whether a value under this name is a secret."""
    said = strength(name)
    if said == Strength.NONE or stands_for_nothing(value, said):
        return False
    if said == Strength.HINT:
        return looks_random(value)
    if len(value) > _LONG:
        return True
    if said == Strength.SECRET:
        return not (_refers(name, value) or "://" in value or _sentence(value))
    return "://" not in value


_CAMEL_REFERENCE = re.compile(r"(?a)[a-z][A-Za-z0-9]*Secret|secretKey|[a-z][A-Za-z0-9]*SecretKey")
_OWN_SECRET = re.compile(
    r"(?a)(?:client|consumer|app|shared|webhook|api|oauth|jwt|auth|signing|cookie|session)Secret$"
)
_DEFAULTS = frozenset({"changeme", "changeit", "secret", "password", "admin", "letmein", "root", "guest"})


_WORDS = re.compile(r"[a-z]{1,20}(?:[-.][a-z]{1,20}){0,6}")
_QUALIFIED = re.compile(r"[a-z0-9.-]{1,63}/[A-Z][A-Za-z]{1,40}/[a-z0-9.-]{1,253}")


def _refers(name: str, value: str) -> bool:
    """Whether it is the name of a Secret object or of a key in one, as custom resources have them."""
    if _REFERENCE.fullmatch(value) or (_QUALIFIED.fullmatch(value) and not _drawn(value)):
        return True
    if not _CAMEL_REFERENCE.fullmatch(name) or _OWN_SECRET.search(name) or value in _DEFAULTS:
        return False
    return bool(_WORDS.fullmatch(value))


def _sentence(value: str) -> bool:
    """Whether it is prose, as in `"token": "was not found"`."""
    words = value.split()
    return len(words) > 1 and (len(words) > 5 or any(w.lower().strip(".,:") in _EMPTY for w in words))
