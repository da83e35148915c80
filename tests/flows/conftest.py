"""What flows share."""

from pathlib import Path

import pytest

from tests.flows.live import Shell


@pytest.fixture(scope="session")
def _loaded() -> None:
    """What a command imports is imported, so that times are those of the command."""
    import httpx  # noqa: F401

    from anyops.diagnose import rules
    from anyops.incident import live  # noqa: F401
    from anyops.incident.render import text  # noqa: F401

    rules.load()


@pytest.fixture
def shell(
    _loaded: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """Commands in an empty home, with no kubeconfig."""
    for name in ("ANYOPS_HOME", "ANYOPS_CONFIG", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("https_proxy", "HTTP_PROXY", "http_proxy", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("HOME", str(tmp_path))
    return Shell(tmp_path, monkeypatch, capsys)
