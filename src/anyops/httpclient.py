"""httpx as we use it: without its command line, which takes most of its import, and with larger reads."""

import sys

# httpx goes without its command line where that cannot be imported (httpx/__init__.py).
_COMMAND_LINE = "httpx._main"
_absent = _COMMAND_LINE not in sys.modules
if _absent:
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]
import httpcore  # noqa: E402
import httpx  # noqa: E402

if _absent:
    del sys.modules[_COMMAND_LINE]

httpcore.AsyncHTTP11Connection.READ_NUM_BYTES = 1 << 18
"""As much as asyncio reads at once: at 64 KB a long list spends its time on cutting what came."""

__all__ = ["httpx"]
