"""Alerts as the tools that raise them write them: Prometheus, Alertmanager, Datadog, CloudWatch, and alike.

Each becomes a resource of kind Alert (anyops/v1): `labels`, `annotations`, `status` {state, startsAt} and,
where it names an object, `about` {kind, namespace, name}.
"""

from collections.abc import Mapping
from typing import Any

from anyops.sources.files.observations.about import KINDS, about_labels, namespace_of, thing
from anyops.sources.files.observations.outline import Outline
from anyops.sources.files.shapes import Found
from anyops.world.resource import Ref

_STATES = {
    word: state
    for state, words in (
        (
            "firing",
            "firing active alerting alert alarm triggered open abnormal acknowledged error warn warning",
        ),
        ("firing", "critical in_alarm problem"),
        ("resolved", "resolved ok closed normal inactive success recovered suppressed"),
        ("pending", "pending insufficient_data no_data unknown"),
    )
    for word in words.split()
}
_STATE_KEYS = ("state", "status", "overall_state", "StateValue", "NewStateValue")
_TITLE_KEYS = (
    "title",
    "alertName",
    "alert_name",
    "alertname",
    "AlarmName",
    "name",
    "aggregation_key",
    "summary",
)
_START_KEYS = ("startsAt", "starts_at", "activeAt", "createdAt", "created_at", "StateChangeTime")
_TEXT_KEYS = ("description", "message", "body", "StateReason", "NewStateReason", "query", "expr")
_SIGNS = frozenset(
    [
        "labels",
        "commonLabels",
        "annotations",
        "commonAnnotations",
        "severity",
        "priority",
        "alert_source",
        "subject",
        "state",
        "status",
    ]
)


def recognize_alert(found: Found) -> bool:
    """One alert; a payload that holds a list of alerts is left to be looked into."""
    value = found.value
    inner = value.get("alerts")
    if isinstance(inner, list) and any(isinstance(item, dict) for item in inner):
        return False
    labels = _labels(found)
    title = labels.get("alertname") or found.first(*_TITLE_KEYS).text()
    if not title or not _is_alert(found, labels):
        return False
    outline = Outline(found)
    _fill(outline, found, labels, str(title))
    resource = outline.resource("anyops/v1", "Alert", complete=True)
    if resource is not None:
        found.reading.resources.append(resource)
    return resource is not None


def _is_alert(found: Found, labels: Mapping[str, str]) -> bool:
    value, field = found.value, found.field
    if "alertname" in labels and (
        "annotations" in value or "commonAnnotations" in value or "labels" in value
    ):
        return not isinstance(value.get("metric"), dict)
    if field.text("AlarmName") or (field.text("query") and field.text("overall_state")):
        return True
    if found.key in ("alerts", "monitors", "incidents", "alarms") and field.text("name"):
        return True
    signs = _SIGNS & value.keys()
    titles = (value.get(key) for key in ("title", "alert_name", "alertName", "aggregation_key"))
    return bool(signs) and any(isinstance(title, str) for title in titles)


def _labels(found: Found) -> dict[str, str]:
    """Labels however they are given: a map, tags like `key:value`, or CloudWatch's dimensions."""
    labels: dict[str, str] = {}
    for key in ("commonLabels", "labels"):
        labels |= found.field.strings(key)
    for tag in found.field.each("tags"):
        name, colon, value = tag.text().partition(":")
        if colon:
            labels.setdefault(name, value)
    for dimension in (*found.field.each("Dimensions"), *found.field.each("Trigger", "Dimensions")):
        name = dimension.text("Name") or dimension.text("name")
        if name:
            labels.setdefault(name, dimension.text("Value") or dimension.text("value"))
    return labels


def _fill(outline: Outline, found: Found, labels: dict[str, str], title: str) -> None:
    about = _about(found, labels)
    outline.put(("metadata", "name"), _name(title, about, labels), (_title_key(found, labels),))
    outline.put(("labels",), labels, (_present(found, "labels", "commonLabels", "tags", "Dimensions"),))
    annotations: dict[str, Any] = dict(found.field.strings("commonAnnotations")) | found.field.strings(
        "annotations"
    )
    outline.put(("annotations",), annotations, (_present(found, "annotations", "commonAnnotations"),))
    if "title" in found.value and found.field.text("title") != title:
        outline.put(("annotations", "title"), found.field.text("title"), ("title",))
    for key in _TEXT_KEYS:
        if found.field.text(key):
            outline.put(("annotations", key), found.field.text(key), (key,))
    lines = [line.text() for line in found.field.each("evidence") if line.text()]
    if lines:
        outline.put(("annotations", "evidence"), "\n".join(lines), ("evidence",))
    _put_state(outline, found)
    if about:
        reference = {"kind": about.kind, "namespace": about.namespace, "name": about.name}
        outline.put(("about",), reference, (_present(found, "labels", "commonLabels", "subject", "name"),))


def _put_state(outline: Outline, found: Found) -> None:
    state_key = _present(found, *_STATE_KEYS)
    state = found.field.at(state_key)
    word = state.text("state") if isinstance(state.value, dict) else state.text()
    outline.put(("status", "state"), _STATES.get(word.lower().replace(" ", "_"), "firing"), (state_key,))
    start = found.first(*_START_KEYS)
    if start.text():
        outline.put(("status", "startsAt"), start.text(), start.path)


def _present(found: Found, *keys: str) -> str:
    return next((key for key in keys if found.value.get(key)), keys[0])


def _title_key(found: Found, labels: Mapping[str, str]) -> str:
    if labels.get("alertname"):
        return _present(found, "labels", "commonLabels")
    return _present(found, *_TITLE_KEYS)


def _name(title: str, about: Ref | None, labels: Mapping[str, str]) -> str:
    """The alert's name, with what it is about: the same alert may fire for several things."""
    which = about.name if about else labels.get("instance", "")
    return f"{title}/{which}" if which and which not in title else title


def _about(found: Found, labels: Mapping[str, str]) -> Ref | None:
    subject = found.field.at("subject")
    if subject.text("name"):
        kind = subject.text("kind") or subject.text("subject_type")
        return thing(kind, subject.text("namespace") or namespace_of(labels), subject.text("name"))
    if found.field.text("subject_name"):
        kind, namespace = found.field.text("subject_type"), found.field.text("subject_namespace")
        return thing(kind, namespace, found.field.text("subject_name"))
    if found.field.text("type") in KINDS.values() and found.field.text("name"):
        return thing(found.field.text("type"), namespace_of(labels), found.field.text("name"))
    return about_labels(labels)
