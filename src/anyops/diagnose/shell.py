"""What a shell script will run: its simple commands, and whether each runs whatever happens."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from anyops.diagnose.shelltext import Operator, Token, Word, tokens

_DEPTH = 4
_MOST_BLOCKS = 200
_REDIRECTS = frozenset(("<", ">", ">>", "<<", "<<-", "<<<", "<&", ">&", "<>", ">|", "&>", "&>>"))
_OPENING = {"if": "if", "while": "loop", "until": "loop", "for": "for", "select": "for", "case": "case"}
_CLOSING = frozenset(("fi", "done", "esac", "}"))
_ENDLESS = (("true",), (":",), ("[", "1", "]"), ("[", "true", "]"), ("((", "1"), ("((", ";;"))


class Call(Struct, frozen=True):
    """One simple command. `words[0]` is its name; "" words are kept.

    `sure`: it runs whenever the script gets that far (no branch, loop or function around it, no `&&` or `||`
    before it). `tested`: its failure is looked at (`if`, `!`, `&&`, `||`) or hidden by a pipe;
    `forgiven`: something else is done then. `writes` are the files it is redirected to, `sets` the variables
    set before it.
    """

    words: tuple[Word, ...]
    line: int
    sure: bool = True
    tested: bool = False
    forgiven: bool = False
    background: bool = False
    inside: bool = False
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    sets: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The command's name; "" when it is computed or there is none."""
        return self.words[0].text if self.words and not self.words[0].expands else ""

    @property
    def args(self) -> tuple[str, ...]:
        return tuple(word.text for word in self.words[1:])


class Script(Struct, frozen=True):
    """A script's commands in order; the functions it defines; whether it has a loop that never ends."""

    calls: tuple[Call, ...]
    functions: frozenset[str]
    endless: bool


def parse(script: str) -> Script:
    """The commands of a shell script, those in command substitutions included."""
    reader = _Reader(list(tokens(script)))
    return Script(tuple(reader.run()), frozenset(reader.functions), reader.endless)


class _Block(Struct):
    """What a command stands in: `if`, `loop`, `for`, `case`, `group`, `function`; its part; its sureness."""

    kind: str
    sure: bool
    part: str = ""
    endless: bool = False


