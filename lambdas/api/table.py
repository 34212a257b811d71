"""The table of methods, in groups. A group is loaded when one of its methods is called, so that a start stays short.

A new method is a row in its group's `METHODS` and its name here.
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
    "acting": (
        "order.process",
        "order.cancel",
        "order.restart",
    ),
    "posts": (
        "order.respond",
        "order.client_respond",
        "order.post_list",
        "uber.attachment_list",
        "uber.attachment_get",
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
    "editing": (
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
    "payment_methods": (
        "client.cc_add",
        "client.ach_add",
        "client.payment_method_list",
    ),
    "invoices": (
        "client.invoice_list",
        "client.invoice_get",
        "client.invoice_generate",
        "client.invoice_charge",
        "client.payment_add",
        "client.payment_refund",
    ),
    "uber": (
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
    "contracts": ("order.diff_contract",),
    "links": (
        "order.link_create",
        "order.link_revoke",
    ),
    "threedsecure": (
        "order.threedsecure2_payment",
        "order.threedsecure2_process",
    ),
}
# Where a group's table is, if not in `<group>/methods.py`.
_MODULES = {
    "acting": "orders.progress_methods",
    "editing": "queues.editing",
    "payment_methods": "clients.payment_methods",
    "uber": "installation.methods",
    "contracts": "quotes.contract_methods",
}
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}


def method_named(name: str) -> Method | None:
    group = _GROUP_OF.get(name)
    return _table(group)[name] if group else None


def every_method() -> Iterator[tuple[str, Method]]:
    """All methods by name, sorted. Loads every group."""
    for name in sorted(_GROUP_OF):
        yield name, _table(_GROUP_OF[name])[name]


def module_of(group: str) -> ModuleType:
    return import_module(f"lambdas.api.{_MODULES.get(group, f'{group}.methods')}")


def _table(group: str) -> dict[str, Method]:
    table: dict[str, Method] = module_of(group).METHODS
    return table
