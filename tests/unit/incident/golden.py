"""Files that show how an answer looks; ANYOPS_GOLDEN=write writes them anew, to be reviewed."""

import os
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "golden"


def assert_golden(name: str, text: str) -> None:
    """The text is what the file holds."""
    path = FOLDER / name
    if os.environ.get("ANYOPS_GOLDEN") == "write":
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8"), f"{name} differs; ANYOPS_GOLDEN=write pytest writes it anew"
