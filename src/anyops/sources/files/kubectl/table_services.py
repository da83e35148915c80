"""Columns that hold more than one field: ports, endpoints, targets, node status, quota."""

import re
from collections.abc import Mapping

from anyops.sources.files.kubectl.describe_services import address_of
from anyops.sources.files.kubectl.describe_storage import MODES
from anyops.sources.files.kubectl.sketch import Sketch
from anyops.sources.files.kubectl.table_columns import condition, labels, number, ratio

Row = Mapping[str, str]
Path = tuple[str | int, ...]
_NOTHING = ("", "<none>", "<unset>", "<unknown>")
_PORT = re.compile(r"(\d{1,5})(?::(\d{1,5}))?/([A-Z]+)\Z")
_ENDPOINT = re.compile(r"(\[[0-9a-fA-F:]+\]|[^\s:,]+):(\d{1,5})\Z")
_QUOTA = re.compile(r"([a-z0-9./_-]{1,120}): ([^\s/]{1,40})/([^\s,]{1,40})")
_TARGET = re.compile(r"(?:([a-z][a-z0-9./-]{0,80}): )?(<unknown>|[^\s/]{1,30})/([^\s/]{1,30})(?: \(avg\))?\Z")


def read_service(row: Row, line: int, sketch: Sketch) -> None:
    """One Service: type, cluster IP, ports, selector."""
    sketch.put(row.get("TYPE", ""), line, "spec", "type")
    address = row.get("CLUSTER-IP", "")
    if address and address != "<none>":
        sketch.put(address, line, "spec", "clusterIP")
    _put_external(row, line, sketch)
    index = 0
    for text in row.get("PORT(S)", "").split(","):
        match = _PORT.match(text)
        if match:
            port: dict[str, int | str] = {"port": int(match[1]), "protocol": match[3]}
            if match[2]:
                port["nodePort"] = int(match[2])
            sketch.put(port, line, "spec", "ports", index)
            index += 1
    if row.get("SELECTOR", "") not in _NOTHING:
        labels(("spec", "selector"), row["SELECTOR"], line, sketch)


def _put_external(row: Row, line: int, sketch: Sketch) -> None:
    external = row.get("EXTERNAL-IP", "")
    if row.get("TYPE") == "LoadBalancer":
        sketch.put({}, line, "status", "loadBalancer")
    if external in _NOTHING or external == "<pending>":
        return
    if row.get("TYPE") == "ExternalName":
        sketch.put(external, line, "spec", "externalName")
    elif row.get("TYPE") == "LoadBalancer":
        for index, address in enumerate(external.split(",")):
            sketch.put(address_of(address), line, "status", "loadBalancer", "ingress", index)
    else:
        sketch.put(external.split(","), line, "spec", "externalIPs")


def read_endpoints(row: Row, line: int, sketch: Sketch) -> None:
    """One Endpoints: at most three addresses are printed, then `+ 2 more...`; only ready ones."""
    text, _, _ = row.get("ENDPOINTS", "").partition(" + ")
    sketch.put([], line, "subsets")
    found = [match for part in text.split(",") if (match := _ENDPOINT.match(part))]
    ports = sorted({int(match[2]) for match in found})
    for port_index, port in enumerate(ports):
        path: Path = ("subsets", port_index)
        addresses = [{"ip": match[1].strip("[]")} for match in found if int(match[2]) == port]
        sketch.put(addresses, line, *path, "addresses")
        sketch.put([{"port": port}], line, *path, "ports")


def read_endpoint_slice(row: Row, line: int, sketch: Sketch) -> None:
    """One EndpointSlice: address type, ports, some addresses."""
    sketch.put(row.get("ADDRESSTYPE", ""), line, "addressType")
    ports = [
        int(p) for p in row.get("PORTS", "").partition(" + ")[0].split(",") if p.isdecimal() and len(p) < 6
    ]
    sketch.put([{"port": port} for port in ports], line, "ports")
    text = row.get("ENDPOINTS", "").partition(" + ")[0]
    addresses = [] if text in _NOTHING else [a for a in text.split(",") if a]
    sketch.put([{"addresses": [a]} for a in addresses], line, "endpoints")


