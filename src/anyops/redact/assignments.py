"""Names with their values in a text: `key=value`, YAML, JSON (escaped too), flags, variables, XML, prose."""

import re
import string

from anyops.redact.names import (
    Strength,
    has_usual_shape,
    is_secret,
    looks_random,
    stands_for_nothing,
    strength,
)
from anyops.redact.spans import ESCAPED_PLACEHOLDER, PLACEHOLDER, Hits, Span

ANCHORS = (
    "pass", "pwd", "secret", "token", "key", "cred", "auth", "cookie", "salt", "session", "sig",
    "dockerc", "bearer",
)  # fmt: skip
"""In lower case. Every name that `strength` knows holds one, or is too rare to be looked for in text."""

_NAME = string.ascii_letters + string.digits + "_.-"
_NAME_MOST = 80
_NAME_REST = re.compile(r"(?a)[A-Za-z0-9_.-]{0,80}")
_ASSIGN = re.compile(
    r"""(?a)(?:\\{0,3}["'`])?\]?(?:\x1b\[[\d;]{0,12}m)?[ \t]{0,80}(=>|:=|[:=]|%3[ADad])"""
    r"""(?!=[\s\d=]|:)[ \t]{0,80}(?:\x1b\[[\d;]{0,12}m)?(?:(?:!![a-z]{1,12}|&\w{1,40})[ \t]{1,8}(?=\S))?"""
)
_FLAG = re.compile(r"""(?a)(?:\\{0,3}["'],?)?[ \t]{1,8}(?=[^\s-])""")
_ENTRY = re.compile(
    r"""(?a)\\{0,3}["']?,?(?:\s|\\n){0,99}\\{0,3}["']?[vV]alue\\{0,3}["']?[ \t]{0,8}[:=][ \t]{0,8}"""
)
_ENTRY_BEFORE = re.compile(r"""(?a)(?:[nN]ame|[kK]ey)\\{0,3}["']?[ \t]{0,8}[:=][ \t]{0,8}\\{0,3}["']?$""")
_ENTRY_TURNED = re.compile(
    r"""(?a)[vV]alue\\{0,3}["']?\s{0,8}:\s{0,8}(\\{0,3}["']?)([^\s"'\\{}]{1,400})\1,?\s{0,80}\\{0,3}["']?"""
    r"""[nN]ame\\{0,3}["']?\s{0,8}:\s{0,8}\\{0,3}["']?$"""
)
"""An entry whose value stands before its name."""
_CALL = re.compile(r"""\([ \t]{0,4}(?=["'])""")
_PROSE = re.compile(
    r"""(?a)(?:[ \t]{1,4}(?:is|was|of|from|for user|to|value|string)\b)?[ \t]{1,4}(?=["'`]?[^\s"'`])"""
)
_PASS = re.compile(r"(?i)(?<!require)pass$")
"""A verb in prose, and `proxy_pass` of nginx."""
_XML = re.compile(r"(?a)[^<>]{0,80}>([^<>]{1,4096})</")
_QUOTE = re.compile(r"""(?a)(\\{0,7})(["'`])""")
_PLAIN_QUOTED = re.compile(r"""(?a)(?:[^"\\\n]|\\[^\n])*+""")
_BLOCK = re.compile(r"(?a)[|>][-+0-9]{0,2}[ \t]{0,8}(?:#[^\n]{0,200})?\n")
_BARE = re.compile(
    r"""(?a)(?:[^\s\x00-\x1f"'`\\;&,]|\\(?!["'`nrt])|[;&,](?![\s"'`\\]|$|[\w.-]{1,60}\s?[:=])|\\[nrt](?!\s{0,40}[-\w."]{1,60}["']?\s?[:=]|\s|$|["'\\]))++"""
)
_WORD = re.compile(r"(?a)[A-Za-z][a-z]{1,40}[.,;:!?)]{0,2}")
_SCHEME = re.compile(
    r"(?a)(?:Bearer|Basic|Token|Digest|Bot|ApiKey|Negotiate|NTLM|AWS4-HMAC-SHA256|GenieKey|SharedAccessSignature|SharedKey)(?:\s|%20|\+){1,4}",
    re.I,
)


def named_at(text: str, at: int) -> Hits:
    """The value of the name that the anchor at `at` is part of."""
    if text[at - 1 : at] == "<" and (held := PLACEHOLDER.match(text, at - 1)):
        return Hits([], held.end())
    if held := ESCAPED_PLACEHOLDER.match(text, at):
        return Hits([], held.end())
    before = text[max(0, at - _NAME_MOST) : at]
    start = at - (len(before) - len(before.rstrip(_NAME)))
    rest = _NAME_REST.match(text, at)
    end = rest.end() if rest else at
    name = text[start:end].lstrip("-")
    said = strength(name)
    if said == Strength.NONE:
        return Hits([], end)
    spans = _value_after(text, start, end, name, said)
    return Hits(spans, max([end, *(span.end for span in spans)]))


