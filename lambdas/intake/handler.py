"""The queue's Lambda: each message is one signed contract, which becomes a submitted order or a dead letter with a reason.

Messages may come twice and in any order. A message that may succeed later goes back into the queue. After its last try, or
if a retry cannot help, it is set aside for staff with its reason.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.composition.parts import PartsSettings, parts_of
from lambdas.contracts.acceptance import ContractIntake
from lambdas.contracts.errors import ContractCardDataError, ContractMalformedError
from lambdas.contracts.parse import read_contract
from lambdas.intake.messages import ContractQueue, DeadLetters
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.errors import Again, OrderError, Problem
from lambdas.runtime.cold_start import prepare
from lambdas.runtime.retry_budget import retry_budget
from lambdas.runtime.telemetry import MetricUnit, log_unexpected, logger, metrics

EVENT_DOOR = "contract:event"


class IntakeSettings(PartsSettings):
    """`contract_tries`: how often the queue hands out a message."""

    contract_queue_url: str
    dead_letters_url: str
    contract_tries: int
    preauthorize_contracts: bool = True


@dataclass(frozen=True)
class Worker:
    """`tries`: the number of tries after which a message is set aside."""

    contracts: ContractIntake
    queue: ContractQueue
    dead_letters: DeadLetters
    tries: int


@cache
def _worker() -> Worker:
    settings = IntakeSettings.from_environment()
    parts = parts_of(settings)
    contracts = ContractIntake(parts.service, parts.records, parts.plans, preauthorize=settings.preauthorize_contracts)
    queue, dead_letters = ContractQueue(settings.contract_queue_url), DeadLetters(settings.dead_letters_url)
    return Worker(contracts, queue, dead_letters, settings.contract_tries)


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A batch of SQS messages in, those to hand out again out (`ReportBatchItemFailures`)."""
    with retry_budget(context):
        again = take(event["Records"], _worker())
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}


def take(messages: Sequence[Mapping[str, Any]], worker: Worker) -> list[str]:
    """The ids of the messages that may succeed later."""
    return [str(message["messageId"]) for message in messages if not _is_dealt_with(message, worker)]


def _is_dealt_with(message: Mapping[str, Any], worker: Worker) -> bool:
    try:
        raw, by = _contract_in(str(message["body"]))
        worker.contracts.accept(read_contract(raw), by)
        return True
    except OrderError as error:
        refused, transient = error, error.again is Again.LATER
    except Exception as error:  # noqa: BLE001 - whatever it is, the message must come again, or be set aside with a reason
        log_unexpected("contract not taken in", error, message_id=str(message["messageId"]))
        text = f"something unexpected ({type(error).__name__}), logged under message {message['messageId']}"
        refused, transient = ContractMalformedError(Problem("contract", text)), True
    tries = int(message["attributes"]["ApproximateReceiveCount"])
    if transient and tries < worker.tries:
        _put_back(message, refused, worker, tries)
        return False
    return _is_parked(message, refused, worker)


def _put_back(message: Mapping[str, Any], refused: OrderError, worker: Worker, tries: int) -> None:
    logger.info("contract tried again later", kind=refused.kind, message_id=str(message["messageId"]))
    try:
        worker.queue.hand_out_again(str(message["receiptHandle"]), tries=tries)
    except (BotoCoreError, ClientError) as error:  # the queue delivers it again anyway, only later
        log_unexpected("contract comes again late", error, message_id=str(message["messageId"]))


def _is_parked(message: Mapping[str, Any], refused: OrderError, worker: Worker) -> bool:
    """Set the message aside with its reason. False if that fails: then the queue itself sets it aside in the end."""
    message_id = str(message["messageId"])
    body = str(message["body"])
    if isinstance(refused, ContractCardDataError) or has_card_number(body):
        body = "(left out: it holds a card number)"
    try:
        worker.dead_letters.park(body, kind=refused.kind, reason=refused.message, message_id=message_id)
    except Exception as error:  # noqa: BLE001 - see above
        log_unexpected("contract not set aside", error, message_id=message_id)
        return False
    metrics.add_metric("ContractsParked", MetricUnit.Count, 1)
    logger.error("contract set aside", kind=refused.kind, reason=refused.message, message_id=message_id)
    return True


def _contract_in(body: str) -> tuple[Any, str]:
    """The contract of a message and the door it came through. Raises ContractMalformedError."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        message = None
    if isinstance(message, dict) and "detail" in message:
        return message["detail"], EVENT_DOOR
    if isinstance(message, dict) and "contract" in message:
        return message["contract"], f"contract:{message.get('provider', '')}"[:40]
    if isinstance(message, dict) and "unreadable" in message:
        raise ContractMalformedError(Problem("body", str(message["unreadable"])))
    raise ContractMalformedError(Problem("body", "is neither an event nor a webhook's delivery"))


prepare(_worker)
