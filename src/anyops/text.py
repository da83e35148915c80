"""Safe printing of untrusted text."""

import unicodedata


def safe(text: str) -> str:
    """One line in which every control, format and bidi character is written out."""
    return "".join(c if c == " " or unicodedata.category(c)[0] != "C" else _escape(c) for c in text)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
