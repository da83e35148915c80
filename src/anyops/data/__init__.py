"""What is shipped with the package beside its code."""

from importlib.resources import files
from pathlib import Path


def demo_path() -> Path:
    """The folder of kubectl output that `incident analyze --demo` reads: a rollout that broke at night.

    Beside it stands `repo.bundle`, the git repository from which that cluster is made (`git clone` reads it).
    """
    return Path(str(files(__package__) / "demo" / "cluster"))
