"""How an answer is laid out."""

from msgspec import Struct

from anyops.text import ASCII, UNICODE, Glyphs


class TextOptions(Struct, frozen=True, kw_only=True):
    """`columns` of the terminal, or 200 where there is none; `more` is the command that shows everything."""

    columns: int = 200
    terminal: bool = False
    ascii: bool = False
    wide: bool = False
    lint: bool = False
    more: str = "add -o wide"

    @property
    def rows(self) -> int:
        """How many lines the default answer may take: 24 on a terminal, 40 in a file or a narrow one."""
        if not self.terminal:
            return 40
        return 24 if self.columns >= 80 else min(40, 24 * 80 // max(self.columns, 1))

    @property
    def prose(self) -> int:
        """The width of sentences: nobody reads lines of more than 100 cells with ease."""
        return min(self.columns, 100)

    @property
    def evidence(self) -> int:
        """The width of a line of evidence."""
        return min(self.columns, 200)

    @property
    def glyphs(self) -> Glyphs:
        return ASCII if self.ascii else UNICODE
