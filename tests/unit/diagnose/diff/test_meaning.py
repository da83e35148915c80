"""Each difference is said in its group, once, in the words of the field."""

from typing import Any

import pytest

from anyops.diagnose.diff import Change, Diff, Selection, compare
from anyops.incident.render.diff import diff_lines
from anyops.incident.render.lines import plain
from anyops.incident.render.options import TextOptions
from anyops.world.world import World
from tests.unit.diagnose.worlds import Body, meta, pod, resource, workload, world


def said(diff: Diff) -> list[str]:
    """Each change as `group: part field a → b`."""
    return [f"{g.group}: {_words(c)}" for g in diff.groups for c in g.changes]


def _words(change: Change) -> str:
    where = " ".join(filter(None, (change.part, change.field)))
    if change.hidden:
        value = f"only {change.only}, hidden" if change.only else "hidden"
    elif change.only:
        value = f"only {change.only} {change.a if change.only == 'a' else change.b}"
    else:
        value = f"{change.a} → {change.b}"
    return f"{where} {value}".strip()


def between(a: Body, b: Body) -> list[str]:
    return said(compare(world(a), world(b)))


def container(**fields: Any) -> Body:
    return workload(template={"containers": [{"name": "main", "image": "r.example/cart:1", **fields}]})


def template(**fields: Any) -> Body:
    return workload(template=fields)


def of(kind: str, version: str = "v1", /, **top: Any) -> Body:
    return {"apiVersion": version, "kind": kind, "metadata": meta("x"), **top}


def role(**rule: Any) -> Body:
    return of("Role", "rbac.authorization.k8s.io/v1", rules=[{"apiGroups": [""], **rule}])


def policy(**spec: Any) -> Body:
    return of(
        "NetworkPolicy", "networking.k8s.io/v1", spec={"podSelector": {"matchLabels": {"app": "db"}}, **spec}
    )


