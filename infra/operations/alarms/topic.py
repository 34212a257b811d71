"""The topic that alarms notify: the stage's `alarm_topic`, or one of its own with `alarm_mails` subscribed.

A topic that is encrypted with the managed key of SNS silences alarms: CloudWatch may not use that key. So the topic has its own
key, or none where the stage has none. Alarms name resources and never a person.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
"""

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.stages.settings import StageSettings

_CLOUDWATCH = iam.ServicePrincipal("cloudwatch.amazonaws.com")


class AlarmTopic(Construct):
    """`topic` is where alarms ring. `notify` connects an alarm with it."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: StageSettings) -> None:
        super().__init__(scope, construct_id)
        self.topic: sns.ITopic = (
            sns.Topic.from_topic_arn(self, "Given", settings.alarm_topic)
            if settings.alarm_topic
            else self._own(settings)
        )
        self._action = actions.SnsAction(self.topic)

    def notify(self, alarm: cloudwatch.AlarmBase) -> None:
        """Have the alarm notify the topic when it goes off and when it ends."""
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)

    def _own(self, settings: StageSettings) -> sns.Topic:
        topic = sns.Topic(
            self,
            "Topic",
            topic_name=f"{settings.stack_name}-alarms",
            display_name=f"Orders, {settings.stage}",
            master_key=self._key(settings) if settings.customer_managed_key else None,
            enforce_ssl=True,
        )
        # A topic with a policy has no other one: without this statement CloudWatch is refused, silently.
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="FromAlarms",
                principals=[_CLOUDWATCH],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions=_of_this_account(self),
            )
        )
        for address in settings.alarm_mails:
            topic.add_subscription(subscriptions.EmailSubscription(address))
        return topic

    def _key(self, settings: StageSettings) -> kms.Key:
        key = kms.Key(
            self, "Key", description=f"Topic of the alarms of {settings.stack_name}", enable_key_rotation=True
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="FromAlarms",
                principals=[_CLOUDWATCH],
                actions=["kms:Decrypt", "kms:GenerateDataKey*"],
                resources=["*"],  # in a key's own policy: this key
                conditions=_of_this_account(self),
            )
        )
        return key


def _of_this_account(scope: Construct) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}}
