"""A budget of the stage: mails when a month's costs reach it, or will.

It counts what has the stage's tag, once `stage` is activated as a cost allocation tag of the account.
https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-filters.html
"""

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from infra.stages.settings import StageSettings

_PERCENT_SPENT, _PERCENT_FORECAST = 80, 100


def add_budget(scope: Construct, settings: StageSettings) -> None:
    """Add the budget of `budget_dollars` a month. Without that there is none."""
    if not settings.budget_dollars:
        return
    budgets.CfnBudget(
        scope,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_name=settings.stack_name,
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=settings.budget_dollars, unit="USD"),
            cost_filters={"TagKeyValue": [f"user:stage${settings.stage}"]},
        ),
        notifications_with_subscribers=[
            _notice("ACTUAL", _PERCENT_SPENT, settings),
            _notice("FORECASTED", _PERCENT_FORECAST, settings),
        ],
    )


def _notice(kind: str, percent: int, settings: StageSettings) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            notification_type=kind, comparison_operator="GREATER_THAN", threshold=percent, threshold_type="PERCENTAGE"
        ),
        subscribers=[
            budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=address)
            for address in settings.alarm_mails
        ],
    )
