"""Objects for tests of health: any kind, with conditions in one line each."""

from typing import Any

Body = dict[str, Any]


def obj(api: str, kind: str, status: Any = None, spec: Body | None = None, **metadata: Any) -> Body:
    """An object; `status` None means that it has none."""
    body: Body = {"apiVersion": api, "kind": kind, "metadata": {"name": "cart", **metadata}}
    if spec is not None:
        body["spec"] = spec
    if status is not None:
        body["status"] = status
    return body


def widget(status: Any = None, spec: Body | None = None, **metadata: Any) -> Body:
    """An object of an API that nobody has heard of."""
    return obj("toys.example.org/v1", "Widget", status, spec, **metadata)


def said(*conditions: str) -> Body:
    """Conditions written as `Type=Status Reason message of several words`."""
    listed = []
    for text in conditions:
        head, _, rest = text.partition(" ")
        type_, _, status = head.partition("=")
        reason, _, message = rest.partition(" ")
        listed.append({"type": type_, "status": status, "reason": reason, "message": message})
    return {"conditions": listed}
