"""`Redactor`: finds secrets, replaces them, remembers them in memory for the user's own screen."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from anyops.redact import assignments, carriers, manifests
from anyops.redact.formats import seekers
from anyops.redact.names import is_secret, strength
from anyops.redact.spans import PLACEHOLDER, Matcher, Span, merged, outside_placeholders
from anyops.redact.tree import redacted_tree

_LOWER: tuple[tuple[str, Matcher], ...] = (
    *((anchor, assignments.named_at) for anchor in assignments.ANCHORS),
    *((command, carriers.command_at) for command in carriers.COMMANDS),
    ("cookie", carriers.cookie_at),
    ("bearer", carriers.scheme_at),
    ("basic", carriers.scheme_at),
    ("thin:", carriers.oracle_at),
    ("digest username", carriers.digest_at),
    ("kind: ", manifests.yaml_secret_at),
    ("identified", carriers.sql_at),
)
_EXACT: tuple[tuple[str, Matcher], ...] = (
    ("-----BEGIN ", carriers.private_key_at),
    ("Private-Lines", carriers.putty_key_at),
    ("LS0tLS1C", carriers.encoded_at),
    ("eyJ", carriers.encoded_at),
    ("://", carriers.url_at),
    ("@tcp(", carriers.go_dsn_at),
    ("@unix(", carriers.go_dsn_at),
    (":*:", carriers.pgpass_at),
    (":5432:", carriers.pgpass_at),
    ("AKIA", carriers.aws_pair_at),
    ("kind", manifests.json_secret_at),
)
_SHORTEST = 6
_ROUNDS = 4
_CLEAN_LENGTH = 120
_CLEAN_MOST = 50_000
"""Short texts without secrets are remembered: objects of a cluster repeat most of their words."""
_AROUND = 400


class Redactor:
    """Replaces secrets by `<secret:XXXXXXXX>`, the first 8 hex digits of HMAC-SHA256 under `key`.

    The same secret gives the same placeholder, and text that was redacted stays as it is. `counts` says how
    many were replaced, by kind. The secrets themselves are in memory only, for `reveal`.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._known: dict[str, str] = {}
        self._clean: set[str] = set()
        self.counts: Counter[str] = Counter()

    def text(self, text: str) -> str:
        """Free text (logs, messages, files) without its secrets. It has as many lines as before."""
        if len(text) < _SHORTEST or text in self._clean:
            return text
        done = self._searched(text)
        if done == text and len(text) <= _CLEAN_LENGTH and len(self._clean) < _CLEAN_MOST:
            self._clean.add(text)
        return done

    def _searched(self, text: str) -> str:
        if text.isascii():
            return self._rounds(text)
        seen = text.encode("utf-8", "surrogatepass").decode("latin-1")
        done = self._rounds(seen)
        return text if done == seen else _unseen(done)

    def blob(self, data: bytes) -> bytes:
        """Bytes of text in UTF-8 or an encoding that has ASCII in it."""
        seen = data.decode("latin-1")
        done = self._rounds(seen)
        return data if done == seen else done.encode("latin-1")

    def lines(self, lines: Iterable[str]) -> list[str]:
        """The lines (without line ends), each redacted, in one search over all: a key may take many lines."""
        whole = list(lines)
        return self.text("\n".join(whole)).split("\n") if whole else []

    def value(self, name: str, value: str) -> str:
        """A value under a name (variable, key, header), which can make it a secret as a whole."""
        done = self.text(value)
        bare = PLACEHOLDER.sub("", done)
        if not is_secret(name, bare if bare != done else value):
            return done if strength(name) == 0 else self._beside(name, value, done)
        return self._placeholder(value.strip(), strength(name).name.lower())

    def _beside(self, name: str, value: str, done: str) -> str:
        """A value that is a secret in part: after a scheme, in cookies."""
        if done != value or "\n" in value:
            return done
        prefix = f"{name}: "
        whole = self.text(prefix + value)
        return whole[len(prefix) :] if whole.startswith(prefix) else done

    def tree(self, value: Any, name: str = "") -> Any:
        """JSON-like data (objects, lists, strings) without its secrets, as a new value; the rest as it is.

        `name` is the key that the value stands under, where it is part of something larger.
        """
        return redacted_tree(self, value, name=name)

    def mask(self, secret: str, kind: str) -> str:
        """The placeholder of something that is known to be a secret."""
        if not secret or PLACEHOLDER.fullmatch(secret):
            return secret
        return self._placeholder(secret, kind)

    def reveal(self, text: str) -> str:
        """The text with the secrets that this redactor replaced, for the user's own screen only."""
        return PLACEHOLDER.sub(lambda held: self._known.get(held[0], held[0]), text)

    @staticmethod
    def is_redacted(text: str) -> bool:
        """Whether the text holds a placeholder."""
        return PLACEHOLDER.search(text) is not None

    @property
    def replaced(self) -> int:
        """How many places were replaced so far."""
        return self.counts.total()

    def _rounds(self, text: str) -> str:
        """Replaces, and looks again around what was replaced, so that a second call finds nothing."""
        windows = [(0, len(text))]
        for _ in range(_ROUNDS):
            spans = outside_placeholders(text, merged(_spans(text, windows)))
            if not spans:
                break
            text, windows = self._replaced(text, spans)
        return text

    def _replaced(self, text: str, spans: list[Span]) -> tuple[str, list[tuple[int, int]]]:
        """The text with placeholders, and the windows around them in the new text."""
        parts: list[str] = []
        windows: list[tuple[int, int]] = []
        done = shift = 0
        for start, end, kind in spans:
            secret = text[start:end]
            new = self._placeholder(_unseen(secret), kind) + "\n" * secret.count("\n")
            parts += [text[done:start], new]
            begin, stop = start + shift - _AROUND, start + shift + len(new) + _AROUND
            if windows and begin <= windows[-1][1]:
                windows[-1] = (windows[-1][0], stop)
            else:
                windows.append((max(0, begin), stop))
            shift += len(new) - (end - start)
            done = end
        return "".join([*parts, text[done:]]), windows

    def _placeholder(self, secret: str, kind: str) -> str:
        import hmac  # loads OpenSSL, and most texts have no secret

        digest = hmac.digest(self._key, secret.encode("utf-8", "surrogatepass"), "sha256").hex()
        placeholder = f"<secret:{digest[:8]}>"
        self._known[placeholder] = secret
        self.counts[kind] += 1
        return placeholder


def _unseen(seen: str) -> str:
    """Back from the view in which every byte of UTF-8 is one character."""
    if seen.isascii():
        return seen
    data = seen.encode("latin-1")
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "backslashreplace")


def _spans(text: str, windows: list[tuple[int, int]]) -> list[Span]:
    """Every secret in a text of one-byte characters whose anchor stands in one of the windows."""
    lowered = text.encode("latin-1").lower().decode("latin-1")
    spans: list[Span] = []
    for begin, end in windows:
        for table, place in ((_LOWER, lowered), (_EXACT, text)):
            for anchor, matcher in table:
                at = place.find(anchor, begin, end)
                while at >= 0:
                    hits = matcher(text, at)
                    spans += hits.spans
                    at = place.find(anchor, max(hits.resume, at + 1), end)
        for seeker in seekers():
            found = seeker.places.search(text, begin, end)
            while found:
                hits = seeker.at(text, found.start())
                spans += hits.spans
                found = seeker.places.search(text, max(hits.resume, found.start() + 1), end)
    return spans
