"""A form that cannot be deployed is refused, naming the file, the place, the reason and the cure."""

from pathlib import Path
from typing import Any

import pytest

from lambdas.catalog.plan import load_plans
from lambdas.orders.model.queue import Action, MayBeInvoiced, load_queues
from statemachines.form_checks import FormError, check_form, check_forms
from tests.unit.forms.fields.test_fields import a_form

EMAIL = {"kind": "email", "name": "email", "label": "E-mail"}
NAME = {"kind": "text", "name": "first", "label": "Name"}
PLAN = {"kind": "plan", "name": "plan", "label": "Plan", "plans": ["1"]}
DOMAIN = {"kind": "plan", "name": "domain", "label": "Domain", "pack": 2, "plans": ["3"], "required": False}
WHICH = {"kind": "hosts", "name": "which", "label": "Which", "pack": 2}
PAY = {"name": "pay", "title": "Pay", "payment": ["card"]}
QUEUES, PLANS = load_queues(), load_plans()


def problems(*fields: dict[str, Any], **changes: Any) -> str:
    with pytest.raises(FormError) as refused:
        check_form(a_form(EMAIL, NAME, PLAN, *fields, **changes), QUEUES, PLANS)
    return str(refused.value)


def page(name: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "title": name, "fields": list(fields), **more}


def test_every_form_here_keeps_the_rules() -> None:
    assert {form.name for form in check_forms(QUEUES, PLANS)} >= {"hosting", "dedicated-server"}


def test_a_small_form_is_enough() -> None:
    check_form(a_form(EMAIL, NAME, PLAN), QUEUES, PLANS)


@pytest.mark.parametrize(
    ("which", "is_enough"),
    [
        (WHICH, True),
        ({**WHICH, "shown_when": {"field": "domain", "values": ["3:12"]}}, True),
        ({**WHICH, "required": False}, False),
        ({**WHICH, "pack": 1}, False),
        ({**WHICH, "shown_when": {"field": "plan", "values": ["1:1"]}}, False),
    ],
)
def test_a_plan_that_needs_a_domain_name_is_offered_where_one_is_asked_for(
    which: dict[str, Any], is_enough: bool
) -> None:
    if is_enough:
        check_form(a_form(EMAIL, NAME, PLAN, DOMAIN, which), QUEUES, PLANS)
    else:
        assert "which needs a domain name" in problems(DOMAIN, which)


DOMAINS = {"kind": "domains", "name": "names", "label": "Names", "pack": 11, "plans": ["3", "5"]}


def test_domains_are_sold_by_one_plan_for_each_ending() -> None:
    check_form(a_form(EMAIL, NAME, PLAN, DOMAINS), QUEUES, PLANS)
    for wrong in ({"plans": ["4"]}, {"plans": ["77"]}, {"period": 1}):
        assert "sells no `endings` for" in problems({**DOMAINS, **wrong})
    assert "plans 3, 3 all sell com" in problems({**DOMAINS, "plans": ["3", "3"]})
    assert "names makes the packs pack1 to pack20, and plan is of pack1" in problems({**DOMAINS, "pack": 1})


def test_a_refusal_names_the_file_and_everything_that_is_wrong() -> None:
    text = problems({**PLAN, "name": "more", "plans": ["77"]}, queue="nowhere")

    assert text.startswith("statemachines/nowhere/form.toml:")
    assert len(text.splitlines()) == 4


