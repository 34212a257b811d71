"""Handles items of an order that are no longer sold: plans and options removed from the catalogue, fields removed from the form.

If a page of the form asks for the item, the order returns to that page and the client chooses again. Otherwise nobody could
see, change or order it: it is removed with the next page that is sent, and the pages say so. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lambdas.catalog.plan import Plan
from lambdas.forms.fields.field import Given
from lambdas.forms.fields.plans import OptionsField, PlanField
from lambdas.forms.form import Form
from lambdas.languages.texts import N_, _
from lambdas.orders.model.info import Info, merge, text
from lambdas.orders.parsing.info_keys import is_pack

TAKEN_OFF = N_(
    "Something that you chose is no longer sold, so we removed it from your order. Check your order and its price."
)
CHOOSE_ANEW = N_("Something that you chose is no longer sold. Choose again.")


def removed_leftovers(form: Form, given: Given) -> Info:
    """Changes of `info` that remove items which are no longer sold and which no page of the form asks for."""
    changes: Info = {}
    for name, pack in _packs(given.info):
        plan = given.plans.get(text(pack, "plan_id"))
        if not _is_sold(pack, plan):
            changes |= {} if _asks(form, PlanField, name) else {name: ""}
        elif options := _options_off(form, name, pack, plan):
            changes |= {name: {"options": options}}
    return changes


def notice(form: Form, given: Given) -> str:
    """The notice for the pages; empty if the whole order is still sold."""
    off = removed_leftovers(form, given)
    left = Given(merge(given.info, off), given.plans, given.currency)
    if any(
        not _is_sold(pack, left.plans.get(text(pack, "plan_id"))) or _lost(pack, left) for _, pack in _packs(left.info)
    ):
        return _(CHOOSE_ANEW)
    return _(TAKEN_OFF) if off else ""


def _packs(info: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from ((name, pack) for name, pack in info.items() if is_pack(name) and isinstance(pack, Mapping) and pack)


def _is_sold(pack: Mapping[str, Any], plan: Plan | None) -> bool:
    """Whether the pack can be bought. A pack with its own price always can."""
    if text(pack, "price"):
        return True
    period = text(pack, "period")
    return plan is not None and period in ("", *map(str, plan.pricing))


def _options_off(form: Form, name: str, pack: Mapping[str, Any], plan: Plan | None) -> Info:
    """Options to remove: those of a missing upgrade. A missing option becomes the default, unless a page asks for it."""
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
    """Existing upgrades whose chosen option no longer exists."""
    return [key for key, option in chosen.items() if option and key in upgrades and option not in upgrades[key].options]


def _chosen(pack: Mapping[str, Any]) -> dict[str, str]:
    options = pack.get("options")
    return {str(key): str(value or "") for key, value in options.items()} if isinstance(options, Mapping) else {}


def _asks(form: Form, kind: type[PlanField] | type[OptionsField], name: str) -> bool:
    return any(isinstance(field, kind) and field.key == name for field in form.fields)
