"""What is said about one object's health, and how strongly."""

from typing import Literal

from msgspec import Struct

from anyops.world.evidence import Path
from anyops.world.resource import Field

Status = Literal["Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"]


class Health(Struct, frozen=True):
    """The verdict on one object, in its own words; `path` is the field it stands on, to be cited."""

    status: Status
    message: str = ""
    path: Path = ()


class Signal(Struct, frozen=True):
    """One reading of one field. `sure` is False where the words leave it open (a bare `Ready=False`)."""

    health: Health
    sure: bool = True


_WEIGHT: dict[tuple[Status, bool], int] = {
    ("Degraded", True): 9,
    ("Missing", True): 8,
    ("Suspended", True): 7,
    ("Progressing", True): 6,
    ("Degraded", False): 5,
    ("Progressing", False): 4,
    ("Unknown", True): 3,
    ("Healthy", True): 2,
    ("Healthy", False): 1,
}


def weigh(signal: Signal) -> int:
    """How much a signal counts against others: clear trouble first, then work in progress, then doubt."""
    return _WEIGHT.get((signal.health.status, signal.sure), 0)


def say(status: Status, field: Field, message: str = "", *, sure: bool = True) -> Signal:
    """A signal that stands on `field`; without a message the field's own text is the message."""
    return Signal(Health(status, message or field.text(), field.path), sure)
