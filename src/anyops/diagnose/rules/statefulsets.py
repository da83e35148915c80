"""StatefulSets: their governing service, their storage class, and the pod that holds up the others."""

from collections.abc import Iterator

from anyops.diagnose.commands import act, get
from anyops.diagnose.finding import Found, rule
from anyops.diagnose.rollouts import is_settling
from anyops.diagnose.workloads import is_ready, replicas_ready, replicas_wanted
from anyops.world.resource import Ref
from anyops.world.world import World


@rule("statefulset.service_missing", "StatefulSet", title="StatefulSet's governing service is missing")
def governing_service(world: World) -> Iterator[Found]:
    """spec.serviceName should name a (headless) service, which gives the pods their DNS names.

    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#limitations
    """
    for workload in world.of_kind("StatefulSet"):
        name = workload.text("spec", "serviceName")
        if not workload.complete or world.get("Service", workload.namespace, name):
            continue
        healthy = (replicas_ready(workload) or 0) >= (replicas_wanted(workload) or 0)
        proven = bool(name) and world.was_listed("Service", workload.namespace) and not healthy
        yield Found(
            on=workload,
            title=f"Governing service {name} does not exist" if name else "No governing service is named",
            detail=f"spec.serviceName is {name!r}: without that service its pods have no stable DNS names.",
            severity="medium" if name else "low",
            state="now" if proven else "risk",
            cites=(workload.at("spec", "serviceName"),),
            cause="service.missing" if name else None,
            fault=Ref("Service", workload.namespace, name) if name else None,
            certainty="maybe",
            explains=(workload.ref,),
            statement=f"StatefulSet {workload.name} names service {name}, which does not exist in "
            f"{workload.namespace}: its pods cannot find each other by name.",
            fix="Create the headless service (clusterIP: None) with the pods' labels as selector.",
            commands=(get("services", workload.namespace),),
            checks=(get("service", workload.namespace, name or "NAME"),),
        )


@rule("statefulset.storage_class_missing", "StatefulSet", title="StatefulSet's storage class is missing")
def template_storage_class(world: World) -> Iterator[Found]:
    """volumeClaimTemplates that name a storage class which is not there."""
    for workload in world.of_kind("StatefulSet"):
        for claim in workload.each("spec", "volumeClaimTemplates"):
            name = claim.text("spec", "storageClassName")
            if not name or world.get("StorageClass", "", name):
                continue
            short = (replicas_ready(workload) or 0) < (replicas_wanted(workload) or 0)
            proven = world.was_listed("StorageClass") and short
            yield Found(
                on=workload,
                title=f"Storage class {name} does not exist",
                detail=f"volumeClaimTemplate {claim.text('metadata', 'name')} asks for storage class {name}.",
                severity="high" if proven else "medium",
                state="now" if proven else "risk",
                cites=(claim.at("spec", "storageClassName"),),
                cause="volume.storage_class_missing",
                statement=f"StatefulSet {workload.name} asks for volumes of storage class {name}, "
                "which does not exist.",
                fix="Create the class, or name an existing one (claims must then be recreated).",
                commands=(get("storageclass"),),
                checks=(get("pvc", workload.namespace),),
            )


@rule("statefulset.pod_not_running", "StatefulSet", title="StatefulSet's pod is not running")
def ordinal_not_running(world: World) -> Iterator[Found]:
    """The first pod by ordinal that does not run: later ones wait for it under OrderedReady."""
    for workload in world.of_kind("StatefulSet"):
        wanted = replicas_wanted(workload) or 0
        if (workload.number("status", "availableReplicas") or replicas_ready(workload) or 0) >= wanted:
            continue
        for ordinal in range(min(wanted, 100)):
            pod = world.get("Pod", workload.namespace, f"{workload.name}-{ordinal}")
            phase = pod.text("status", "phase") if pod is not None else ""
            if pod is not None and not is_ready(pod) and phase not in ("", "Running"):
                yield Found(
                    on=workload,
                    title=f"Pod {pod.name} is not running",
                    detail=f"Pod {pod.name} is {phase}"
                    + ("; the pods after it wait for it." if ordinal + 1 < wanted else "."),
                    severity="low" if is_settling(world, workload) else "medium",
                    cites=(pod.at("status", "phase"),),
                    explains=(pod.ref,),
                    checks=(act("describe", pod.ref),),
                )
                break
