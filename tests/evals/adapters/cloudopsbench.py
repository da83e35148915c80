"""Causes of an incident in a shop → fault object and root cause."""

from typing import Any

from evals.report import Report, Told

ROOT_CAUSES = {
    "Admission_Fault": {
        "serviceaccount.missing": "missing_service_account",
        "quota.cpu_exceeded": "namespace_cpu_quota_exceeded",
        "quota.memory_exceeded": "namespace_memory_quota_exceeded",
        "quota.pods_exceeded": "namespace_pod_quota_exceeded",
        "quota.services_exceeded": "namespace_service_quota_exceeded",
        "quota.storage_exceeded": "namespace_storage_quota_exceeded",
    },
    "Infrastructure_Fault": {
        "node.runtime_down": "containerd_unavailable",
        "node.kube_proxy_down": "kube_proxy_unavailable",
        "node.kubelet_down": "kubelet_unavailable",
        "scheduler.unavailable": "kube_scheduler_unavailable",
        "network.node_delay": "node_network_delay",
        "network.node_packet_loss": "node_network_packet_loss",
    },
    "Performance_Fault": {
        "cpu.overload": "pod_cpu_overload",
        "network.pod_delay": "pod_network_delay",
    },
    "Runtime_Fault": {
        "database.connections_exhausted": "db_connection_exhaustion",
        "database.read_only": "db_read_only",
        "database.credentials_invalid": "mysql_invalid_credentials",
        "database.port_wrong": "mysql_invalid_port",
        "workload.scaled_to_zero": "deployment_zero_replicas",
        "probe.liveness_port": "liveness_probe_incorrect_port",
        "probe.liveness_protocol": "liveness_probe_incorrect_protocol",
        "probe.liveness_timing": "liveness_probe_incorrect_timing",
        "probe.readiness_port": "readiness_probe_incorrect_port",
        "probe.readiness_protocol": "readiness_probe_incorrect_protocol",
        "container.oom_killed": "oom_killed",
        "port.conflict": "service_sidecar_port_conflict",
    },
    "Scheduling_Fault": {
        "scheduling.cpu": "cpu_capacity_mismatch",
        "scheduling.memory": "memory_capacity_mismatch",
        "scheduling.node_affinity": "node_affinity_mismatch",
        "scheduling.cordoned": "node_cordon_mismatch",
        "scheduling.node_selector": "node_selector_mismatch",
        "scheduling.pod_anti_affinity": "pod_anti_affinity_conflict",
        "scheduling.taint": "taint_toleration_mismatch",
        "volume.already_bound": "pv_binding_occupied",
        "volume.access_mode_mismatch": "pvc_access_mode_mismatch",
        "volume.capacity_mismatch": "pvc_capacity_mismatch",
        "volume.selector_mismatch": "pvc_selector_mismatch",
        "volume.storage_class_missing": "pvc_storage_class_mismatch",
    },
    "Service_Routing_Fault": {
        "gateway.misrouted": "gateway_misroute",
        "service.dns_failure": "service_dns_resolution_failure",
        "service.address_wrong": "service_env_var_address_mismatch",
        "service.port_mismatch": "service_port_mapping_mismatch",
        "service.protocol_mismatch": "service_protocol_mismatch",
        "service.selector_mismatch": "service_selector_mismatch",
    },
    "Startup_Fault": {
        "image.registry_dns": "image_registry_dns_failure",
        "image.not_found": "incorrect_image_reference",
        "image.reference_invalid": "incorrect_image_reference",
        "image.unauthorized": "missing_image_pull_secret",
        "image.pull_secret_missing": "missing_image_pull_secret",
        "config.secret_missing": "missing_secret_binding",
        "config.secret_key_missing": "missing_secret_binding",
        "volume.permission_denied": "volume_mount_permission_denied",
    },
}
LABELS = {code: (taxonomy, cause) for taxonomy, table in ROOT_CAUSES.items() for code, cause in table.items()}

NODE_KINDS = ("Node", "NodeService")
NAMESPACE_KINDS = ("Namespace", "ResourceQuota", "LimitRange")
APP_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Service", "Pod", "Job", "CronJob")


def predict(told: Told) -> dict[str, Any]:
    """The three first causes in the set's words; a code without a word there keeps its rank."""
    return {"predictions": [_prediction(told.report, cause) for cause in told.report["causes"][:3]]}


def _prediction(report: Report, cause: dict[str, Any]) -> dict[str, str]:
    taxonomy, root_cause = LABELS.get(cause["cause"], ("", cause["cause"]))
    place = _namespace(report, cause) if cause["cause"].startswith("quota.") else _object(report, cause)
    return {"fault_object": place, "root_cause": root_cause, "fault_taxonomy": taxonomy}


def _namespace(report: Report, cause: dict[str, Any]) -> str:
    at = cause["resource"]
    return f"namespace/{at['name'] if at['kind'] == 'Namespace' else at['namespace']}"


def _object(report: Report, cause: dict[str, Any]) -> str:
    """The cause's own resource, or the first app that suffers where that is no app (a claim, a secret)."""
    at = cause["resource"]
    if at["kind"] in NODE_KINDS:
        return f"node/{at['name'].split('/')[0]}"
    if at["kind"] in NAMESPACE_KINDS:
        return _namespace(report, cause)
    if at["kind"] in APP_KINDS:
        return f"app/{at['name']}"
    suffering = [f["resource"] for f in report["findings"] if f["id"] in cause["explains"]]
    suffering += [w["resource"] for w in report["impact"]["workloads"]]
    return next(
        (f"app/{r['name']}" for kind in APP_KINDS for r in suffering if r["kind"] == kind),
        f"app/{at['name']}",
    )