class _Reader:
    def __init__(self, found: Sequence[Token], depth: int = 0, above: int = 0) -> None:
        self.found = found
        self.above = above
        self.at = 0
        self.depth = depth
        self.blocks: list[_Block] = []
        self.functions: set[str] = set()
        self.endless = False
        self.ended = False

    def run(self) -> Iterator[Call]:
        """Every simple command, in order."""
        before = ""
        while self.at < len(self.found) and len(self.blocks) < _MOST_BLOCKS:
            token = self.found[self.at]
            if isinstance(token, Operator):
                self.at += 1
                self._operator(token.text)
                before = token.text if token.text in ("&&", "||", "|", "|&") else ""
            elif not token.quoted and self._keyword(token.text):
                before = ""
            else:
                yield from self._simple(before)

    def _operator(self, text: str) -> None:
        if text == "(":
            self.blocks.append(_Block("group", sure=False))
        elif text == ")" and self.blocks and self.blocks[-1].kind == "group":
            self.blocks.pop()
        elif text == ";;" and self.blocks and self.blocks[-1].kind == "case":
            self._skip_pattern()

    def _keyword(self, text: str) -> bool:
        """Whether the word is the grammar's own; then it is taken."""
        top = self.blocks[-1] if self.blocks else None
        if text in _OPENING:
            self.at += 1
            self.blocks.append(_Block(_OPENING[text], self._sure(), "head"))
            if text in ("for", "select", "case"):
                self._skip_head(text)
        elif text in ("then", "do", "else", "elif") and top:
            self.at += 1
            top.part = "body"
        elif text in _CLOSING and top:
            self.at += 1
            self.ended = self.ended or (self.blocks.pop().endless and self._sure())
            self.endless = self.endless or self.ended
        elif text == "{":
            self.at += 1
            self.blocks.append(_Block("group", self._sure()))
        elif text in ("!", "time", "in"):
            self.at += 1
        elif text == "function" or self._is_function():
            self._function(text)
        else:
            return False
        return True

    def _is_function(self) -> bool:
        following = self.found[self.at + 1 : self.at + 3]
        return [t.text for t in following if isinstance(t, Operator)] == ["(", ")"]

    def _function(self, text: str) -> None:
        self.at += text == "function"
        if self.at < len(self.found):
            self.functions.add(self.found[self.at].text)
        self.at += 1
        while self.at < len(self.found) and self.found[self.at].text in ("(", ")", "\n"):
            self.at += 1
        if self.at < len(self.found) and self.found[self.at].text == "{":
            self.at += 1
            self.blocks.append(_Block("function", sure=False))

    def _skip_head(self, keyword: str) -> None:
        """`for NAME in WORDS` up to its end, `case WORD in PATTERN)` up to the bracket."""
        if keyword == "case":
            while self.at < len(self.found) and self.found[self.at].text != "in":
                self.at += 1
            self.at += 1
            self._skip_pattern()
            return
        ends = ("do", ";", "\n")
        brackets = 0
        while self.at < len(self.found):
            text = self.found[self.at].text
            brackets += (text == "(") - (text == ")")
            if text == "do" or (text in ends and not brackets):
                break
            self.at += 1

    def _skip_pattern(self) -> None:
        """The pattern of a case's branch; its `esac` is left."""
        self.blocks[-1].part = "body"
        start = self.at
        while self.at < len(self.found) and self.found[self.at].text != ")":
            if self.found[self.at].text == "esac":
                return
            self.at += 1
        self.at = self.at + 1 if self.at < len(self.found) else start

    def _sure(self) -> bool:
        return not self.ended and all(b.sure and (b.part != "body" or b.endless) for b in self.blocks)

    def _simple(self, before: str) -> Iterator[Call]:
        words: list[Word] = []
        writes: list[str] = []
        reads: list[str] = []
        line = self.found[self.at].line
        while self.at < len(self.found):
            token = self.found[self.at]
            if isinstance(token, Word):
                words.append(token)
            elif words and words[0].text == "[[" and words[-1].text != "]]" and token.text != "\n":
                words.append(Word(token.text, token.line))
            elif token.text in _REDIRECTS:
                self._redirect(token, words, writes, reads)
                continue
            else:
                break
            self.at += 1
        after = self.found[self.at].text if self.at < len(self.found) else ""
        yield from self._call(words, line, before, after, writes, reads)

    def _redirect(self, token: Operator, words: list[Word], writes: list[str], reads: list[str]) -> None:
        if words and words[-1].text.isdigit() and not words[-1].quoted and len(words) > 1:
            words.pop()
        self.at += 1
        target = self.found[self.at] if self.at < len(self.found) else None
        if isinstance(target, Word):
            self.at += 1
            if token.text in (">", ">>", ">|", "&>", "&>>"):
                writes.append(target.text)
            elif token.text == "<":
                reads.append(target.text)

    def _call(
        self,
        words: list[Word],
        line: int,
        before: str,
        after: str,
        writes: list[str],
        reads: list[str],
    ) -> Iterator[Call]:
        sets, rest = _assignments(words)
        head = bool(self.blocks) and self.blocks[-1].part == "head"
        if head and tuple(w.text for w in rest)[:3] in _ENDLESS and self.blocks[-1].kind == "loop":
            self.blocks[-1].endless = True
        sure = self._sure() and before not in ("&&", "||")
        if rest and rest[0].text in ("break", "return", "exit"):
            self._leave()
        yield Call(
            words=tuple(rest),
            line=line + self.above,
            sure=sure,
            tested=head or after in ("&&", "||", "|", "|&") or before == "||",
            forgiven=head or after == "||",
            background=after == "&",
            inside=self.depth > 0,
            writes=tuple(writes),
            reads=tuple(reads),
            sets=tuple(sets),
        )
        if self.depth < _DEPTH:
            yield from self._inner(words, sure)

    def _leave(self) -> None:
        """A loop with a way out may end."""
        for block in self.blocks:
            block.endless = False

    def _inner(self, words: Iterable[Word], sure: bool) -> Iterator[Call]:
        for word in words:
            for text in word.inner:
                above = self.above + word.line - 1
                reader = _Reader(list(tokens(text)), self.depth + 1, above)
                if not sure:
                    reader.blocks.append(_Block("group", sure=False))
                yield from reader.run()
                self.functions |= reader.functions


def _assignments(words: Sequence[Word]) -> tuple[list[tuple[str, str]], list[Word]]:
    """`A=1 B=2 cmd x`: the variables, and the command behind them."""
    sets: list[tuple[str, str]] = []
    for at, word in enumerate(words):
        name, equals, value = word.text.partition("=")
        name = name.removesuffix("+")
        if not (equals and name.isidentifier() and name.isascii()):
            return sets, list(words[at:])
        sets.append((name, value))
    return sets, []
