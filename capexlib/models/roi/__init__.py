"""Whether the plan earns its cost: compute at work, cash flow, returns, break-evens."""

from capexlib.models.roi.delivered import deployment_of
from capexlib.models.roi.deployment import Deployment, VendorDeployment
from capexlib.models.roi.model import Roi, assess, input_laws, roi_params, run_operations
from capexlib.models.roi.operations import Operations

__all__ = [
    "Deployment",
    "Operations",
    "Roi",
    "VendorDeployment",
    "assess",
    "deployment_of",
    "input_laws",
    "roi_params",
    "run_operations",
]
