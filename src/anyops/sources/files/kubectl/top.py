"""`kubectl top pods` and `kubectl top nodes`: usage as series."""

from collections.abc import Mapping

from anyops.sources.files.kubectl.command import Hint
from anyops.sources.files.kubectl.fields import Header, columns, cut
from anyops.sources.files.kubectl.text import Text
from anyops.sources.files.reading import Reading
from anyops.world.quantity import parse_quantity
from anyops.world.resource import Ref
from anyops.world.world import Sample, Series

_AMOUNTS = {"CPU(cores)": ("cpu", "cores"), "MEMORY(bytes)": ("memory", "bytes")}
_SHARES = {
    "CPU%": "cpu", "CPU(%)": "cpu", "MEMORY%": "memory", "MEMORY(%)": "memory",
}  # fmt: skip


def read_top(text: Text, first: int, last: int, hint: Hint, into: Reading) -> bool:
    """Read usage tables in lines `first` to `last` (exclusive); False when there is none.

    Metrics are `cpu` (cores), `memory` (bytes) and, for nodes, `cpu_share` and `memory_share` (ratio of what
    can be allocated). They carry no time: they are of the moment of the capture.
    """
    header: Header = ()
    found = False
    for number in range(first, last):
        line = text.lines[number]
        if "CPU(cores)" in line:
            header = columns(line)
        elif not line.strip():
            header = ()
        elif header:
            row = cut(line, header)
            found = _read_row(text, number, row, hint, into) or found
    return found


def _read_row(text: Text, line: int, row: Mapping[str, str], hint: Hint, into: Reading) -> bool:
    about, labels = _about(row, hint)
    if not about.name:
        return False
    found = False
    for column, (metric, unit) in _AMOUNTS.items():
        value = parse_quantity(row.get(column, ""))
        if value is not None:
            sample = (Sample(at=None, value=value),)
            into.series.append(Series(metric, labels, sample, about, unit, text.span(line, line)))
            found = True
    for column, metric in _SHARES.items():
        share = row.get(column, "").removesuffix("%")
        if share.isdecimal() and len(share) < 9:
            sample = (Sample(at=None, value=int(share) / 100),)
            into.series.append(
                Series(f"{metric}_share", labels, sample, about, "ratio", text.span(line, line))
            )
    return found


def _about(row: Mapping[str, str], hint: Hint) -> tuple[Ref, dict[str, str]]:
    """The node or pod that a row is about, and its labels; with `--containers` the pod stands in POD."""
    if any(column in row for column in _SHARES):
        return Ref("Node", "", row.get("NAME", "")), {"node": row.get("NAME", "")}
    namespace = row.get("NAMESPACE") or hint.namespace
    labels = {"namespace": namespace} if namespace else {}
    if "POD" in row:
        return Ref("Pod", namespace, row["POD"]), {
            **labels,
            "pod": row["POD"],
            "container": row.get("NAME", ""),
        }
    return Ref("Pod", namespace, row.get("NAME", "")), {**labels, "pod": row.get("NAME", "")}
