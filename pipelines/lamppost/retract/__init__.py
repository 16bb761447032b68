"""Driver of a retraction: takes a record out of everything that was ever published, and says that it did."""

from lamppost.retract.order import Order
from lamppost.retract.retract import Plan, carry_out, plan_retraction, retract, tell

__all__ = ["Order", "Plan", "carry_out", "plan_retraction", "retract", "tell"]
