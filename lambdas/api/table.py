"""The table of methods, in groups. A group is loaded when one of its methods is called, so that a start stays short.

A new method is a row in its group's `METHODS` and its name here. A group's table is in `<subject>/methods.py`, or in the file
that it is named after.
"""

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from lambdas.api.method import Method

GROUPS: dict[str, tuple[str, ...]] = {
    "orders": (
        "order.create",
        "order.update",
        "order.submit",
        "order.get",
        "order.list",
    ),
    "orders.progress": (
        "order.process",
        "order.cancel",
        "order.restart",
    ),
    "orders.handling": (
        "order.priority",
        "order.contact_update",
    ),
    "orders.search": ("order.search",),
    "orders.numbers": ("order.numbers",),
    "desk.worklist": (
        "order.worklist",
        "order.assign",
    ),
    "bulk": (
        "order.bulk_preview",
        "order.bulk_run",
        "order.bulk_get",
        "order.bulk_list",
        "order.bulk_stop",
    ),
    "orders.history": ("order.history",),
    "orders.effects": ("order.effects",),
    "posts": (
        "order.respond",
        "order.client_respond",
        "order.post_list",
        "uber.attachment_list",
        "uber.attachment_get",
    ),
    "posts.notes": (
        "order.note",
        "order.note_list",
    ),
    "pauses": (
        "order.pause",
        "order.resume",
        "order.pause_list",
    ),
    "queues": (
        "order.queue_list",
        "order.queue_get",
        "order.queue_step_list",
        "order.queue_step_get",
        "order.queue_action_list",
        "order.queue_action_get",
        "order.module_list",
        "order.module_get",
    ),
    "queues.editing": (
        "order.queue_add",
        "order.queue_update",
        "order.queue_step_add",
        "order.queue_step_update",
        "order.queue_step_delete",
        "order.queue_action_add",
        "order.queue_action_update",
        "order.queue_action_delete",
    ),
    "coupons": (
        "order.coupon_get",
        "order.coupon_list",
        "order.coupon_add",
        "order.coupon_update",
        "order.coupon_client_add",
        "order.coupon_client_delete",
    ),
    "clients": (
        "client.add",
        "client.get",
        "client.update",
        "client.service_list",
    ),
    "clients.payment_methods": (
        "client.cc_add",
        "client.ach_add",
        "client.payment_method_list",
        "client.payment_method_default",
        "client.payment_method_remove",
    ),
    "invoices": (
        "client.invoice_list",
        "client.invoice_get",
        "client.invoice_generate",
        "client.invoice_charge",
        "client.invoice_credit",
        "client.payment_add",
        "client.payment_refund",
    ),
    "invoices.documents": ("client.invoice_pdf_get", "client.invoice_xml_get"),
    "installation": (
        "uber.method_list",
        "uber.method_get",
        "uber.system_info",
        "uber.check_login",
        "uber.service_plan_get",
        "uber.service_plan_list",
    ),
    "quotes": (
        "client.quote_add",
        "client.quote_service_add",
        "client.quote_update",
        "client.quote_get",
        "client.quote_list",
        "client.quote_sign",
    ),
    "quotes.contracts": ("order.diff_contract",),
    "links": (
        "order.link_create",
        "order.link_revoke",
    ),
    "threedsecure": (
        "order.threedsecure2_payment",
        "order.threedsecure2_process",
    ),
}
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}


def method_named(name: str) -> Method | None:
    group = _GROUP_OF.get(name)
    return _table(group)[name] if group else None


def every_method() -> Iterator[tuple[str, Method]]:
    """All methods by name, sorted. Loads every group."""
    for name in sorted(_GROUP_OF):
        yield name, _table(_GROUP_OF[name])[name]


def subject_of(group: str) -> str:
    """The folder of the group, which is its tag in the OpenAPI document."""
    return group.partition(".")[0]


def _module_of(group: str) -> ModuleType:
    return import_module(f"lambdas.api.{group if '.' in group else f'{group}.methods'}")


def _table(group: str) -> dict[str, Method]:
    table: dict[str, Method] = _module_of(group).METHODS
    return table