def read_ingress(row: Row, line: int, sketch: Sketch) -> None:
    """One Ingress: class, hosts, address."""
    if row.get("CLASS", "") not in _NOTHING:
        sketch.put(row["CLASS"], line, "spec", "ingressClassName")
    hosts = row.get("HOSTS", "").partition(" + ")[0]
    for index, host in enumerate(hosts.split(",") if hosts not in _NOTHING else ()):
        rule = {} if host == "*" else {"host": host}
        sketch.put(rule, line, "spec", "rules", index)
    address = row.get("ADDRESS", "")
    for index, text in enumerate(address.split(",") if address not in _NOTHING else ()):
        sketch.put(address_of(text), line, "status", "loadBalancer", "ingress", index)


def read_node(row: Row, line: int, sketch: Sketch) -> None:
    """One Node: `Ready,SchedulingDisabled`, roles as labels, versions and addresses."""
    words = row.get("STATUS", "").split(",")
    status = {"Ready": "True", "NotReady": "False", "Unknown": "Unknown"}.get(words[0])
    if status:
        condition("Ready", status, line, sketch)
    if "SchedulingDisabled" in words:
        sketch.put(True, line, "spec", "unschedulable")
    for role in row.get("ROLES", "").split(","):
        if role and role != "<none>":
            sketch.put("", line, "metadata", "labels", f"node-role.kubernetes.io/{role}")
    for column, key in _NODE_INFO.items():
        value = row.get(column, "")
        if value not in _NOTHING:
            sketch.put(value, line, "status", "nodeInfo", key)
    index = 0
    for column, type_ in (("INTERNAL-IP", "InternalIP"), ("EXTERNAL-IP", "ExternalIP")):
        if row.get(column, "") not in _NOTHING:
            sketch.put({"type": type_, "address": row[column]}, line, "status", "addresses", index)
            index += 1


_NODE_INFO = {
    "VERSION": "kubeletVersion", "OS-IMAGE": "osImage", "KERNEL-VERSION": "kernelVersion",
    "CONTAINER-RUNTIME": "containerRuntimeVersion",
}  # fmt: skip


def read_namespace(row: Row, line: int, sketch: Sketch) -> None:
    """One Namespace."""
    sketch.put(row.get("STATUS", ""), line, "status", "phase")
    if row.get("STATUS") == "Terminating":
        sketch.put("", line, "metadata", "deletionTimestamp")


def access_modes(value: str, line: int, sketch: Sketch) -> None:
    """`RWO,RWX` as the access modes of a volume."""
    sketch.put([MODES.get(mode, mode) for mode in value.split(",")], line, "spec", "accessModes")


def claimed_modes(value: str, line: int, sketch: Sketch) -> None:
    """`RWO,RWX` as the access modes that a claim got."""
    sketch.put([MODES.get(mode, mode) for mode in value.split(",")], line, "status", "accessModes")


def claim(value: str, line: int, sketch: Sketch) -> None:
    """A persistent volume's claim, `namespace/name`."""
    namespace, slash, name = value.partition("/")
    if slash:
        sketch.put({"namespace": namespace, "name": name}, line, "spec", "claimRef")


def claim_status(value: str, line: int, sketch: Sketch) -> None:
    """A claim's phase, or that it is being deleted."""
    if value == "Terminating":
        sketch.put("", line, "metadata", "deletionTimestamp")
    else:
        sketch.put(value, line, "status", "phase")


def completions(value: str, line: int, sketch: Sketch) -> None:
    """A Job's `0/1`, or `0/1 of 3` where no number of completions is set."""
    if " of " in value:
        done, _, parallel = value.partition(" of ")
        number(("spec", "parallelism"), parallel, line, sketch)
        number(("status", "succeeded"), done.partition("/")[0], line, sketch)
    else:
        ratio((("status", "succeeded"), ("spec", "completions")), value, line, sketch)


def job_status(value: str, line: int, sketch: Sketch) -> None:
    """A Job's state (since 1.31) as the condition that it is printed for."""
    if value in ("Complete", "Failed", "Suspended", "FailureTarget", "SuccessCriteriaMet"):
        condition(value, "True", line, sketch)
    if value == "Terminating":
        sketch.put("", line, "metadata", "deletionTimestamp")


def scale_target(value: str, line: int, sketch: Sketch) -> None:
    """An autoscaler's `Deployment/cart`."""
    kind, slash, name = value.partition("/")
    if slash:
        sketch.put({"kind": kind, "name": name}, line, "spec", "scaleTargetRef")


