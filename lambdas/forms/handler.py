"""The form's Lambda: reads the request, finds its page, answers. No path, token or typed value is ever logged."""

import json
import time
from functools import cache
from http import HTTPStatus
from typing import Any

from lambdas.catalog.plan import load_plans
from lambdas.catalog.pricing import CatalogPricing
from lambdas.catalog.tax import load_taxes
from lambdas.forms.counts import FormCounts
from lambdas.forms.door import Door
from lambdas.forms.form import load_forms
from lambdas.forms.pages import message_page
from lambdas.forms.routes import routed
from lambdas.forms.web import Answer, RefusedError, Response, read_request, response_of
from lambdas.guards.windows import Windows
from lambdas.mail.wanted import LinkWishes
from lambdas.orders.errors import OrderError
from lambdas.orders.modules import load_modules
from lambdas.orders.queue import load_queues
from lambdas.orders.service import OrderService
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.gateways import gateway_named
from lambdas.payments.hosted import hosted_pages
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.screening import PaymentLimits, screening
from lambdas.records.client import ClientRecords
from lambdas.records.coupon import CouponRecords
from lambdas.records.coupon_use import CouponUseRecords
from lambdas.records.link import LinkRecords
from lambdas.records.payment_method import PaymentMethodRecords
from lambdas.records.post import PostRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.observe import MetricUnit, log_unexpected, logger, metrics
from lambdas.runtime.settings import TableSettings


class FormSettings(TableSettings):
    """`machine_hashes`: JSON map of order_queue_id -> hash of its machine's definition, as deployed.

    `form_min_seconds`: how long a person needs for a first page at the least; whoever is faster is asked to send it again.
    `payment_limits`: JSON of PaymentLimits.
    """

    guard_table: str
    notice_queue_url: str
    machine_hashes: str = "{}"
    company: str = ""
    form_min_seconds: int = 2
    payment_limits: str = "{}"


@cache
def _door() -> Door:
    settings = FormSettings.from_environment()
    records = RecordTable(settings.record_table)
    clients = ClientRecords(records)
    gateway = gateway_named(settings.gateway, records)
    plans = load_plans()
    service = OrderService(
        store=DynamoOrderStore(settings.order_table),
        queues=load_queues(),
        modules=load_modules(),
        pricing=CatalogPricing(plans, CouponRecords(records), CouponUseRecords(records), load_taxes(), clients),
        payments=PreAuthorization(gateway, clients),
        clients=clients,
        currency=settings.currency,
        now=lambda: int(time.time()),
        machine_hashes={int(queue): found for queue, found in json.loads(settings.machine_hashes).items()},
        screen=screening(
            settings.guard_table,
            limits=PaymentLimits.model_validate_json(settings.payment_limits),
            gateway=gateway,
            clients=clients,
            now=lambda: int(time.time()),
        ),
    )
    return Door(
        service=service,
        forms=load_forms(),
        plans=plans,
        links=LinkRecords(records),
        clients=clients,
        methods=PaymentMethodRecords(records),
        hosted=hosted_pages(settings.gateway),
        counts=FormCounts(records),
        posts=PostRecords(records),
        wishes=LinkWishes(settings.notice_queue_url),
        windows=Windows(settings.guard_table),
        company=settings.company,
        min_seconds=settings.form_min_seconds,
    )


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> Response:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a response out."""
    return respond(event, _door())


def respond(event: dict[str, Any], door: Door) -> Response:
    """Every refusal is a page; only what nobody thought of becomes a 500."""
    try:
        answer = routed(door, read_request(event))
    except RefusedError as refused:
        answer = message_page(refused.status, refused.title, refused.text, company=door.company, link=refused.link)
    except OrderError as error:
        logger.info("page refused", kind=error.kind)
        answer = _busy(door)
    except Exception as error:  # noqa: BLE001 - the browser gets a page, the log the place
        request_id = event["requestContext"]["requestId"]
        log_unexpected("unexpected error in the order form", error, request_id=request_id)
        answer = _failed(door, request_id)
    metrics.add_metric("FormPages", MetricUnit.Count, 1)
    logger.info("page answered", status=int(answer.status), route=event.get("routeKey", ""))
    return response_of(answer)


def _busy(door: Door) -> Answer:
    text = "Somebody else changed this order at the same moment. Go back, and send the page again."
    return message_page(HTTPStatus.CONFLICT, "Please try again", text, company=door.company)


def _failed(door: Door, request_id: str) -> Answer:
    text = (
        f"Something went wrong here, and it is logged under number {request_id}. What you sent before is kept. If you were "
        "about to pay, do not pay again: load the form once more, and it says how your order stands."
    )
    return message_page(HTTPStatus.INTERNAL_SERVER_ERROR, "That did not work", text, company=door.company)
