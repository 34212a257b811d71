"""Queues of messages, and the dead letters in which what could not be done waits for a person."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.functions.function import removal_of
from infra.stages.settings import StageSettings

LONGEST_DAYS = 14  # that SQS keeps a message
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
    """`visibility_seconds`: how long a message is one reader's; None: SQS's own half minute."""
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


def alarm_on_messages(scope: Construct, construct_id: str, dead_letters: sqs.IQueue, description: str) -> None:
    """`description`: what waits, and where it says how to mend it."""
    cloudwatch.Alarm(
        scope,
        construct_id,
        alarm_description=description,
        metric=dead_letters.metric_approximate_number_of_messages_visible(period=Duration.minutes(1)),
        threshold=1,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
