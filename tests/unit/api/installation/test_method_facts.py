"""What this API says of its parameters is what Ubersmith's reference says: names, which are required, defaults.

The facts are in `tests/data/api_2_0_methods.json` (API 2.0 reference, versions 4.6 to 5.0). Differences that are meant are
listed here, one by one.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from lambdas.api.installation.description import parameters_of
from lambdas.api.table import every_method

FACTS: dict[str, dict[str, dict[str, Any]]] = json.loads(
    (Path(__file__).parents[3] / "data" / "api_2_0_methods.json").read_text("utf-8")
)
OURS = dict(every_method())

NOT_OFFERED = {
    "client.lookup",
    "client.service_add",
}
# Ubersmith has these too; the reference at hand says nothing of their parameters.
WITHOUT_FACTS = {
    "client.quote_get",
    "client.quote_list",
    "client.quote_update",  # ours
    "order.diff_contract",  # ours
    "client.invoice_credit",  # ours
    "client.invoice_get",
    "client.invoice_list",
    "client.invoice_pdf_get",  # ours
    "client.invoice_xml_get",  # ours
    "client.payment_add",  # ours
    "client.payment_method_default",  # ours, and the next one
    "client.payment_method_remove",
    "client.payment_refund",
    "client.service_list",
    "client.update",
    "order.bulk_get",  # ours, and the other four
    "order.bulk_list",
    "order.bulk_preview",
    "order.bulk_run",
    "order.bulk_stop",
    "order.history",  # ours
    "order.effects",  # ours
    "order.link_create",  # ours
    "order.note",
    "order.note_list",
    "order.link_revoke",  # ours
    "order.contact_update",  # ours
    "order.priority",  # ours
    "order.pause",  # ours, and the next two
    "order.pause_list",
    "order.resume",
    "order.assign",  # ours
    "order.numbers",  # ours
    "order.restart",  # ours
    "order.search",  # ours
    "order.worklist",  # ours
    "uber.attachment_get",
    "uber.attachment_list",
}
ADDED = {
    "client.add": {"invoice_delivery"},  # documented in orders only
    "client.ach_add": {"ach_token"},  # no account numbers are taken
    "client.quote_add": {"opportunity_id"},
    "client.quote_sign": {"cc_token", "ach_token", "total"},
    "order.cancel": {"reason"},
    "order.create": {"opportunity_id"},
    "order.get": {"at"},
    "order.list": {"cursor"},
    "order.process": {"input", "reason"},
    "order.submit": {"payer_present", "return_to", "reviewed", "total"},
    "order.update": {
        "card_stored",
        "card_id",
        "ach_id",
        "reason",
    },  # stored methods: undocumented, seen in use (reference/ubersmith.md 4.5)
    "order.respond": {"attach"},  # the name that attach[] has once it is read
}
LEFT_OUT = {
    "client.quote_service_add": {"parent", "tax_engine_id", "taxes", "meta_*"},
    "client.quote_sign": {"cc_cvv2", "threedsecure"},  # see order.threedsecure2_payment
    "order.respond": {"attach[]"},
    "order.create": {"activity", "progress"},  # what an order has gone through is not for callers to say
}
REQUIRED_HERE = {
    ("client.cc_add", "cc_token"),  # no card numbers are taken
    ("client.ach_add", "ach_token"),
}
# A default that depends on the installation or the moment is no constant here, and where a change is asked for, what is not
# said stays as it is.
OTHER_DEFAULTS = {
    ("client.add", "brand_id"),
    ("order.create", "hash"),
    ("order.create", "order_status"),
    ("order.create", "priority"),
    ("order.create", "ts"),
    ("order.list", "brand_id"),
    ("order.update", "hash"),  # here it names the order
    ("order.update", "priority"),
}


def same(ours: Any, theirs: Any) -> bool:
    """Absent, empty and 0 are one (reference/ubersmith.md 4.1), and so are numbers and their text."""
    return plain(ours) == plain(theirs)


def plain(default: Any) -> str:
    text = "" if default is None or default is False else str(default)
    return "" if text in ("0", "[]", "{}") else text


@pytest.mark.parametrize("name", sorted(OURS.keys() & FACTS.keys()))
def test_parameters_are_those_of_the_reference(name: str) -> None:
    ours = {each["param"]: each for each in parameters_of(OURS[name])}
    theirs = FACTS[name]

    assert ours.keys() - theirs.keys() == ADDED.get(name, set())
    assert theirs.keys() - ours.keys() == LEFT_OUT.get(name, set())
    for param, said in ours.items():
        if param in theirs and (name, param) not in REQUIRED_HERE:
            assert said["required"] == theirs[param]["required"], param
    differ = {
        (name, param)
        for param, said in ours.items()
        if param in theirs and not said["required"] and not same(said["default"], theirs[param]["default"])
    }
    assert differ == {each for each in OTHER_DEFAULTS if each[0] == name}


def test_every_method_of_the_reference_is_offered_or_left_out_on_purpose() -> None:
    assert FACTS.keys() - OURS.keys() == NOT_OFFERED
    assert OURS.keys() - FACTS.keys() == WITHOUT_FACTS


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_parameter_is_described(name: str) -> None:
    assert [each["param"] for each in parameters_of(OURS[name]) if not each["description"]] == []
