"""Records money that an action moved but could not report, before the action is skipped."""

from lambdas.orders.decisions.await_payment import INVOICING_MODULE
from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.order import Order
from lambdas.orders.operator_errors import ActionRefusedError, MoneyUnclearError
from lambdas.payments.captures import record_capture
from lambdas.payments.gateway import Gateway, GatewayUnavailableError, OutcomeUnknownError
from lambdas.payments.reversal import ReversalPendingError, ReversalRefusedError, Reversals
from lambdas.records.table import RecordTable

RETURNING_MODULE = "reverse_payment"


def record_left_money(
    order: Order, action: ChecklistAction, gateway: Gateway, records: RecordTable, *, now: int
) -> bool:
    """Write on the invoice that the order's money was captured or returned. Return whether there was something to write.

    Raises MoneyUnclearError, ActionRefusedError or AnotherSumTakenError.
    """
    try:
        if action.module == INVOICING_MODULE:
            return record_capture(order, gateway, records, now=now) is not None
        if action.module == RETURNING_MODULE and action.attempts:
            return Reversals(gateway, records).finish(order, now=now)
    except (GatewayUnavailableError, OutcomeUnknownError, ReversalPendingError):
        raise MoneyUnclearError(order.order_id, action) from None
    except ReversalRefusedError as refused:
        raise ActionRefusedError(action, f"cannot be skipped yet: {refused}") from None
    return False
