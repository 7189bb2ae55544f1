"""Policy: what of the plan can be delivered through the gates, and how to split the orders."""

from capexlib.models.policy.model import Policy, assess

__all__ = ["Policy", "assess"]
