"""The fields of a page as its template draws them."""

from lambdas.forms.domains.domains_field import DomainsField
from lambdas.forms.fields.address import PARTS
from lambdas.forms.fields.field import Given, Input
from lambdas.forms.fields.filled import fields_of, is_shown
from lambdas.forms.form import Form, Page
from lambdas.runtime.models import Frozen


class FieldView(Frozen):
    """`shown_when`: the input on the same page that shows the field, and the values that do. `is_address`: a part of an
    address, which follows the country. `looks_up`: the name of a field whose names are looked up.
    """

    inputs: tuple[Input, ...]
    shown_when: tuple[str, str] | None = None
    is_address: bool = False
    looks_up: str = ""


def field_views(form: Form, page: Page, given: Given) -> list[FieldView]:
    """The fields that the page asks for, or may ask for once another of its inputs has some value."""
    views = []
    for field in fields_of(page, given):
        shown_when = None
        if field.shown_when and field.shown_when.field in {each.name for each in page.fields}:
            shown_when = (field.shown_when.field, " ".join(field.shown_when.values))
        elif not is_shown(form, field, given):
            continue
        if inputs := field.inputs(given):
            looks_up = field.name if isinstance(field, DomainsField) else ""
            is_address = field.key in PARTS
            views.append(FieldView(inputs=inputs, shown_when=shown_when, is_address=is_address, looks_up=looks_up))
    return views
