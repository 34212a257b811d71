"""Forms with what their brand gives them: the address of the terms, where an agreement has none of its own."""

from collections.abc import Mapping

from lambdas.catalog.brands.brand import Brands
from lambdas.forms.fields.agreement import AgreementField
from lambdas.forms.fields.field import FormField
from lambdas.forms.form import Form
from lambdas.orders.model.queue import Queue


def branded(forms: Mapping[str, Form], queues: Mapping[int, Queue], brands: Brands) -> dict[str, Form]:
    """The forms by name. `queues`: those that the forms feed."""
    of_queue = {queue.key: brands.of(queue.brand_id) for queue in queues.values()}
    terms = {key: brand.terms for key, brand in of_queue.items() if brand and brand.terms}
    return {name: _with_terms(form, terms.get(form.queue, "")) for name, form in forms.items()}


def _with_terms(form: Form, url: str) -> Form:
    pages = tuple(
        page.changed(fields=tuple(_with_url(field, url) for field in page.fields)) if url else page
        for page in form.pages
    )
    return form if pages == form.pages else form.changed(pages=pages)


def _with_url(field: FormField, url: str) -> FormField:
    """A text without words to link it by, such as a consent, has no address."""
    if isinstance(field, AgreementField) and field.url_text and not field.url:
        return field.changed(url=url)
    return field
