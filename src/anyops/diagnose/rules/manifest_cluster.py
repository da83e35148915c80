"""What manifests rely on that is not in the folder: nodes of a kind, classes, accounts."""

from collections.abc import Iterator, Mapping

from anyops.diagnose.commands import kubectl
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.manifests import edit, watch
from anyops.diagnose.nearest import nearest
from anyops.diagnose.placement import describe_labels, required_terms
from anyops.diagnose.selectors import matches
from anyops.diagnose.wordlist import names
from anyops.diagnose.workloads import POD_MAKERS, containers, pod_spec, replicas_wanted, template
from anyops.world.quantity import parse_quantity
from anyops.world.resource import Field, Resource
from anyops.world.world import World

_EVERYWHERE = ("kubernetes.io/os", "beta.kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/arch")
_ORDINARY = ("cpu", "memory", "ephemeral-storage", "storage")
_LARGE = {"cpu": 16.0, "memory": 64.0 * 2**30}
_STORAGE_CLASSES = names("""
    standard standard-rwo premium-rwo gp2 gp3 default managed managed-csi managed-premium managed-csi-premium
    azurefile local-path hostpath do-block-storage linode-block-storage oci-bv longhorn rook-ceph-block
    rook-cephfs nfs-client ebs-sc efs-sc microk8s-hostpath
    """)
_INGRESS_CLASSES = names("""
    nginx traefik alb gce gce-internal haproxy kong istio contour public cilium azure-application-gateway
    webapprouting.kubernetes.azure.com openshift-default apisix ambassador
    """)


def _makers(world: World) -> Iterator[Resource]:
    if world.only_manifests:
        for maker in world.of_kind(*POD_MAKERS):
            if not world.is_owned(maker):
                yield maker


def _risk(on: Resource, title: str, detail: str, cause: str, *cites: Field, low: bool = False) -> Found:
    return Found(
        on=on,
        title=title,
        detail=detail,
        severity="low" if low else "medium",
        state="risk",
        cites=cites,
        cause=cause,
        certainty="maybe",
        statement=f"{on.kind} {on.name}: {detail}.",
        fix="Make sure that the cluster has it, or name what it has.",
        commands=edit(on),
        checks=watch(on),
    )


@rule("manifest.nodes", *POD_MAKERS, title="Manifest needs nodes of a certain kind")
def check_nodes(world: World) -> Iterator[Found]:
    """GPUs and other devices, node labels, amounts that few nodes have: without them pods stay Pending."""
    for maker in _makers(world):
        yield from _devices(maker)
        yield from _labels(maker)
        yield from _large(maker)
        yield from _apart(maker)


def _devices(maker: Resource) -> Iterator[Found]:
    said = set[str]()
    for container in containers(maker):
        for key in ("limits", "requests"):
            for name, amount in container.entries("resources", key):
                if (
                    name in said
                    or name in _ORDINARY
                    or name.startswith(("hugepages-", "requests.", "limits."))
                ):
                    continue
                said.add(name)
                what = "GPUs: " if "gpu" in name else ""
                detail = (
                    f"asks for {what}{name} {amount.text()}; without nodes that offer as many (device plugin "
                    f"installed) its pods stay Pending with Insufficient {name}"
                )
                yield _risk(
                    maker, f"Needs nodes that offer {name}", detail, "scheduling.extended_resource", amount
                )


def _labels(maker: Resource) -> Iterator[Found]:
    selector = pod_spec(maker).at("nodeSelector")
    wanted = {k: v for k, v in selector.strings().items() if k not in _EVERYWHERE}
    if wanted:
        detail = _pending(wanted, "nodeSelector")
        yield _risk(maker, "Needs nodes with certain labels", detail, "scheduling.node_selector", selector)
    terms = required_terms(pod_spec(maker).at("affinity"))
    for term in terms[:1]:
        pairs = {
            e.text("key"): "|".join(v.text() for v in e.each("values")) for e in term.each("matchExpressions")
        }
        pairs = {k: v for k, v in pairs.items() if k not in _EVERYWHERE}
        if pairs:
            detail = _pending(pairs, "required node affinity")
            yield _risk(maker, "Needs nodes with certain labels", detail, "scheduling.node_affinity", term)


def _pending(wanted: Mapping[str, str], how: str) -> str:
    wants = f"{how} wants {describe_labels(wanted)}"
    return f"{wants}; where no node has these labels its pods are not scheduled and stay Pending"


def _large(maker: Resource) -> Iterator[Found]:
    for container in containers(maker):
        for name, most in _LARGE.items():
            amount = container.at("resources", "requests", name)
            if (parse_quantity(amount.value) or 0.0) >= most:
                detail = (
                    f"requests {name} {amount.text()}; where no node has that much free its pods stay Pending"
                )
                yield _risk(maker, f"Needs a large node ({name})", detail, f"scheduling.{name}", amount)


