"""Policy: what of the plan can be delivered through the gates, and how to split the orders."""

from capexlib.models.policy.model import Policy, assess
from capexlib.models.policy.setting import make_setting

__all__ = ["Policy", "assess", "make_setting"]
