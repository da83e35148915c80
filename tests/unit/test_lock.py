"""The lock file covers what the project asks for, from public hosts only."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
LOCK = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", requirement)[0].lower() for requirement in requirements}


def test_every_dependency_and_extra_is_locked() -> None:
    own = next(package for package in LOCK["package"] if package["name"] == PROJECT["project"]["name"])
    asked = names([f"{r['name']}" for r in own["metadata"]["requires-dist"]])
    extras = [r for group in PROJECT["project"]["optional-dependencies"].values() for r in group]
    assert asked == names(PROJECT["project"]["dependencies"] + extras), "run `uv lock`"


def test_only_public_hosts_are_named() -> None:
    hosts = {
        urlsplit(url).hostname
        for url in re.findall(r'https?://[^"\s]+', (ROOT / "uv.lock").read_text("utf-8"))
    }
    assert hosts == {"pypi.org", "files.pythonhosted.org"}
