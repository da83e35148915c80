"""The rules, one file a kind or theme. Every module of this package is loaded, in the order of its name."""

from importlib import import_module
from pkgutil import iter_modules

from anyops.diagnose.finding import RULES, Rule


def load() -> dict[str, Rule]:
    """Every rule by id."""
    for module in sorted(iter_modules(__path__), key=lambda m: m.name):
        import_module(f"{__name__}.{module.name}")
    return RULES
