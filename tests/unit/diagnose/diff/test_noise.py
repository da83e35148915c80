"""What a server fills in, a controller writes or another spelling says is no difference: a line each."""

import json
from typing import Any

import pytest

from anyops.diagnose.diff import compare
from tests.unit.diagnose.worlds import Body, meta, owned, pod, workload, world


def deployment(**container: Any) -> Body:
    """A Deployment whose container `app` has these fields too."""
    body = workload(ready=None)
    body["spec"]["template"]["spec"]["containers"][0] |= container
    return body


def put(body: Body, path: str, value: Any) -> Body:
    """The body with a value laid at `spec/replicas`; numbers are list indexes."""
    changed = json.loads(json.dumps(body))
    *parents, last = (int(p) if p.isdigit() else p.replace("~", "/") for p in path.split("/"))
    here: Any = changed
    for step in parents:
        here = here[step] if isinstance(step, int) else here.setdefault(step, {})
    here[last] = value
    return changed


POD = "spec/template/spec"
APP = f"{POD}/containers/0"
NOTES = "metadata/annotations"

ADDED_TO_A_DEPLOYMENT: list[tuple[str, Any]] = [
    ("status/observedGeneration", 7),
    ("metadata/uid", "4d6a"),
    ("metadata/resourceVersion", "812"),
    ("metadata/creationTimestamp", "2026-01-01T00:00:00Z"),
    ("metadata/generation", 9),
    ("metadata/managedFields", [{"manager": "kubectl"}]),
    ("metadata/selfLink", "/apis/apps/v1/x"),
    (f"{NOTES}/kubectl.kubernetes.io~last-applied-configuration", "{}"),
    (f"{NOTES}/deployment.kubernetes.io~revision", "17"),
    (f"{NOTES}/checksum~config", "3f8a9be2c11d"),
    ("spec/template/metadata/annotations/checksum~config", "3f8a9be2c11d"),
    ("spec/template/metadata/annotations/config-hash", "3f8a9be2c11d"),
    ("metadata/labels/pod-template-hash", "6d9f7"),
    ("spec/template/metadata/labels/pod-template-hash", "6d9f7"),
    ("spec/template/metadata/labels/controller-uid", "4d6a"),
    ("spec/template/metadata/creationTimestamp", None),
    ("spec/revisionHistoryLimit", 10),
    ("spec/progressDeadlineSeconds", 600),
    ("spec/minReadySeconds", 0),
    ("spec/paused", False),
    ("spec/strategy", {"type": "RollingUpdate"}),
    (
        "spec/strategy",
        {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
    ),
    (f"{APP}/imagePullPolicy", "IfNotPresent"),
    (f"{APP}/terminationMessagePath", "/dev/termination-log"),
    (f"{APP}/terminationMessagePolicy", "File"),
    (f"{APP}/resources", {}),
    (f"{APP}/securityContext", {}),
    (f"{APP}/env", []),
    (f"{APP}/stdin", False),
    (f"{POD}/dnsPolicy", "ClusterFirst"),
    (f"{POD}/restartPolicy", "Always"),
    (f"{POD}/schedulerName", "default-scheduler"),
    (f"{POD}/terminationGracePeriodSeconds", 30),
    (f"{POD}/enableServiceLinks", True),
    (f"{POD}/preemptionPolicy", "PreemptLowerPriority"),
    (f"{POD}/priority", 0),
    (f"{POD}/securityContext", {}),
    (f"{POD}/hostNetwork", False),
    (f"{POD}/serviceAccountName", "default"),
    (f"{POD}/volumes", [{"name": "kube-api-access-x2x4z", "projected": {"sources": []}}]),
    (f"{POD}/volumes", [{"name": "default-token-x2x4z", "secret": {"secretName": "default-token-x2x4z"}}]),
    (
        f"{APP}/volumeMounts",
        [{"name": "kube-api-access-x2x4z", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
    ),
    (
        f"{POD}/tolerations",
        [
            {
                "key": f"node.kubernetes.io/{key}",
                "operator": "Exists",
                "effect": "NoExecute",
                "tolerationSeconds": 300,
            }
            for key in ("not-ready", "unreachable")
        ],
    ),
]


@pytest.mark.parametrize(("path", "value"), ADDED_TO_A_DEPLOYMENT)
def test_what_a_server_or_controller_adds_to_a_deployment_is_none(path, value):
    plain = deployment()
    assert not compare(world(plain), world(put(plain, path, value))).differs
    assert not compare(world(put(plain, path, value)), world(plain)).differs


def of(kind: str, spec: Body, version: str = "v1", **top: Any) -> Body:
    return {"apiVersion": version, "kind": kind, "metadata": meta("cart"), "spec": spec, **top}


def volume(**source: Any) -> Body:
    return put(deployment(), f"{POD}/volumes", [{"name": "v", **source}])


def probe(**more: Any) -> Body:
    return deployment(readinessProbe={"httpGet": {"port": 80, **more.pop("http", {})}, **more})


def hpa(version: str, **spec: Any) -> Body:
    return of("HorizontalPodAutoscaler", {"maxReplicas": 5, **spec}, f"autoscaling/{version}")


def ingress(version: str, backend: Body) -> Body:
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    return of("Ingress", {"rules": [{"host": "shop.example", "http": {"paths": paths}}]}, version)


def role(*rules: Body) -> Body:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": meta("r"),
        "rules": rules,
    }


def env(*names: str) -> list[Body]:
    return [{"name": name, "value": name} for name in names]


def sized(resource: str, amount: Any) -> Body:
    return deployment(resources={"limits": {resource: amount}})


RULE = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}
SAME: dict[str, tuple[Body, Body]] = {
    "replicas 1": (put(deployment(), "spec/replicas", 1), workload(replicas=None, ready=None)),
    "replicas of a paused nothing": (deployment(), put(deployment(), "spec/replicas", 1)),
    "imagePullPolicy of latest": (
        deployment(image="a/b:latest"),
        deployment(image="a/b:latest", imagePullPolicy="Always"),
    ),
    "imagePullPolicy without a tag": (
        deployment(image="a/b"),
        deployment(image="a/b", imagePullPolicy="Always"),
    ),
    "imagePullPolicy of a digest": (
        deployment(image="h:5000/b@sha256:aa"),
        deployment(image="h:5000/b@sha256:aa", imagePullPolicy="IfNotPresent"),
    ),
    "serviceAccount twin": (
        put(deployment(), f"{POD}/serviceAccountName", "cart"),
        put(put(deployment(), f"{POD}/serviceAccountName", "cart"), f"{POD}/serviceAccount", "cart"),
    ),
    "port protocol": (
        deployment(ports=[{"containerPort": 80}]),
        deployment(ports=[{"containerPort": 80, "protocol": "TCP"}]),
    ),
    "probe numbers": (
        probe(),
        probe(
            timeoutSeconds=1, periodSeconds=10, successThreshold=1, failureThreshold=3, initialDelaySeconds=0
        ),
    ),
    "probe scheme and path": (probe(), probe(http={"scheme": "HTTP", "path": "/"})),
    "requests from limits": (
        sized("cpu", "1"),
        deployment(resources={"limits": {"cpu": 1}, "requests": {"cpu": "1"}}),
    ),
    "1000m is 1": (sized("cpu", "1000m"), sized("cpu", 1)),
    "1Gi is 1024Mi": (sized("memory", "1Gi"), sized("memory", "1024Mi")),
    "0.1 is 100m": (sized("cpu", 0.1), sized("cpu", "100m")),
    "field version": (
        deployment(env=[{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]),
        deployment(
            env=[{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP", "apiVersion": "v1"}}}]
        ),
    ),
    "empty variable": (deployment(env=[{"name": "A"}]), deployment(env=[{"name": "A", "value": ""}])),
    "order of variables": (deployment(env=env("A", "B")), deployment(env=env("B", "A"))),
    "order of ports": (
        deployment(ports=[{"containerPort": 80}, {"containerPort": 81}]),
        deployment(ports=[{"containerPort": 81}, {"containerPort": 80}]),
    ),
    "order of mounts": (
        deployment(volumeMounts=[{"name": "a", "mountPath": "/a"}, {"name": "b", "mountPath": "/b"}]),
        deployment(volumeMounts=[{"name": "b", "mountPath": "/b"}, {"name": "a", "mountPath": "/a"}]),
    ),
    "mount readOnly false": (
        deployment(volumeMounts=[{"name": "a", "mountPath": "/a"}]),
        deployment(volumeMounts=[{"name": "a", "mountPath": "/a", "readOnly": False}]),
    ),
    "order of containers": (
        put(deployment(), f"{POD}/containers", [{"name": n, "image": "a:1"} for n in "ab"]),
        put(deployment(), f"{POD}/containers", [{"name": n, "image": "a:1"} for n in "ba"]),
    ),
    "order of volumes": (
        put(deployment(), f"{POD}/volumes", [{"name": n, "emptyDir": {}} for n in "ab"]),
        put(deployment(), f"{POD}/volumes", [{"name": n, "emptyDir": {}} for n in "ba"]),
    ),
    "defaultMode of a config map": (
        volume(configMap={"name": "c"}),
        volume(configMap={"name": "c", "defaultMode": 420}),
    ),
    "defaultMode of a secret": (
        volume(secret={"secretName": "c"}),
        volume(secret={"secretName": "c", "defaultMode": 420, "optional": False}),
    ),
    "hostPath type": (volume(hostPath={"path": "/x"}), volume(hostPath={"path": "/x", "type": ""})),
    "service defaults": (
        of("Service", {"ports": [{"port": 80}]}),
        of(
            "Service",
            {
                "type": "ClusterIP",
                "sessionAffinity": "None",
                "internalTrafficPolicy": "Cluster",
                "clusterIP": "10.0.0.1",
                "clusterIPs": ["10.0.0.1"],
                "ipFamilies": ["IPv4"],
                "ipFamilyPolicy": "SingleStack",
                "ports": [{"port": 80, "targetPort": 80, "protocol": "TCP"}],
            },
        ),
    ),
    "node ports": (
        of("Service", {"type": "NodePort", "ports": [{"port": 80}]}),
        of(
            "Service",
            {
                "type": "NodePort",
                "externalTrafficPolicy": "Cluster",
                "ports": [{"port": 80, "nodePort": 30123}],
            },
        ),
    ),
    "load balancer's node ports": (
        of("Service", {"type": "LoadBalancer", "ports": [{"port": 80}]}),
        of(
            "Service",
            {
                "type": "LoadBalancer",
                "allocateLoadBalancerNodePorts": True,
                "externalTrafficPolicy": "Cluster",
                "healthCheckNodePort": 31999,
                "ports": [{"port": 80, "nodePort": 30123}],
            },
        ),
    ),
    "budget's version": (
        of("PodDisruptionBudget", {"minAvailable": 1}, "policy/v1beta1"),
        of("PodDisruptionBudget", {"minAvailable": 1}, "policy/v1"),
    ),
    "cron job's version and defaults": (
        of("CronJob", {"schedule": "@daily", "jobTemplate": {"spec": {}}}, "batch/v1beta1"),
        of(
            "CronJob",
            {
                "schedule": "@daily",
                "suspend": False,
                "concurrencyPolicy": "Allow",
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 1,
                "jobTemplate": {"spec": {"backoffLimit": 6}},
            },
            "batch/v1",
        ),
    ),
    "autoscaler's version": (
        hpa("v1", targetCPUUtilizationPercentage=80),
        hpa(
            "v2",
            minReplicas=1,
            metrics=[
                {
                    "type": "Resource",
                    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
                }
            ],
        ),
    ),
    "ingress' version": (
        ingress("extensions/v1beta1", {"serviceName": "cart", "servicePort": 80}),
        ingress("networking.k8s.io/v1", {"service": {"name": "cart", "port": {"number": 80}}}),
    ),
    "policy types": (
        of("NetworkPolicy", {"podSelector": {}, "egress": [{}]}, "networking.k8s.io/v1"),
        of(
            "NetworkPolicy",
            {"podSelector": {}, "egress": [{}], "policyTypes": ["Egress", "Ingress"]},
            "networking.k8s.io/v1",
        ),
    ),
    "split rules of a role": (
        role(RULE),
        role({**RULE, "verbs": ["list"]}, {**RULE, "verbs": ["get"]}),
    ),
    "claim's volume": (
        of("PersistentVolumeClaim", {"accessModes": ["ReadWriteOnce"]}),
        of(
            "PersistentVolumeClaim",
            {"accessModes": ["ReadWriteOnce"], "volumeName": "pvc-1", "volumeMode": "Filesystem"},
        ),
    ),
    "job's selector": (
        of("Job", {"template": {"spec": {}}}, "batch/v1"),
        of(
            "Job",
            {
                "template": {
                    "metadata": {"labels": {"controller-uid": "4d", "job-name": "cart"}},
                    "spec": {},
                },
                "selector": {"matchLabels": {"controller-uid": "4d"}},
                "completions": 1,
                "parallelism": 1,
                "backoffLimit": 6,
                "completionMode": "NonIndexed",
                "suspend": False,
            },
            "batch/v1",
        ),
    ),
    "stateful set's defaults": (
        workload("StatefulSet"),
        workload(
            "StatefulSet",
            spec={
                "podManagementPolicy": "OrderedReady",
                "revisionHistoryLimit": 10,
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
                "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            },
        ),
    ),
    "daemon set's defaults": (
        workload("DaemonSet"),
        workload(
            "DaemonSet",
            spec={
                "revisionHistoryLimit": 10,
                "updateStrategy": {
                    "type": "RollingUpdate",
                    "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1},
                },
            },
        ),
    ),
    "namespace": (
        {"kind": "Namespace", "metadata": meta("shop", "")},
        {
            "kind": "Namespace",
            "metadata": meta("shop", "", labels={"kubernetes.io/metadata.name": "shop"}),
            "spec": {"finalizers": ["kubernetes"]},
        },
    ),
    "secret's type": (
        {"kind": "Secret", "metadata": meta("db"), "data": {"password": "YQ=="}},
        {"kind": "Secret", "metadata": meta("db"), "type": "Opaque", "data": {"password": "YQ=="}},
    ),
    "account's tokens": (
        {"kind": "ServiceAccount", "metadata": meta("cart")},
        {"kind": "ServiceAccount", "metadata": meta("cart"), "secrets": [{"name": "cart-token-x2x4z"}]},
    ),
    "storage class": (
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": meta("fast", ""),
            "provisioner": "x",
        },
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": meta("fast", ""),
            "provisioner": "x",
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "Immediate",
        },
    ),
    "certificate in a webhook": (
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": meta("w", ""),
            "webhooks": [{"name": "a.example", "clientConfig": {"url": "https://a.example"}}],
        },
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "MutatingWebhookConfiguration",
            "metadata": meta("w", ""),
            "webhooks": [
                {
                    "name": "a.example",
                    "clientConfig": {"url": "https://a.example", "caBundle": "LS0t"},
                    "failurePolicy": "Fail",
                    "matchPolicy": "Equivalent",
                    "timeoutSeconds": 10,
                    "namespaceSelector": {},
                }
            ],
        },
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_another_way_to_say_the_same_is_none(name):
    a, b = SAME[name]
    assert compare(world(a), world(b)).changes == []
    assert compare(world(b), world(a)).changes == []


MADE: dict[str, Body] = {
    "pod": pod(owner=("ReplicaSet", "cart-6d9f7")),
    "replica set": workload("ReplicaSet", "cart-6d9f7", ownerReferences=owned("Deployment", "cart")),
    "job": workload("Job", "report-2931", ownerReferences=owned("CronJob", "report")),
    "static pod": pod("etcd-cp-1", ownerReferences=[{"kind": "Node", "name": "cp-1"}]),
    "endpoint slice": {"kind": "EndpointSlice", "metadata": meta("cart-x2x4z")},
    "endpoints": {"kind": "Endpoints", "metadata": meta("cart")},
    "lease": {"kind": "Lease", "metadata": meta("leader")},
    "event": {"kind": "Event", "metadata": meta("cart.17f")},
    "controller revision": {"kind": "ControllerRevision", "metadata": meta("db-1")},
    "token secret": {
        "kind": "Secret",
        "metadata": meta("default-token-x2x4z"),
        "type": "kubernetes.io/service-account-token",
    },
    "helm's storage": {
        "kind": "Secret",
        "metadata": meta("sh.helm.release.v1.cart.v17"),
        "type": "helm.sh/release.v1",
    },
    "root certificate": {"kind": "ConfigMap", "metadata": meta("kube-root-ca.crt"), "data": {"ca.crt": "x"}},
    "default account": {"kind": "ServiceAccount", "metadata": meta("default")},
    "bootstrapped role": {
        "kind": "Role",
        "metadata": meta("x", labels={"kubernetes.io/bootstrapping": "rbac-defaults"}),
    },
    "provisioned volume": {
        "kind": "PersistentVolume",
        "metadata": meta("pvc-0d9b1c5e-1f5a-4c59-9f43-0a5d0e7b9a11", ""),
    },
}


@pytest.mark.parametrize("name", MADE)
def test_what_a_controller_makes_is_left_out(name):
    config = {"kind": "ConfigMap", "metadata": meta("app")}
    kind = MADE[name]["kind"]
    diff = compare(world(config, listed=[kind]), world(config, MADE[name], listed=[kind]))
    assert not diff.differs
    assert diff.b.objects == 1 + (name == "bootstrapped role")


def test_claims_of_a_stateful_set_are_left_out():
    claims = [{"metadata": {"name": "data"}, "spec": {}}]
    owner = workload("StatefulSet", "db", spec={"volumeClaimTemplates": claims})
    claim = {"kind": "PersistentVolumeClaim", "metadata": meta("data-db-0")}
    other = {"kind": "PersistentVolumeClaim", "metadata": meta("backup-db-0")}
    listed = ["PersistentVolumeClaim"]
    assert not compare(world(owner, listed=listed), world(owner, claim, listed=listed)).differs
    assert compare(world(owner, listed=listed), world(owner, other, listed=listed)).differs


def test_what_every_cluster_has_is_compared_where_both_have_it():
    def binding(*users: str) -> Body:
        labels = {"kubernetes.io/bootstrapping": "rbac-defaults"}
        subjects = [{"kind": "User", "name": user} for user in users]
        return {
            "kind": "ClusterRoleBinding",
            "metadata": meta("cluster-admin", "", labels=labels),
            "subjects": subjects,
        }

    listed = ["ClusterRoleBinding"]
    assert not compare(world(listed=listed), world(binding("a"), listed=listed)).differs
    assert compare(world(binding("a")), world(binding("a", "mallory"))).differs


KEPT = [
    (f"{NOTES}/kubectl.kubernetes.io~restartedAt", "2026-11-20T10:00:00Z", "labels"),
    (
        "spec/template/metadata/annotations/kubectl.kubernetes.io~restartedAt",
        "2026-11-20T10:00:00Z",
        "labels",
    ),
    ("spec/replicas", 0, "replicas"),
    ("spec/strategy", {"type": "Recreate"}, "rollout"),
    ("spec/paused", True, "rollout"),
    (f"{APP}/imagePullPolicy", "Always", "images"),
    (f"{APP}/securityContext", {"allowPrivilegeEscalation": False}, "security"),
    (f"{POD}/automountServiceAccountToken", False, "security"),
    (f"{POD}/enableServiceLinks", False, "workloads"),
    (f"{POD}/hostNetwork", True, "security"),
    (f"{POD}/terminationGracePeriodSeconds", 0, "workloads"),
    (f"{POD}/tolerations", [{"operator": "Exists"}], "scheduling"),
    (f"{POD}/priorityClassName", "high", "scheduling"),
]


@pytest.mark.parametrize(("path", "value", "group"), KEPT)
def test_what_somebody_decided_is_not_noise(path, value, group):
    plain = deployment()
    diff = compare(world(plain), world(put(plain, path, value)))
    assert [g.group for g in diff.groups] == [group]
    assert len(diff.changes) == 1
