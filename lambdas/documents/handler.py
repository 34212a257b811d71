"""The clients' door to their invoices and credit notes: behind the link of an order's status page, as pages and as PDF.

A function of its own, so that the function of the forms, which everybody reaches, can read no invoice. It writes nothing.
No path, token or number is ever logged.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from lambdas.documents.answers import document_answer, list_answer, message_answer
from lambdas.languages.language import speaking
from lambdas.languages.texts import N_, _
from lambdas.mail.language import LANG, language_of
from lambdas.mail.link_mail import has_current_address
from lambdas.orders.errors import OrderNotFoundError
from lambdas.orders.model.order import Order
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import DynamoOrderStore
from lambdas.records.invoices.order_invoices import read_documents
from lambdas.records.links.link import LinkPurpose, LinkRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.front import behind_front
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.settings import Settings
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics
from lambdas.web.http import Answer, RefusedError, Response, WebRequest, read_request, response_of

_CLOSED = N_("It may have expired, been withdrawn or been cut off. Contact us for a new one.")
_NOTHING = N_(
    "This order has no document at this address. Go back to its invoices, or check that you copied all of it."
)


class DocumentSettings(Settings):
    """`languages`: tags with commas between, the stage's own first. `electronic_invoices`: empty for none."""

    order_table: str
    record_table: str
    languages: str = "en"
    electronic_invoices: str = ""


@dataclass(frozen=True)
class Documents:
    """`now`: gives Unix seconds. `languages`: those offered, the stage's own first. `electronic`: documents hold data as well."""

    orders: OrderStore
    records: RecordTable
    now: Callable[[], int]
    languages: tuple[str, ...] = ("en",)
    electronic: bool = False


@cache
def _documents() -> Documents:
    settings = DocumentSettings.from_environment()
    return Documents(
        DynamoOrderStore(settings.order_table),
        RecordTable(settings.record_table),
        lambda: int(time.time()),
        tuple(settings.languages.split(",")),
        electronic=bool(settings.electronic_invoices),
    )


@metrics.log_metrics
@behind_front
def handler(event: dict[str, Any], context: Any) -> Response:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a response out."""
    with retry_budget(context):
        return respond(event, _documents())


def respond(event: dict[str, Any], documents: Documents) -> Response:
    """Answer with a page, also for each refusal. Only an unexpected error becomes a 500."""
    wanted = dict(parse_qsl(event.get("rawQueryString") or "")).get(LANG, "")
    with speaking(wanted if wanted in documents.languages else documents.languages[0]):
        try:
            answer = _answer(documents, read_request(event))
        except RefusedError as refused:
            answer = message_answer(refused.status, refused.title, refused.text)
        except Exception as error:  # noqa: BLE001 - the browser gets a page, the log the place
            request_id = event["requestContext"]["requestId"]
            log_unexpected("unexpected error at the documents", error, request_id=request_id)
            text = _(
                "The error is logged under number {request_id}. Load the page again in a while.", request_id=request_id
            )
            answer = message_answer(HTTPStatus.INTERNAL_SERVER_ERROR, _("Something went wrong"), text)
    logger.info("page answered", status=int(answer.status), route=event.get("routeKey", ""))
    response = response_of(answer)
    return {**response, "body": ""} if event["requestContext"]["http"]["method"] == "HEAD" else response


def _answer(documents: Documents, request: WebRequest) -> Answer:
    """Raises RefusedError for a link that is not open, or a document that is not of its order."""
    match request.path:
        case ("orders", token, "invoices", *rest) if len(rest) <= 1:
            order = _order_of(documents, token)
            with speaking(language_of(order, documents.languages)):
                return _answer_of(documents, order, token, unquote(rest[0]) if rest else "")
    raise _no_such_document()


def _answer_of(documents: Documents, order: Order, token: str, name: str) -> Answer:
    """The list of the order's documents, or the one with this name, in the language in which the order was made."""
    found = read_documents(documents.records, order.order_id, order.brand_id)
    order_path, path = f"/orders/{token}", f"/orders/{token}/invoices"
    to_order = (_("Back to your order"), order_path)
    if not name:
        return list_answer(found, order.reference, path, (to_order,))
    back = (to_order, (_("All invoices"), path))
    if answer := document_answer(found, name, path, back, electronic=documents.electronic):
        return answer
    raise _no_such_document()


def _no_such_document() -> RefusedError:
    return RefusedError(HTTPStatus.NOT_FOUND, _("No such document"), _(_NOTHING))


def _order_of(documents: Documents, token: str) -> Order:
    """The order whose status page this link opens. Many refusals are guesses, so they are counted as that page counts its own."""
    link = LinkRecords(documents.records).find_open(token, LinkPurpose.STATUS, documents.now())
    try:
        order = documents.orders.get(link.order_id) if link else None
    except OrderNotFoundError:
        order = None
    if link is None or order is None or not has_current_address(link, order):
        metrics.add_metric("LinksRefused", MetricUnit.Count, 1)
        raise RefusedError(HTTPStatus.GONE, _("This link no longer works"), _(_CLOSED))
    return order


prepare(_documents)
