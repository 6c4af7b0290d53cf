"""The kinds of reward rule: each one plain function of (population, parameters) that returns named columns, which end in
beneficiary, item, amount, potential, unit, status and reason. How is code here, how much is data in the plan."""

from core.rules.as_given import as_given
from core.rules.fund import fund
from core.rules.menu import menu
from core.rules.milestones import figure_units, milestones
from core.rules.money import cents, tiered
from core.rules.per_unit import per_unit
from core.rules.redemption import redemption
from core.rules.scorecard_pay import scorecard_pay
from core.rules.stages import stages
from core.rules.streak import streak
from core.rules.surplus_share import surplus_share
from core.rules.top import top
from core.rules.tranches import tranches

__all__ = ["KINDS", "cents", "figure_units", "tiered"]
KINDS = {"scorecard_pay": scorecard_pay, "surplus_share": surplus_share, "milestones": milestones, "stages": stages,
         "per_unit": per_unit, "streak": streak, "tranches": tranches, "redemption": redemption, "menu": menu, "fund": fund,
         "top": top, "as_given": as_given}
