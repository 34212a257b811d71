"""The rules a field of an order form must keep; see form_checks.py."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from lambdas.catalog.plan import Plan
from lambdas.forms.domains.domains_field import DomainsField
from lambdas.forms.fields.agreement import AgreementField
from lambdas.forms.fields.contact import CountryField, RegionField, TextField
from lambdas.forms.fields.field import FormField, Given, ShownWhen
from lambdas.forms.fields.packs import CouponField, HostsField, PackField, QuantityField
from lambdas.forms.fields.plans import OptionsField, PlanField
from lambdas.forms.form import Form, Page
from lambdas.orders.contact.places import countries
from lambdas.orders.parsing.info_keys import near_misses

# Keys of `info` that say what is bought, how it is paid, or who is who: fields of their own kinds or nobody write them.
_FORBIDDEN = re.compile(
    r"(cc_|ach_|paypal_|card_|pack\d|msa$|coupon|payment_type$|billing_info_id$|client_id$|uber_|preauth|tax|ip_address$"
    r"|contract|total|price|discount|default_renew$|invoice_delivery$)"
)

_SENTENCE = re.compile(r"(I|You|We|How|What|Where|When|Who|Which|Do|Is|Are|Shall|Should|Anything) ")


def field_problems(form: Form, field: FormField, plans: Mapping[str, Plan]) -> Iterator[str]:
    """Problems with the field and its place in the form."""
    yield from _writes(field)
    yield from _missing(field)
    if field.shown_when:
        yield from _shown_when(form, field, field.shown_when, plans)
    match field:
        case PlanField():
            yield from _plans(field, plans)
            yield from _needs(form, field, plans)
        case OptionsField() | QuantityField() | HostsField():
            yield from _of_pack(form, field)
        case DomainsField():
            yield from _domains(form, field, plans)
        case RegionField():
            yield from _region(form, field)
        case CountryField():
            yield from _countries(field)
        case TextField():
            yield from _pattern(field)


def _writes(field: FormField) -> Iterator[str]:
    own_key = isinstance(field, PackField | CouponField | AgreementField)
    if own_key and field.writes:
        yield f"field {field.name} writes {field.key} by its kind; take `writes` out"
    if not own_key and _FORBIDDEN.match(field.key):
        yield f"field {field.name} may not write info.{field.key}: it says what is bought or how it is paid; take another key"
    for problem in near_misses({field.key: "1"}):
        yield f"field {field.name} writes {problem}"


def _missing(field: FormField) -> Iterator[str]:
    """An empty field is refused by its label ("Enter your first name"), which a sentence or a question does not fit."""
    asks = field.required and not field.missing and not isinstance(field, AgreementField)
    if asks and (field.label.rstrip().endswith(("?", ".", "!")) or _SENTENCE.match(field.label)):
        yield (
            f"field {field.name}: its label is a sentence, so say in `missing` what to do when nothing is entered, "
            'as in "Select who the order is for"'
        )


def _shown_when(form: Form, field: FormField, shown: ShownWhen, plans: Mapping[str, Plan]) -> Iterator[str]:
    other = next((each for each in _before(form, field) if each.name == shown.field), None)
    if other is None:
        yield f"field {field.name} is shown when {shown.field} has a value, but no field before it is called that"
        return
    inputs = other.inputs(Given({}, plans, "USD"))
    known = {choice.value for each in inputs if each.name == other.name for choice in each.choices}
    if known and (strange := [value for value in shown.values if value not in known]):
        yield f"field {field.name}: {other.name} never is {', '.join(strange)}; its values are {', '.join(sorted(known))}"


def _needs(form: Form, field: PlanField, plans: Mapping[str, Plan]) -> Iterator[str]:
    """A plan that needs a domain name is offered only if a later field asks for the domain name."""
    for plan_id in field.plans:
        plan = plans.get(plan_id)
        if plan is None or "domain" not in plan.needs:
            continue
        offers = {f"{plan_id}:{period}" for period in plan.pricing if not field.periods or period in field.periods}
        if not any(_asks(each, field, offers) for each in form.fields):
            yield (
                f"field {field.name} offers plan {plan_id}, which needs a domain name, but no required field of kind hosts asks "
                f'for it in pack {field.pack}; add one, shown_when = {{ field = "{field.name}", values = {sorted(offers)} }}'
            )


def _asks(field: FormField, chooser: PlanField, offers: set[str]) -> bool:
    if not isinstance(field, HostsField) or field.pack != chooser.pack or not field.required:
        return False
    shown = field.shown_when
    return shown in (None, chooser.shown_when) or (shown.field == chooser.name and offers <= set(shown.values))


def _plans(field: PlanField, plans: Mapping[str, Plan]) -> Iterator[str]:
    for plan_id in field.plans:
        if plan_id not in plans:
            yield f"field {field.name} offers plan {plan_id}, which the catalogue has not; it has {', '.join(plans)}"
    sold = {period for plan_id in field.plans if plan_id in plans for period in plans[plan_id].pricing}
    if strange := [str(period) for period in field.periods if period not in sold]:
        yield f"field {field.name}: none of its plans is sold for {', '.join(strange)} months; take the periods out"


def _domains(form: Form, field: DomainsField, plans: Mapping[str, Plan]) -> Iterator[str]:
    where, sellers = f"field {field.name}", defaultdict[tuple[str, bool], list[str]](list)
    for plan_id in field.plans:
        plan = plans.get(plan_id)
        if plan is None or not plan.endings or field.period not in plan.pricing:
            yield f"{where}: plan {plan_id} sells no `endings` for {field.period} months; see lambdas/catalog/plans.toml"
        for ending in plan.endings if plan else ():
            sellers[ending, bool(plan and plan.is_transfer)].append(plan_id)
    for (ending, _is_transfer), sold_by in sellers.items():
        if len(sold_by) > 1:
            yield f"{where}: plans {', '.join(sold_by)} all sell {ending}; name one of them, so that it has one price"
    others = [
        each for each in form.fields if isinstance(each, PackField) and each is not field and each.key in field.keys
    ]
    for other in others:
        yield f"{where} makes the packs {field.keys[0]} to {field.keys[-1]}, and {other.name} is of {other.key}; move one of them"


def _of_pack(form: Form, field: PackField) -> Iterator[str]:
    choosers = (each for each in _before(form, field) if isinstance(each, PlanField) and each.pack == field.pack)
    chooser = next(choosers, None)
    if chooser is None:
        yield f"field {field.name} is of pack {field.pack}, which no plan field before it chooses; add one, or correct `pack`"
    elif isinstance(field, OptionsField) and _page_of(form, field) is _page_of(form, chooser):
        yield f"field {field.name} depends on the plan chosen in {chooser.name}; put it on a later page, where that is known"


def _region(form: Form, field: RegionField) -> Iterator[str]:
    before = (each for each in _before(form, field) if isinstance(each, CountryField))
    if field.country not in {each.key for each in before}:
        yield f"field {field.name} needs a country field before it that writes info.{field.country}; add one"


def _countries(field: CountryField) -> Iterator[str]:
    named = (*field.countries, *([field.default] if field.default else []))
    if unknown := [code for code in named if code not in countries()]:
        yield f"field {field.name}: {', '.join(unknown)} is no country; use ISO 3166-1 codes such as GB"


def _pattern(field: TextField) -> Iterator[str]:
    try:
        re.compile(field.pattern)
    except re.error as error:
        yield f"field {field.name}: its pattern is no regular expression: {error}"
    if field.pattern and not field.pattern_text:
        yield f"field {field.name} has a pattern and no pattern_text; say in words what is accepted"
    if field.min_length > field.max_length:
        yield f"field {field.name}: min_length is more than max_length; correct one of them"


def _before(form: Form, field: FormField) -> tuple[FormField, ...]:
    return form.fields[: next(at for at, each in enumerate(form.fields) if each is field)]


def _page_of(form: Form, field: FormField) -> Page | None:
    return next((page for page in form.pages if any(each is field for each in page.fields)), None)