def _apart(maker: Resource) -> Iterator[Found]:
    """Required anti-affinity between its own pods: each needs a node of its own."""
    count = replicas_wanted(maker) or 0
    path = ("affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    labels = template(maker).strings("metadata", "labels")
    for term in pod_spec(maker).each(*path):
        own = term.at("labelSelector").value is not None and matches(term.at("labelSelector"), labels)
        if count > 1 and own:
            key = term.text("topologyKey")
            apart = f"required pod anti-affinity keeps its {count} replicas apart by {key}"
            detail = f"{apart}, so it needs {count} of them; the rest stay Pending"
            yield _risk(maker, f"Needs {count} separate nodes", detail, "scheduling.pod_anti_affinity", term)


@rule(
    "manifest.storage_class", "PersistentVolumeClaim", "StatefulSet", title="Storage class of a claim exists"
)
def check_storage_classes(world: World) -> Iterator[Found]:
    """Classes that no manifest defines; a claim for one that does not exist stays Pending."""
    if world.only_manifests:
        for holder, name in _class_names(world):
            wanted = name.text()
            volumes = {v.text("spec", "storageClassName") for v in world.of_kind("PersistentVolume")}
            if not wanted or wanted in volumes or world.get("StorageClass", "", wanted) is not None:
                continue
            yield _class_missing(world, holder, name, "StorageClass", _STORAGE_CLASSES)


def _class_names(world: World) -> Iterator[tuple[Resource, Field]]:
    for claim in world.of_kind("PersistentVolumeClaim"):
        if not claim.text("spec", "volumeName"):
            yield claim, claim.at("spec", "storageClassName")
    for workload in world.of_kind("StatefulSet"):
        for entry in workload.each("spec", "volumeClaimTemplates"):
            yield workload, entry.at("spec", "storageClassName")


@rule("manifest.ingress_class", "Ingress", title="Ingress class exists")
def check_ingress_classes(world: World) -> Iterator[Found]:
    """Classes that no manifest defines: no controller picks such an ingress up."""
    if world.only_manifests:
        for ingress in world.of_kind("Ingress"):
            name = ingress.at("spec", "ingressClassName")
            if not name.value:
                name = ingress.at("metadata", "annotations", "kubernetes.io/ingress.class")
            if name.text() and world.get("IngressClass", "", name.text()) is None:
                yield _class_missing(world, ingress, name, "IngressClass", _INGRESS_CLASSES)


def _class_missing(world: World, on: Resource, name: Field, kind: str, usual: frozenset[str]) -> Found:
    wanted, noun = name.text(), "storage class" if kind == "StorageClass" else "ingress class"
    there = [c.name for c in world.of_kind(kind)]
    near = nearest(wanted, there) or ("" if wanted in usual else _slip(wanted, usual))
    outcome = (
        "its PersistentVolumeClaim stays Pending"
        if kind == "StorageClass"
        else "no controller serves the ingress"
    )
    hint = (
        f"; meant is perhaps {near}"
        if near
        else f"; there is {', '.join(sorted(there)[:3])}"
        if there
        else ""
    )
    mistaken = bool(there) or bool(near)
    missing = f"{noun} {wanted}, which no manifest defines{hint}"
    detail = (
        f"it names the {noun} {wanted}, which no manifest defines: where it does not exist {outcome}{hint}"
    )
    code = "volume.storage_class_missing" if kind == "StorageClass" else "ingress.class_missing"
    return Found(
        on=on,
        title=f"{noun.capitalize()} {wanted} is not in the manifests",
        detail=detail,
        severity="high" if mistaken else "low" if wanted in usual else "medium",
        state="now" if nearest(wanted, there) else "risk",
        cites=(name,),
        cause=code,
        certainty="likely" if mistaken else "maybe",
        statement=f"{on.kind} {on.name} names the {missing}, so {outcome}.",
        fix=f"Name a {noun} that the cluster has, or create {wanted}.",
        commands=(kubectl("", "get", kind.lower()), *edit(on)),
    )


def _slip(wanted: str, usual: frozenset[str]) -> str:
    near = nearest(wanted, usual)
    return near if near and abs(len(near) - len(wanted)) < 2 else ""


@rule("manifest.small_claim", "StatefulSet", title="Claim template is large enough to work with")
def check_small_claims(world: World) -> Iterator[Found]:
    """Volume claim templates of less than a gibibyte: the disk is soon full."""
    for workload in world.of_kind("StatefulSet") if world.only_manifests else ():
        for entry in workload.each("spec", "volumeClaimTemplates"):
            size = entry.at("spec", "resources", "requests", "storage")
            if 0 < (size.quantity() or 0.0) < 2**30:
                asks = f"claim template {entry.text('metadata', 'name')} asks for {size.text()} of storage"
                detail = f"{asks}: a program that keeps writing fills the disk (No space left on device)"
                yield _risk(workload, "Persistent volume is small", detail, "volume.full", size)


@rule("manifest.account", *POD_MAKERS, title="Service account of the pods exists")
def check_accounts(world: World) -> Iterator[Found]:
    """Service accounts that no manifest defines, with the one that was probably meant."""
    for maker in _makers(world):
        name = pod_spec(maker).at("serviceAccountName")
        there = [account.name for account in world.in_namespace("ServiceAccount", maker.namespace)]
        if name.text() and name.text() != "default" and name.text() not in there:
            yield _no_account(maker, name, nearest(name.text(), there))


def _no_account(maker: Resource, name: Field, near: str) -> Found:
    hint = f"; there is {near}" if near else ""
    return Found(
        on=maker,
        title=f"Service account {name.text()} is not in the manifests",
        detail=f"pods cannot be created while service account {name.text()} does not exist{hint}",
        severity="high" if near else "medium",
        state="now" if near else "risk",
        cites=(name,),
        cause="serviceaccount.missing",
        certainty="likely" if near else "maybe",
        statement=f"{maker.kind} {maker.name} runs as service account {name.text()}, which does not exist"
        f"{hint}: its pods cannot be created.",
        fix=f"Create service account {name.text()}, or name one that exists.",
        commands=edit(maker),
        checks=watch(maker),
    )