@pytest.mark.parametrize(
    ("field", "told"),
    [
        (
            {**PLAN, "name": "other", "pack": 2, "plans": ["77"]},
            "offers plan 77, which the catalogue has not; it has 1, 2",
        ),
        ({**PLAN, "name": "other", "pack": 2, "periods": [7]}, "none of its plans is sold for 7 months"),
        ({**PLAN, "name": "other"}, "2 plan fields write info.pack1; give each another pack"),
        ({**NAME, "name": "age", "label": "How old are you?"}, "its label is a sentence, so say in `missing` what"),
        ({**NAME, "name": "age", "label": "You are of age"}, "its label is a sentence, so say in `missing` what"),
        ({**NAME, "name": "cc_num"}, "may not write info.cc_num"),
        ({**NAME, "name": "x", "writes": "pack1"}, "may not write info.pack1"),
        ({**NAME, "name": "x", "writes": "uber_pass"}, "may not write info.uber_pass"),
        ({**NAME, "name": "x", "writes": "first"}, "2 fields write info.first, so one would undo the other"),
        ({**PLAN, "name": "x", "pack": 2, "writes": "y"}, "take `writes` out"),
        ({**NAME}, "2 fields are called first"),
        ({**NAME, "name": "x", "writes": "Country"}, "is not read; write info.country"),
        ({**DOMAIN}, "add one, shown_when = { field = \"domain\", values = ['3:12'] }"),
        ({**NAME, "name": "csrf"}, "the pages have an input of that name"),
        ({**NAME, "name": "x", "pattern": "["}, "is no regular expression"),
        ({**NAME, "name": "x", "pattern": "a"}, "say in words what is accepted"),
        ({**NAME, "name": "x", "min_length": 5, "max_length": 4}, "min_length is more than max_length"),
        (
            {"kind": "region", "name": "state", "label": "State"},
            "needs a country field before it that writes info.country",
        ),
        ({"kind": "country", "name": "country", "label": "C", "countries": ["UK"]}, "UK is no country"),
        (
            {"kind": "quantity", "name": "q", "label": "Q", "pack": 4},
            "is of pack 4, which no plan field before it chooses",
        ),
        ({"kind": "options", "name": "o", "label": "O"}, "put it on a later page"),
        ({**NAME, "name": "x", "shown_when": {"field": "nope", "values": ["a"]}}, "no field before it is called that"),
        (
            {**NAME, "name": "x", "shown_when": {"field": "plan", "values": ["1:7"]}},
            "plan never is 1:7; its values are 1:1,",
        ),
    ],
)
def test_a_field_that_is_wrong(field: dict[str, Any], told: str) -> None:
    assert told in problems(field)


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ([page("one", EMAIL, NAME), page("one", PLAN), PAY], "2 pages are called one"),
        ([page("wait", EMAIL, NAME), PAY], "a page cannot be called wait"),
        ([page("one", EMAIL, NAME), page("two"), PAY], "page two has no fields"),
        (
            [page("one", EMAIL, NAME), PAY, page("two", PLAN)],
            "page pay is where the order is paid, so it must be the last",
        ),
        ([page("one", EMAIL, NAME), page("two", PLAN)], "page two is the last one and has no payment"),
        ([page("pay", EMAIL, NAME, payment=["card"])], "the only page is where the order is paid"),
        ([page("one", NAME), page("pay", EMAIL, payment=["card"])], "asks everybody for an e-mail address"),
        ([page("one", NAME, {**EMAIL, "required": False}), PAY], "asks everybody for an e-mail address"),
        ([page("one", EMAIL, PLAN), PAY], "asks everybody who orders"),
        ([page("one", EMAIL, NAME), {**PAY, "payment": [], "payment_where_taken": ["paypal"]}], "say in payment how"),
        ([page("one", EMAIL, NAME), {**PAY, "payment_where_taken": ["paypal", "card"]}], "names card twice"),
        ([page("one", EMAIL, NAME), {**PAY, "payment_where_taken": ["account"]}], "name account in payment"),
    ],
)
def test_a_page_that_is_wrong(pages: list[dict[str, Any]], told: str) -> None:
    assert told in problems(pages=pages)


def write(root: Path, place: str, text: str) -> None:
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).write_text(text)


FORM = (Path(__file__).parents[3] / "statemachines" / "new_accounts" / "form.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = ", "is not TOML"),
        (FORM.replace('kind = "email"', 'kind = "mail"'), "pages.0.fields.1"),
        (FORM.replace('name = "hosting"', 'name = "Hosting!"'), "name: String should match pattern"),
        (FORM.replace("order_form_id = 1", "order_form_id = 1\nextra = 2"), "extra: Extra inputs are not permitted"),
        (FORM.replace('name = "hosting"', 'name = "static"'), "a form cannot be called static"),
        (FORM.replace('name = "hosting"', 'name = "reminders"'), "a form cannot be called reminders"),
    ],
)
def test_a_file_that_is_no_form(tmp_path: Path, text: str, told: str) -> None:
    write(tmp_path, "new_accounts/form.toml", text)

    with pytest.raises(FormError, match=r"statemachines/new_accounts/form\.toml") as refused:
        check_forms(QUEUES, PLANS, tmp_path)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (
            FORM.replace("order_form_id = 1", "order_form_id = 8"),
            "name hosting is that of new_accounts/form.toml as well",
        ),
        (
            FORM.replace('name = "hosting"', 'name = "other"'),
            "order_form_id 1 is that of new_accounts/form.toml as well",
        ),
    ],
)
def test_a_queue_has_several_forms_with_names_and_ids_of_their_own(tmp_path: Path, other: str, told: str) -> None:
    write(tmp_path, "new_accounts/form.toml", FORM)
    write(tmp_path, "new_accounts/form_other.toml", other)

    with pytest.raises(FormError, match="form_other") as refused:
        check_forms(QUEUES, PLANS, tmp_path)
    assert told in str(refused.value)
    both = other.replace("order_form_id = 1", "order_form_id = 8").replace('name = "hosting"', 'name = "other"')
    write(tmp_path, "new_accounts/form_other.toml", both)
    assert [form.name for form in check_forms(QUEUES, PLANS, tmp_path)] == ["hosting", "other"]


