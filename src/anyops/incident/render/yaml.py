"""A report as YAML, with the same fields in the same order as the JSON."""

from anyops.incident.render.json import render_json
from anyops.world.report import Report


def render_yaml(report: Report) -> str:
    """The report as a YAML document; anything but ASCII stands as escapes."""
    import json

    import yaml

    return yaml.safe_dump(json.loads(render_json(report)), sort_keys=False, width=100)
