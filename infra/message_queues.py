"""SQS queues, and queues that a function works off.

A queue of dead letters needs a row in infra/operations/alarms/table.py, and a test refuses one without.
"""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.functions.function import allow, removal_of
from infra.stages.settings import StageSettings

LONGEST_DAYS = 14  # the longest that SQS keeps a message
_DAYS = 4


def message_queue(
    scope: Construct,
    construct_id: str,
    settings: StageSettings,
    *,
    days: int = _DAYS,
    visibility_seconds: int | None = None,
    dead_letters: sqs.DeadLetterQueue | None = None,
) -> sqs.Queue:
    """An SQS queue. `visibility_seconds`: how long a reader has a message; None: the 30 seconds of SQS."""
    return sqs.Queue(
        scope,
        construct_id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(days),
        visibility_timeout=None if visibility_seconds is None else Duration.seconds(visibility_seconds),
        dead_letter_queue=dead_letters,
        removal_policy=removal_of(settings),
    )


@dataclass(frozen=True)
class WorkQueue:
    """Messages that a function works off, and the queue of those that it gave up."""

    messages: sqs.Queue
    dead_letters: sqs.Queue

    @property
    def may_receive(self) -> iam.PolicyStatement:
        verbs = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
        return allow(*verbs, on=[self.messages.queue_arn])

    def take_from(self, rule: events.Rule) -> None:
        """Put the rule's events into the queue."""
        rule.add_target(targets.SqsQueue(self.messages, dead_letter_queue=self.dead_letters))

    def feed(self, scope: Construct, construct_id: str, worker: lambda_.Function, *, batch: int) -> None:
        """Give the messages to the function. It says which ones of a batch failed; those come again."""
        lambda_.EventSourceMapping(
            scope,
            construct_id,
            target=worker,
            event_source_arn=self.messages.queue_arn,
            batch_size=batch,
            report_batch_item_failures=True,
        )


def visibility_of(worker_seconds: int) -> int:
    """How long a message is given to a function, in seconds. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    return 6 * worker_seconds


def work_queue(
    scope: Construct,
    construct_id: str,
    settings: StageSettings,
    *,
    worker_seconds: int,
    tries: int,
    days: int = _DAYS,
) -> WorkQueue:
    """A queue for a function that may run for `worker_seconds`. A message is given up after `tries`."""
    visibility_seconds = visibility_of(worker_seconds)
    dead_letters = message_queue(
        scope, "DeadLetters", settings, days=LONGEST_DAYS, visibility_seconds=visibility_seconds
    )
    messages = message_queue(
        scope,
        construct_id,
        settings,
        days=days,
        visibility_seconds=visibility_seconds,
        dead_letters=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=tries),
    )
    return WorkQueue(messages, dead_letters)
