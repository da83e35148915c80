"""The command that adds an extra fits how this copy was installed."""

from pathlib import Path

import pytest

from anyops.installation import Installation, installation


@pytest.mark.parametrize(
    ("copy", "command"),
    [
        (Installation("pipx", "/p"), "pipx install --force 'anyops[crew]'"),
        (Installation("uv tool", "/p"), "uv tool install --force 'anyops[crew]'"),
        (Installation("virtual environment", "/v/bin/python"), "'anyops[crew]'"),
        (Installation("editable", "/v/bin/python", "file:///src/anyops"), "-e '/src/anyops[crew]'"),
        (Installation("system", "/p", "file:///w.whl"), "'anyops[crew] @ file:///w.whl'"),
    ],
)
def test_the_command_fits_the_way(copy: Installation, command: str) -> None:
    assert copy.add("crew").endswith(command)


@pytest.mark.parametrize(("mark", "way"), [("pipx_metadata.json", "pipx"), ("uv-receipt.toml", "uv tool")])
def test_pipx_and_uv_are_told_by_what_they_leave(tmp_path: Path, mark: str, way: str) -> None:
    (tmp_path / mark).write_text("")
    assert installation(str(tmp_path)).way in (way, "editable")
