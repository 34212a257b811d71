"""The form's Lambda: reads the request, finds its page, answers. No path, token or typed value is ever logged."""

from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any

from lambdas.catalog.brands.brand import load_brands
from lambdas.composition.parts import PartsSettings, parts_of
from lambdas.forms.brands.brand_look import BrandLooks
from lambdas.forms.brands.branded import branded
from lambdas.forms.counts import FormCounts
from lambdas.forms.form import load_forms
from lambdas.forms.pages.look import looking
from lambdas.forms.pages.refusals import refusal_page
from lambdas.forms.pages.templates import message_page
from lambdas.forms.routes import route
from lambdas.forms.session.languages import chosen_language, language_cookies
from lambdas.forms.session.signatures import SecretKeys, Signer
from lambdas.forms.shop import Shop
from lambdas.languages.language import speaking
from lambdas.languages.texts import _
from lambdas.mail.language import in_order_of
from lambdas.mail.link_requests import LinkRequests
from lambdas.orders.errors import OrderError
from lambdas.payments.hosted_pages import hosted_pages
from lambdas.payments.several.choice import choice_of
from lambdas.payments.several.pages import PagesOfStage
from lambdas.rate_limits.form_limits import FormLimits
from lambdas.rate_limits.windows import Windows
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.links.client_sign_in import SignInLinks
from lambdas.records.links.link import LinkRecords
from lambdas.records.links.reminder_stop import ReminderStops
from lambdas.records.links.sessions import SessionRecords
from lambdas.records.posts.attachment import MAX_BYTES, AttachmentFiles
from lambdas.records.posts.post import PostRecords
from lambdas.registrar.lookups import NOBODY, lookups_of
from lambdas.runtime.asker import asked_from
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.front import behind_front
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics
from lambdas.web.http import Answer, RefusedError, Response, WebRequest, read_request, response_of


class FormSettings(PartsSettings):
    """`form_secret_arn`: what pages are signed with. `form_limits`: JSON of FormLimits.

    `languages`: tags of those that pages are offered in, with commas between them, the stage's own first.
    `registrar`: who says which domain names are free.
    `form_min_seconds`: the shortest time a person needs for a first page. A page that arrives sooner must be sent again.
    """

    notice_queue_url: str
    attachment_bucket: str
    company: str = ""
    form_min_seconds: int = 2
    form_secret_arn: str
    form_limits: str = "{}"
    languages: str = "en"
    registrar: str = NOBODY


@cache
def _shop() -> Shop:
    settings = FormSettings.from_environment()
    parts = parts_of(settings)
    records = parts.records
    return Shop(
        service=parts.service,
        forms=branded(load_forms(), parts.service.queues, load_brands()),
        plans=parts.plans,
        links=LinkRecords(records),
        clients=parts.clients,
        methods=PaymentMethodRecords(records),
        hosted=PagesOfStage(choice_of(settings), hosted_pages),
        counts=FormCounts(records),
        posts=PostRecords(records),
        files=AttachmentFiles(settings.attachment_bucket),
        link_requests=LinkRequests(settings.notice_queue_url),
        stops=ReminderStops(records),
        sessions=SessionRecords(records),
        sign_in_links=SignInLinks(records),
        signer=Signer(SecretKeys(settings.form_secret_arn)),
        limits=FormLimits.model_validate_json(settings.form_limits),
        windows=Windows(settings.guard_table),
        lookups=lookups_of(settings.registrar),
        looks=BrandLooks(load_brands(), settings.company),
        min_seconds=settings.form_min_seconds,
        languages=tuple(settings.languages.split(",")),
    )


@metrics.log_metrics
@behind_front
def handler(event: dict[str, Any], context: Any) -> Response:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a response out."""
    with retry_budget(context):
        return respond(event, _shop())


def respond(event: dict[str, Any], shop: Shop) -> Response:
    """Answer with a page, also for each refusal. Only an unexpected error becomes a 500."""
    try:
        request = read_request(event, most_file_bytes=MAX_BYTES)
    except RefusedError as refused:
        with speaking(shop.languages[0]), looking(None, (), shop.looks.usual):
            answer = _refusal(shop, refused, _(refused.title), _(refused.text))
    else:
        brand = shop.look_of(request)
        tag = chosen_language(request, in_order_of(brand.language, shop.languages))
        with asked_from(request.source), speaking(tag), looking(request, shop.languages, brand):
            answer = _answer(shop.in_language(tag), request, event["requestContext"]["requestId"])
        if answer.cache == "no-store":
            answer = replace(answer, cookies=(*answer.cookies, *language_cookies(request, tag)))
    metrics.add_metric("FormPages", MetricUnit.Count, 1)
    logger.info("page answered", status=int(answer.status), route=event.get("routeKey", ""))
    response = response_of(answer)
    return {**response, "body": ""} if event["requestContext"]["http"]["method"] == "HEAD" else response


def _answer(shop: Shop, request: WebRequest, request_id: str) -> Answer:
    """The page in the language that is spoken."""
    try:
        return route(shop, request)
    except RefusedError as refused:
        return _refusal(shop, refused, refused.title, refused.text)
    except OrderError as error:
        logger.info("page refused", kind=error.kind)
        return refusal_page(shop, error)
    except Exception as error:  # noqa: BLE001 - the browser gets a page, the log the place
        log_unexpected("unexpected error in the order form", error, request_id=request_id)
        return _failure_page(shop, request_id)


def _refusal(shop: Shop, refused: RefusedError, title: str, text: str) -> Answer:
    return message_page(refused.status, title, text, link=refused.link, other=refused.other)


def _failure_page(shop: Shop, request_id: str) -> Answer:
    text = _(
        "The error is logged under number {request_id}. Your earlier entries are saved. If you were about to pay, "
        "do not pay again. Reload the form to see the state of your order.",
        request_id=request_id,
    )
    return message_page(HTTPStatus.INTERNAL_SERVER_ERROR, _("Something went wrong"), text)


prepare(_shop)
