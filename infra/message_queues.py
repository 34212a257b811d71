"""SQS queues. A queue of dead letters needs a row in infra/operations/alarms/table.py, and a test refuses one without."""

from aws_cdk import Duration
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
