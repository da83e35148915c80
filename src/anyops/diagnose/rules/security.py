"""Hardening that is missing: hygiene only, never an incident.

https://kubernetes.io/docs/concepts/security/pod-security-standards/ and
https://kubernetes.io/docs/concepts/security/rbac-good-practices/
"""

from collections.abc import Iterator

from anyops.diagnose.commands import act
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.workloads import containers, has_finished, pod_spec
from anyops.world.report import Severity
from anyops.world.resource import Field, Ref, Resource
from anyops.world.world import World

_SYSTEM = frozenset({"kube-system", "kube-public", "kube-node-lease"})
"""Namespaces whose pods run the cluster itself and need its privileges."""


def _pods(world: World) -> Iterator[Resource]:
    """Every pod outside of the system namespaces that was read in full and is not over."""
    for pod in world.of_kind("Pod"):
        if pod.complete and pod.namespace not in _SYSTEM and not has_finished(pod):
            yield pod


def _risk(
    on: Resource | Ref, title: str, detail: str, cite: Field, severity: Severity = "low", fix: str = ""
) -> Found:
    return Found(on=on, title=title, detail=detail, severity=severity, state="risk", cites=(cite,), fix=fix)


@rule("security.default_service_account", "Pod", title="Pods use the default service account")
def default_service_account(world: World) -> Iterator[Found]:
    """Every permission given to `default` is given to all of them; one finding a namespace."""
    users: dict[str, list[Resource]] = {}
    for pod in _pods(world):
        if pod.text("spec", "serviceAccountName") in ("", "default") and pod.at("spec").value is not None:
            users.setdefault(pod.namespace, []).append(pod)
    for namespace, pods in users.items():
        account = world.get("ServiceAccount", namespace, "default")
        yield _risk(
            account or Ref("ServiceAccount", namespace, "default"),
            "Default service account is in use",
            f"No account of their own: {', '.join(p.name for p in pods[:5])}"
            f"{' ...' if len(pods) > 5 else ''}",
            pods[0].at("spec", "serviceAccountName"),
            fix="Give each workload an account of its own, or set automountServiceAccountToken: false.",
        )


@rule("security.privileged", "Pod", title="Privileged container")
def privileged(world: World) -> Iterator[Found]:
    """securityContext.privileged: the container may do what root of the node may."""
    for pod in _pods(world):
        for container in containers(pod):
            if container.at("securityContext", "privileged").flag():
                yield _risk(
                    pod,
                    f"Container {container.text('name')} is privileged",
                    f"Container {container.text('name')} of {pod.name} runs privileged: root on its node.",
                    container.at("securityContext", "privileged"),
                    "medium",
                    "Drop `privileged` and add only the capabilities that it needs.",
                )


@rule("security.no_context", "Pod", title="Pod without a security context")
def no_context(world: World) -> Iterator[Found]:
    """Neither the pod nor any of its containers sets a securityContext."""
    for pod in _pods(world):
        here = pod_spec(pod)
        own = here.at("securityContext").value
        if (
            here.value is not None
            and not own
            and not any(c.at("securityContext").value for c in containers(pod))
        ):
            yield _risk(
                pod,
                "No security context",
                f"Pod {pod.name} does not have a security context: it may run as root with all defaults.",
                here.at("containers"),
                fix="Set runAsNonRoot, readOnlyRootFilesystem and allowPrivilegeEscalation: false.",
            )


_HOST = ("hostNetwork", "hostPID", "hostIPC")


@rule("security.host_access", "Pod", title="Pod shares its node's namespaces")
def host_access(world: World) -> Iterator[Found]:
    """hostNetwork, hostPID or hostIPC outside of the system namespaces."""
    for pod in _pods(world):
        shared = [key for key in _HOST if pod.at("spec", key).flag()]
        if shared and not any(owner.kind in ("DaemonSet", "Node") for owner in world.owners(pod)):
            yield _risk(
                pod,
                f"Pod shares the node: {', '.join(shared)}",
                f"Pod {pod.name} sets {', '.join(shared)}, which lowers the isolation from its node.",
                pod.at("spec", shared[0]),
            )


