"""Secrets for tests, put together at run time: no literal in this file looks like one."""

import base64
import json
import random
import string

LOWER = string.ascii_lowercase
HEX = "0123456789abcdef"
ALNUM = string.ascii_letters + string.digits
URLSAFE = ALNUM + "-_"
BASE64 = ALNUM + "+/"

_RANDOM = random.Random(20)


def drawn(size: int, alphabet: str = ALNUM) -> str:
    """So many characters, the same in every run."""
    return "".join(_RANDOM.choice(alphabet) for _ in range(size))


def word() -> str:
    """A password as people choose them."""
    return drawn(5, LOWER).title() + "-" + drawn(4, string.digits) + "!" + drawn(3)


def b64(data: str) -> str:
    return base64.b64encode(data.encode()).decode()


def jwt() -> str:
    parts = ({"alg": "RS256", "typ": "JWT"}, {"sub": drawn(12, HEX), "exp": 1790000000})
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts)
        + "."
        + drawn(86, URLSAFE)
    )


def pem(kind: str, line_end: str = "\n") -> str:
    dashes = "-" * 5
    body = line_end.join(drawn(64, BASE64) for _ in range(4))
    return f"{dashes}BEGIN {kind}{dashes}{line_end}{body}{line_end}{dashes}END {kind}{dashes}"


def putty_lines() -> str:
    return drawn(64, BASE64) + "\n" + drawn(44, BASE64)
