"""Words and operators of a shell script.

Grammar: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html, with what bash adds that
is common in containers. Reading is linear and never raises: what is left open ends with the text.
"""

from collections.abc import Iterator

from msgspec import Struct

MOST = 64_000
"""Characters of a script that are read."""

_OPERATORS = (
    "<<-", "<<<", "&>>", "&&", "||", ";;", "|&", "<<", ">>", "<&", ">&", "<>", ">|", "&>",
    ";", "&", "|", "(", ")", "<", ">", "\n",
)  # fmt: skip
_BLANK = " \t\r"
_ENDS = frozenset(" \t\r\n;&|()<>")


class Word(Struct, frozen=True):
    """A word without its quotes. `expands` when a variable or command in it is replaced as it runs.

    `inner` are the texts of its command substitutions; `line` counts from 1.
    """

    text: str
    line: int
    expands: bool = False
    quoted: bool = False
    inner: tuple[str, ...] = ()


class Operator(Struct, frozen=True):
    """`;`, `&&`, `|`, `>`, a newline and so on."""

    text: str
    line: int


Token = Word | Operator


def tokens(script: str) -> Iterator[Token]:
    """The script's words and operators; comments and the texts of here-documents are left out."""
    return _Lexer(script[:MOST]).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.waiting: list[tuple[str, bool]] = []

    def run(self) -> Iterator[Token]:
        heredoc = ""
        while self.at < len(self.text):
            character = self.text[self.at]
            if character in _BLANK:
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self._skip(2)
            elif character == "#":
                self.at = self._find("\n")
            elif operator := next((o for o in _OPERATORS if self.text.startswith(o, self.at)), ""):
                yield Operator(operator, self.line)
                self._skip(len(operator))
                if operator == "\n":
                    self._skip_documents()
                heredoc = operator if operator in ("<<", "<<-") else ""
            else:
                word = self._word()
                if heredoc:
                    self.waiting.append((word.text, heredoc == "<<-"))
                    heredoc = ""
                yield word

    def _find(self, wanted: str) -> int:
        found = self.text.find(wanted, self.at)
        return len(self.text) if found < 0 else found

    def _skip(self, count: int) -> str:
        piece = self.text[self.at : self.at + count]
        self.line += piece.count("\n")
        self.at += count
        return piece

    def _skip_documents(self) -> None:
        for delimiter, indented in self.waiting:
            while self.at < len(self.text):
                row = self._skip(self._find("\n") + 1 - self.at).rstrip("\n")
                if (row.lstrip("\t") if indented else row).rstrip("\r") == delimiter:
                    break
        self.waiting.clear()

    def _word(self) -> Word:
        parts: list[str] = []
        inner: list[str] = []
        line, expands, quoted = self.line, False, False
        while self.at < len(self.text) and self.text[self.at] not in _ENDS:
            character = self.text[self.at]
            if character == "'":
                quoted = True
                parts.append(self._single())
            elif character == '"':
                quoted = True
                expands = self._double(parts, inner) or expands
            elif character == "\\":
                parts.append(self._skip(2)[1:].replace("\n", ""))
            elif character in "$`":
                expands = self._expansion(parts, inner) or expands
            else:
                parts.append(self._skip(1))
        return Word("".join(parts), line, expands, quoted, tuple(inner))

    def _single(self) -> str:
        self.at += 1
        text = self._skip(self._find("'") - self.at)
        self.at += 1
        return text

    def _double(self, parts: list[str], inner: list[str]) -> bool:
        self.at += 1
        expands = False
        while self.at < len(self.text) and self.text[self.at] != '"':
            character = self.text[self.at]
            if character == "\\":
                pair = self._skip(2)
                parts.append(pair[1:] if pair[1:] in ('"', "\\", "$", "`") else pair.replace("\\\n", ""))
            elif character in "$`":
                expands = self._expansion(parts, inner) or expands
            else:
                parts.append(self._skip(1))
        self.at += 1
        return expands

    def _expansion(self, parts: list[str], inner: list[str]) -> bool:
        """`$NAME`, `${...}`, `$(...)`, `$((...))`, backquotes; kept as they stand."""
        start = self.at
        if self.text[self.at] == "`":
            self.at += 1
            body = self._skip(self._find("`") - self.at)
            self.at += 1
            inner.append(body)
        elif self.text.startswith("$((", self.at):
            self._balanced("(", ")")
        elif self.text.startswith("$(", self.at):
            inner.append(self._balanced("(", ")"))
        elif self.text.startswith("${", self.at):
            self._balanced("{", "}")
        else:
            self.at += 1
            parts.append("$")
            following = self.text[self.at : self.at + 1]
            return following.isalnum() or following in tuple("_@*#?!$")
        parts.append(self.text[start : self.at])
        return True

    def _balanced(self, opening: str, closing: str) -> str:
        """Skip from before the opening bracket to behind its partner; what stands between them."""
        self.at += 1
        start, depth, quote = self.at + 1, 0, ""
        while self.at < len(self.text):
            character = self._skip(1)
            if character == "\\":
                self._skip(1)
            elif quote:
                quote = "" if character == quote else quote
            elif character in "'\"":
                quote = character
            elif character == opening:
                depth += 1
            elif character == closing:
                depth -= 1
                if depth == 0:
                    return self.text[start : self.at - 1]
        return self.text[start:]
