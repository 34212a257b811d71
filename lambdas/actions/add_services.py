"""Add Services: makes the services of the order, active or pending (docs/reference/ubersmith.md, 2.1 no. 7).

An order without packs is done with nothing made. Prices are those the order was submitted with. A service keeps the price of
its later periods, so a coupon lowers that only if it recurs.
"""

from typing import Literal

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.orders.decisions.await_payment import INVOICING_MODULE, awaits_payment
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.order import Order
from lambdas.orders.model.packs import PricedPack
from lambdas.records.clients.service import Service, ServiceRecords, ServiceStatus, service_id_of

_KEPT = {
    "pack", "plan_id", "title", "description", "quantity", "period", "options",
    "start_at", "last_renewed_at", "renew_at", "auto_bill",
}  # fmt: skip
UBERSMITH_STATUS = {1: ServiceStatus.ACTIVE, 2: ServiceStatus.PENDING}


class AddServicesConfig(Config):
    """`default_service_status`: active bills now, pending waits for Activate Services; a pack's own status wins."""

    default_service_status: Literal["active", "pending"] = "active"


def run(order: Order, config: AddServicesConfig, tools: Tools) -> Done:
    if not order.priced:
        return Done("the order asks for no services", {"service_ids": []})
    if not order.client_id:
        raise PermanentError("the order has no client yet; process Provision Client first, or set client_id")
    services = ServiceRecords(tools.records)
    made = [_service(pack, order, order.client_id, config, tools.now()) for pack in order.priced]
    for service in made:
        services.make(service)
    count = "1 service" if len(made) == 1 else f"{len(made)} services"
    return Done(f"{count} made", {"service_ids": [service.service_id for service in made]})


def undo(order: Order, config: AddServicesConfig, tools: Tools) -> str | None:
    """Cancel the order's services. Credit what was invoiced of them by hand, if no other action does.

    Services that are canceled already count: an undo may have died before it was written.
    """
    if not order.client_id or tools.action_of(order).state is ActionState.UNDONE:
        return None
    services = ServiceRecords(tools.records)
    made = services.of_order(order.client_id, order.order_id, also_canceled=True)
    for service in made:
        services.cancel(service)
    if not made:
        return None
    by_itself = any(action.module == INVOICING_MODULE for action in order.actions.values())
    invoiced = "" if by_itself else _credit_invoices(order, tools)
    canceled = f"{'1 service' if len(made) == 1 else f'{len(made)} services'} canceled"
    return f"{canceled}; {invoiced}" if invoiced else canceled


def _credit_invoices(order: Order, tools: Tools) -> str:
    from lambdas.actions._frame.reversal import reversals  # only a canceled order needs it

    with reversals(tools) as money:
        reversal = money.reverse_invoices(order, now=tools.now())
    if reversal.to_return:
        raise PermanentError(str(reversal))
    return str(reversal)


def _service(pack: PricedPack, order: Order, client_id: str, config: AddServicesConfig, now: int) -> Service:
    status = _status(pack, order, config)
    return Service(
        service_id=service_id_of(order.order_id, pack.number),
        client_id=client_id,
        order_id=order.order_id,
        currency=order.currency,
        status=status,
        created_at=now,
        activated_at=now if status is ServiceStatus.ACTIVE else None,
        setup_cents=pack.net_setup_cents,
        recurring_cents=pack.renewal_cents,
        **{**pack.model_dump(include=_KEPT), **_times(pack)},
    )


def _times(pack: PricedPack) -> dict[str, int]:
    """The first period as it was charged. A renewal that the order states stays, such as one of a period paid elsewhere."""
    if pack.proration is None:
        return {}
    return {"start_at": pack.proration.start_at, "renew_at": pack.renew_at or pack.proration.renews_at}


def _status(pack: PricedPack, order: Order, config: AddServicesConfig) -> ServiceStatus:
    """The pack's own status, else the default. No service is active before its order is paid, if the queue waits for that."""
    default = ServiceStatus(config.default_service_status)
    stated = UBERSMITH_STATUS.get(pack.status or 0, default)
    return default if stated is ServiceStatus.ACTIVE and awaits_payment(order) else stated


module = Module("add_services", AddServicesConfig, run, undo, label="Add Services")
handler = action_handler(module)
