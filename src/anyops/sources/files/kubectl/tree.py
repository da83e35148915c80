"""`kubectl describe` text as a tree of keys and values by indentation."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from anyops.sources.files.kubectl.text import Text

TOP_KEYS = frozenset({
    "Name", "Namespace", "Labels", "Annotations", "Status", "Reason", "Message", "IP", "IPs", "Controlled By",
    "Containers", "Init Containers", "Ephemeral Containers", "Conditions", "Volumes", "QoS Class",
    "Node-Selectors", "Tolerations", "Events", "Events from", "Readiness Gates", "Priority",
    "Priority Class Name", "Node", "Start Time", "Service Account", "Topology Spread Constraints",
    "NominatedNodeName", "SeccompProfile", "Runtime Class Name",
})  # fmt: skip
"""What may stand in the first column of a pod's description; other lines there continue a value."""

_MESSAGE_LINES = 2000
_MOST_ENDS = 8


class Node:
    """One line and what belongs to it.

    `key` and `value` are the parts around the first colon (key "" for a line without one), `more` the
    further lines of the value (line number, text), `children` the deeper lines, `end` the last line.
    """

    __slots__ = ("_by_key", "children", "column", "end", "indent", "key", "line", "more", "value")

    def __init__(self, key: str, value: str, line: int, indent: int, column: int) -> None:
        self.key = key
        self.value = value
        self.line = line
        self.indent = indent
        self.column = column
        self.end = line
        self.more: Sequence[tuple[int, str]] = ()
        self.children: Sequence[Node] = ()
        self._by_key: dict[str, Node] | None = None

    def get(self, key: str) -> "Node | None":
        """The first child of that key."""
        if self._by_key is None:
            self._by_key = {}
            for child in self.children:
                self._by_key.setdefault(child.key, child)
        return self._by_key.get(key)

    def text(self, key: str) -> str:
        """The value of the child of that key; "" when there is none or it says so in angle brackets."""
        child = self.get(key)
        return "" if child is None or child.value in _NOTHING else child.value

    @property
    def empty(self) -> bool:
        """Whether the line says that there is nothing."""
        return self.value in _NOTHING and not self.more and not self.children

    def value_lines(self) -> Iterator[tuple[int, str]]:
        """The value's lines: the one beside the key and those below it."""
        if self.value not in _NOTHING:
            yield self.line, self.value
        yield from self.more


_NOTHING = frozenset({"", "<none>", "<unset>", "<nil>", "<unknown>"})


def read_tree(text: Text, first: int, last: int, *, is_pod: bool = False) -> Node:
    """The tree of lines `first` to `last` (exclusive).

    A line that starts at the column of the value above it, or beyond, continues that value. A container's
    termination message stands as the container wrote it, without indentation: it ends at `Exit Code:`.
    """
    root = Node("", "", first, -1, 0)
    stack, top = [root], root
    lines, number = text.lines, first
    ends: list[int] | None = None
    while number < last:
        line = lines[number].rstrip()
        bare = line.lstrip()
        if not bare:
            number += 1
            continue
        indent = len(line) - len(bare)
        if (top.column and indent >= top.column) or (is_pod and not indent and _is_stray(bare, top)):
            if type(top.more) is list:
                top.more.append((number, bare))
            else:
                top.more = [(number, bare)]
            top.end = number
            number += 1
            continue
        while indent <= top.indent:
            stack.pop()
            above = stack[-1]
            if top.end > above.end:
                above.end = top.end
            top = above
        key, colon, value = bare.partition(": ")
        if colon:
            value = value.lstrip()
            # One space makes no column: it is a `key: value` inside a value, whose further lines are its own.
            column = len(line) - len(value)
            node = Node(key, value, number, indent, column if column > indent + len(key) + 2 else 0)
        elif bare[-1] == ":":
            node = Node(bare[:-1], "", number, indent, 0)
        else:
            node = Node("", bare, number, indent, 0)
        if type(top.children) is list:
            top.children.append(node)
        else:
            top.children = [node]
        stack.append(node)
        top = node
        number += 1
        if key == "Message" and is_pod and indent >= 4:
            if ends is None:
                ends = [n for n in range(number, last) if lines[n].lstrip().startswith("Exit Code:")]
            number = _take_message(node, lines, number, ends)
    while len(stack) > 1:
        node = stack.pop()
        if node.end > stack[-1].end:
            stack[-1].end = node.end
    return root


def _is_stray(bare: str, top: Node) -> bool:
    return top.indent > 0 and bare.partition(":")[0] not in TOP_KEYS


def _take_message(node: Node, lines: list[str], number: int, ends: list[int]) -> int:
    """Give the lines up to the next `Exit Code:` of the same indentation to the message; the line after."""
    at = bisect_left(ends, number)
    for end in ends[at : at + _MOST_ENDS]:
        if len(lines[end]) - len(lines[end].lstrip()) == node.indent and end - number <= _MESSAGE_LINES:
            node.more = [*node.more, *((n, lines[n].rstrip()) for n in range(number, end))]
            node.end = max(node.line, end - 1)
            return end
    return number
