"""Scale: how big is the plan, compared with whom, by which definition."""

from capexlib.models.scale.calendarise import Calendarised, calendarise
from capexlib.models.scale.compute import affordable_units, h100_equivalents, power_mw
from capexlib.models.scale.model import Scale, assess

__all__ = [
    "Calendarised",
    "Scale",
    "affordable_units",
    "assess",
    "calendarise",
    "h100_equivalents",
    "power_mw",
]
