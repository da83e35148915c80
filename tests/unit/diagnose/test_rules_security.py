from tests.unit.diagnose.worlds import Body, findings, meta, pod, world

HARDENED = {"securityContext": {"runAsNonRoot": True}, "serviceAccountName": "cart"}


def role(kind: str, name: str, *, verbs: list[str], resources: list[str], **metadata: Body) -> Body:
    namespace = "" if kind == "ClusterRole" else "shop"
    rules = [{"apiGroups": [""], "resources": resources, "verbs": verbs}]
    return {"kind": kind, "metadata": meta(name, namespace, **metadata), "rules": rules}


def binding(kind: str, role_kind: str, role_name: str, *subjects: Body, name: str = "b") -> Body:
    namespace = "" if kind == "ClusterRoleBinding" else "shop"
    reference = {"kind": role_kind, "name": role_name}
    return {"kind": kind, "metadata": meta(name, namespace), "roleRef": reference, "subjects": list(subjects)}


def test_a_hardened_pod_is_quiet_and_the_clusters_own_pods_are_left_alone() -> None:
    bare = pod(namespace="kube-system", spec={"hostNetwork": True})
    assert findings(world(pod(spec=HARDENED), bare), "security.") == []


def test_everything_here_is_a_risk_and_never_an_incident() -> None:
    containers = [{"name": "app", "securityContext": {"privileged": True}}]
    found = findings(world(pod("a"), pod("b", spec={"containers": containers, "hostPID": True})), "security.")
    assert {f.state for f in found} == {"risk"}
    assert {f.title for f in found} >= {
        "Container app is privileged",
        "No security context",
        "Pod shares the node: hostPID",
    }


def test_the_default_account_is_told_once_a_namespace() -> None:
    [found] = findings(world(pod("a"), pod("b")), "security.default_service_account")
    assert (str(found.ref), "a, b" in found.detail) == ("ServiceAccount/shop/default", True)


def test_wildcards_of_roles_and_cluster_roles() -> None:
    seen = world(
        role("Role", "local", verbs=["*"], resources=["pods"]),
        role("ClusterRole", "wide", verbs=["get"], resources=["*"]),
        role("ClusterRole", "cluster-admin", verbs=["*"], resources=["*"]),
        binding("RoleBinding", "Role", "local", name="one"),
        binding("ClusterRoleBinding", "ClusterRole", "wide", name="two"),
        binding("ClusterRoleBinding", "ClusterRole", "cluster-admin", name="cluster-admin"),
    )
    found = findings(seen, "security.rbac_wildcard")
    assert [(f.ref.name, f.severity) for f in found] == [("one", "low"), ("two", "medium")]


def test_cluster_admin_for_a_default_account_is_grave() -> None:
    default = {"kind": "ServiceAccount", "name": "default", "namespace": "shop"}
    [found] = findings(
        world(binding("ClusterRoleBinding", "ClusterRole", "cluster-admin", default)),
        "security.rbac_everybody",
    )
    assert found.severity == "high"


def test_roles_that_kubernetes_itself_gives_to_all_are_fine() -> None:
    everybody = {"kind": "Group", "name": "system:authenticated"}
    assert (
        findings(
            world(binding("ClusterRoleBinding", "ClusterRole", "system:discovery", everybody)), "security."
        )
        == []
    )


def test_a_binding_of_a_missing_role_is_told_where_roles_were_listed() -> None:
    dangling = binding("RoleBinding", "Role", "gone")
    assert findings(world(dangling), "security.rbac_dangling") == []
    assert len(findings(world(dangling, listed=["Role"]), "security.rbac_dangling")) == 1
