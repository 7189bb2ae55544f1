"""Facts: values adopted from dated claims by a written rule."""

from capexlib.facts.ledger import Ledger, load_ledger
from capexlib.facts.records import Claim, Entity, Event, Quantity, Source

__all__ = ["Claim", "Entity", "Event", "Ledger", "Quantity", "Source", "load_ledger"]
