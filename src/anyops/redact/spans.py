"""Where secrets stand in a text, and how the matchers say so."""

import re
from collections.abc import Callable
from typing import NamedTuple

PLACEHOLDER = re.compile(r"(?a)<secret:[0-9a-f]{8}>")

ESCAPED_PLACEHOLDER = re.compile(r"secret:[0-9a-f]{8}(?:\\u003[eE]|&gt;|%3[eE])")
"""As JSON, HTML and URLs write it, from behind the bracket."""


class Span(NamedTuple):
    """A secret at `text[start:end]`; `kind` is what it is, in the words of the table of formats."""

    start: int
    end: int
    kind: str


class Hits(NamedTuple):
    """What a matcher found at one place, and from where it wants to be asked again."""

    spans: list[Span]
    resume: int


Matcher = Callable[[str, int], Hits]
"""Takes the text and the place of an anchor. Its cost is bounded, or paid by what it lets the search skip."""


def merged(spans: list[Span]) -> list[Span]:
    """The spans in order; those that overlap become one, under the kind of the longest."""
    result: list[Span] = []
    longest = 0
    for span in sorted(spans):
        if result and span.start < result[-1].end:
            before = result[-1]
            kind = span.kind if span.end - span.start > longest else before.kind
            longest = max(longest, span.end - span.start)
            result[-1] = Span(before.start, max(before.end, span.end), kind)
        else:
            longest = span.end - span.start
            result.append(span)
    return result


def outside_placeholders(text: str, spans: list[Span]) -> list[Span]:
    """The spans without what is a placeholder already."""
    if "<secret:" not in text:
        return spans
    result = []
    for span in spans:
        start = span.start
        for held in PLACEHOLDER.finditer(text, max(0, start - 16), span.end + 16):
            if held.end() <= start or held.start() >= span.end:
                continue
            if held.start() > start:
                result.append(Span(start, held.start(), span.kind))
            start = held.end()
        if start < span.end:
            result.append(Span(start, span.end, span.kind))
    return result
