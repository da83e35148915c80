"""The figures in what a scorer prints: `name value` pairs, whatever its layout."""

import re

_PAIR = re.compile(r"(\w[\w@]*)=([0-9.]+|nan)")
_SHARE = re.compile(r"(\w+) \d+/\d+=([0-9.]+)")


def figures(printed: str) -> dict[str, float]:
    """Every figure by its line's name and its own: `ALL partial@1`, `holmes/mocked all_facts`."""
    found: dict[str, float] = {}
    columns: list[str] = []
    for line in printed.splitlines():
        words = line.split()
        if words[:1] == ["group"]:
            columns = words[2:]
        elif columns and len(words) == len(columns) + 2:
            found |= {
                f"{words[0]} {column}": float(value) for column, value in zip(columns, words[2:], strict=True)
            }
        else:
            found |= _of_line(line)
    return found


def _of_line(line: str) -> dict[str, float]:
    name = " ".join(word for word in re.split(r"\s+n=|\s+objects ", line)[0].split() if "=" not in word)
    pairs = _SHARE.findall(line) or [pair for pair in _PAIR.findall(line) if pair[0] != "n"]
    return {f"{name} {key}": float(value) for key, value in pairs}
