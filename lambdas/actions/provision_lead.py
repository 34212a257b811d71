"""Provision Lead: makes a lead, a person, from the order's basic contact data (docs/reference/ubersmith.md, 2.1 no. 15).

Its place is early in a queue, before Provision Client. For an order that has a client it succeeds and changes nothing.
"""

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.records.clients.lead import LEAD_FIELDS, Lead, LeadRecords


class ProvisionLeadConfig(Config):
    """No settings."""


def run(order: Order, config: ProvisionLeadConfig, tools: Tools) -> Done:
    if order.client_id:
        return Done("the order has a client, so no lead was made", {"made": False})
    contact = {name: text(order.info, name) for name in LEAD_FIELDS}
    if not any(contact.values()):
        raise PermanentError(
            "the order says nothing of the person yet; set info.first, info.last or info.email with order.update, and process"
            " this action again"
        )
    lead = Lead(lead_id=order.order_id, brand_id=order.brand_id, created_at=tools.now(), **contact)
    LeadRecords(tools.records).make(lead)
    return Done("lead made", {"lead_id": lead.lead_id, "made": True})


module = Module("provision_lead", ProvisionLeadConfig, run, label="Provision Lead")
handler = action_handler(module)