@pytest.mark.parametrize(
    ("hours", "told"),
    [((72, 24), "put them in order"), ((24, 24), "each only once"), ((24, 720), "the lead is over (30 days)")],
)
def test_reminders_come_in_order_and_before_the_lead_is_over(hours: tuple[int, ...], told: str) -> None:
    assert told in problems(reminders_after_hours=hours)


def test_the_form_of_the_documentation_is_one(tmp_path: Path) -> None:
    documentation = (Path(__file__).parents[3] / "docs" / "forms.md").read_text("utf-8")
    folder = tmp_path / "new_accounts"
    folder.mkdir()
    (folder / "form.toml").write_text(documentation.partition("```toml\n")[2].partition("```")[0], "utf-8")

    (form,) = check_forms(QUEUES, PLANS, tmp_path)
    assert (form.name, form.reminders_after_hours, form.last.payment) == ("backup", (24, 72), ("card", "account"))


BY_INVOICE = {"name": "pay", "title": "Pay", "payment": ["account"]}


def invoicing(who: str) -> dict[int, Any]:
    """The queues, all of which invoice these."""
    return {
        number: queue.model_copy(update={"may_be_invoiced": MayBeInvoiced(who)}) for number, queue in QUEUES.items()
    }


@pytest.mark.parametrize(
    ("queue", "form"), [("nobody", "existing_clients"), ("nobody", "everybody"), ("existing_clients", "everybody")]
)
def test_a_form_invoices_nobody_whom_its_queue_does_not(queue: str, form: str) -> None:
    with pytest.raises(FormError, match=f"may_be_invoiced: {form} are more than its queue invoices"):
        check_form(a_form(EMAIL, NAME, PLAN, may_be_invoiced=form), invoicing(queue), PLANS)


@pytest.mark.parametrize("form", ["nobody", "existing_clients", "everybody", None])
def test_a_form_may_invoice_fewer_than_its_queue(form: str | None) -> None:
    check_form(a_form(EMAIL, NAME, PLAN, may_be_invoiced=form), invoicing("everybody"), PLANS)


def test_a_form_by_which_nobody_could_order_is_refused() -> None:
    pages = [page("first", EMAIL, NAME, PLAN), BY_INVOICE]
    check_form(a_form(pages=pages), invoicing("existing_clients"), PLANS)
    with pytest.raises(FormError, match="takes no card, and nobody is invoiced here"):
        check_form(a_form(pages=pages), invoicing("nobody"), PLANS)


PROMISES = (
    "We email you your access data.",
    "Your password is sent to you by e-mail.",
    "You will receive your login details within an hour.",
    "Our team sends you a welcome pack.",
    "Thank you. We mail you when it is ready.",
)


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("where", ["thanks", "text"])
def test_a_form_promises_no_mail_that_nothing_sends(promise: str, where: str) -> None:
    assert f"{where} promises mail" in problems(**{where: promise})
    assert "field more promises mail" in problems({**NAME, "name": "more", "help": promise})


@pytest.mark.parametrize(
    "action",
    [
        {"module": "send_notification", "config": {"to": ["##email##"], "subject": "s", "body": "b"}},
        {"module": "call_webhook", "config": {"url": "{panel}/x", "fields": ["email"]}},
    ],
)
def test_a_promise_that_an_action_keeps_is_taken(action: dict[str, Any]) -> None:
    (queue,) = (each for each in QUEUES.values() if each.key == "new_accounts")
    sends = Action.model_validate({"id": 9_001, "name": "Tell the client", "automatic": True, **action})
    steps = [
        step.model_copy(update={"actions": (*step.actions, sends)} if step.actions else {}) for step in queue.steps
    ]
    sending = queue.model_copy(update={"steps": tuple(steps)})
    del sending.__dict__["actions"]  # worked out once, of the steps before

    for promise in PROMISES:
        check_form(a_form(EMAIL, NAME, PLAN, thanks=promise), {1: sending}, PLANS)


def test_mails_of_the_form_itself_may_be_promised_while_it_sends_them() -> None:
    for promise, off in (
        ("We email you a confirmation.", "confirmation_mail"),
        ("We email you when your order is complete.", "ending_mails"),
    ):
        check_form(a_form(EMAIL, NAME, PLAN, thanks=promise), QUEUES, PLANS)
        assert "promises mail" in problems(thanks=promise, **{off: False})


def test_a_form_promises_to_wait_for_the_payment_only_where_its_queue_does() -> None:
    promise = "We hand it over once it is paid."

    assert "promises to wait for a payment" in problems(thanks=promise)
    check_form(a_form(EMAIL, NAME, PLAN, thanks=promise, queue="dedicated_server"), QUEUES, PLANS)