def _value_after(text: str, start: int, end: int, name: str, said: Strength) -> list[Span]:
    if found := _ASSIGN.match(text, end):
        return _assigned(text, start, found.end(), name, loose=found[1] == ":")
    if _ENTRY_BEFORE.search(text, max(0, start - 40), start):
        if found := _ENTRY.match(text, end):
            return _assigned(text, start, found.end(), name, loose=False)
        if found := _ENTRY_TURNED.search(text, max(0, start - 600), start):
            return _kept(text, *found.span(2), name)
    if text[start] == "-" and (found := _FLAG.match(text, end)):
        return _assigned(text, start, found.end(), name, loose=False)
    if text[start - 1 : start] in ("<", '"') and (found := _XML.match(text, end)):
        return _kept(text, found.start(1), found.end(1), name)
    if (
        said == Strength.PASSWORD
        and (found := _CALL.match(text, end))
        and (quoted := _quoted(text, found.end()))
    ):
        return _kept(text, *quoted, name)
    if not _PASS.search(name) and (found := _PROSE.match(text, end)):
        return _told(text, start, found.end(), said)
    return []


def _assigned(text: str, start: int, at: int, name: str, loose: bool) -> list[Span]:
    """The value at `at`; `loose` where the sign before it is a colon, as prose has it too."""
    if quoted := _quoted(text, at):
        return _kept(text, *quoted, name)
    if strength(name) == Strength.HINT:
        return _hinted(text, at, query=_QUERY.search(text, max(0, start - 5), start) is not None)
    if block := _BLOCK.match(text, at):
        return _block(text, start, block.end(), name)
    end = _bare_end(text, at)
    if end == at:
        return _listed(text, start, at, name) if text[at : at + 1] == "\n" else []
    if loose and (name == "PASS" or _prose(text, start, at, end)):
        return []
    return _kept(text, at, end, name)


def _quoted(text: str, at: int) -> tuple[int, int] | None:
    """The inside of a quoted value; up to the line's end where the quote is not closed."""
    opened = _QUOTE.match(text, at)
    if not opened:
        return None
    start = opened.end()
    if not opened[1] and opened[2] == '"':
        inside = _PLAIN_QUOTED.match(text, start)
        return start, inside.end() if inside else start
    # The quote before the line's end: to look for it twice, it must have been found once.
    end = text.find(opened[0], start)
    while opened[0] == "'" and end >= 0 and text.startswith("''", end):
        end = text.find("'", end + 2)  # YAML and SQL double it
    end = len(text) if end < 0 else end
    stop = text.find("\n", start, end)
    return start, stop if stop >= 0 else end


def _bare_end(text: str, at: int) -> int:
    """Where an unquoted value ends: a separator that another name follows, or a bracket it did not open."""
    scheme = _SCHEME.match(text, at)
    found = _BARE.match(text, scheme.end() if scheme else at)
    if not found:
        return at
    value = found[0]
    if "</" in value:
        value = value[: value.index("</")]
    value = value.rstrip(".,;:")
    for opening, closing in ("()", "[]", "{}"):
        if value.endswith(closing) and opening not in value:
            value = value.rstrip(closing)
    return found.start() + len(value)


_QUERY = re.compile(r"(?:[?&]|&amp;)$")
_HINTED = re.compile(r"""(?a)[^\s\x00-\x1f"'`=:;,&\\()]{8,4096}={0,2}""")


def _hinted(text: str, at: int, query: bool) -> list[Span]:
    """A value whose name only hints: a run that looks random, in a URL's query any long run with a digit."""
    scheme = _SCHEME.match(text, at)
    found = _HINTED.match(text, scheme.end() if scheme else at)
    if not found or stands_for_nothing(found[0], Strength.HINT):
        return []
    signed = query and len(found[0]) > 15 and any(map(str.isdigit, found[0]))
    if not (scheme or signed or looks_random(found[0])):
        return []
    return [Span(*found.span(), "hint")]


def _prose(text: str, start: int, at: int, end: int) -> bool:
    """Whether `name: word` is a sentence: a plain word that goes on, or that words lead to."""
    if not _WORD.fullmatch(text, at, end):
        return False
    after = text[end : end + 40].split("\n", 1)[0].strip(" \t\r,;}#\"'")
    line = text[max(0, start - 200) : start].rpartition("\n")[2]
    return bool(after) or not (line.strip(" \t-\"'{,") == "" or line.rstrip().endswith((",", "{")))


