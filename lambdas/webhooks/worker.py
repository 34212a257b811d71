"""Applies stored events of payment providers: each names a payment, which is looked up at the provider and applied as it stands.

Messages may come twice, at once and in any order. What somebody is at work with comes again later. A difference counts once it
is still there then, because money moves while it is looked at.
"""

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.composition.parts import PartsSettings, parts_of
from lambdas.payments.gateway import GatewayMisusedError, GatewayUnavailableError
from lambdas.payments.several.choice import choice_of
from lambdas.payments.several.gateways import gateway_at
from lambdas.records.broken_promises import BrokenPromise, BrokenPromises
from lambdas.records.gateway_event import GatewayEvent, GatewayEvents
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics
from lambdas.watch.invariants.violation import Violation
from lambdas.webhooks.applying import KNOWN, AgainLaterError, Applying
from lambdas.webhooks.messages import EventQueue

_LOOKS = 3  # at a difference, the last one 25 seconds after the first
_CLAIM_SECONDS = 60  # as long as the function may run


class WorkerSettings(PartsSettings):
    event_queue_url: str


@dataclass(frozen=True)
class Worker:
    """`gateways`: those that this stage is paid by. `now`: Unix seconds."""

    applying: Applying
    gateways: Collection[str]
    events: GatewayEvents
    queue: EventQueue
    now: Callable[[], float] = field(default=time.time)


@cache
def _worker() -> Worker:
    settings = WorkerSettings.from_environment()
    parts = parts_of(settings)
    names = choice_of(settings).names
    return Worker(Applying(parts), names, GatewayEvents(parts.records), EventQueue(settings.event_queue_url))


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of SQS messages in, those to hand out again out (`ReportBatchItemFailures`)."""
    with retry_budget(context):
        again = [str(each["messageId"]) for each in event["Records"] if not take(each, _worker())]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def take(message: Mapping[str, Any], worker: Worker) -> bool:
    """Apply the event of the message. False: it comes again."""
    tries = int(message["attributes"]["ApproximateReceiveCount"])
    try:
        gateway, event_id = json.loads(str(message["body"]))
        event = worker.events.get(gateway, event_id)
        if event and event.applied_at is None:
            _take(event, worker, tries)
        return True
    except (AgainLaterError, GatewayUnavailableError, GatewayMisusedError) as later:
        logger.info("event tried again later", because=str(later), message_id=str(message["messageId"]))
    except Exception as error:  # noqa: BLE001 - whatever it is, the event must come again, or stay among the dead letters
        log_unexpected("event not applied", error, message_id=str(message["messageId"]))
    _put_back(message, worker, tries)
    return False


def _take(event: GatewayEvent, worker: Worker, tries: int) -> None:
    """Apply the event, as the only run that does. Raises as `_apply`."""
    now = int(worker.now())
    ends_at = now + _CLAIM_SECONDS
    if not worker.events.claim(event, now=now, ends_at=ends_at):
        raise AgainLaterError("another run is at work with the event")
    try:
        outcome = _apply(event, worker, tries)
    except BaseException:
        worker.events.give_up_claim(event, ends_at=ends_at)
        raise
    worker.events.note_applied(event, outcome, at=int(worker.now()))


def _apply(event: GatewayEvent, worker: Worker, tries: int) -> str:
    """Apply the event, and return what became of it. Raises AgainLaterError, and as the gateway's `find`."""
    if event.gateway not in worker.gateways:
        return "another gateway"
    gateway = gateway_at(worker.applying.parts.gateway, event.gateway)
    found = gateway.look_up(event.transaction_id)
    if found is None:
        return "not ours"
    outcome = worker.applying.apply(found, by=f"webhook:{event.gateway}")
    if outcome == KNOWN and event.outcome:
        outcome = event.outcome  # an earlier run did it, and then was not sure that all agree
    now = gateway.look_up(event.transaction_id)  # the differences that are left, of the payment as it stands then
    if differences := list(worker.applying.differences(now or found)):
        if tries < _LOOKS:
            worker.events.note_outcome(event, outcome)
            raise AgainLaterError("orders and invoices do not agree with the payment yet")
        for each in differences:
            _report(each, worker)
        outcome = f"{outcome}, unmatched"
    logger.info("event applied", gateway=event.gateway, kind=event.kind, outcome=outcome)
    return outcome


def _report(violation: Violation, worker: Worker) -> None:
    """Put it onto the worklist, where it stands until the nightly check finds it fixed, and ring."""
    noted, now = violation.model_dump(mode="json"), int(worker.now())
    logger.error("promise broken", extra=noted)
    day = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")
    known = BrokenPromise(**noted, first_day=day, last_day=day, pass_begun_at=now)
    BrokenPromises(worker.applying.parts.records).note(known)
    metrics.add_metric("UnmatchedMoney", MetricUnit.Count, 1)


def _put_back(message: Mapping[str, Any], worker: Worker, tries: int) -> None:
    try:
        worker.queue.hand_out_again(str(message["receiptHandle"]), tries=tries)
    except (BotoCoreError, ClientError) as error:  # the queue delivers it again anyway, only later
        log_unexpected("event comes again late", error, message_id=str(message["messageId"]))


prepare(_worker)
