"""The rules an order form must keep before it is deployed. Each refusal names the place, the reason and the cure."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from lambdas.catalog.plan import Plan
from lambdas.forms.fields.agreement import AgreementField
from lambdas.forms.fields.contact import EmailField
from lambdas.forms.fields.field import FormField
from lambdas.forms.fields.packs import PackField
from lambdas.forms.fields.payment_choices import PAYMENT
from lambdas.forms.fields.plans import PlanField
from lambdas.forms.form import Form, Page, form_files
from lambdas.forms.preselection import LINK_COUPON
from lambdas.forms.routes import NO_FORMS, RESERVED
from lambdas.forms.session.csrf import CSRF, HONEYPOT, SHOWN
from lambdas.orders.decisions.lead.on_account import narrower
from lambdas.orders.model.queue import QUEUES_ROOT, MayBeInvoiced, Queue
from statemachines.form_field_checks import field_problems
from statemachines.promise_checks import promise_problems

_INPUTS_OF_OURS = {CSRF, SHOWN, HONEYPOT, PAYMENT, LINK_COUPON, "act", "go", "seen"}
_NEEDED = ("first", "last", "company")


class FormError(ValueError):
    """A form that cannot be deployed; the text lists everything that is wrong with it."""

    def __init__(self, place: str, problems: list[str]) -> None:
        super().__init__(f"statemachines/{place}:" + "".join(f"\n  - {problem}" for problem in problems))


def check_forms(queues: Mapping[int, Queue], plans: Mapping[str, Plan], root: Path = QUEUES_ROOT) -> list[Form]:
    """All forms, if every rule holds. Raises FormError."""
    forms = [_read(file) for file in form_files(root)]
    for form in forms:
        check_form(form, queues, plans)
    for what, values in (
        ("name", [form.name for form in forms]),
        ("order_form_id", [str(form.order_form_id) for form in forms]),
    ):
        for value, count in Counter(values).items():
            if count > 1:
                where = [f"{form.queue}/{form.file}" for form in forms if value in (form.name, str(form.order_form_id))]
                raise FormError(where[-1], [f"{what} {value} is that of {where[0]} as well; choose a free one"])
    return forms


def check_form(form: Form, queues: Mapping[int, Queue], plans: Mapping[str, Plan]) -> None:
    """Raise FormError unless every rule holds."""
    problems = [
        *_queue(form, queues),
        *_pages(form),
        *_names(form),
        *(problem for field in form.fields for problem in field_problems(form, field, plans)),
        *_person(form),
        *_reminders(form, queues),
        *_invoices(form, queues),
        *(problem for queue in queues.values() if queue.key == form.queue for problem in promise_problems(form, queue)),
    ]
    if problems:
        raise FormError(f"{form.queue}/{form.file}", problems)


def _read(file: Path) -> Form:
    place = f"{file.parent.name}/{file.name}"
    try:
        return Form.read(file)
    except tomllib.TOMLDecodeError as error:
        raise FormError(place, [f"is not TOML: {error}"]) from None
    except ValidationError as error:
        told = [f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors(include_url=False)]
        raise FormError(place, told) from None


def _queue(form: Form, queues: Mapping[int, Queue]) -> Iterator[str]:
    if form.queue not in {queue.key for queue in queues.values()}:
        yield f"the folder {form.queue} has no queue.toml; a form stands beside the queue that it feeds"
    if form.name in NO_FORMS:
        yield f"a form cannot be called {form.name}: the door has an address of that name; choose another"


def _pages(form: Form) -> Iterator[str]:
    for name, count in Counter(page.name for page in form.pages).items():
        if count > 1:
            yield f"{count} pages are called {name}; give each page a name of its own"
        if name in RESERVED:
            yield f"a page cannot be called {name}: the door has an address of that name; choose another"
    for page in form.pages:
        yield from _ways(page)
        if not page.fields and not page.payment:
            yield f"page {page.name} has no fields; give it one, or leave it out"
    yield from _payment(form)


def _payment(form: Form) -> Iterator[str]:
    for page in form.pages[:-1]:
        if page.payment:
            yield f"page {page.name} is where the order is paid, so it must be the last one; move it to the end"
    if not form.last.payment:
        yield f'page {form.last.name} is the last one and has no payment; say how the order can be paid, as in ["card"]'
    if form.last is form.first:
        yield "the only page is where the order is paid; put one before it, so that the order exists before money moves"


def _ways(page: Page) -> Iterator[str]:
    if page.payment_where_taken and not page.payment:
        yield f"page {page.name} has payment_where_taken and no payment; say in payment how everybody can pay"
    if twice := [way for way, count in Counter(page.ways).items() if count > 1]:
        yield f"page {page.name} names {', '.join(twice)} twice among its ways to pay; name each once"
    if "account" in page.payment_where_taken:
        yield f"page {page.name}: who pays on account needs no payment provider; name account in payment"


def _names(form: Form) -> Iterator[str]:
    for name, count in Counter(field.name for field in form.fields).items():
        if count > 1:
            yield f"{count} fields are called {name}; give each field a name of its own"
        if name in _INPUTS_OF_OURS:
            yield f"field {name}: the pages have an input of that name; choose another"
    writers = Counter(field.key for field in form.fields if not isinstance(field, PackField | AgreementField))
    for key, count in writers.items():
        if count > 1:
            yield f"{count} fields write info.{key}, so one would undo the other; let each write a key of its own"
    choosers = Counter(field.key for field in form.fields if isinstance(field, PlanField))
    for key, count in choosers.items():
        if count > 1:
            yield f"{count} plan fields write info.{key}; give each another pack"


def _person(form: Form) -> Iterator[str]:
    """Problems with the fields of a new client (orders/decisions/lead/draft.py), asked for before the page that submits."""
    before = [field for page in form.pages[:-1] for field in page.fields]
    if not any(isinstance(field, EmailField) and field.key == "email" and _always(field) for field in before):
        yield "no page before the payment asks everybody for an e-mail address; add a field of kind email that is called email"
    if not any(field.key in _NEEDED and _always(field) for field in before):
        yield f"no page before the payment asks everybody who orders; add a field that writes one of {', '.join(_NEEDED)}"


def _reminders(form: Form, queues: Mapping[int, Queue]) -> Iterator[str]:
    hours = form.reminders_after_hours
    if list(hours) != sorted(set(hours)):
        yield "reminders_after_hours: each must come later than the one before; put them in order, and each only once"
    days = next((queue.leads.expires_after_days for queue in queues.values() if queue.key == form.queue), None)
    if hours and days and hours[-1] >= days * 24:
        yield f"reminders_after_hours: after {hours[-1]} hours the lead is over ({days} days); remind earlier, or leave it out"


def _invoices(form: Form, queues: Mapping[int, Queue]) -> Iterator[str]:
    queue = next((queue for queue in queues.values() if queue.key == form.queue), None)
    if queue is None:
        return
    if form.may_be_invoiced not in (None, narrower(queue.may_be_invoiced, form.may_be_invoiced)):
        text = f"may_be_invoiced: {form.may_be_invoiced} are more than its queue invoices ({queue.may_be_invoiced})"
        yield f"{text}; name fewer here, or widen the queue's"
    if form.only_on_account and narrower(queue.may_be_invoiced, form.may_be_invoiced) is MayBeInvoiced.NOBODY:
        yield f"page {form.last.name} takes no card, and nobody is invoiced here, so nobody could order; offer a card"


def _always(field: FormField) -> bool:
    return field.required and field.shown_when is None
