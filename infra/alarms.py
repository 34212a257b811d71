"""Alarms on misuse that the doors count, and the topic that all alarms of a stage notify.

Thresholds are for a busy shop: honest mistakes stay below them. docs/operating.md says what to do about each alarm.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.functions.function import metric_namespace
from infra.stages.settings import StageSettings


@dataclass(frozen=True, kw_only=True)
class AlarmRule:
    """An alarm at `count` of `metric` within `minutes`, one for each of `services` (POWERTOOLS_SERVICE_NAME)."""

    name: str
    metric: str
    services: tuple[str, ...]
    count: int
    minutes: int
    means: str

    def name_of(self, service: str) -> str:
        """The alarm's name, such as `GuardsSilentApi`."""
        return self.name + "".join(word.capitalize() for word in service.split("."))


_DOORS = ("api", "forms", "intake")
ALARM_RULES = (
    AlarmRule(
        name="LoginsFail",
        metric="FailedLogins",
        services=("api",),
        count=100,
        minutes=5,
        means="Many logins of users of the API fail",
    ),
    AlarmRule(
        name="SignInsFail",
        metric="FailedLogins",
        services=("forms",),
        count=50,
        minutes=5,
        means="Many clients' sign-ins on the forms fail",
    ),
    AlarmRule(
        name="GuessesRefused",
        metric="GuessesRefused",
        services=("api", "forms"),
        count=10,
        minutes=15,
        means="Somebody tries coupon codes or login names",
    ),
    AlarmRule(
        name="LinksRefused",
        metric="LinksRefused",
        services=("forms",),
        count=50,
        minutes=15,
        means="Many links are asked for that open nothing",
    ),
    AlarmRule(
        name="LeadsRefused",
        metric="LeadsRefused",
        services=("forms",),
        count=20,
        minutes=15,
        means="Somebody begins orders on the forms faster than people do",
    ),
    AlarmRule(
        name="PaymentsNotTried",
        metric="PaymentsNotTried",
        services=_DOORS,
        count=10,
        minutes=15,
        means="Cards are not tried any more, after many that were declined",
    ),
    AlarmRule(
        name="QueueUnderReview",
        metric="QueuesTurnedToReview",
        services=_DOORS,
        count=1,
        minutes=5,
        means="So many payments of a queue were declined that its orders wait for a review",
    ),
    AlarmRule(
        name="SignaturesRefused",
        metric="ContractSignaturesRefused",
        services=("intake.webhook",),
        count=20,
        minutes=15,
        means="Many webhooks of contracts are not signed by their provider",
    ),
    AlarmRule(
        name="GuardsSilent",
        metric="GuardFailures",
        services=(*_DOORS, "notices"),
        count=5,
        minutes=5,
        means="The guard table does not answer, so nobody is refused for asking too often",
    ),
)


class Alarms(Construct):
    """The alarms of ALARM_RULES."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings) -> None:
        super().__init__(scope, construct_id)
        for rule in ALARM_RULES:
            for service in rule.services:
                self._add(rule, service, settings)

    def _add(self, rule: AlarmRule, service: str, settings: StageSettings) -> None:
        cloudwatch.Alarm(
            self,
            rule.name_of(service),
            alarm_description=f"{rule.means} ({service}): docs/operating.md, {rule.name}",
            metric=cloudwatch.Metric(
                namespace=metric_namespace(settings),
                metric_name=rule.metric,
                dimensions_map={"service": service},
                statistic="Sum",
                period=Duration.minutes(rule.minutes),
            ),
            threshold=rule.count,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )


def notify_topic(stack: Stack, topic_arn: str) -> None:
    """Have every alarm of the stack notify this topic when it goes off and when it ends. Without a topic, do nothing."""
    if not topic_arn:
        return
    topic = actions.SnsAction(sns.Topic.from_topic_arn(stack, "AlarmTopic", topic_arn))
    for alarm in _alarms(stack):
        alarm.add_alarm_action(topic)
        alarm.add_ok_action(topic)


def _alarms(stack: Stack) -> Iterator[cloudwatch.Alarm]:
    yield from (each for each in stack.node.find_all() if isinstance(each, cloudwatch.Alarm))
