"""Draws `demo.svg`: a real run of `anyops incident analyze --demo` on a terminal of 100 columns."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

COMMAND = ("incident", "analyze", "--demo")
COLUMNS, ROWS = 100, 40
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace"
CALM = TerminalTheme(
    (27, 31, 38),
    (213, 218, 226),
    [
        (27, 31, 38), (240, 113, 120), (139, 195, 122), (229, 192, 112),
        (110, 168, 240), (198, 146, 224), (116, 190, 198), (213, 218, 226),
    ],
)  # fmt: skip


def on_a_terminal(command: list[str]) -> str:
    """What a command prints when it stands on a terminal, with its colours."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "CI")}
    env |= {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL, env=env
    )
    os.close(theirs)
    said = bytearray()
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:  # Linux says so when the other side has closed
        pass
    process.wait()
    return said.decode().replace("\r\n", "\n")


def picture(printed: str) -> str:
    """The SVG of a prompt and what followed."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), color_system="truecolor", force_terminal=True
    )
    console.print(Text(f"$ anyops {' '.join(COMMAND)}", style="bold"))
    console.print(Text.from_ansi(printed.rstrip("\n")), soft_wrap=True)
    no_remote_fonts = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.S)
    shape = no_remote_fonts.replace("Fira Code, monospace", FONTS)
    return console.export_svg(title="anyops", theme=CALM, unique_id="anyops", code_format=shape)


if __name__ == "__main__":
    program = str(Path(sys.executable).with_name("anyops"))
    Path(sys.argv[1]).write_text(picture(on_a_terminal([program, *COMMAND])), "utf-8")
