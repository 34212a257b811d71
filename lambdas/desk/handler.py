"""The desk's Lambda: reads the request, finds its page, answers. No path, token, cookie or typed value is ever logged."""

from functools import cache
from http import HTTPStatus
from typing import Any

from lambdas.access.caller_limits import CallerLimits
from lambdas.access.errors import AccessError
from lambdas.composition.parts import PartsSettings, parts_of
from lambdas.desk.desk import Desk
from lambdas.desk.web.routes import route
from lambdas.desk.web.shell import message_page
from lambdas.desk.web.site import Site
from lambdas.orders.errors import Nature, OrderError
from lambdas.payments.several.choice import choice_of
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.sessions import UserSessions
from lambdas.records.users.sign_in_links import SignInLinks
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.front import behind_front
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics
from lambdas.web.http import Answer, RefusedError, Response, read_request, response_of

_STATUS = {
    Nature.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Nature.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Nature.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Nature.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Nature.BROKEN: HTTPStatus.INTERNAL_SERVER_ERROR,
}


class DeskSettings(PartsSettings):
    """`calls_per_minute`, `failed_logins_of_source`: see CallerLimits. `sign_in_links`: take links that sign in once."""

    calls_per_minute: int = 600
    failed_logins_of_source: int = 50
    company: str = ""
    history_table: str
    desk_table: str
    bulk_machine: str
    sign_in_links: bool = False
    electronic_invoices: str = ""
    languages: str = "en"


@cache
def _site() -> Site:
    settings = DeskSettings.from_environment()
    parts = parts_of(settings)
    limits = CallerLimits(
        settings.guard_table,
        parts.service.now,
        calls_per_minute=settings.calls_per_minute,
        failed_logins_of_source=settings.failed_logins_of_source,
    )
    history, read_models = RecordTable(settings.history_table), RecordTable(settings.desk_table)
    desk = Desk(
        parts.service,
        parts.records,
        parts.plans,
        history,
        read_models,
        settings.company,
        electronic_invoices=bool(settings.electronic_invoices),
        languages=tuple(settings.languages.split(",")),
    )
    links = SignInLinks(parts.records) if settings.sign_in_links else None
    users, sessions = ApiUserRecords(parts.records), UserSessions(parts.records)
    return Site(desk, users, sessions, limits, links, settings.bulk_machine, choice_of(settings))


@metrics.log_metrics
@behind_front
def handler(event: dict[str, Any], context: Any) -> Response:
    """The Lambda handler: an HTTP API event (payload 2.0) in, a response out."""
    with retry_budget(context):
        return respond(event, _site())


def respond(event: dict[str, Any], site: Site) -> Response:
    """Answer with a page, also for each refusal. Only an unexpected error becomes a 500."""
    company = site.desk.company
    try:
        answer = route(site, read_request(event))
    except RefusedError as refused:
        answer = message_page(refused.status, refused.title, refused.text, company=company, link=refused.link)
    except OrderError as error:
        logger.info("page refused", kind=error.kind)
        answer = _refusal(error, company)
    except Exception as error:  # noqa: BLE001 - the browser gets a page, the log the place
        request_id = event["requestContext"]["requestId"]
        log_unexpected("unexpected error in the desk", error, request_id=request_id)
        text = (
            f"The error is logged under number {request_id}. Load the page again to see what was done, before you "
            "repeat anything."
        )
        answer = message_page(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong", text, company=company)
    metrics.add_metric("DeskPages", MetricUnit.Count, 1)
    logger.info("page answered", status=int(answer.status), route=event.get("routeKey", ""))
    response = response_of(answer)
    return {**response, "body": ""} if event["requestContext"]["http"]["method"] == "HEAD" else response


def _refusal(error: OrderError, company: str) -> Answer:
    status = _STATUS.get(error.nature, HTTPStatus.UNPROCESSABLE_ENTITY)
    title = "Not allowed" if isinstance(error, AccessError) else "Not possible"
    text = f"{error.message[:1].upper()}{error.message[1:]}."
    return message_page(status, title, text, company=company, link=("Order desk", "/desk"))


prepare(_site)
