"""SQS queues, and the alarm on dead letters: messages that failed and wait for a person."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.functions.function import removal_of
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


def alarm_on_messages(scope: Construct, construct_id: str, dead_letters: sqs.IQueue, description: str) -> None:
    """Alarm if any message waits in the queue. `description`: its kind, and the page that says how to fix it."""
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
