"""Why a probe fails: by its target, by what the kubelet says, and by the container's other probes.

Wordings: Kubernetes' pkg/probe (http, tcp, grpc, exec) and Go's net/http and google.golang.org/grpc.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from anyops.diagnose.services import Listening, listening, probe_port
from anyops.world.report import Certainty
from anyops.world.resource import Field, Resource

_PROTOCOL = re.compile(
    r"malformed HTTP|transport connection broken|server gave HTTP response to HTTPS|HTTP request to an HTTPS"
    r"|does not look like a TLS handshake|record overflow|server preface|http2: frame too large"
    r"|looked like an HTTP/1|does not implement the grpc health|unknown service grpc\.health"
    r"|unexpected HTTP status code received from server|tls: |connection reset by peer",
    re.I,
)
_STATUS = re.compile(r"HTTP probe failed with statuscode: (\d{3})")
_REFUSED = re.compile(r"connection refused|no route to host", re.I)
_SLOW = re.compile(
    r"deadline exceeded|Client\.Timeout|i/o timeout|timed out|timeout: (?:failed to connect|health rpc)", re.I
)
_MISSING = re.compile(r"executable file not found|no such file or directory|not found", re.I)
_WEB = ("httpGet", "grpc")
_KINDS = {"httpGet": "HTTP", "tcpSocket": "TCP", "grpc": "gRPC", "exec": "a command"}


class Verdict(Struct, frozen=True, eq=False):
    """`aspect` ends the cause's code: port, protocol, timing, path or failing."""

    aspect: str
    certainty: Certainty
    why: str
    fix: str
    cites: tuple[Field, ...] = ()


def how(probe: Field) -> str:
    """`httpGet`, `tcpSocket`, `grpc` or `exec`; "" when unknown."""
    return next((kind for kind in _KINDS if probe.at(kind).value is not None), "")


def spell(probe: Field) -> str:
    """`HTTP GET :8080/ready`, as a person says it."""
    kind = how(probe)
    port = probe.text(kind, "port") if kind else ""
    if kind == "httpGet":
        return f"HTTP GET :{port}{probe.text(kind, 'path') or '/'}"
    if kind == "exec":
        return "the command " + " ".join(w.text() for w in probe.each(kind, "command"))[:60]
    return f"{_KINDS.get(kind, 'port')} :{port}" if port else "its target"


def judge(pod: Resource, container: Field, name: str, message: str, passing: Iterable[Field] = ()) -> Verdict:
    """Why the probe of that name (`livenessProbe`) fails with that message, while others are `passing`."""
    probe = container.at(name)
    kind, port = how(probe), probe_port(container, probe)
    offered = listening(pod)
    others = _others(container, name)
    status = _STATUS.search(message)
    if status:
        return _path(probe, int(status[1]))
    if _is_wrong_port(port, offered, others, container):
        return _port(probe, kind, port, offered, others, container)
    if _PROTOCOL.search(message) or _speaks_otherwise(probe, container, others, passing):
        return _protocol(probe, kind, others, message)
    if kind == "exec" and _MISSING.search(message):
        return Verdict("failing", "likely", "its command does not exist in the image", "Correct the command.")
    if _SLOW.search(message) or _REFUSED.search(message):
        return _timing(probe, message)
    return Verdict("failing", "maybe", "the program says that it is not well", "Read the program's log.")


def _others(container: Field, name: str) -> list[Field]:
    names = ("readinessProbe", "livenessProbe", "startupProbe")
    return [container.at(other) for other in names if other != name and container.at(other).value]


def _is_wrong_port(
    port: int | None, offered: Iterable[Listening], others: Iterable[Field], container: Field
) -> bool:
    """The containers name ports, and none is the probe's; or the sibling probes ask another one."""
    ports = {entry.port for entry in offered}
    if port is None or port in ports:
        return False
    return bool(ports) or any(probe_port(container, other) not in (None, port) for other in others)


def _port(
    probe: Field,
    kind: str,
    port: int | None,
    offered: list[Listening],
    others: list[Field],
    container: Field,
) -> Verdict:
    asked = {probe_port(container, other) for other in others}
    right = next((e for e in offered if e.port in asked), offered[0] if offered else None)
    told = right.port if right is not None else next(iter(asked - {None}), None)
    return Verdict(
        "port",
        "sure" if right is not None else "likely",
        f"it asks port {port}, but the container listens on {told}",
        f"Set the probe's port to {told}.",
        (probe.at(kind, "port"), *((right.where,) if right is not None else ())),
    )


def _speaks_otherwise(
    probe: Field, container: Field, others: Iterable[Field], passing: Iterable[Field]
) -> bool:
    """Another probe, or the port's name, says that the same port speaks another protocol."""
    kind, port = how(probe), probe_port(container, probe)
    if kind not in _WEB:
        return False
    same = [o for o in others if probe_port(container, o) == port and how(o) != kind]
    if any(how(other) in _WEB or other.path in {p.path for p in passing} for other in same):
        return True
    names = [p.text("name") for p in container.each("ports") if p.number("containerPort") == port]
    unlike = "http" if kind == "grpc" else "grpc"
    return any(name.startswith(unlike) for name in names)


def _protocol(probe: Field, kind: str, others: Iterable[Field], message: str) -> Verdict:
    other = next((o for o in others if how(o) not in ("", "exec", kind)), None)
    spoken = f"; the other probe speaks {_KINDS[how(other)]} there" if other is not None else ""
    certain = _PROTOCOL.search(message) is not None and "reset by peer" not in message
    return Verdict(
        "protocol",
        "sure" if certain else "likely",
        f"it speaks {_KINDS.get(kind, 'another protocol')} to a port that speaks another protocol{spoken}",
        "Probe the port with the protocol that the program speaks"
        + (f" ({_KINDS[how(other)]})." if other is not None else "."),
        (probe.at(kind) if kind else probe, *((other,) if other is not None else ())),
    )


def _path(probe: Field, status: int) -> Verdict:
    path = probe.text("httpGet", "path") or "/"
    if status in (401, 403, 404, 405, 400, 410):
        return Verdict(
            "path",
            "sure" if status == 404 else "likely",
            f"the program answers {status} at {path}",
            "Set the probe's path to one that the program serves.",
            (probe.at("httpGet", "path"),),
        )
    return Verdict(
        "path" if status == 500 else "failing",
        "likely",
        f"the program answers {status} at {path}",
        f"Find in the program's log why {path} answers {status}, or probe a path that only says it is alive.",
        (probe.at("httpGet", "path"),),
    )


def _timing(probe: Field, message: str) -> Verdict:
    numbers = timing_text(probe)
    slow = _SLOW.search(message) is not None
    said = "it does not answer in time" if slow else "it does not listen yet when it is asked"
    return Verdict(
        "timing",
        "likely",
        f"{said} ({numbers})" if numbers else said,
        "Give the program time: a startup probe, a larger initialDelaySeconds, timeoutSeconds or "
        "failureThreshold.",
        tuple(
            probe.at(key)
            for key in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold")
            if probe.at(key).value is not None
        )[:3],
    )


def timing_text(probe: Field) -> str:
    """`delay 1 s, timeout 1 s, period 1 s, 1 failure allowed`; defaults are those of the API."""
    if not probe.value:
        return ""
    delay, timeout = probe.number("initialDelaySeconds") or 0, probe.number("timeoutSeconds") or 1
    period, failures = probe.number("periodSeconds") or 10, probe.number("failureThreshold") or 3
    return f"delay {delay} s, timeout {timeout} s, period {period} s, {failures} failures allowed"