def route(host: str, service: str) -> Body:
    backend = {"service": {"name": service, "port": {"number": 80}}}
    rule = {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    return of("Ingress", "networking.k8s.io/v1", spec={"rules": [rule]})


def node(version: str, memory: str, *taints: Body) -> Body:
    status = {"nodeInfo": {"kubeletVersion": version}, "capacity": {"memory": memory}}
    return {"kind": "Node", "metadata": meta("n1", ""), "spec": {"taints": list(taints)}, "status": status}


CASES: dict[str, tuple[Body, Body, list[str]]] = {
    "image": (
        container(),
        container(image="r.example/cart:2"),
        ["images: main image r.example/cart:1 → r.example/cart:2"],
    ),
    "replicas": (workload(replicas=2), workload(replicas=3), ["replicas: replicas 2 → 3"]),
    "resources": (
        container(resources={"limits": {"memory": "1Gi"}, "requests": {"memory": "1Gi"}}),
        container(resources={"limits": {"memory": "2Gi"}, "requests": {"memory": "1Gi"}}),
        ["resources: main memory limits 1Gi → 2Gi"],
    ),
    "variable": (
        container(env=[{"name": "LEVEL", "value": "info"}]),
        container(env=[{"name": "LEVEL", "value": "debug"}, {"name": "NEW", "value": "1"}]),
        ["environment: main LEVEL info → debug", "environment: main NEW only b 1"],
    ),
    "variable from a secret": (
        container(env=[{"name": "PASSWORD", "value": "hunter2"}]),
        container(env=[{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "pw"}}}]),
        ["environment: main PASSWORD hidden"],
    ),
    "variables from another secret": (
        container(env=[{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "pw"}}}]),
        container(env=[{"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db2", "key": "pw"}}}]),
        ["environment: main PASSWORD from Secret db key pw → from Secret db2 key pw"],
    ),
    "all of a config map": (
        container(),
        container(envFrom=[{"configMapRef": {"name": "app"}, "prefix": "APP_"}]),
        ["environment: main all of ConfigMap app as APP_* only b"],
    ),
    "probe": (
        container(livenessProbe={"httpGet": {"path": "/a", "port": 80}}),
        container(livenessProbe={"tcpSocket": {"port": 81}, "periodSeconds": 20}),
        [
            "probes: main livenessProbe HTTP GET :80/a → TCP :81",
            "probes: main livenessProbe periodSeconds 10 → 20",
        ],
    ),
    "probe only in B": (
        container(),
        container(readinessProbe={"exec": {"command": ["cat", "/ready now"]}, "periodSeconds": 5}),
        ["probes: main readinessProbe only b exec cat '/ready now', periodSeconds=5"],
    ),
    "port": (
        container(ports=[{"containerPort": 80, "name": "http"}]),
        container(ports=[{"containerPort": 80, "name": "web"}, {"containerPort": 53, "protocol": "UDP"}]),
        ["ports: main port 53/UDP only b", "ports: main port 80/TCP name http → web"],
    ),
    "command": (
        container(args=["serve", "--workers", "2"]),
        container(args=["serve", "--workers", "4"]),
        ["commands: main args serve --workers 2 → serve --workers 4"],
    ),
    "order of a command": (
        container(command=["a", "b"]),
        container(command=["b", "a"]),
        ["commands: main command a b → b a"],
    ),
    "hook": (
        container(lifecycle={"preStop": {"exec": {"command": ["sleep", "5"]}}}),
        container(
            lifecycle={
                "preStop": {"exec": {"command": ["sleep", "9"]}},
                "postStart": {"sleep": {"seconds": 1}},
            }
        ),
        [
            "commands: main postStart only b sleep.seconds=1",
            "commands: main preStop exec sleep 5 → exec sleep 9",
        ],
    ),
    "another container": (
        container(),
        template(
            containers=[
                {"name": "main", "image": "r.example/cart:1"},
                {"name": "proxy", "image": "envoy:1", "ports": [{"containerPort": 1}]},
            ]
        ),
        ["workloads: proxy only b envoy:1"],
    ),
    "init container": (
        container(),
        template(
            containers=[{"name": "main", "image": "r.example/cart:1"}],
            initContainers=[{"name": "wait", "image": "busybox:1"}],
        ),
        ["workloads: init wait only b busybox:1"],
    ),
    "node selector": (
        template(nodeSelector={"disk": "ssd"}),
        template(nodeSelector={"disk": "hdd"}),
        ["scheduling: nodeSelector disk ssd → hdd"],
    ),
    "toleration": (
        template(),
        template(tolerations=[{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]),
        ["scheduling: toleration gpu=yes:NoSchedule only b"],
    ),
    "affinity": (
        template(),
        template(affinity={"nodeAffinity": {"x": [{"key": "zone", "operator": "Exists"}]}}),
        ["scheduling: nodeAffinity only b x key=zone, operator=Exists"],
    ),
    "strategy": (
        workload(),
        workload(spec={"strategy": {"type": "Recreate"}}),
        ["rollout: strategy RollingUpdate, maxSurge=25%, maxUnavailable=25% → Recreate"],
    ),
    "volume": (
        template(volumes=[{"name": "data", "emptyDir": {}}]),
        template(volumes=[{"name": "data", "persistentVolumeClaim": {"claimName": "cart"}}]),
        [
            "storage: volume data emptyDir only a",
            "storage: volume data persistentVolumeClaim.claimName only b cart",
        ],
    ),
    "volume only in B": (
        template(),
        template(volumes=[{"name": "data", "emptyDir": {"sizeLimit": "1Gi"}}]),
        ["storage: volume data only b emptyDir.sizeLimit=1Gi"],
    ),
    "mount": (
        container(volumeMounts=[{"name": "data", "mountPath": "/data"}]),
        container(volumeMounts=[{"name": "data", "mountPath": "/data", "readOnly": True}]),
        ["storage: main mount /data data → data readOnly"],
    ),
    "config": (
        of("ConfigMap", data={"level": "info"}),
        of("ConfigMap", data={"level": "debug", "empty": ""}),
        ["config: empty only b", "config: level info → debug"],
    ),
    "secret": (
        of("Secret", data={"user": "YQ==", "old": "YQ=="}),
        of("Secret", data={"user": "Yg==", "new": "Yg=="}, type="kubernetes.io/tls"),
        ["secrets: key new only b", "secrets: key old only a", "secrets: type Opaque → kubernetes.io/tls"],
    ),
    "grant": (
        role(resources=["pods", "secrets"], verbs=["get"]),
        role(resources=["pods"], verbs=["get", "delete"]),
        ["access: may on pods get → delete, get", "access: may on secrets only a get"],
    ),
    "binding": (
        of(
            "RoleBinding", "rbac.authorization.k8s.io/v1", subjects=[{"kind": "ServiceAccount", "name": "ci"}]
        ),
        of("RoleBinding", "rbac.authorization.k8s.io/v1", subjects=[{"kind": "Group", "name": "dev"}]),
        ["access: subject Group dev only b", "access: subject ServiceAccount shop/ci only a"],
    ),
    "policy": (
        policy(ingress=[]),
        policy(
            ingress=[{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 5432}]}]
        ),
        ["network_policies: lets ingress from pods app=web on 5432/TCP only b"],
    ),
    "policy that lets all in": (
        policy(ingress=[{"from": [{"podSelector": {}}]}]),
        policy(ingress=[{}]),
        [
            "network_policies: lets ingress from anyone on any port only b",
            "network_policies: lets ingress from pods * on any port only a",
        ],
    ),
    "service": (
        of("Service", spec={"selector": {"app": "a"}, "ports": [{"port": 80, "targetPort": "http"}]}),
        of("Service", spec={"selector": {"app": "b"}, "ports": [{"port": 80}], "type": "NodePort"}),
        [
            "services: port 80/TCP to http → 80",
            "services: selector app a → b",
            "services: type ClusterIP → NodePort",
        ],
    ),
    "headless service": (
        of("Service", spec={"clusterIP": "10.0.0.1"}),
        of("Service", spec={"clusterIP": "None"}),
        ["services: headless only b true"],
    ),
    "route": (
        route("shop.example", "web"),
        route("shop.example", "web-v2"),
        ["services: shop.example/ web:80 (Prefix) → web-v2:80 (Prefix)"],
    ),
    "storage class of a claim": (
        of(
            "PersistentVolumeClaim",
            spec={"storageClassName": "slow", "resources": {"requests": {"storage": "1Gi"}}},
        ),
        of(
            "PersistentVolumeClaim",
            spec={"storageClassName": "fast", "resources": {"requests": {"storage": "2Gi"}}},
        ),
        ["storage: resources.requests.storage 1Gi → 2Gi", "storage: storageClassName slow → fast"],
    ),
    "autoscaler": (
        of("HorizontalPodAutoscaler", "autoscaling/v2", spec={"maxReplicas": 3}),
        of("HorizontalPodAutoscaler", "autoscaling/v2", spec={"maxReplicas": 9}),
        ["replicas: maxReplicas 3 → 9"],
    ),
    "metric of an autoscaler": (
        of("HorizontalPodAutoscaler", "autoscaling/v1", spec={"targetCPUUtilizationPercentage": 60}),
        of("HorizontalPodAutoscaler", "autoscaling/v1", spec={}),
        ["replicas: metric cpu averageUtilization=60 → averageUtilization=80"],
    ),
    "quota": (
        of("ResourceQuota", spec={"hard": {"cpu": "1", "pods": "10"}}),
        of("ResourceQuota", spec={"hard": {"cpu": "1000m", "pods": "20"}}),
        ["quotas: hard.pods 10 → 20"],
    ),
    "custom resource": (
        of("Certificate", "cert-manager.io/v1", spec={"dnsNames": ["a", "b"], "issuerRef": {"name": "x"}}),
        of(
            "Certificate",
            "cert-manager.io/v1",
            spec={"dnsNames": ["b", "a"], "issuerRef": {"name": "y"}, "n": {}},
        ),
        ["custom: dnsNames a, b → b, a", "custom: issuerRef.name x → y", "custom: n only b {}"],
    ),
    "kind of another group": (
        of("Service", spec={}),
        of("Service", "serving.knative.dev/v1", spec={}),
        ["custom: API group Kubernetes → serving.knative.dev"],
    ),
    "node": (
        node("v1.33.5", "16Gi"),
        node("v1.34.1", "32Gi", {"key": "gpu", "value": "yes", "effect": "NoSchedule"}),
        [
            "nodes: capacity memory 16Gi → 32Gi",
            "nodes: kubeletVersion v1.33.5 → v1.34.1",
            "nodes: taint gpu=yes:NoSchedule only b",
        ],
    ),
    "labels": (
        workload(labels={"app": "cart"}),
        workload(labels={"app": "cart"}, annotations={"kubernetes.io/change-cause": "bump"}),
        ["labels: annotation kubernetes.io/change-cause only b bump"],
    ),
    "pod of its own": (pod(), pod(spec={"hostNetwork": True}), ["security: hostNetwork only b true"]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_difference_is_said_in_its_group(name):
    a, b, expected = CASES[name]
    assert between(a, b) == expected


def test_an_object_on_one_side_is_one_line_with_its_image_or_keys():
    config = of("ConfigMap", data={"a": "1", "b": "2"})
    diff = compare(world(listed=["Deployment", "ConfigMap"]), world(workload(), config))
    assert said(diff) == ["workloads: only b registry.example/shop/cart:1.0", "config: only b a, b"]


def test_what_an_outline_does_not_show_is_no_difference():
    outline = resource(
        {"kind": "Deployment", "metadata": meta("cart"), "spec": {"replicas": 5}}, complete=False
    )
    assert said(compare(world(workload()), world(outline))) == ["replicas: replicas 1 → 5"]
    assert said(compare(world(outline), world(outline))) == []


def test_a_value_that_was_taken_out_before_is_not_compared():
    a, b = (of("ConfigMap", data={"key": value}) for value in ("<redacted>", "x"))
    assert between(a, b) == []


def test_lines_of_a_config_file_are_hunks_with_their_places():
    before, after = "a\nb\nc\nd\n", "a\nB\nc\nd\ne\n"
    diff = compare(world(of("ConfigMap", data={"f": before})), world(of("ConfigMap", data={"f": after})))
    (change,) = diff.changes
    assert (change.a, change.b) == ("4 lines", "5 lines")
    assert [(h.a_line, h.b_line, h.removed, h.added) for h in change.hunks] == [
        (2, 2, ["b"], ["B"]),
        (5, 5, [], ["e"]),
    ]


def test_the_end_of_a_text_is_a_difference_of_white_space():
    diff = compare(world(of("ConfigMap", data={"f": "a\nb\n"})), world(of("ConfigMap", data={"f": "a\nb"})))
    assert "ConfigMap shop/x  f  differs in white space alone" in plain(diff_lines(diff, TextOptions()))


def test_a_large_file_is_bounded():
    before = "\n".join(f"line {n}" for n in range(20_000))
    after = "\n".join(f"line {n}!" for n in range(20_000))
    (change,) = compare(
        world(of("ConfigMap", data={"f": before})), world(of("ConfigMap", data={"f": after}))
    ).changes
    (hunk,) = change.hunks
    assert (len(hunk.removed), hunk.more_removed, len(hunk.added), hunk.more_added) == (
        12,
        19_988,
        12,
        19_988,
    )


def test_names_with_a_hash_are_paired_by_their_stem_and_references_follow():
    def side(suffix: str, level: str) -> World:
        config = {"kind": "ConfigMap", "metadata": meta(f"app-{suffix}"), "data": {"level": level}}
        volumes = [{"name": "c", "configMap": {"name": f"app-{suffix}"}}]
        origin = [{"configMapRef": {"name": f"app-{suffix}"}}]
        containers = [{"name": "main", "image": "a:1", "envFrom": origin}]
        return world(config, workload(template={"containers": containers, "volumes": volumes}))

    diff = compare(side("2b4c6d8f9g", "info"), side("7h5kt2m4cb", "debug"))
    assert said(diff) == ["config: level info → debug"]
    assert diff.changes[0].name == "app-*"


def test_of_several_generations_the_one_that_is_used_is_paired():
    def config(suffix: str, level: str) -> Body:
        return {"kind": "ConfigMap", "metadata": meta(f"app-{suffix}"), "data": {"level": level}}

    user = workload(template={"volumes": [{"name": "c", "configMap": {"name": "app-7h5kt2m4cb"}}]})
    a = world(config("2b4c6d8f9g", "old"), config("7h5kt2m4cb", "info"), user)
    b = world(config("4cb7h5kt2m", "info"))
    assert said(compare(a, b, Selection(kinds=("configmap",)))) == ["config: only a level"]


def test_only_the_namespaces_that_are_named_are_compared():
    a = world(workload(namespace="shop"), workload(namespace="pay", replicas=1), listed=["Deployment"])
    b = world(workload(namespace="shop"), workload(namespace="pay", replicas=9), listed=["Deployment"])
    assert said(compare(a, b, Selection(namespaces=("shop",)))) == []
    assert said(compare(a, b, Selection(namespaces=("pay",)))) == ["replicas: replicas 1 → 9"]


def test_a_namespace_may_have_another_name_on_the_other_side():
    def side(namespace: str, replicas: int) -> World:
        binding = {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": meta("b", namespace),
            "subjects": [{"kind": "ServiceAccount", "name": "ci", "namespace": namespace}],
        }
        space = {"kind": "Namespace", "metadata": meta(namespace, "")}
        return world(workload(namespace=namespace, replicas=replicas), binding, space)

    diff = compare(side("shop", 1), side("shop-eu", 2), Selection(namespace_map={"shop": "shop-eu"}))
    assert said(diff) == ["replicas: replicas 1 → 2"]
    assert diff.changes[0].namespace == "shop"
    assert [(t.namespace, t.measure) for t in diff.totals] == [("shop", "replicas")]