def _wildcards(role: Resource) -> Iterator[Field]:
    for entry in role.each("rules"):
        for key in ("verbs", "resources"):
            yield from (item for item in entry.each(key) if item.text() == "*")


def _is_built_in(resource: Resource) -> bool:
    return (
        resource.labels.get("kubernetes.io/bootstrapping") == "rbac-defaults"
        or resource.name.startswith("system:")
        or resource.name == "cluster-admin"
    )


@rule(
    "security.rbac_wildcard", "RoleBinding", "ClusterRoleBinding", title="Binding grants wildcard permissions"
)
def rbac_wildcard(world: World) -> Iterator[Found]:
    """Bindings of a role with `*` among its verbs or resources; those of Kubernetes itself excepted."""
    for binding in world.of_kind("RoleBinding", "ClusterRoleBinding"):
        kind, name = binding.text("roleRef", "kind"), binding.text("roleRef", "name")
        role = world.get(kind, "" if kind == "ClusterRole" else binding.namespace, name)
        wildcard = next(_wildcards(role), None) if role is not None else None
        if wildcard is None or _is_built_in(binding):
            continue
        wide = kind == "ClusterRole" and binding.kind == "ClusterRoleBinding"
        who = ", ".join(s.text("name") for s in list(binding.each("subjects"))[:3]) or "its subjects"
        yield Found(
            on=binding,
            title=f"{kind} {name} holds wildcard permissions",
            detail=f"{binding.kind} {binding.name} grants {who} the wildcard (*) of {kind} {name}.",
            severity="medium" if wide else "low",
            state="risk",
            cites=(wildcard, binding.at("roleRef", "name")),
            fix="Name the verbs and resources that are needed.",
            commands=(act("describe", role.ref),) if role is not None else (),
        )


_EVERYBODY = ("system:anonymous", "system:unauthenticated", "system:authenticated")
_PUBLIC_BY_DEFAULT = frozenset(
    {
        "system:public-info-viewer",
        "system:basic-user",
        "system:discovery",
        "system:service-account-issuer-discovery",
    }
)


@rule(
    "security.rbac_everybody", "RoleBinding", "ClusterRoleBinding", title="Binding grants rights to everybody"
)
def rbac_everybody(world: World) -> Iterator[Found]:
    """cluster-admin for a `default` account, or any role for all users, known or not."""
    for binding in world.of_kind("RoleBinding", "ClusterRoleBinding"):
        role = binding.text("roleRef", "name")
        for subject in binding.each("subjects"):
            name, kind = subject.text("name"), subject.text("kind")
            everybody = (
                name in _EVERYBODY and role not in _PUBLIC_BY_DEFAULT and binding.namespace != "kube-public"
            )
            powerful = role == "cluster-admin" and kind == "ServiceAccount" and name == "default"
            if everybody or powerful:
                yield _risk(
                    binding,
                    f"{name} holds {role}",
                    f"{binding.kind} {binding.name} gives {role} to {kind} {name}.",
                    subject.at("name"),
                    "high" if powerful or role in ("cluster-admin", "admin", "edit") else "medium",
                    "Bind the role to the one account that needs it.",
                )


@rule(
    "security.rbac_dangling",
    "RoleBinding",
    "ClusterRoleBinding",
    title="Binding names a role that is missing",
)
def rbac_dangling(world: World) -> Iterator[Found]:
    """A roleRef that leads nowhere grants nothing; told only where roles were listed."""
    for binding in world.of_kind("RoleBinding", "ClusterRoleBinding"):
        kind, name = binding.text("roleRef", "kind"), binding.text("roleRef", "name")
        namespace = "" if kind == "ClusterRole" else binding.namespace
        if name and world.was_listed(kind, namespace) and world.get(kind, namespace, name) is None:
            yield _risk(
                binding,
                f"{kind} {name} does not exist",
                f"{binding.kind} {binding.name} refers to {kind} {name}, which is missing.",
                binding.at("roleRef", "name"),
                "medium",
            )
