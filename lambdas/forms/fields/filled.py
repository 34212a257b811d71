"""Pure decisions about which fields and pages of a form an order's `info` completes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lambdas.forms.fields.address import POSTCODE, in_order, localized
from lambdas.forms.fields.field import FormField, Given, InputRefusedError, Typed
from lambdas.forms.fields.leftovers import removed_leftovers
from lambdas.forms.fields.wording import advice
from lambdas.forms.form import Form, Page
from lambdas.orders.contact.address_format import check_postcode
from lambdas.orders.contact.fields import RULES
from lambdas.orders.contact.unfit import UnfitError
from lambdas.orders.model.info import Info, merge, text


@dataclass(frozen=True)
class Filled:
    """A page as typed: its changes of the order's `info`, and its errors by input, in the page's order."""

    changes: Info = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


def read_page(form: Form, page: Page, typed: Typed, given: Given) -> Filled:
    """Accept each correct entry, even if another is wrong. A hidden field loses its value. Items that are no longer sold and
    that no page asks for are removed."""
    changes = removed_leftovers(form, given)
    given = replace(given, info=merge(given.info, changes))
    errors: dict[str, str] = {}
    for asked in page.fields:
        each = localized(asked, given)
        if each is None or not is_shown(form, each, given):
            change = asked.cleared(given.info)
        else:
            try:
                change = each.read(typed, given)
            except InputRefusedError as refused:
                errors |= refused.errors
                continue
        changes = merge(changes, change)
        given = replace(given, info=merge(given.info, change))
    return _with_rules(page, Filled(changes, errors), given)


def _with_rules(page: Page, filled: Filled, given: Given) -> Filled:
    """The page with the contact rules that apply to every order. A rule may read fields of other pages."""
    changes, errors = dict(filled.changes), dict(filled.errors)
    fields = fields_of(page, given)
    for each in fields:
        rule, value = RULES.get(each.key), changes.get(each.key)
        if rule is None or not isinstance(value, str) or not value:
            continue
        try:
            changes[each.key] = rule(value, given.info)
            if each.key == POSTCODE:
                check_postcode(changes[each.key], text(given.info, "country"))
        except UnfitError as unfit:
            errors[each.name] = advice(unfit, each.label)
            del changes[each.key]
    in_order = {name: errors[name] for each in fields for name in _names(each, given) if name in errors}
    return Filled(changes, {**in_order, **errors})


def _names(each: FormField, given: Given) -> Iterator[str]:
    yield from (given_input.name for given_input in each.inputs(given))


def fields_of(page: Page, given: Given) -> tuple[FormField, ...]:
    """The page's fields as the country of the order's address has them, in its order."""
    found = (localized(each, given) for each in in_order(page.fields, given))
    return tuple(each for each in found if each is not None)


def is_shown(form: Form, each: FormField, given: Given) -> bool:
    """Whether the page asks for the field, given the order's current values."""
    if each.shown_when is None:
        return True
    other = form.field(each.shown_when.field)
    if other is None or not is_shown(form, other, given):
        return False
    return other.typed(given).get(other.name, "") in each.shown_when.values


def typed_of(page: Page, given: Given) -> dict[str, str]:
    """The values that the page's inputs show for the order."""
    return {name: value for each in page.fields for name, value in each.typed(given).items()}


def is_complete(form: Form, page: Page, given: Given) -> bool:
    return not read_page(form, page, typed_of(page, given), given).errors


def current_page(form: Form, given: Given) -> Page:
    """The first page that is incomplete, or else the last page."""
    return next((page for page in form.pages[:-1] if not is_complete(form, page, given)), form.last)