def targets(value: str, line: int, sketch: Sketch) -> None:
    """`cpu: 45%/80%, memory: 104Mi/200Mi` as metrics of both sides; one alone without a name is the CPU's."""
    index = 0
    parts = value.partition(" + ")[0].split(", ")
    for text in parts:
        match = _TARGET.match(text)
        if match is None:
            continue
        name = match[1] or ("cpu" if len(parts) == 1 else "")
        target, current = _sides(match[2], match[3])
        spec = {"type": "Resource", "resource": {"name": name, "target": target}}
        sketch.put(spec, line, "spec", "metrics", index)
        status = {"type": "Resource", "resource": {"name": name, "current": current}}
        sketch.put(status, line, "status", "currentMetrics", index)
        index += 1


def _sides(now: str, wanted: str) -> tuple[dict[str, int | str], dict[str, int | str]]:
    """A target and what is measured, as utilisation in per cent or as a quantity."""
    share = wanted.removesuffix("%")
    if wanted.endswith("%") and share.isdecimal():
        measured = now.removesuffix("%")
        current: dict[str, int | str] = {"averageUtilization": int(measured)} if measured.isdecimal() else {}
        return {"type": "Utilization", "averageUtilization": int(share)}, current
    return {"type": "AverageValue", "averageValue": wanted}, {} if now == "<unknown>" else {
        "averageValue": now
    }


def signing(value: str, line: int, sketch: Sketch) -> None:
    """A signing request's `Approved,Issued`; `Pending` has no condition."""
    for index, type_ in enumerate(t for t in value.split(",") if t != "Pending"):
        sketch.put({"type": type_, "status": "True"}, line, "status", "conditions", index)


def component(value: str, line: int, sketch: Sketch) -> None:
    """A component's `Healthy` or `Unhealthy`."""
    status = {"type": "Healthy", "status": "True" if value == "Healthy" else "False"}
    sketch.put(status, line, "conditions", 0)


def amount(path: Path, value: str, line: int, sketch: Sketch) -> None:
    """A count or a percentage; `N/A` is none."""
    if value.isdecimal() and len(value) < 10:
        sketch.put(int(value), line, *path)
    elif value != "N/A":
        sketch.put(value, line, *path)


def quota(value: str, line: int, sketch: Sketch) -> None:
    """`pods: 3/10, requests.cpu: 1/2` as used and hard."""
    for resource, used, hard in _QUOTA.findall(value):
        sketch.put(used, line, "status", "used", resource)
        sketch.put(hard, line, "status", "hard", resource)
        sketch.put(hard, line, "spec", "hard", resource)


def role(value: str, line: int, sketch: Sketch) -> None:
    """A binding's `ClusterRole/view`."""
    kind, slash, name = value.partition("/")
    if slash:
        sketch.put({"kind": kind, "name": name}, line, "roleRef")


def service_accounts(value: str, line: int, sketch: Sketch) -> None:
    """A binding's subjects, `namespace/name` each."""
    for index, text in enumerate(value.split(", ")):
        namespace, slash, name = text.partition("/")
        if slash:
            subject = {"kind": "ServiceAccount", "namespace": namespace, "name": name}
            sketch.put(subject, line, "subjects", index)


def available(value: str, line: int, sketch: Sketch) -> None:
    """An APIService's `True` or `False (MissingEndpoints)`."""
    status, _, reason = value.partition(" (")
    condition("Available", status, line, sketch)
    if reason and status in ("True", "False", "Unknown"):
        sketch.put(reason.rstrip(")"), line, "status", "conditions", 0, "reason")


def ready(value: str, line: int, sketch: Sketch) -> None:
    """A custom resource's READY: a condition, or `1/3` of its replicas."""
    condition("Ready", value.capitalize(), line, sketch)
    ratio((("status", "readyReplicas"), ("spec", "replicas")), value, line, sketch)


def status(value: str, line: int, sketch: Sketch) -> None:
    """A custom resource's STATUS: the message of its Ready condition, or a phase in one word."""
    conditions = sketch.body.get("status", {}).get("conditions")
    if conditions and " " in value:
        sketch.put(value, line, "status", "conditions", len(conditions) - 1, "message")
    else:
        sketch.put(value, line, "status", "phase")
