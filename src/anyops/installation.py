"""How this copy of anyops was installed, and the command that adds an extra to it."""

import importlib.metadata
import importlib.util
import json
import shlex
import sys
from pathlib import Path
from typing import Literal

from msgspec import Struct

Way = Literal["pipx", "uv tool", "editable", "virtual environment", "system"]

EXTRAS = {"crew": "crewai", "serve": "fastapi"}
"""Each extra with the module that shows whether it is there."""

CREW_BELOW = (3, 14)
"""CrewAI does not install on this Python and above (its own `requires-python`)."""


class Installation(Struct, frozen=True):
    """`url` is where it came from when that was no package index (PEP 610), "" otherwise."""

    way: Way
    python: str
    url: str = ""

    def add(self, extra: str) -> str:
        """The exact command that installs an extra into this copy."""
        wanted = shlex.quote(self._requirement(extra))
        if self.way == "pipx":
            return f"pipx install --force {wanted}"
        if self.way == "uv tool":
            return f"uv tool install --force {wanted}"
        pip = f"{shlex.quote(self.python)} -m pip install"
        if not importlib.util.find_spec("pip"):
            pip = f"uv pip install --python {shlex.quote(self.python)}"
        return f"{pip} {'-e ' if self.way == 'editable' else ''}{wanted}"

    def _requirement(self, extra: str) -> str:
        if self.way == "editable":
            return f"{self.url.removeprefix('file://')}[{extra}]"
        return f"anyops[{extra}] @ {self.url}" if self.url else f"anyops[{extra}]"


def installation(prefix: str = sys.prefix) -> Installation:
    """How the running copy was installed, told by what pip, pipx and uv leave in its environment."""
    url, editable = _origin()
    home = Path(prefix)
    if editable:
        return Installation("editable", sys.executable, url)
    if (home / "pipx_metadata.json").exists():
        return Installation("pipx", sys.executable, url)
    if (home / "uv-receipt.toml").exists():
        return Installation("uv tool", sys.executable, url)
    return Installation("virtual environment" if prefix != sys.base_prefix else "system", sys.executable, url)


def has_extra(name: str) -> bool:
    """Whether an extra's packages are there."""
    return importlib.util.find_spec(EXTRAS[name]) is not None


def _origin() -> tuple[str, bool]:
    """`direct_url.json` of the installed distribution; a bare source tree counts as editable."""
    try:
        said = importlib.metadata.distribution("anyops").read_text("direct_url.json")
        origin = json.loads(said or "{}")
        return str(origin.get("url", "")), bool(origin.get("dir_info", {}).get("editable"))
    except importlib.metadata.PackageNotFoundError:
        return str(Path(__file__).parents[2]), True
    except (ValueError, AttributeError, OSError):
        return "", False
