"""What an order was begun with and is sold no more: plans and options that were taken out of the catalogue, fields that were
taken off the form.

Where a page of the form asks for it, the order stands at that page and its client chooses anew. What no page asks for could
never be shown, changed or ordered: it is taken off with the next page that is sent, and the pages say so. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lambdas.catalog.plan import Plan
from lambdas.forms.fields.field import Given
from lambdas.forms.fields.plans import OptionsField, PlanField
from lambdas.forms.form import Form
from lambdas.orders.model.info import Info, merge, text
from lambdas.orders.parsing.info_keys import is_pack

TAKEN_OFF = (
    "Something that you chose is no longer sold, so we removed it from your order. Check your order and its price."
)
CHOOSE_ANEW = "Something that you chose is no longer sold. Choose again."


def removed_leftovers(form: Form, given: Given) -> Info:
    """Changes of `info` that take off what is not sold any more and no page of the form asks for."""
    changes: Info = {}
    for name, pack in _packs(given.info):
        plan = given.plans.get(text(pack, "plan_id"))
        if not _is_sold(pack, plan):
            changes |= {} if _asks(form, PlanField, name) else {name: ""}
        elif options := _options_off(form, name, pack, plan):
            changes |= {name: {"options": options}}
    return changes


def notice(form: Form, given: Given) -> str:
    """What the pages say of it; empty where all of the order is sold."""
    off = removed_leftovers(form, given)
    left = Given(merge(given.info, off), given.plans, given.currency)
    if any(
        not _is_sold(pack, left.plans.get(text(pack, "plan_id"))) or _lost(pack, left) for _, pack in _packs(left.info)
    ):
        return CHOOSE_ANEW
    return TAKEN_OFF if off else ""


def _packs(info: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((name, pack) for name, pack in info.items() if is_pack(name) and isinstance(pack, Mapping) and pack)


def _is_sold(pack: Mapping[str, Any], plan: Plan | None) -> bool:
    """What has a price of its own is sold at that."""
    if text(pack, "price"):
        return True
    period = text(pack, "period")
    return plan is not None and period in ("", *map(str, plan.pricing))


def _options_off(form: Form, name: str, pack: Mapping[str, Any], plan: Plan | None) -> Info:
    """An upgrade that is gone is taken off; an option that is gone becomes the default one, unless a page asks for it."""
    upgrades = plan.upgrades if plan else {}
    chosen = _chosen(pack)
    off: Info = {key: "" for key, option in chosen.items() if option and key not in upgrades}
    if not _asks(form, OptionsField, name):
        off |= {key: upgrades[key].default for key in _strange(chosen, upgrades)}
    return {} if text(pack, "price") else off


def _lost(pack: Mapping[str, Any], given: Given) -> bool:
    plan = given.plans.get(text(pack, "plan_id"))
    return plan is not None and not text(pack, "price") and bool(_strange(_chosen(pack), plan.upgrades))


def _strange(chosen: Mapping[str, str], upgrades: Mapping[str, Any]) -> list[str]:
    """Upgrades there are, of which an option was chosen that is not there."""
    return [key for key, option in chosen.items() if option and key in upgrades and option not in upgrades[key].options]


def _chosen(pack: Mapping[str, Any]) -> dict[str, str]:
    options = pack.get("options")
    return {str(key): str(value or "") for key, value in options.items()} if isinstance(options, Mapping) else {}


def _asks(form: Form, kind: type[PlanField] | type[OptionsField], name: str) -> bool:
    return any(isinstance(field, kind) and field.key == name for field in form.fields)
