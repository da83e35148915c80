"""A report as JSON: nothing but JSON, in the order of the schema."""

import msgspec

from anyops.world.report import Report


def render_json(report: Report) -> str:
    """The report as indented JSON with a newline at its end."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1).decode() + "\n"
