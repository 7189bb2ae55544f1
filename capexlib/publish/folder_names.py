"""Which names an edition's folders may have: those of a case, and a day."""

from __future__ import annotations

import re
from datetime import date

_CASE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def is_date(text: str) -> bool:
    """Tell whether a folder's name is an ISO date, as an edition's must be."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_case(text: str) -> bool:
    """Tell whether a folder's name can be a case's."""
    return bool(_CASE.fullmatch(text))
