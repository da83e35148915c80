"""What flows share."""

from pathlib import Path

import pytest

from tests.flows.live import Shell


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands in an empty home, with no kubeconfig."""
    for name in ("ANYOPS_HOME", "ANYOPS_CONFIG", "KUBECONFIG", "KUBERNETES_SERVICE_HOST", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("https_proxy", "HTTP_PROXY", "http_proxy", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return Shell(tmp_path, monkeypatch, capsys)
