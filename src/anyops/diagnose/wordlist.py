"""Lists of names, written as running text."""


def names(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())
