"""The steps of a form, as its pages list them. A step is ticked when it was done, and never because it asks for nothing. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from lambdas.forms.fields.field import Given
from lambdas.forms.fields.filled import current_page
from lambdas.forms.fields.plans import PlanField
from lambdas.forms.form import Form, Page
from lambdas.orders.parsing.info_keys import is_pack
from lambdas.runtime.models import Frozen


class Step(Frozen):
    """`state`: `here`, `done`, `open` (can be opened, and was not done) or `later`."""

    title: str
    state: str
    path: str
    name: str


def steps_of(form: Form, page: Page, given: Given, *, begun: bool, paths: dict[str, str]) -> tuple[Step, ...]:
    """The steps as `page` lists them. `begun`: there is an order. `paths`: by page name."""
    here = form.pages.index(page)
    reached = form.pages.index(current_page(form, given)) if begun else 0

    def state(at: int, each: Page) -> str:
        if at == here:
            return "here"
        if at > reached:
            return "later"
        return "done" if at < here or (at < reached and _has_answers(each, given)) else "open"

    return tuple(
        Step(title=each.title, state=state(at, each), path=paths[each.name], name=each.name)
        for at, each in enumerate(form.pages)
    )


def _has_answers(page: Page, given: Given) -> bool:
    """Whether something on the page was answered. What its fields show at first is no answer, but for a chosen plan."""
    chosen = {
        key: {name: pack[name] for name in ("plan_id", "period") if name in pack}
        for key, pack in given.info.items()
        if is_pack(key) and isinstance(pack, Mapping)
    }
    untouched, empty = replace(given, info=chosen), replace(given, info={})
    return any(
        each.typed(given) != each.typed(empty if isinstance(each, PlanField) else untouched) for each in page.fields
    )
