"""Discovery documents: one per group version, and the aggregated one of 1.26 and later.

Source: k8s.io/apimachinery meta/v1 (APIGroupList, APIResourceList), k8s.io/api/apidiscovery v2 and v2beta1.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from .kinds import KindRow, Release

Document = dict[str, Any]


def version(release: Release) -> Document:
    """`/version`"""
    major, minor, _ = release.version.removeprefix("v").split(".")
    return {
        "major": major,
        "minor": minor,
        "gitVersion": release.version,
        "gitCommit": "93248f9ae092f571eb870b7664c534bfc7d00f03",
        "gitTreeState": "clean",
        "buildDate": "2026-09-09T19:39:16Z",
        "goVersion": "go1.24.6",
        "compiler": "gc",
        "platform": "linux/amd64",
    }


def core_versions(address: str) -> Document:
    """`/api`; `address` is host:port."""
    here = [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}]
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": here}


def group_list(release: Release) -> Document:
    """`/apis`"""
    named = [_group(name, versions) for name, versions in release.groups().items() if name]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": named}


def group(release: Release, name: str) -> Document | None:
    """`/apis/GROUP`"""
    versions = release.groups().get(name)
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)} if name and versions else None


def _group(name: str, versions: list[str]) -> Document:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def resource_list(release: Release, group_version: str) -> Document | None:
    """`/api/v1` and `/apis/GROUP/VERSION`"""
    known = release.of_version(group_version)
    if not known:
        return None
    resources = [entry for row in known for entry in (_resource(row, release), *_subresources(row))]
    api_version = {} if group_version == "v1" else {"apiVersion": "v1"}
    return {
        "kind": "APIResourceList",
        **api_version,
        "groupVersion": group_version,
        "resources": resources,
    }


def _resource(row: KindRow, release: Release) -> Document:
    names = {"shortNames": list(row.short_names)} if row.short_names else {}
    return {
        "name": row.name,
        "singularName": row.singular if release.singular_names or row.custom else "",
        "namespaced": row.namespaced,
        "kind": row.kind,
        "verbs": list(row.verbs),
        **names,
    }


def _subresources(row: KindRow) -> list[Document]:
    found = []
    for name in row.subresources:
        group, version, kind = _answer_kind(row, name)
        other = {} if (group, version) == (row.group, row.version) else {"group": group, "version": version}
        found.append(
            {
                "name": f"{row.name}/{name}",
                "singularName": "",
                "namespaced": row.namespaced,
                **other,
                "kind": kind,
                "verbs": list(row.verbs_of(name)),
            }
        )
    return found


def _answer_kind(row: KindRow, subresource: str) -> tuple[str, str, str]:
    """Group, version and kind that a subresource answers with."""
    if subresource == "scale":
        return "autoscaling", "v1", "Scale"
    if subresource == "eviction":
        return "policy", "v1", "Eviction"
    if subresource == "token":
        return "authentication.k8s.io", "v1", "TokenRequest"
    return row.group, row.version, row.kind


def aggregated(release: Release, version: str, core: bool, stale: Collection[str]) -> Document:
    """`/api` (`core`) or `/apis` as an APIGroupDiscoveryList; `stale` group versions have no resources."""
    items = [
        {"metadata": {"name": name, "creationTimestamp": None}, "versions": _versions(release, name, stale)}
        if name
        else {"metadata": {"creationTimestamp": None}, "versions": _versions(release, name, stale)}
        for name in release.groups()
        if core == (name == "")
    ]
    api_version = f"apidiscovery.k8s.io/{version}"
    return {"kind": "APIGroupDiscoveryList", "apiVersion": api_version, "metadata": {}, "items": items}


def _versions(release: Release, group: str, stale: Collection[str]) -> list[Document]:
    found: list[Document] = []
    for version in release.groups()[group]:
        group_version = f"{group}/{version}".lstrip("/")
        if group_version in stale:
            found.append({"version": version, "freshness": "Stale"})
            continue
        resources = [_aggregated_resource(row) for row in release.of_version(group_version)]
        found.append({"version": version, "resources": resources, "freshness": "Current"})
    return found


def _aggregated_resource(row: KindRow) -> Document:
    shorts = {"shortNames": list(row.short_names)} if row.short_names else {}
    subresources = [
        {
            "subresource": name,
            "responseKind": dict(zip(("group", "version", "kind"), _answer_kind(row, name), strict=True)),
            "verbs": list(row.verbs_of(name)),
        }
        for name in row.subresources
    ]
    return {
        "resource": row.name,
        "responseKind": {"group": row.group, "version": row.version, "kind": row.kind},
        "scope": "Namespaced" if row.namespaced else "Cluster",
        "singularResource": row.singular,
        "verbs": list(row.verbs),
        **shorts,
        **({"subresources": subresources} if subresources else {}),
    }
