"""The facts of an object's metadata: labels, annotations, finalizers."""

from typing import Any

from anyops.diagnose.diff.facts import Facts, Key, compact, mapping, text
from anyops.diagnose.diff.noise import is_noise_annotation, is_noise_label

_PROTECTION = ("kubernetes.io/pv", "service.kubernetes.io/", "foregroundDeletion", "orphan")
"""Finalizers that controllers set on their own."""


def metadata_facts(facts: Facts, value: Any, prefix: str = "") -> None:
    """Add labels and annotations that people set; `prefix` says whose, where it is not the object itself."""
    it = mapping(value)
    for name, said in mapping(it.get("labels")).items():
        if not is_noise_label(name):
            facts[Key("labels", "", "", f"{prefix}label {name}")] = text(compact(said), open=True)
    for name, said in mapping(it.get("annotations")).items():
        if not is_noise_annotation(name, compact(said)):
            facts[Key("labels", "", "", f"{prefix}annotation {name}")] = text(compact(said))


def object_facts(facts: Facts, value: Any) -> None:
    """Add the metadata of the object itself."""
    metadata_facts(facts, value)
    finalizers = mapping(value).get("finalizers")
    if isinstance(finalizers, list):
        for name in finalizers:
            if not compact(name).startswith(_PROTECTION):
                facts[Key("labels", "", "", f"finalizer {compact(name)}")] = text("", open=True)
