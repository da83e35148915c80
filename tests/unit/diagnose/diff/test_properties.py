"""What holds for any two worlds, whatever their objects look like."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from anyops.diagnose.diff import Diff, Selection, compare
from anyops.incident.render.diff import diff_lines
from anyops.incident.render.lines import cells
from anyops.incident.render.options import TextOptions
from anyops.world.world import Unread, World
from tests.unit.diagnose.diff.mirror import mirrored, unordered
from tests.unit.diagnose.worlds import Body, resource, world

KINDS = """
    Pod Deployment StatefulSet DaemonSet ReplicaSet Job CronJob Node Service Secret ConfigMap ServiceAccount
    HorizontalPodAutoscaler PersistentVolumeClaim PersistentVolume StorageClass Role RoleBinding Ingress
    NetworkPolicy MutatingWebhookConfiguration HelmRelease Certificate Namespace
"""
KEYS = """
    name namespace type key value effect operator values containers initContainers image env envFrom
    valueFrom secretKeyRef configMapKeyRef volumes secret secretName configMap items projected sources
    resources requests limits cpu memory storage nodeSelector affinity tolerations taints template spec
    replicas selector strategy rollingUpdate maxSurge metadata labels annotations rules roleRef subjects host
    verbs apiGroups resourceNames http paths path backend ports port protocol targetPort nodePort from to
    ipBlock cidr podSelector namespaceSelector matchLabels livenessProbe httpGet exec command args
    volumeMounts mountPath jobTemplate
    webhooks clientConfig tls hosts capacity nodeInfo kubeletVersion finalizers volumeClaimTemplates metrics
"""
VALUES = st.sampled_from(
    [
        "",
        "1Gi",
        "1024Mi",
        "1000m",
        "RollingUpdate",
        "a",
        "db",
        "a\nb\nc",
        "a\nx\nc\nd",
        "r/a:1",
        "password=x",
        "\x1b[1m",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**19) | st.floats() | VALUES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=5)
    ),
    max_leaves=25,
)
NAMES = st.sampled_from(
    ["a", "db", "app-2b4c6d8f9g", "app-g9f8d6c4b2", "app-7h5kt2m4cb", "n1", "gen-x2", "gen-b4"]
)


@st.composite
def bodies(draw: Any) -> Body:
    metadata: Any = {"name": draw(NAMES), "namespace": draw(st.sampled_from(["shop", "pay"]))}
    noted = dict.fromkeys(("labels", "annotations", "finalizers"), JSON)
    metadata |= draw(st.fixed_dictionaries({}, optional=noted))
    metadata |= draw(
        st.sampled_from(
            [{}, {}, {"generateName": "gen-"}, {"ownerReferences": [{"kind": "Job", "name": "a"}]}]
        )
    )
    parts = dict.fromkeys(("spec", "status", "data", "rules", "subjects", "webhooks", "type"), JSON)
    version = draw(st.sampled_from(["v1", "apps/v1", "example.org/v1", "gateway.networking.k8s.io/v1"]))
    return {
        "apiVersion": version,
        "kind": draw(st.sampled_from(KINDS.split())),
        "metadata": metadata,
        **draw(st.fixed_dictionaries({}, optional=parts)),
    }


@st.composite
def worlds(draw: Any) -> World:
    objects = draw(st.lists(st.tuples(bodies(), st.booleans()), max_size=6))
    by_ref = {r.ref: r for r in (resource(body, complete=complete) for body, complete in objects)}
    return world(
        *by_ref.values(),
        listed=draw(st.lists(st.sampled_from(KINDS.split()), max_size=8)),
        unread=tuple(
            Unread("api", why, "", kind)
            for kind, why in draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(["", "Secret", "Node", "ConfigMap"]),
                        st.sampled_from(["forbidden", "failed", "redacted"]),
                    ),
                    max_size=2,
                )
            )
        ),
    )


SELECTIONS = st.sampled_from(
    [
        Selection(),
        Selection(namespaces=("shop",)),
        Selection(kinds=("configmap", "Deployment")),
        Selection(namespaces=("shop", "pay")),
    ]
)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(worlds(), worlds(), SELECTIONS)
def test_swapping_the_sides_swaps_the_answer_and_nothing_else(
    a: World, b: World, selection: Selection
) -> None:
    there, back = compare(a, b, selection), compare(b, a, selection)
    assert unordered(mirrored(there)) == unordered(back)


@MANY
@given(worlds(), worlds())
def test_a_mapped_namespace_swaps_too(a: World, b: World) -> None:
    there = compare(a, b, Selection(namespace_map={"shop": "pay"}))
    back = compare(b, a, Selection(namespace_map={"pay": "shop"}))
    assert _renamed(unordered(mirrored(there))) == _renamed(unordered(back))


def _renamed(diff: Diff) -> list[str]:
    said = [repr(c).replace("'pay'", "'shop'") for c in diff.changes] + [repr(t) for t in diff.totals]
    return sorted(text.replace("'pay'", "'shop'") for text in said)


_MEASURED = ("Node", "HelmRelease", "DaemonSet", "Deployment", "StatefulSet", "ReplicaSet")
"""Kinds whose status holds facts."""


@MANY
@given(worlds())
def test_a_world_does_not_differ_from_itself(a: World) -> None:
    read_later = [
        structs.replace(r, body={**r.body, **({} if r.kind in _MEASURED else {"status": {"at": 1}})})
        for r in a.resources
    ]
    assert not compare(a, a).differs
    assert not compare(a, structs.replace(a, resources=tuple(read_later))).differs


@MANY
@given(worlds(), worlds(), st.sampled_from([20, 60, 100, 200]), st.booleans())
def test_the_answer_fits_and_holds_nothing_active(a: World, b: World, columns: int, plain: bool) -> None:
    lines = diff_lines(compare(a, b), TextOptions(columns=columns, ascii=plain))
    assert all(cells(line) <= min(columns, 100) for line in lines)
    assert "\x1b" not in "".join(segment.text for line in lines for segment in line)
