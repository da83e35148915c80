"""How the tests are shared out among several processes (`pytest -n 2`)."""

from typing import Any

import pytest

TOGETHER = ("tests/flows/test_control_plane.py",)
"""Files whose tests share something large: each runs in one process, in its order."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Each test goes to whoever is free, those of a file in TOGETHER to one; the large come first.

    xdist's own groups (`--dist loadgroup`) are lost on pytest 9.2, which keeps no `_nodeid` to change.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return file if file in TOGETHER else nodeid

    return Scheduling(config, log)
