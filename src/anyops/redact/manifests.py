"""The values of Secret objects where a text holds their YAML or JSON."""

import re

from anyops.redact.spans import Hits, Span

_KIND = re.compile(
    r"""(?a)([ \t]{0,200})(- )?kind:[ \t]{1,8}(?:\\{0,7}["'])?Secret(?:\\{0,7}["'])?"""
    r"[ \t]{0,8}(?:#.*)?(?=\r?$)",
    re.M,
)
_ENTRY = re.compile(r"""(?a)["']?([\w.-]{1,253})["']?:[ \t]{1,8}(.*)""", re.S)
_SPAN_MOST = 2_000_000
"""Above what etcd stores of one object (1.5 MiB)."""
_BRACES_MOST = 64


_ESCAPED_KIND = re.compile(r"""kind:[ ]{1,8}(?:\\{0,7}["'])?Secret(?:\\{0,7}["'])?[ ]{0,8}\\{1,7}n""")
_ESCAPED_END = re.compile(r"\\+n")
_STRING_MOST = 262_144


def yaml_secret_at(text: str, at: int) -> Hits:
    """The `data` and `stringData` of the YAML object whose `kind: Secret` stands at `at`."""
    if not _ESCAPED_KIND.match(text, at):
        return _yaml_at(text, at)
    floor = max(0, at - _STRING_MOST)
    start, stop = _quote(text, at, floor, -1) + 1, _quote(text, at, at + _STRING_MOST, 1)
    lines = _ESCAPED_END.sub(lambda end: " " * (len(end[0]) - 1) + "\n", text[start:stop])
    hits = _yaml_at(lines, at - start)
    spans = [Span(start + span.start, start + span.end, span.kind) for span in hits.spans]
    return Hits(spans, start + hits.resume)


def _quote(text: str, at: int, limit: int, step: int) -> int:
    """The quote that ends the string around `at` on one side, or the limit."""
    while True:
        at = text.find('"', at, limit) if step > 0 else text.rfind('"', limit, at)
        if at < 0:
            return min(limit, len(text)) if step > 0 else limit - 1
        if text[at - 1 : at] != "\\":
            return at
        at += step > 0


def _yaml_at(text: str, at: int) -> Hits:
    line_start = text.rfind("\n", max(0, at - 256), at) + 1
    if not line_start and at > 255:
        return Hits([], at + 5)
    found = _KIND.match(text, line_start)
    if not found:
        return Hits([], at + 5)
    indent = len(found[1]) + (2 if found[2] else 0)
    start = line_start if found[2] else _object_start(text, line_start, indent)
    end = _object_end(text, text.find("\n", at), indent)
    return Hits(_data_spans(text, start, end, indent), max(end, at + 5))


def _object_start(text: str, line_start: int, indent: int) -> int:
    """Upwards to the first line of the object: the one with the dash, or after a line indented less."""
    start = line_start
    floor = max(0, line_start - _SPAN_MOST)
    while start > floor:
        before = text.rfind("\n", floor, start - 1) + 1
        line = text[before : start - 1]
        body = line.lstrip(" \t")
        depth = len(line) - len(body)
        if body.startswith("---") or (body and depth < indent):
            dashed = body.startswith("- ") and depth + 2 == indent
            return before if dashed else start
        start = max(before, floor)
    return start


def _object_end(text: str, at: int, indent: int) -> int:
    while 0 <= at < len(text):
        stop = text.find("\n", at + 1)
        line = text[at + 1 : stop if stop >= 0 else len(text)]
        body = line.lstrip(" \t")
        if body and (len(line) - len(body) < indent or body.startswith(("---", "..."))):
            return at
        if len(line) - len(body) == indent and body.startswith("- "):
            return at
        at = stop
    return len(text)


