"""How the plan is paid for: sources and uses, debts, covers, and the cheapest mix."""

from capexlib.models.funding.model import FundedPlan, Funding, assess, fund
from capexlib.models.funding.needs import ProjectFlows

__all__ = ["FundedPlan", "Funding", "ProjectFlows", "assess", "fund"]
