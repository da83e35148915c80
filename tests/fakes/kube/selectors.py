"""Label and field selectors, as the API server reads them.

Source: k8s.io/apimachinery/pkg/labels/selector.go and pkg/fields; the fields of a kind are those of its
strategy's `AddFieldLabelConversionFunc`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Labels = Mapping[str, str]
Test = Callable[[Labels], bool]

_KEY = r"[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?"
_VALUE = r"[-A-Za-z0-9_.]*"
_SET = re.compile(rf"({_KEY})\s+(in|notin)\s*\(([^()]*)\)")
_EQUAL = re.compile(rf"({_KEY})\s*(==|=|!=)\s*({_VALUE})")
_EXISTS = re.compile(rf"(!?)\s*({_KEY})")
_BETWEEN = re.compile(r",(?![^()]*\))")

_FIELDS: dict[str, tuple[str, ...]] = {
    "Pod": (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "status.phase",
        "status.podIP",
        "status.nominatedNodeName",
    ),
    "Event": (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "type",
    ),
    "Secret": ("type",),
    "Namespace": ("status.phase",),
    "Node": ("spec.unschedulable",),
    "Job": ("status.successful",),
    "ReplicaSet": ("status.replicas",),
}
_ALWAYS = ("metadata.name", "metadata.namespace")


def label_test(selector: str) -> Test:
    """Whether labels meet a selector: `a=b,c!=d,e in (x,y),f notin (z),g,!h`. Raises ValueError."""
    tests = [_requirement(part.strip()) for part in _BETWEEN.split(selector)] if selector.strip() else []
    return lambda labels: all(test(labels) for test in tests)


def _requirement(text: str) -> Test:
    if match := _SET.fullmatch(text):
        key, operator, inside = match.groups()
        values = {value.strip() for value in inside.split(",")}
        if operator == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if match := _EQUAL.fullmatch(text):
        key, operator, value = match.groups()
        return lambda labels: (labels.get(key) == value) != (operator == "!=")
    if match := _EXISTS.fullmatch(text):
        absent, key = match.groups()
        return lambda labels: (key in labels) != bool(absent)
    raise ValueError(f"unable to parse requirement: found '{text}', expected: identifier")


def fields_of(kind: str, item: Mapping[str, Any]) -> dict[str, str]:
    """The values that field selectors may ask for in one object of a kind."""
    return {path: _text(item, path) for path in (*_ALWAYS, *_FIELDS.get(kind, ()))}


def _text(item: Mapping[str, Any], path: str) -> str:
    value: Any = item
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def field_test(selector: str, kind: str) -> Test:
    """Whether an object's fields meet `a=b,c!=d`. Raises ValueError for a field that the kind has not."""
    tests = []
    for part in filter(None, selector.split(",")):
        match = re.fullmatch(r"([^=!]+)(==|=|!=)(.*)", part)
        if match is None:
            raise ValueError(f"invalid selector: '{selector}'; can't understand '{part}'")
        field, operator, value = match.groups()
        if field not in (*_ALWAYS, *_FIELDS.get(kind, ())):
            raise ValueError(f"field label not supported: {field}")
        tests.append(_field(field, operator == "!=", value))
    return lambda fields: all(test(fields) for test in tests)


def _field(field: str, unequal: bool, value: str) -> Test:
    return lambda fields: (fields[field] == value) != unequal