def _data_spans(text: str, start: int, end: int, indent: int) -> list[Span]:
    spans: list[Span] = []
    inside, value_indent = False, 0
    position = start
    for line in text[start:end].split("\n"):
        body = line.lstrip(" \t")
        depth = len(line) - len(body)
        if body.startswith("- ") and depth + 2 == indent:
            body, depth = body[2:], indent
        if body and depth <= indent:
            head = re.match(r"""["']?(?:data|stringData)["']?:[ \t]{0,8}(.*)""", body, re.S)
            inside, value_indent = bool(head) and depth == indent, 0
            if inside and head and head[1].startswith("{"):
                spans += _flow(position + len(line) - len(head[1]), head[1])
        elif inside and body:
            value_indent = value_indent or depth
            spans += _line_spans(position + len(line) - len(body), body, depth > value_indent)
        position += len(line) + 1
    return spans


_OPEN = re.compile(r"""\\{0,7}["']""")
_CLOSE = re.compile(r"""\\{0,7}["']$""")


def _line_spans(at: int, body: str, continued: bool) -> list[Span]:
    """The value on one line of the mapping, or a whole line of a block scalar."""
    if continued:
        return [Span(at, at + len(body.rstrip(" \t\r")), "secret-data")]
    entry = _ENTRY.match(body)
    if not entry or re.fullmatch(r"[|>][-+0-9]{0,2}\s*", entry[2]):
        return []
    opened = _OPEN.match(entry[2])
    start = opened.end() if opened else 0
    value = entry[2][start:].rstrip(" \t\r")
    if opened and (closed := _CLOSE.search(value, max(0, len(value) - 8))):
        value = value[: closed.start()]
    if value in ("", "null", "~") or value.startswith("{{"):
        return []
    start += at + entry.start(2)
    return [Span(start, start + len(value), "secret-data")]


_FLOW_VALUE = re.compile(
    r"""(?a)[:][ \t]{0,8}(?:"([^"]{1,65536})"|'([^']{1,65536})'|([^\s,}"'{]{1,65536}))"""
)


def _flow(at: int, body: str) -> list[Span]:
    stop = body.find("}")
    spans = []
    for value in _FLOW_VALUE.finditer(body, 0, stop if stop >= 0 else len(body)):
        group = next(n for n in (1, 2, 3) if value[n])
        spans.append(Span(at + value.start(group), at + value.end(group), "secret-data"))
    return spans


_JSON_KIND = re.compile(r"""(?a)kind(\\{0,7}")\s{0,8}:\s{0,8}\\{0,7}"Secret(List)?\\{0,7}\"""")


def json_secret_at(text: str, at: int) -> Hits:
    """The `data` and `stringData` of the JSON object whose `"kind": "Secret"` is at `at`, even escaped."""
    found = _JSON_KIND.match(text, at)
    if not found:
        return Hits([], at + 4)
    quote = re.escape(found[1])
    start, level = _opening(text, at), 3 if found[2] else 2
    string = (
        rf"(?:{quote}((?:(?!{quote})[^\\]|(?!{quote})\\.)*+){quote})"
        if "\\" in found[1]
        else r'(?:"((?:[^"\\]|\\.)*+)")'
    )
    tokens = re.compile(rf"(?a){string}|[{{}}:]", re.S)
    depth, key, inside, spans, end = 0, "", False, [], at
    for token in tokens.finditer(text, start, start + _SPAN_MOST):
        end = token.end()
        if token[0] == "{":
            depth += 1
            inside = depth == level and key in ("data", "stringData")
        elif token[0] == "}":
            depth, inside = depth - 1, False
            if depth <= 0:
                break
        elif token[0] != ":":
            colon = re.compile(r"(?a)\s{0,64}:").match(text, end)
            if colon:
                key = token[1]
            elif inside and token[1] and not token[1].startswith("{{"):
                spans.append(Span(token.start(1), token.end(1), "secret-data"))
    return Hits(spans, max(end, at + 4))


def _opening(text: str, at: int) -> int:
    """The brace that opens the object around `at`."""
    depth = 0
    opened, closed = text.rfind("{", 0, at), text.rfind("}", 0, at)
    for _ in range(_BRACES_MOST):
        if opened < 0:
            break
        if closed > opened:
            depth, closed = depth + 1, text.rfind("}", 0, closed)
        elif depth:
            depth, opened = depth - 1, text.rfind("{", 0, opened)
        else:
            return opened
    return at
