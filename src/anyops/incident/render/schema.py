"""The JSON Schema of `anyops.report/1`, written from the records."""

from importlib.resources import files
from inspect import cleandoc
from typing import Any

import msgspec

from anyops.incident.render.json import render_json
from anyops.world.report import SCHEMA, Report

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILE = "report-1.schema.json"


def report_schema() -> dict[str, Any]:
    """The schema as JSON Schema 2020-12. Fields may be added to it later, so others are allowed."""
    made = msgspec.json.schema(Report)
    made["$defs"]["Report"]["properties"]["schema"] = {"const": SCHEMA}
    for definition in made["$defs"].values():
        definition["required"] = list(definition["properties"])
        # Docstrings keep their indentation up to Python 3.12 and lose it from 3.13 on.
        definition["description"] = cleandoc(definition.get("description", ""))
    return {"$schema": DIALECT, "$id": f"urn:anyops:{SCHEMA}", "title": SCHEMA, **made}


def schema_text() -> str:
    """The schema as the shipped file holds it."""
    return render_json(report_schema())


def shipped_schema() -> str:
    """The file that is shipped with the package."""
    return files("anyops").joinpath("data", FILE).read_text("utf-8")
