"""Where an API's own words differ from the conventions: a table, one row an API group or kind."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import lru_cache

from msgspec import Struct

from anyops.diagnose.health.verdict import Status

Keys = tuple[str, ...]


class Dialect(Struct, frozen=True):
    """How one API says how it is.

    `groups` and `kinds` are shell patterns. `states` are further places of state words below `status`;
    `words` are words (lower case, without separators; numbers as text) that mean something else here;
    `reasons` are condition reasons that decide a condition which is not True; `roles` give a condition type
    another role; `nested` are lists below `status` and the key of the state word of each item;
    `without_status` is the verdict on an object that has no status or an empty one, `empty_status` where only
    the empty one differs.
    """

    groups: str
    kinds: str = "*"
    states: tuple[Keys, ...] = ()
    words: Mapping[str, Status] = {}
    reasons: Mapping[str, Status] = {}
    roles: Mapping[str, str] = {}
    nested: tuple[Keys, ...] = ()
    without_status: Status | None = None
    empty_status: Status = "Progressing"


_STATUSLESS: tuple[tuple[str, str], ...] = (
    ("*.istio.io", "*"),
    ("monitoring.coreos.com", "ServiceMonitor"),
    ("monitoring.coreos.com", "PodMonitor"),
    ("monitoring.coreos.com", "Probe"),
    ("monitoring.coreos.com", "PrometheusRule"),
    ("monitoring.coreos.com", "ScrapeConfig"),
    ("monitoring.coreos.com", "AlertmanagerConfig"),
    ("traefik.*", "*"),
    ("k8s.cni.cncf.io", "*"),
    ("argoproj.io", "AppProject"),
    ("argoproj.io", "*WorkflowTemplate"),
    ("argoproj.io", "*AnalysisTemplate"),
    ("keda.sh", "*TriggerAuthentication"),
    ("cilium.io", "*"),
    ("crd.projectcalico.org", "*"),
    ("projectcalico.org", "*"),
    ("configuration.konghq.com", "*"),
    ("source.toolkit.fluxcd.io", "HelmRepository"),
    ("notification.toolkit.fluxcd.io", "*"),
    ("*.x-k8s.io", "*Template"),
    ("secrets-store.csi.x-k8s.io", "*"),
    ("snapshot.storage.k8s.io", "VolumeSnapshotClass"),
    ("dapr.io", "*"),
    ("policy.linkerd.io", "*"),
    ("metallb.io", "*"),
    ("config.gatekeeper.sh", "*"),
    ("tekton.dev", "Task"),
    ("tekton.dev", "ClusterTask"),
    ("tekton.dev", "Pipeline"),
    ("triggers.tekton.dev", "*Trigger*"),
    ("*", "*ProviderConfig"),
    ("*", "*ProviderConfigUsage"),
    ("apiextensions.crossplane.io", "Composition*"),
)
"""Kinds that only declare something: their controllers write no status, or only when something is wrong."""

DIALECTS: tuple[Dialect, ...] = (
    *(Dialect(groups, kinds, without_status="Healthy") for groups, kinds in _STATUSLESS),
    # https://docs.solo.io/gloo-edge/latest/reference/api/ : Pending is not validated yet, nothing serves it.
    Dialect(
        "*.solo.io",
        states=(("statuses", "*", "state"),),
        words={
            "0": "Suspended",
            "pending": "Suspended",
            "1": "Healthy",
            "2": "Degraded",
            "3": "Degraded",
            "warning": "Degraded",
        },
    ),
    # https://cloud.google.com/config-connector/docs/troubleshooting : waits for another object, does no work.
    Dialect("*.cnrm.cloud.google.com", reasons={"DependencyNotReady": "Suspended"}),
    Dialect("core.cnrm.cloud.google.com", reasons={"DependencyNotReady": "Suspended"}),
    # https://rook.io/docs/rook/latest/CRDs/Cluster/ceph-cluster-crd/
    Dialect("ceph.rook.io", states=(("ceph", "health"),), words={"connected": "Healthy"}),
    # https://argo-cd.readthedocs.io/en/stable/operator-manual/health/
    Dialect("argoproj.io", "Application", states=(("health", "status"),), words={"missing": "Missing"}),
    Dialect("kargo.akuity.io", states=(("health", "status"),), words={"notapplicable": "Healthy"}),
    # https://olm.operatorframework.io/docs/concepts/crds/
    Dialect(
        "operators.coreos.com",
        "CatalogSource",
        states=(("connectionState", "lastObservedState"),),
        words={"transientfailure": "Degraded", "connecting": "Progressing"},
    ),
    Dialect(
        "operators.coreos.com",
        words={"requiresapproval": "Suspended", "installready": "Progressing", "replacing": "Progressing"},
        roles={"CatalogSourcesUnhealthy": "doubt", "InstallPlanMissing": "activity"},
    ),
    # https://grafana.github.io/grafana-operator/docs/api/#grafanastatus : the stages of one reconciliation.
    Dialect(
        "grafana.integreatly.org",
        "Grafana",
        words={"complete": "Healthy", "success": "Healthy", "*": "Progressing"},
    ),
    # Their controllers fill the status in one pass: an empty one was taken away.
    Dialect("rabbitmq.com", empty_status="Unknown"),
    Dialect("*.k8s.elastic.co", empty_status="Unknown"),
    # https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ConditionStatus
    Dialect("monitoring.coreos.com", reasons={"SomePodsNotReady": "Progressing"}),
    # https://karmada.io/docs/reference/glossary : what the member clusters report.
    Dialect("work.karmada.io", nested=(("aggregatedStatus", "health"), ("aggregatedStatus", "applied"))),
    Dialect("promoter.argoproj.io", nested=(("environments", "phase"),)),
    # https://cloud.google.com/kubernetes-engine/docs/how-to/managed-certs
    Dialect("networking.gke.io", "ManagedCertificate", nested=(("domainStatus", "status"),)),
    # https://github.com/kubeflow/spark-operator/blob/master/docs/api-docs.md
    Dialect("sparkoperator.k8s.io", states=(("applicationState", "state"),), words={"running": "Healthy"}),
    # Percona's operators keep the states of the past as conditions; `state` is the present one.
    Dialect(
        "*.percona.com", roles={"initializing": "none", "error": "none", "stopping": "none", "paused": "none"}
    ),
    # https://longhorn.io/docs : robustness of a detached volume is unknown.
    Dialect("longhorn.io", "Volume", words={"unknown": "Healthy", "detached": "Healthy"}),
    # https://kubevirt.io/user-guide/user_workloads/lifecycle/
    Dialect("kubevirt.io", reasons={"VMINotExists": "Suspended"}),
    # https://cert-manager.io/docs/reference/api-docs/#acme.cert-manager.io/v1.State
    Dialect("acme.cert-manager.io", words={"ready": "Progressing", "": "Progressing"}),
    # https://fleet.rancher.io/ref-status-fields
    Dialect(
        "fleet.cattle.io",
        states=(("display", "state"),),
        words={"modified": "Degraded", "waitapplied": "Progressing", "outofsync": "Progressing"},
    ),
    # https://aws-controllers-k8s.github.io/community/docs/user-docs/resource-crud/
    Dialect("*.services.k8s.aws", roles={"ACK.Recoverable": "trouble", "ACK.Terminal": "trouble"}, words={}),
)


@lru_cache(maxsize=1024)
def dialect_of(group: str, kind: str) -> Dialect:
    """All rows for this kind as one."""
    rows = [d for d in DIALECTS if fnmatchcase(group, d.groups) and fnmatchcase(kind, d.kinds)]
    statusless = [row.without_status for row in rows if row.without_status is not None]
    return Dialect(
        groups=group,
        kinds=kind,
        states=tuple(path for row in rows for path in row.states),
        words={key: word for row in rows for key, word in row.words.items()},
        reasons={key: word for row in rows for key, word in row.reasons.items()},
        roles={key: role for row in rows for key, role in row.roles.items()},
        nested=tuple(pair for row in rows for pair in row.nested),
        without_status=statusless[0] if statusless else None,
        empty_status=next((r.empty_status for r in rows if r.empty_status != "Progressing"), "Progressing"),
    )
