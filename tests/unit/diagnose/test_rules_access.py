"""What containers ask of the Kubernetes API, and what roles let them do."""

import pytest

from anyops.diagnose.api_calls import kubectl_access
from tests.unit.diagnose.manifests import container, deployment, pod, shell
from tests.unit.diagnose.worlds import findings, meta, world

FOREVER = "; while true; do sleep 9; done"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("get pods", ["list pods in namespace shop"]),
        ("get po -n web -o wide", ["list pods in namespace web"]),
        ("get pod cart-1", ["get pods in namespace shop"]),
        ("get deploy/cart", ["get deployments in namespace shop"]),
        ("-n web get svc,ep", ["list services in namespace web", "list endpoints in namespace web"]),
        ("get nodes", ["list nodes in the whole cluster"]),
        ("get pods -A", ["list pods in the whole cluster"]),
        ("get pods --watch", ["list pods in namespace shop", "watch pods in namespace shop"]),
        ("logs cart-1 --tail 5", ["get pods in namespace shop", "get pods/log in namespace shop"]),
        ("exec cart-1 -- ls", ["get pods in namespace shop", "create pods/exec in namespace shop"]),
        ("scale deployment cart --replicas=3",
         ["get deployments/scale in namespace shop", "patch deployments/scale in namespace shop"]),
        ("rollout restart job/db", ["get jobs in namespace shop", "patch jobs in namespace shop"]),
        ("delete pod cart-1", ["delete pods in namespace shop"]),
        ("create configmap x --from-literal a=b", ["create configmaps in namespace shop"]),
        ("version", []),
        ("apply -f /x.yaml", []),
        ("get widgets", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_a_kubectl_line_needs(line, expected):
    assert [str(access) for access in kubectl_access(line.split(), "shop")] == expected


def account(name="watcher"):
    return {"kind": "ServiceAccount", "metadata": meta(name)}


def role(*rules, name="reads", kind="Role"):
    keys = ("verbs", "resources", "apiGroups")
    made = [
        dict(
            zip(
                keys,
                (
                    r.split(" ")[0].split(","),
                    r.split(" ")[1].split(","),
                    r.split(" ")[2:] or [""],
                ),
                strict=True,
            )
        )
        for r in rules
    ]
    return {"kind": kind, "metadata": meta(name, "shop" if kind == "Role" else ""), "rules": made}


def binding(subject="watcher", role_name="reads", kind="Role", subject_namespace="shop"):
    return {
        "kind": "RoleBinding",
        "metadata": meta("reads"),
        "roleRef": {"kind": kind, "name": role_name},
        "subjects": [{"kind": "ServiceAccount", "name": subject, "namespace": subject_namespace}],
    }


def runs(script, image="shop/tools", **spec):
    return deployment(shell(script + FOREVER, image), **{"serviceAccountName": "watcher", **spec})


@pytest.mark.parametrize(
    ("script", "rules", "says"),
    [
        ("kubectl get pods", ["get pods"], "grants only get on pods"),
        ("kubectl get pods", ["get,list pods"], ""),
        ("kubectl get pods", ["* *"], ""),
        ("kubectl get pods", ["get,list deployments apps"], "no rule for the resource pods"),
        ("kubectl get deploy", ["get,list deployments"], "no rule for the resource deployments"),
        ("kubectl get pods -A", ["get,list pods"], "bound only in another namespace"),
        ("if kubectl get pods; then echo ok; fi", ["get pods"], "grants only get"),
        ("X=$(kubectl get pods -o name)", ["get pods"], "grants only get"),
        (
            "curl -s https://kubernetes.default.svc/api/v1/namespaces/shop/pods",
            ["get pods"],
            "grants only get",
        ),
        (
            "curl -s $API/apis/apps/v1/namespaces/$NS/deployments/cart",
            ["list deployments apps"],
            "grants only list",
        ),
        ("kubectl get pods --kubeconfig /x", ["get pods"], ""),
        ("echo kubectl get pods", ["get pods"], ""),
    ],
)
def test_calls_that_the_role_does_not_cover(script, rules, says):
    found = findings(world(runs(script), account(), role(*rules), binding()), "command.access")
    assert bool(found) == bool(says)
    if says:
        assert says in found[0].statement
        assert (found[0].state, found[0].cause) == ("now", "rbac.forbidden")


@pytest.mark.parametrize(
    ("name", "allowed"), [("view", True), ("edit", True), ("cluster-admin", True), ("odd", True)]
)
def test_roles_of_every_cluster_and_unread_ones_are_not_blamed(name, allowed):
    made = world(runs("kubectl get pods"), binding(role_name=name, kind="ClusterRole"))
    assert bool(findings(made, "command.access")) != allowed


def test_view_does_not_show_secrets():
    made = world(runs("kubectl get secrets"), binding(role_name="view", kind="ClusterRole"))
    assert findings(made, "command.access")


def test_without_any_binding_it_is_a_risk():
    found = findings(world(runs("kubectl get pods")), "command.access")
    assert (found[0].state, "no role in the manifests" in found[0].statement) == ("risk", True)


def test_the_python_client_and_an_image_that_is_kubectl():
    code = "from kubernetes import client\nclient.CoreV1Api().list_namespaced_pod('shop')\n"
    python = container("shop/own", command=["python", "-c", code])
    image = container("registry.example/kubectl:1", args=["get", "pods"])
    for made in (python, image):
        seen = world(pod(made, serviceAccountName="watcher"), role("get pods"), binding())
        assert [f.title for f in findings(seen, "command.access")] == [
            "Service account watcher may not list pods"
        ]


@pytest.mark.parametrize(
    ("rule", "right"),
    [
        ("gte pods", "get"),
        ("get pod", "pods"),
        ("get deployments", 'apiGroups: ["apps"]'),
        ("get deployment apps", "deployments"),
        ("get pods,services", ""),
        ("* *", ""),
        ("get widgets example.com", ""),
        ("get pods/log", ""),
    ],
)
def test_rules_that_grant_nothing(rule, right):
    found = findings(world(role(rule)), "rbac.names")
    assert [right in f.detail for f in found] == ([True] if right else [])


def test_bindings_that_lead_nowhere():
    assert (
        "watcher"
        in findings(world(account(), role("get pods"), binding("wachter")), "rbac.binding")[0].statement
    )
    assert (
        "reads"
        in findings(world(account(), role("get pods"), binding(role_name="raeds")), "rbac.binding")[0].fix
    )
    elsewhere = binding(subject_namespace="shpo")
    assert (
        "namespace shop"
        in findings(world(account(), role("get pods"), elsewhere), "rbac.binding")[0].statement
    )
    assert not findings(world(account(), role("get pods"), binding()), "rbac.binding")
    assert not findings(world(binding("other-thing", "x")), "rbac.binding")


def quota(**hard):
    return {
        "kind": "ResourceQuota",
        "metadata": meta("tight"),
        "spec": {"hard": {k.replace("_", "."): v for k, v in hard.items()}},
    }


def asking(name, replicas=1, **amounts):
    return deployment(container(resources={"requests": amounts}), name=name, replicas=replicas)


def test_what_all_manifests_of_a_namespace_ask_for_together():
    two = [asking("a", 2, cpu="300m"), asking("b", 1, cpu="500m")]
    found = findings(world(quota(requests_cpu="1"), *two), "quota.sum")
    assert found[0].cause == "quota.cpu_exceeded"
    assert "1.1" in found[0].statement
    assert not findings(world(quota(requests_cpu="2"), *two), "quota.sum")
    assert findings(world(quota(pods="2"), *two), "quota.sum")[0].cause == "quota.pods_exceeded"


def test_containers_outside_a_limit_range():
    bounds = {"kind": "LimitRange", "metadata": meta("bounds"),
              "spec": {"limits": [{"type": "Container", "max": {"memory": "1Gi"},
                                   "min": {"cpu": "50m"}}]}}  # fmt: skip
    assert (
        "above the maximum"
        in findings(world(bounds, asking("a", memory="2Gi")), "limitrange.manifest")[0].detail
    )
    assert (
        "below the minimum"
        in findings(world(bounds, asking("a", cpu="10m")), "limitrange.manifest")[0].detail
    )
    assert not findings(world(bounds, asking("a", cpu="100m", memory="1Gi")), "limitrange.manifest")
