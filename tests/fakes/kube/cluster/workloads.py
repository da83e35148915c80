"""Deployments with their ReplicaSets, autoscalers and disruption budgets."""

from __future__ import annotations

from collections.abc import Iterator

from .identity import Object, before, metadata, owner
from .managed import managed
from .plan import App, Plan, Trouble
from .pods import template_of


def workloads(app: App, plan: Plan) -> Iterator[Object]:
    """Everything but the pods that runs an application."""
    yield managed(_deployment(app, plan), "argocd-controller", before(plan.now, days=app.age_days))
    for revision in range(1, app.revision + 1):
        made = _replica_set(app, plan, revision)
        yield managed(made, "kube-controller-manager", made["metadata"]["creationTimestamp"])
    if app.trouble is Trouble.NONE:
        yield managed(_budget(app, plan), "argocd-controller", before(plan.now, days=app.age_days))
    if app.scaled:
        yield managed(_autoscaler(app, plan), "argocd-controller", before(plan.now, days=app.age_days))


def _template(app: App, revision: int, hashed: bool) -> Object:
    spec = template_of(app)
    tag = app.image if revision == app.revision else f"{app.image.rpartition('.')[0]}.{revision}"
    spec["containers"][0]["image"] = tag
    more = {"pod-template-hash": app.template_hash(revision)} if hashed else {}
    return {"metadata": {"labels": {**app.labels, **more}}, "spec": spec}


def _created(app: App, plan: Plan) -> str:
    return app.rolled_out(plan.now) if app.revision == 1 else before(plan.now, days=app.age_days + 40)


def _deployment(app: App, plan: Plan) -> Object:
    revision = {"deployment.kubernetes.io/revision": str(app.revision)}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(
            "Deployment",
            app.namespace,
            app.name,
            _created(app, plan),
            labels=app.labels,
            annotations=revision,
            generation=app.revision,
        ),
        "spec": {
            "replicas": app.replicas,
            "selector": {"matchLabels": {"app": app.name}},
            "template": _template(app, app.revision, hashed=False),
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
            },
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
        },
        "status": _deployment_status(app, plan),
    }


def _deployment_status(app: App, plan: Plan) -> Object:
    found: Object = {
        "observedGeneration": app.revision,
        "replicas": app.replicas,
        "updatedReplicas": app.replicas,
    }
    if app.ready:
        found |= {"readyReplicas": app.ready, "availableReplicas": app.ready}
    if app.replicas > app.ready:
        found["unavailableReplicas"] = app.replicas - app.ready
    found["conditions"] = _conditions(app, app.rolled_out(plan.now))
    return found


def _conditions(app: App, time: str) -> list[Object]:
    well = app.trouble is Trouble.NONE
    available = (
        ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        if well
        else ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    )
    name = app.replica_set
    stuck = app.revision == 1 and not well
    progressing = (
        ("False", "ProgressDeadlineExceeded", f'ReplicaSet "{name}" has timed out progressing.')
        if stuck
        else ("True", "NewReplicaSetAvailable", f'ReplicaSet "{name}" has successfully progressed.')
    )
    return [
        {
            "type": type_,
            "status": status,
            "lastUpdateTime": time,
            "lastTransitionTime": time,
            "reason": reason,
            "message": message,
        }
        for type_, (status, reason, message) in (("Available", available), ("Progressing", progressing))
    ]


def _replica_set(app: App, plan: Plan, revision: int) -> Object:
    current = revision == app.revision
    replicas, ready = (app.replicas, app.ready) if current else (0, 0)
    older = before(plan.now, days=app.age_days + 30 - 5 * revision)
    labels = {**app.labels, "pod-template-hash": app.template_hash(revision)}
    status: Object = {"replicas": replicas, "observedGeneration": 1 if current else 3}
    if replicas:
        status["fullyLabeledReplicas"] = replicas
    if ready:
        status |= {"readyReplicas": ready, "availableReplicas": ready}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": metadata(
            "ReplicaSet",
            app.namespace,
            app.replica_set_of(revision),
            app.rolled_out(plan.now) if current else older,
            labels=labels,
            annotations={
                "deployment.kubernetes.io/desired-replicas": str(app.replicas),
                "deployment.kubernetes.io/max-replicas": str(-(-app.replicas * 5 // 4)),
                "deployment.kubernetes.io/revision": str(revision),
            },
            owner=owner("apps/v1", "Deployment", app.namespace, app.name),
            generation=1 if current else 3,
        ),
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": app.name, "pod-template-hash": app.template_hash(revision)}},
            "template": _template(app, revision, hashed=True),
        },
        "status": status,
    }


def _budget(app: App, plan: Plan) -> Object:
    allowed = app.replicas // 4
    condition = {
        "type": "DisruptionAllowed",
        "status": "True" if allowed else "False",
        "observedGeneration": 1,
        "lastTransitionTime": app.rolled_out(plan.now),
        "reason": "SufficientPods" if allowed else "InsufficientPods",
        "message": "",
    }
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(
            "PodDisruptionBudget",
            app.namespace,
            app.name,
            before(plan.now, days=app.age_days),
            labels=app.labels,
            generation=1,
        ),
        "spec": {"maxUnavailable": "25%", "selector": {"matchLabels": {"app": app.name}}},
        "status": {
            "observedGeneration": 1,
            "disruptionsAllowed": allowed,
            "currentHealthy": app.ready,
            "desiredHealthy": app.replicas - allowed,
            "expectedPods": app.replicas,
            "conditions": [condition],
        },
    }


def _autoscaler(app: App, plan: Plan) -> Object:
    target = {"type": "Utilization", "averageUtilization": 70}
    current = {"averageValue": "52m", "averageUtilization": 52}
    steady = {"type": "AbleToScale", "status": "True", "reason": "ReadyForNewScale"}
    active = {"type": "ScalingActive", "status": "True", "reason": "ValidMetricFound"}
    within = {"type": "ScalingLimited", "status": "False", "reason": "DesiredWithinRange"}
    since = before(plan.now, days=3)
    conditions = [{**c, "lastTransitionTime": since, "message": ""} for c in (steady, active, within)]
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata(
            "HorizontalPodAutoscaler",
            app.namespace,
            app.name,
            before(plan.now, days=app.age_days),
            labels=app.labels,
        ),
        "spec": {
            "scaleTargetRef": {"kind": "Deployment", "name": app.name, "apiVersion": "apps/v1"},
            "minReplicas": 2,
            "maxReplicas": app.replicas + 20,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
        "status": {
            "lastScaleTime": before(plan.now, hours=7),
            "currentReplicas": app.replicas,
            "desiredReplicas": app.replicas,
            "currentMetrics": [{"type": "Resource", "resource": {"name": "cpu", "current": current}}],
            "conditions": conditions,
        },
    }
