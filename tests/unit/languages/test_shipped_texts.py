"""Every text for buyers in what we ship is there in German too: forms, queues, mails and questions of actions, plans, brands."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from babel.messages.pofile import read_po

from infra.generate.texts import found_texts
from lambdas.actions.client_approval import ClientApprovalConfig
from lambdas.actions.send_notification import CLIENT, SendNotificationConfig
from lambdas.actions.simple_question import SimpleQuestionConfig
from lambdas.catalog.brands.brand import Brand, load_brands
from lambdas.catalog.plan import Option, Upgrade, load_plans
from lambdas.forms.form import load_forms
from lambdas.languages.translated import Translated
from lambdas.orders.model.queue import Action, Queue, Step, load_queues
from tests.unit.languages.pseudo import ARABIC

# Said in a file, and read by programs alone, or by staff.
_NO_TEXTS = {
    "active_unpaid", "admin_body", "admin_subject", "admin_to", "agreement", "answer", "autocomplete", "code",
    "currency", "default", "endings", "file", "key", "kind", "language", "logo", "may_be_invoiced", "module", "name", "needs",
    "owner", "owner_body", "owner_subject", "payment", "payment_where_taken", "plan_id", "plans", "prereqs", "price", "queue",
    "retry", "setup", "terms", "to", "url", "value", "values", "variable", "accent", "accent_dark", "writes",
}  # fmt: skip
_WORD = re.compile(r"[a-z]{3}")  # sizes such as 32 GB have none


def texts_of(place: str, of: Any) -> Iterator[tuple[str, Translated, str]]:
    """Place, owner and name of each text in a value and its parts."""
    if isinstance(of, Translated):
        for name in sorted(of.model_fields_set):
            value = getattr(of, name)
            is_text = isinstance(value, str) or (isinstance(value, tuple) and value and isinstance(value[0], str))
            if is_text and value and (name not in _NO_TEXTS or (name == "name" and _shows_its_name(of))):
                yield f"{place}.{name}", of, name
            yield from texts_of(f"{place}.{name}", value)
    elif isinstance(of, tuple | list):
        for number, each in enumerate(of, 1):
            yield from texts_of(f"{place}[{number}]", each)
    elif isinstance(of, dict):
        for key, each in of.items():
            yield from texts_of(f"{place}.{key}", each)


def _shows_its_name(of: Translated) -> bool:
    if isinstance(of, Action):
        return of.client_viewable
    return isinstance(of, Queue | Step | Upgrade) or (isinstance(of, Option) and bool(_WORD.search(of.name)))


def configs_of(queue: Queue) -> Iterator[tuple[str, Translated]]:
    """What clients are asked or mailed by actions."""
    for action in queue.actions:
        if action.module == "simple_question" and action.config.get("client_answers"):
            for question in SimpleQuestionConfig.model_validate(action.config).questions:
                yield action.name, question
        elif action.module == "client_approval":
            yield action.name, ClientApprovalConfig.model_validate(action.config)
        elif action.module == "send_notification" and CLIENT in action.config.get("to", ()):
            yield action.name, SendNotificationConfig.model_validate(action.config)


def shipped() -> Iterator[tuple[str, Translated, str]]:
    for form in load_forms().values():
        yield from texts_of(f"{form.queue}/{form.file}", form)
    for queue in load_queues().values():
        yield from texts_of(queue.key, queue)
        for action, config in configs_of(queue):
            yield from texts_of(f"{queue.key}.{action}", config)
    for plan in load_plans().values():
        yield from texts_of(f"plan {plan.plan_id}", plan)
    for brand in load_brands().brands:
        yield from texts_of(f"brand {brand.brand_id}", brand)


def without(tag: str, found: Iterator[tuple[str, Translated, str]]) -> list[str]:
    return [place for place, of, name in found if name not in of.i18n.get(tag, {})]


def test_every_shipped_text_is_there_in_german() -> None:
    found = list(shipped())

    assert len(found) > 150
    assert without("de", iter(found)) == []


def test_one_that_is_missing_is_named() -> None:
    brand = Brand(brand_id=1, name="Seaside", notes=("Seaside Lda, Lisboa",))

    assert without("de", texts_of("brand 1", brand)) == ["brand 1.notes"]


def test_the_arabic_of_tests_translates_texts_that_there_are() -> None:
    stated = [value for _, of, name in shipped() for value in _each(getattr(of, name))]
    marked = [text for message in found_texts() for text in _each(message.id)]
    with ARABIC.open("rb") as file:
        translated = {str(message.id) for message in read_po(file) if message.id}

    assert translated - {*stated, *marked} == set()


def _each(text: str | Sequence[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)