def _kept(text: str, start: int, end: int, name: str) -> list[Span]:
    """The secret part of the value: without the scheme of a header."""
    scheme = _SCHEME.match(text, start, end)
    start = scheme.end() if scheme else start
    value = text[start:end]
    secret = _presented(scheme[0], value) if scheme else is_secret(name, value)
    return [Span(start, end, strength(name).name.lower())] if secret else []


def _presented(scheme: str, value: str) -> bool:
    """Whether a value after a scheme is a credential; `token` is a word of prose, too."""
    if len(value) < 6 or stands_for_nothing(value, Strength.HINT):
        return False
    return scheme[:2].lower() in ("be", "ba") or any(map(str.isdigit, value))


def _told(text: str, start: int, at: int, said: Strength) -> list[Span]:
    """A value in prose: `with password 'x'`, `rejected key x`."""
    kind = said.name.lower()
    if quoted := _quoted(text, at):
        value = text[slice(*quoted)]
        known = said == Strength.PASSWORD and " " not in value and not stands_for_nothing(value, said)
        return [Span(*quoted, kind)] if known or looks_random(value) else []
    end = _bare_end(text, at)
    value = text[at:end]
    if said == Strength.PASSWORD and _directs(text, start):
        return [] if stands_for_nothing(value, said) else [Span(at, end, kind)]
    told = _drawn(value) or (said == Strength.PASSWORD and _chosen(value, _SAID.search(text, start, at)))
    return [Span(at, end, kind)] if told else []


def _directs(text: str, start: int) -> bool:
    """Whether the line is made of names and values without signs, as in netrc, redis.conf, a Dockerfile."""
    if _DIRECTIVE.match(text, start):
        return True
    before = max(0, start - 300)
    return bool(_NETRC.search(text, before, start) or _DOCKERFILE.search(text, before, start))


_SAID = re.compile(r"(?a)\s(?:is|was)\s")


def _chosen(value: str, said: object) -> bool:
    """Whether prose gives a password that a person chose: `password Winter-24x`, `password is hunter2`."""
    mixed = re.search(r"[\d!%^+@#*]", value) and re.search(r"[A-Za-z]", value)
    if not mixed or stands_for_nothing(value, Strength.HINT):
        return False
    return len(value) > 4 if said else len(value) > 7 and not has_usual_shape(value)


_NETRC = re.compile(r"(?a)\b(?:login|machine)\s[^\n]{1,200}$")
_DIRECTIVE = re.compile(r"(?a)(?<![^\n])[\w.-]{1,80}[ \t]{1,80}\S{1,400}[ \t]{0,8}\r?(?![^\n])")
_DOCKERFILE = re.compile(r"(?a)(?<![^\n])[ \t]{0,8}(?:ENV|ARG|setenv|set)[ \t]{1,8}$")


def _drawn(value: str) -> bool:
    """Stricter than `looks_random`, as for an unquoted word that a name merely precedes."""
    if not looks_random(value) or stands_for_nothing(value, Strength.HINT):
        return False
    classes = sum(any(test(c) for c in value) for test in (str.isupper, str.islower, str.isdigit))
    return classes == 3 and not re.search(r"[/=:,(){}$]", value)


def _block(text: str, start: int, at: int, name: str) -> list[Span]:
    """A YAML block scalar: every following line that is indented deeper than the name."""
    indent = _indent(text, start)
    end = at
    for line in re.compile(r"(?a)([ \t]*+)([^\n]*+)(?:\n|\Z)").finditer(text, at):
        if (line[2] and len(line[1]) <= indent) or not line[0]:
            break
        end = line.start(2) + len(line[2])
    inside = text[at:end]
    begin = at + len(inside) - len(inside.lstrip(" \t\r\n"))
    end = begin + len(inside.strip(" \t\r\n"))
    return [Span(begin, end, "block")] if is_secret(name, text[begin:end]) else []


_ITEM = re.compile(r"(?a)([ \t]{0,200})- ([^\s{\[][^\n]{0,4000})\n?")


def _listed(text: str, start: int, at: int, name: str) -> list[Span]:
    """A YAML list of secrets under the name."""
    if strength(name) < Strength.SECRET:
        return []
    indent = _indent(text, start)
    spans: list[Span] = []
    item = _ITEM.match(text, at + 1)
    while (
        item
        and len(spans) < 100
        and len(item[1]) >= indent
        and not re.match(r"[\w.-]{1,80}:(?:\s|$)", item[2])
    ):
        begin, end = _quoted(text, item.start(2)) or (item.start(2), item.end(2))
        kept = _kept(text, begin, end, name)
        if not kept:
            break
        spans += kept
        item = _ITEM.match(text, item.end())
    return spans


def _indent(text: str, start: int) -> int:
    line = text[max(0, start - 400) : start].rpartition("\n")[2]
    return len(line) - len(line.lstrip(" \t"))
