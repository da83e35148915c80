"""What is known beside Kubernetes objects: alerts, metrics, logs, summaries and checks, by theme."""

from anyops.sources.files.observations.alerts import recognize_alert
from anyops.sources.files.observations.argocd import read_argocd
from anyops.sources.files.observations.checks import recognize_connectivity, recognize_dependencies
from anyops.sources.files.observations.cloudclusters import recognize_cloud_cluster
from anyops.sources.files.observations.cloudevents import recognize_cloud_event
from anyops.sources.files.observations.csvmetrics import read_csv
from anyops.sources.files.observations.helm import read_helm, recognize_helm
from anyops.sources.files.observations.insights import recognize_insights
from anyops.sources.files.observations.jsonlogs import recognize_logs
from anyops.sources.files.observations.metrics import recognize_metric
from anyops.sources.files.observations.nodeservices import read_node_service
from anyops.sources.files.observations.summaries import recognize_summary
from anyops.sources.files.observations.textchecks import read_checks
from anyops.sources.files.reading import Parser
from anyops.sources.files.shapes import Recognizer

RECOGNIZERS: tuple[Recognizer, ...] = (
    recognize_cloud_cluster,
    recognize_summary,
    recognize_helm,
    recognize_cloud_event,
    recognize_insights,
    recognize_alert,
    recognize_metric,
    recognize_logs,
    recognize_connectivity,
    recognize_dependencies,
)
"""Asked in this order about every object of a JSON or YAML value that is no Kubernetes object."""

TEXT_PARSERS: tuple[Parser, ...] = (read_node_service, read_argocd, read_helm, read_csv)
"""Asked about a text before kubectl's own, whose tables are the most general."""

LATER_PARSERS: tuple[Parser, ...] = (read_checks,)
"""Asked when the text is nothing of kubectl's."""
