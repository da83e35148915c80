"""Secrets that their surroundings give away: keys, URLs, headers, cookies, commands, files."""

import binascii
import re

from anyops.redact.assignments import _bare_end, _quoted
from anyops.redact.names import Strength, is_secret, looks_random, stands_for_nothing
from anyops.redact.spans import Hits, Span

_PEM = re.compile(r"(?a)-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
_PEM_BODY = re.compile(r"(?a)(?:[A-Za-z0-9+/=,:\s\"'|>-]|\\[nrt])*+")
_PEM_MOST = 65536


def private_key_at(text: str, at: int) -> Hits:
    """A PEM private key, on many lines or on one with `\\n` in it, cut off or whole. RFC 7468, RFC 4880."""
    begin = _PEM.match(text, at)
    if not begin:
        return Hits([], at + 5)
    footer = f"-----END {begin[1]}-----"
    another = text.find("-----BEGIN ", begin.end(), begin.end() + _PEM_MOST)
    end = text.find(footer, begin.end(), another if another >= 0 else begin.end() + _PEM_MOST)
    if end >= 0:
        return Hits([Span(at, end + len(footer), "private-key")], end + len(footer))
    body = _PEM_BODY.match(text, begin.end())
    end = body.end() if body else begin.end()
    return Hits([Span(at, at + len(text[at:end].rstrip(" \t\r\n,\"'")), "private-key")], end)


_PUTTY = re.compile(r"(?a)Private-Lines: \d{1,4}\r?\n((?:[A-Za-z0-9+/=]{1,80}\r?\n?){1,400})")


def putty_key_at(text: str, at: int) -> Hits:
    """The private lines of a PuTTY key. https://tartarus.org/~simon/putty-snapshots/htmldoc/AppendixC.html"""
    found = _PUTTY.match(text, at)
    return (
        Hits([Span(found.start(1), found.end(1), "private-key")], found.end()) if found else Hits([], at + 1)
    )


_BASE64 = re.compile(r"(?a)(?:[A-Za-z0-9+/_-]|\\[nr])*+={0,2}")


def encoded_at(text: str, at: int) -> Hits:
    """Base64 that begins as PEM or JSON does, and holds a private key or credentials."""
    if at and (text[at - 1].isalnum() or text[at - 1] in "+/"):
        return Hits([], at + 4)
    found = _BASE64.match(text, at)
    end = found.end() if found else at + 4
    if end - at < 24 or not holds_credentials(text[at:end]):
        return Hits([], end)
    return Hits([Span(at, end, "base64")], end)


_TELLS = re.compile(
    rb"PRIVATE KEY|\"auths?\"|password|passwd|secret|token|client-key-data|eyJ[A-Za-z0-9_-]{5,200}\.eyJ", re.I
)


def holds_credentials(encoded: str) -> bool:
    """Whether base64 text decodes to something that speaks of credentials."""
    return bool(_TELLS.search(decoded(encoded)))


def decoded(encoded: str) -> bytes:
    """The bytes of base64 text in either alphabet; none where it is no base64."""
    body = encoded.replace("\\n", "").replace("-", "+").replace("_", "/").rstrip("=")
    body = body[: len(body) - 1] if len(body) % 4 == 1 else body
    try:
        return binascii.a2b_base64(body + "=" * (-len(body) % 4))
    except ValueError:
        return b""


_USERINFO = re.compile(
    r"""(?a)://([^\s/?#"'<>:@\\]{0,256}):([^\s"'<>\\@]{1,512}+(?:@[^\s"'<>\\@/]{1,128}){0,3})@(?=[\w.\[({$%-])"""
)
_USER_ONLY = re.compile(r"""(?a)://([^\s/?#"'<>:@\\]{16,512})@(?=[\w.\[-])""")
_PORT = re.compile(r"(?a)\d{1,5}(?:[/?#]|$)")
_WEBHOOK = re.compile(
    r"(?a)://(?:hooks\.slack\.com/(?:services|workflows|triggers)/|(?:\w{1,20}\.)?discord(?:app)?\.com/api/webhooks/\d{5,25}/"
    r"|[\w-]{1,60}\.webhook\.office\.com/webhookb2/|chat\.googleapis\.com/v1/spaces/[^\s?]{1,60}/messages\?"
    r"|hooks\.zapier\.com/hooks/catch/|outlook\.office\.com/webhook/)"
    r"([A-Za-z0-9/_@.&=%?-]{8,400})"
)
_HOST = re.compile(r"(?a)[^@]*@")


def url_at(text: str, at: int) -> Hits:
    """The password in a URL's userinfo (RFC 3986 3.2.1), or a webhook's path, which is its password."""
    if text.find("@", at, at + 1300) < 0:
        found = None
    elif (found := _USERINFO.match(text, at)) and not _PORT.match(found[2]):
        if stands_for_nothing(found[2], Strength.PASSWORD) and not found[2].isdigit():
            return Hits([], found.end())
        return Hits([Span(*found.span(2), "url-password")], found.end())
    if found := _WEBHOOK.match(text, at):
        return Hits([Span(*found.span(1), "webhook")], found.end())
    if (found := _USER_ONLY.match(text, at)) and looks_random(found[1], least=20):
        return Hits([Span(*found.span(1), "url-password")], found.end())
    return Hits([], at + 3)


_GO_DSN = re.compile(r"""(?a)[\w.-]{1,64}:([^\s"'`:]{1,128})@(?=(?:tcp|unix)\()""")


_THIN = re.compile(r"(?ai)thin:[\w.$#]{1,64}/([^\s\"'@/]{1,128})@")


def oracle_at(text: str, at: int) -> Hits:
    """`jdbc:oracle:thin:user/password@host`. Oracle Database JDBC Developer's Guide, Data Sources."""
    found = _THIN.match(text, at)
    return Hits([Span(*found.span(1), "dsn-password")] if found else [], at + 5)


def go_dsn_at(text: str, at: int) -> Hits:
    """`user:password@tcp(host)`. https://github.com/go-sql-driver/mysql#dsn-data-source-name"""
    before = text[max(0, at - 200) : at]
    start = at - len(before) + max(map(before.rfind, " \t\n\"'`=/")) + 1
    found = _GO_DSN.match(text, start)
    return Hits([Span(*found.span(1), "dsn-password")] if found else [], at + 5)


_SCHEMED = re.compile(r"(?a)(?:bearer|basic)(?:[ \t]|%20|\+){1,4}([A-Za-z0-9._~+/=-]{8,}+)", re.I)


def scheme_at(text: str, at: int) -> Hits:
    """`Bearer TOKEN` and `Basic BASE64` wherever they stand. RFC 6750, RFC 7617."""
    found = _SCHEMED.match(text, at)
    if not found:
        return Hits([], at + 5)
    value = found[1]
    if text[at : at + 1] in "Bb" and text[at + 1 : at + 2] in "aA":
        known = b":" in decoded(value) and value.rstrip("=").isalnum()
    else:
        known = looks_random(value, least=16) or (len(value) >= 20 and not value.isalpha())
    return Hits([Span(*found.span(1), "authorization")] if known else [], found.end())


_DIGEST = re.compile(r"""(?ai)\b(?:response|nonce|cnonce)=\\{0,3}["']?([0-9A-Za-z+/=]{8,512})""")


def digest_at(text: str, at: int) -> Hits:
    """The answer in `Digest username=...`. RFC 7616."""
    stop = text.find("\n", at, at + 2000)
    stop = min(at + 2000, len(text)) if stop < 0 else stop
    return Hits([Span(*m.span(1), "authorization") for m in _DIGEST.finditer(text, at, stop)], stop)


_COOKIES = re.compile(
    r"""(?a)(?:set-)?cookies?\\{0,3}["']?[ \t]{0,4}[:=][ \t]{0,4}\\{0,3}["']?([^\r\n"']{3,}+)""", re.I
)
_COOKIE = re.compile(r"(?a)(?:^|;\s?)([^=;\s]{1,128})=([^;\s\\]{4,}+)")
_ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite", "priority", "version"})


def cookie_at(text: str, at: int) -> Hits:
    """The values in `Cookie:` and `Set-Cookie:`. RFC 6265."""
    found = _COOKIES.match(text, at)
    if not found:
        return Hits([], at + 6)
    spans = [
        Span(pair.start(2) + found.start(1), pair.end(2) + found.start(1), "cookie")
        for pair in _COOKIE.finditer(found[1])
        if pair[1].lower() not in _ATTRIBUTES and not stands_for_nothing(pair[2], Strength.SECRET)
    ]
    return Hits(spans, found.end())


_MYSQL = re.compile(r"(?a)(?:^|\s)-p(?=[^\s-])")
_DASH_P = re.compile(r"(?a)(?:^|\s)(?:-p|-a|--pass|-w|-passin pass:|-passout pass:)[ =](?=[^\s-])")
_USER = re.compile(
    r"""(?a)(?:^|\s)(?:-u|--user|--proxy-user|-U|--creds?)[ =]?["']?([\w.@-]{1,64}):(?=[^\s/"'])"""
)
_HTPASSWD = re.compile(
    r"(?a)\s-\w{0,4}b\w{0,4}\s{1,4}(?:[^\s-]\S{0,200}\s{1,4}){1,2}(?=[^\s|;&>]{1,200}\s{0,4}(?:$|[|;&>\"']))"
)
_COMMANDS = {
    "htpasswd": (_HTPASSWD,),
    "mysql": (_MYSQL,), "mariadb": (_MYSQL,), "sshpass": (re.compile(r"(?a)(?:^|\s)-p ?(?=[^\s-])"),),
    "redis-cli": (_DASH_P,), " login": (_DASH_P,), "curl": (_USER,), "wget": (_USER,), "mongo": (_DASH_P,),
    "ldap": (_DASH_P,), "openssl": (re.compile(r"(?a)\bpass:(?=\S)"),),
}  # fmt: skip
COMMANDS = tuple(_COMMANDS)


def command_at(text: str, at: int) -> Hits:
    """The password among a command's arguments, for commands whose flags do not say so."""
    name = next((name for name in COMMANDS if text.startswith(name, at)), "")
    stop = text.find("\n", at, at + 2000)
    stop = min(at + 2000, len(text)) if stop < 0 else stop
    spans = []
    for pattern in _COMMANDS.get(name, ()):
        for flag in pattern.finditer(text, at + len(name), stop):
            begin, end = _quoted(text, flag.end()) or (flag.end(), _bare_end(text, flag.end()))
            if end > begin and not stands_for_nothing(text[begin:end], Strength.PASSWORD):
                spans.append(Span(begin, end, "argument"))
    return Hits(spans, stop)


_PGPASS = re.compile(r"(?am)^[^:\s#]{1,255}:(?:\d{1,5}|\*):[^:\s]{1,64}:[^:\s]{1,64}:([^\s]{1,256})$")


def pgpass_at(text: str, at: int) -> Hits:
    """`host:port:database:user:password`. https://www.postgresql.org/docs/current/libpq-pgpass.html"""
    begin = text.rfind("\n", max(0, at - 256), at) + 1
    found = _PGPASS.match(text, begin) if begin or at < 256 else None
    return Hits([Span(*found.span(1), "password")] if found else [], at + 2)


_IDENTIFIED = re.compile(r"(?a)identified\s{1,8}by\s{1,8}(?:password\s{1,8})?(?=['\"])", re.I)


def sql_at(text: str, at: int) -> Hits:
    """`IDENTIFIED BY 'x'`. https://dev.mysql.com/doc/refman/8.4/en/create-user.html"""
    found = _IDENTIFIED.match(text, at)
    quoted = _quoted(text, found.end()) if found else None
    if not quoted or not is_secret("password", text[slice(*quoted)]):
        return Hits([], at + 8)
    return Hits([Span(*quoted, "password")], quoted[1])


_PAIR = re.compile(r"(?a)[\s,;:\"'=|]{1,8}(?:\w{1,30}[\s:=\"']{1,5})?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])")


def aws_pair_at(text: str, at: int) -> Hits:
    """The secret key that stands beside an access key id, as in credentials files and CSV."""
    found = _PAIR.match(text, at + 20)
    return (
        Hits([Span(*found.span(1), "aws-secret-key")], found.end())
        if found and looks_random(found[1])
        else Hits([], at + 20)
    )
