"""Prometheus configuration in config maps, and what Prometheus itself says about it.

The file is YAML inside a string; this looks at its lines only, for what Prometheus surely refuses.
https://prometheus.io/docs/prometheus/latest/configuration/configuration/
"""

import re
from collections import Counter
from collections.abc import Iterator

from anyops.diagnose.commands import act
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.workloads import is_ready, pod_spec
from anyops.world.report import Severity
from anyops.world.resource import Field, Resource
from anyops.world.world import Log, LogLine, World

_FILES = ("prometheus.yml", "prometheus.yaml")
_TOP = re.compile(r"^([A-Za-z_][A-Za-z0-9_]*):", re.MULTILINE)
_KNOWN = frozenset(
    [
        "global",
        "runtime",
        "rule_files",
        "scrape_configs",
        "scrape_config_files",
        "alerting",
        "remote_write",
        "remote_read",
        "storage",
        "tracing",
        "otlp",
    ]
)
_JOB = re.compile(r"^[ ]*-?[ ]*job_name:[ ]*[\"']?([^\"'#\n]{1,200}?)[\"']?[ ]*(?:#.*)?$", re.MULTILINE)
_ACTION = re.compile(r"^[ ]*-?[ ]*action:[ ]*[\"']?([A-Za-z]{1,40})[\"']?[ ]*(?:#.*)?$", re.MULTILINE)
_ACTIONS = frozenset(
    [
        "replace",
        "lowercase",
        "uppercase",
        "keep",
        "drop",
        "keepequal",
        "dropequal",
        "hashmod",
        "labelmap",
        "labeldrop",
        "labelkeep",
    ]
)
_LOADS = re.compile(r"error loading config|couldn't load configuration|parsing YAML file", re.IGNORECASE)


@rule("prometheus.config", "ConfigMap", title="Prometheus configuration is invalid")
def config(world: World) -> Iterator[Found]:
    """Configurations with tabs, no scrape jobs, jobs of one name, unknown sections or relabel actions."""
    for config_map in world.of_kind("ConfigMap"):
        for name in _FILES:
            field = config_map.at("data", name)
            if isinstance(field.value, str):
                for problem, severity in _problems(field.value):
                    yield _found(world, config_map, field, problem, severity)


def _problems(text: str) -> Iterator[tuple[str, Severity]]:
    if not text.strip():
        yield "it is empty", "medium"
        return
    if any(line[: len(line) - len(line.lstrip())].count("\t") for line in text.splitlines()):
        yield "it is indented with tabs, which YAML forbids", "high"
    sections = set(_TOP.findall(text))
    if not sections & {"scrape_configs", "scrape_config_files"} and not text.lstrip().startswith("{"):
        yield "it has no scrape configs (scrape_configs), so nothing is scraped", "medium"
    for unknown in sorted(sections - _KNOWN)[:3]:
        yield f"section {unknown} is unknown", "high"
    for job, count in Counter(_JOB.findall(text)).items():
        if count > 1:
            yield f"job_name {job} is used {count} times", "high"
    for action in sorted({a for a in _ACTION.findall(text) if a.lower() not in _ACTIONS})[:3]:
        yield f"relabel action {action} is unknown", "high"


def _found(world: World, config_map: Resource, field: Field, problem: str, severity: Severity) -> Found:
    reader = next((p for p in _readers(world, config_map) if not is_ready(p)), None)
    suffers = reader is not None and severity == "high"
    return Found(
        on=config_map,
        title=f"Prometheus configuration: {problem}",
        detail=f"{field.path[-1]} of ConfigMap {config_map.name}: {problem}.",
        severity=severity,
        state="now" if suffers else "risk",
        cites=(field,),
        cause="prometheus.config_invalid",
        fault=config_map.ref,
        explains=(reader.ref,) if suffers and reader is not None else (),
        statement=f"Prometheus cannot load {field.path[-1]} of ConfigMap {config_map.name}: {problem}.",
        fix="Mend the file; `promtool check config` tells whether it is right.",
        commands=(act("edit", config_map.ref),),
        checks=(act("get", config_map.ref, "-o", "yaml"),),
    )


def _readers(world: World, config_map: Resource) -> Iterator[Resource]:
    for pod in world.in_namespace("Pod", config_map.namespace):
        names = {v.text("configMap", "name") for v in pod_spec(pod).each("volumes")}
        if config_map.name in names and pod.text("status", "phase"):
            yield pod


@rule("prometheus.config_refused", title="Prometheus refuses its configuration")
def refused(world: World) -> Iterator[Found]:
    """Prometheus' own log: `Error loading config`, as long as nothing later says that it was loaded."""
    for log in world.logs:
        line = _refusal(log)
        if line is not None and log.about is not None:
            yield Found(
                on=log.about,
                title="Prometheus refuses its configuration",
                detail=line.text[:500],
                severity="high",
                cites=(line,),
                cause="prometheus.config_invalid",
                certainty="sure",
                onset=line.at,
                statement=f"Prometheus ({log.about.name}) cannot load its configuration: {line.text[:300]}",
                fix="Mend what the message names; `promtool check config` tells whether it is right.",
                checks=(act("logs", log.about, "--tail=20"),),
            )


def _refusal(log: Log) -> LogLine | None:
    if "prometheus" not in f"{log.name} {log.container}".lower():
        return None
    last = None
    for line in log.lines[-5000:]:
        if "Completed loading of configuration file" in line.text:
            last = None
        elif _LOADS.search(line.text[:2000]):
            last = line
    return last
