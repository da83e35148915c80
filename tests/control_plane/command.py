"""Runs anyops on the cluster of ANYOPS_TEST_KUBECONFIG."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

KUBECONFIG = os.environ.get("ANYOPS_TEST_KUBECONFIG", "")


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    errors: str

    @property
    def report(self) -> Any:
        """What stdout holds as JSON."""
        return json.loads(self.out)


def anyops(*args: str, kubeconfig: Path | str = KUBECONFIG) -> Said:
    """Run a command as a person would, on a terminal's width."""
    variables = {**os.environ, "KUBECONFIG": str(kubeconfig), "COLUMNS": "100"}
    done = subprocess.run([sys.executable, "-m", "anyops", *args], capture_output=True, env=variables)
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


def analyze(*args: str, kubeconfig: Path | str = KUBECONFIG) -> Said:
    """`incident analyze` with its report as JSON."""
    return anyops("incident", "analyze", *args, "-o", "json", kubeconfig=kubeconfig)


def causes(said: Said) -> dict[tuple[str, str], str]:
    """Certainty by cause code and resource."""
    found = said.report["causes"]
    return {(c["cause"], f"{c['resource']['kind']}/{c['resource']['name']}"): c["certainty"] for c in found}
