"""Names to modules, lazily; errors to exit codes, in one place."""

import errno
import gc
import os
import signal
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from anyops import __version__
from anyops.errors import AnyopsError, OutputError, UsageError

if TYPE_CHECKING:
    from types import FrameType

    from anyops.environment import Environment

COMMANDS: dict[str, tuple[str, str]] = {
    "incident": ("anyops.cli.incident:app", "Find the cause of an incident."),
    "why": ("anyops.cli.incident:why", "Short for `incident analyze`."),
    "cluster": ("anyops.cli.cluster:app", "Health of what a cluster holds."),
    "diff": ("anyops.cli.diff:diff", "What differs between two clusters, snapshots or folders."),
    "doctor": ("anyops.cli.doctor:doctor", "What is configured, reachable and missing."),
    "config": ("anyops.cli.config:app", "Settings: show them, set them, where they are."),
    "rules": ("anyops.cli.rules:app", "The rules that analyse."),
    "explain": ("anyops.cli.rules:explain", "What a cause code means and how it is mended."),
}
"""Every command with the module and object that is it, and its line in `anyops --help`."""


_INTERRUPTED = 130
_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)

COMPLETE = "_ANYOPS_COMPLETE"
"""The variable by which a shell's completion script asks."""


def build() -> Any:
    """The command tree as a typer (click) group that imports a command's module when it is asked for."""
    import typer
    from typer.core import TyperGroup

    from anyops.cli.options import examples

    class LazyGroup(TyperGroup):
        """A group whose commands are imported on demand."""

        def list_commands(self, ctx: Any) -> list[str]:
            del ctx
            return list(COMMANDS)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            if cmd_name not in COMMANDS:
                return None
            if ctx.resilient_parsing or ctx.meta.get("anyops.help"):
                return _stub(cmd_name)
            return _load(cmd_name)

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            if args and args[0] in COMMANDS:
                return args[0], _load(args[0]), args[1:]
            if args and not ctx.resilient_parsing:
                raise _unknown(args[0])
            return None, None, args

        def format_help(self, ctx: Any, formatter: Any) -> None:
            ctx.meta["anyops.help"] = True
            super().format_help(ctx, formatter)

    def _stub(name: str) -> Any:
        return typer.core.TyperCommand(name, help=COMMANDS[name][1])

    app = typer.Typer(
        cls=LazyGroup,
        name="anyops",
        no_args_is_help=True,
        rich_markup_mode=None,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        epilog=examples("anyops incident analyze ./dump", "anyops incident analyze --demo", "anyops doctor"),
    )

    @app.callback()
    def root(
        version: bool = typer.Option(False, "--version", help="Print the version and leave."),
        debug: bool = typer.Option(False, "--debug", help="Show where an error arose."),
        verbose: int = typer.Option(0, "-v", "--verbose", count=True, help="Say more of what is done."),
    ) -> None:
        """Find what is wrong in a cluster, a repo or a log, with evidence."""
        del version, debug, verbose

    return typer.main.get_command(app)


def _load(name: str) -> Any:
    import typer

    module, _, attribute = COMMANDS[name][0].partition(":")
    target = getattr(import_module(module), attribute)
    command = typer.main.get_command(target) if isinstance(target, typer.Typer) else target()
    command.name = name
    return command


def _unknown(name: str) -> UsageError:
    near = get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean `anyops {near[0]}`?" if near else "see `anyops --help`"
    return UsageError(f"there is no command {name!r}", hint=hint)


def environment(*, lenient: bool = False) -> "Environment":
    """The environment of this command. Raises ConfigError for broken settings, unless `lenient`."""
    from anyops import environment as module

    here = module.current()
    if here.settings_error is not None and not lenient:
        raise here.settings_error
    return here


def main(argv: Sequence[str] | None = None) -> None:
    """The console script: runs one command and exits with its code."""
    args = list(sys.argv[1:] if argv is None else argv)
    _open_closed_streams()
    if args == ["--version"]:
        print(f"anyops {__version__}")  # noqa: T201
        raise SystemExit(0)
    if os.environ.get(COMPLETE):
        from anyops.cli.completion import answer

        raise SystemExit(answer())
    for ending in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(ending) is signal.SIG_DFL:
            signal.signal(ending, _interrupt)
    gc.disable()  # a command ends before the search for cycles has paid for itself
    _leave(run(args))


def _interrupt(number: int, frame: "FrameType | None") -> None:
    """Being told to end is as Ctrl-C: what is half written goes, and plugins end too."""
    interrupted = signal.getsignal(signal.SIGINT)
    if not callable(interrupted):  # a shell's background jobs ignore it
        raise KeyboardInterrupt
    interrupted(number, frame)


def _leave(code: int) -> NoReturn:
    """End at once: to free a large World piece by piece takes the interpreter a tenth of a second."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    os._exit(code)


def run(args: list[str]) -> int:
    """Run a command line, print what went wrong, return the exit code."""
    debug = "--debug" in args
    try:
        code = build().main(args, prog_name="anyops", standalone_mode=False)
        sys.stdout.flush()
        if code == _INTERRUPTED:  # typer turns Ctrl-C into this exit code and says nothing
            return _line("interrupted", _INTERRUPTED)
        return code if isinstance(code, int) else 0
    except AnyopsError as error:
        if debug:
            _trace(error)
        return _say(error)
    except (KeyboardInterrupt, EOFError):
        return _line("interrupted", _INTERRUPTED)
    except (BrokenPipeError, SystemExit):  # typer leaves this way, with 1, when a write finds the reader gone
        _silence_stdout()
        return 0
    except Exception as error:  # noqa: BLE001
        return _usage_or_bug(error, debug)


def _usage_or_bug(error: Exception, debug: bool) -> int:
    import typer

    if isinstance(error, typer.Abort):
        return _line("interrupted", _INTERRUPTED)
    if isinstance(error, typer.Exit):
        return int(error.exit_code)
    say = getattr(error, "format_message", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error)  # noqa: T201
        return 0
    if say is not None:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "anyops"
        return _say(UsageError(say(), hint=f"see `{path} --help`"))
    if isinstance(error, OSError) and error.errno in _UNWRITABLE and error.filename is None:
        _silence_stdout()
        return _say(OutputError(f"cannot write the answer: {error.strerror}", hint="send it elsewhere"))
    if debug:
        _trace(error)
    return _bug(error)


def _trace(error: Exception) -> None:
    """Where it arose, for `--debug`; the exit code stays that of the error."""
    import traceback

    _line("".join(traceback.format_exception(error)), 0)


def _say(error: AnyopsError) -> int:
    from anyops.text import safe

    _line(f"anyops: {safe(error.message)}", 0)
    if error.hint:
        _line(f"  {safe(error.hint)}", 0)
    return error.exit_code


def _bug(error: Exception) -> int:
    """One line, and a file with the details: nothing else is lost."""
    import tempfile
    import traceback

    from anyops.text import safe

    with tempfile.NamedTemporaryFile("w", prefix="anyops-bug-", suffix=".txt", delete=False) as file:
        file.write(f"anyops {__version__}\n" + "".join(traceback.format_exception(error)))
    return _line(
        f"anyops: a bug: {safe(type(error).__name__)}: {safe(str(error))[:200]} (details: {file.name})", 70
    )


def _line(text: str, code: int) -> int:
    try:
        print(text, file=sys.stderr)  # noqa: T201
    except OSError:
        pass
    return code


def _open_closed_streams() -> None:
    """Closed by the caller (`>&-`): Python has None there, and print() would take the other stream."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115


def _silence_stdout() -> None:
    """The reader has gone: keep Python from complaining about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
