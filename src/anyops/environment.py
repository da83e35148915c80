"""What a command runs in: streams, terminal, clock, folders, settings. Built once, passed down."""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TextIO

from msgspec import Struct

from anyops import settings as settings_module
from anyops.errors import ConfigError
from anyops.settings import Setting, Settings
from anyops.text import speaks_unicode


class Environment(Struct, frozen=True):
    """The world outside. Tests pass another one."""

    stdin: BinaryIO
    stdout: TextIO
    stderr: TextIO
    variables: Mapping[str, str]
    cwd: Path
    home: Path
    now: Callable[[], datetime]
    columns: int
    terminal: bool
    color: bool
    unicode: bool
    settings: Settings
    origins: tuple[Setting, ...]
    settings_error: ConfigError | None = None

    @property
    def config_file(self) -> Path:
        return settings_module.config_path(self.variables, self.home)

    @property
    def state_home(self) -> Path:
        """Where anyops keeps what it remembers: ANYOPS_HOME, else the XDG state folder."""
        if self.variables.get("ANYOPS_HOME"):
            return Path(self.variables["ANYOPS_HOME"])
        return Path(self.variables.get("XDG_STATE_HOME") or self.home / ".local" / "state") / "anyops"


def current() -> Environment:
    """The environment of this process. Broken settings give the defaults and `settings_error`."""
    variables = dict(os.environ)
    home = Path(variables.get("HOME") or Path.home())
    in_force, origins, error = _settings(variables, home)
    terminal = sys.stdout.isatty()
    return Environment(
        stdin=sys.stdin.buffer if sys.stdin else open(os.devnull, "rb"),  # noqa: PTH123
        stdout=sys.stdout,
        stderr=sys.stderr,
        variables=variables,
        cwd=_cwd(variables),
        home=home,
        now=lambda: datetime.now(UTC),
        columns=_columns(variables, terminal),
        terminal=terminal,
        color=_color(in_force.output.color, variables, terminal),
        unicode=not in_force.output.ascii and speaks_unicode(sys.stdout.encoding or "", variables),
        settings=in_force,
        origins=tuple(origins),
        settings_error=error,
    )


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the search for cycles: while a World is read and judged nothing becomes garbage, and the search
    costs a fifth."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _cwd(variables: Mapping[str, str]) -> Path:
    """The working folder; what the shell calls it where it has been removed or may not be read."""
    try:
        return Path.cwd()
    except OSError:
        return Path(variables.get("PWD") or os.sep)


def _settings(variables: Mapping[str, str], home: Path) -> tuple[Settings, list[Setting], ConfigError | None]:
    try:
        return *settings_module.load(variables, settings_module.config_path(variables, home)), None
    except ConfigError as error:
        return Settings(), settings_module.defaults(), error


def _columns(variables: Mapping[str, str], terminal: bool) -> int:
    """Terminal width; 200 where nobody's terminal is asked, so that nothing is cut short in a file."""
    if terminal or variables.get("COLUMNS", "").isdigit():
        return max(20, shutil.get_terminal_size((100, 24)).columns)
    return 200


def _color(wanted: str, variables: Mapping[str, str], terminal: bool) -> bool:
    """NO_COLOR: https://no-color.org; TERM=dumb has none."""
    if wanted != "auto":
        return wanted == "always"
    return terminal and not variables.get("NO_COLOR") and variables.get("TERM") != "dumb"
