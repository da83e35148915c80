"""What is known beside Kubernetes objects: alerts, metrics, logs, summaries and checks, by theme."""

from anyops.sources.files.observations.summaries import recognize_summary
from anyops.sources.files.shapes import Recognizer

RECOGNIZERS: tuple[Recognizer, ...] = (recognize_summary,)
"""Asked in this order about every object of a JSON or YAML value that is no Kubernetes object."""
