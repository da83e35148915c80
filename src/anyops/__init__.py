"""anyops: facts by code, words by model."""

from time import monotonic

__version__ = "0.1.0"

STARTED = monotonic()
"""When this process began to run anyops, by the monotonic clock: what `--timeout` counts from."""
