"""The one redactor: everything that leaves (files, reports, logs, stored rows, models) passes it.

A secret becomes `<secret:XXXXXXXX>`, a keyed hash of it, so that equal secrets stay visibly equal.
"""

from anyops.redact.key import installation_key
from anyops.redact.redactor import Redactor

__all__ = ["Redactor", "installation_key"]
