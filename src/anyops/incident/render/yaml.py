"""A report as YAML, with the same fields in the same order as the JSON."""

import re
from typing import Any

from anyops.incident.render.json import render_json
from anyops.world.report import Report

_LIVELY = re.compile(r"\n|::|##")
_LOG_COMMAND = re.compile(r"##(?=[A-Za-z]*\[)")


def render_yaml(report: Report) -> str:
    """The report as a YAML document; anything but ASCII stands as escapes.

    No text is folded, so that none of it begins a line, where a job's log would take it for a command.
    """
    import json

    import yaml

    class Dumper(yaml.SafeDumper):
        """Writes in double quotes what has lines or signs that act in a log."""

    def text(dumper: Any, value: str) -> Any:
        style = '"' if _LIVELY.search(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    written = yaml.dump(json.loads(render_json(report)), Dumper=Dumper, sort_keys=False, width=2**31)
    return _LOG_COMMAND.sub(r"#\\x23", written)
