"""Activate Services: sets the services that Add Services left pending to active (docs/reference/ubersmith.md, 2.1 no. 2).

It has no undo: when the order is canceled, Add Services cancels its services, active ones too.
"""

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.orders.model.order import Order
from lambdas.records.clients.service import ServiceRecords, ServiceStatus


class ActivateServicesConfig(Config):
    """No settings."""


def run(order: Order, config: ActivateServicesConfig, tools: Tools) -> Done:
    if not order.priced:
        return Done("the order asks for no services", {"service_ids": []})
    services = ServiceRecords(tools.records)
    made = services.of_order(order.client_id, order.order_id) if order.client_id else ()
    if not made:
        raise PermanentError("the order has no services yet; process Add Services first, then this action again")
    pending = [service for service in made if service.status is ServiceStatus.PENDING]
    active = [service.service_id for service in pending if services.activate(service, tools.now())]
    if not active:
        return Done("no service was pending", {"service_ids": []})
    count = "1 service" if len(active) == 1 else f"{len(active)} services"
    return Done(f"{count} activated", {"service_ids": active})


module = Module("activate_services", ActivateServicesConfig, run, label="Activate Services", reprocess=True)
handler = action_handler(module)
