"""Rules on objects of any shape: what comes from a file is untrusted, and no rule may fall over it."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anyops.diagnose.rules import load
from anyops.world.world import World
from tests.unit.diagnose.worlds import Body, event, log, resource, world

KINDS = """
    Pod Deployment ReplicaSet StatefulSet DaemonSet Job Node Service Secret ConfigMap ServiceAccount
    ResourceQuota LimitRange PersistentVolumeClaim PersistentVolume StorageClass Role RoleBinding
    NodeService Connectivity Dependency
"""
KEYS = """
    name namespace kind phase reason message status type key value effect operator values conditions
    containers initContainers image env envFrom valueFrom secretKeyRef configMapKeyRef volumes
    persistentVolumeClaim claimName secret secretName configMap items projected sources resources
    requests limits cpu memory storage nodeSelector affinity nodeAffinity podAntiAffinity
    requiredDuringSchedulingIgnoredDuringExecution nodeSelectorTerms matchExpressions labelSelector
    matchLabels tolerations taints allocatable allocated used hard state waiting lastState terminated
    containerStatuses imagePullSecrets serviceAccountName template spec replicas selector accessModes
    capacity claimRef storageClassName volumeName volumeClaimTemplates metadata rules roleRef subjects
    verbs apiGroups host from to ok node unit active nodeName schedulingGates command volumeMounts
    mountPath
"""
REASONS = "FailedScheduling Failed FailedCreate FailedMount FailedAttachVolume ProvisioningFailed"
WORDS = "1Gi Pending Running Available Bound True False a db ImagePullBackOff x/y:z n1"
VALUES = st.sampled_from(["", *WORDS.split()])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**19) | st.floats(allow_nan=False) | VALUES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=5)
    ),
    max_leaves=25,
)
MESSAGES = st.sampled_from(
    (
        "0/3 nodes are available: 2 Insufficient cpu, 1 node(s) had untolerated taint {a: b}.",
        'Failed to pull image "x/y:z": pull access denied',
        "forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1",
        'secret "db" not found',
        "Multi-Attach error for volume",
        'User "system:serviceaccount:shop:a" cannot list resource "pods" in API group ""',
        "",
    )
)


@st.composite
def bodies(draw: Any) -> Body:
    kind = draw(st.sampled_from(KINDS.split()))
    metadata: Any = {
        "name": draw(st.sampled_from(("a", "db", "n1", "a-7d9", "a-7d9-x2x4z"))),
        "namespace": "shop",
    }
    metadata |= {"labels": draw(JSON), "ownerReferences": draw(JSON), "annotations": draw(JSON)}
    return {"kind": kind, "metadata": metadata, "spec": draw(JSON), "status": draw(JSON), "data": draw(JSON)}


@st.composite
def worlds(draw: Any) -> World:
    things = [resource(b, complete=draw(st.booleans())) for b in draw(st.lists(bodies(), max_size=6))]
    unique = {thing.ref: thing for thing in things}
    reasons = (
        "FailedScheduling",
        "Failed",
        "FailedCreate",
        "FailedMount",
        "FailedAttachVolume",
        "ProvisioningFailed",
    )
    events = [
        event(str(ref), reason, draw(MESSAGES))
        for ref in unique
        for reason in draw(st.lists(st.sampled_from(reasons), max_size=2))
    ]
    listed = draw(st.lists(st.sampled_from(KINDS.split()), max_size=4))
    logs = [log("Pod/shop/a", draw(MESSAGES))]
    return world(
        *unique.values(),
        events=events,
        listed=listed,
        logs=logs,
        question=draw(st.sampled_from(("", "why?"))),
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(worlds())
def test_no_rule_falls_over_any_body(seen: World) -> None:
    for rule in load().values():
        for found in rule(seen):
            assert found.title
            for cite in found.cites:
                cite.quote()
