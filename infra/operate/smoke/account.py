"""Checks the account and the deployed resources by AWS's own answers."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.operate.smoke.findings import NO_SUCH_CALL, Finding, Verdict
from infra.stages.settings import StageSettings
from statemachines.states.state_roles import Role, role_of

_ORDER_ID = "{% $states.context.Execution.Input.order_id %}"
_NOBODYS = "smoke-no-such-order"
_WANTED = "DynamoDb.ConditionalCheckFailedException"
_SILENT = (Role.SILENT, Role.UNDO_SILENT)


@dataclass(frozen=True)
class Account:
    """`options`: of every client. `machines`: ARN by queue folder."""

    settings: StageSettings
    options: Mapping[str, Any]
    machines: Mapping[str, str]

    def client(self, service: str) -> Any:
        return boto3.client(service, **self.options)  # type: ignore[call-overload]

    def ask_machine(self) -> Iterator[Finding]:
        """One state that writes an order without a function, run by Step Functions itself.

        No order has the id it is given, so its condition fails, which says that the parameters' names, the role and the
        expressions are right: https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
        """
        about = "a state that writes an order, by TestState"
        # The API is at sync-states.<region>; where an address is given it is at that.
        custom = "endpoint_url" in self.options or "AWS_ENDPOINT_URL" in os.environ
        machines = boto3.client("stepfunctions", **self.options, config=Config(inject_host_prefix=not custom))
        for folder, arn in self.machines.items():
            described = machines.describe_state_machine(stateMachineArn=arn)
            name, state = next(silent_states(json.loads(described["definition"])["States"]), ("", {}))
            if not state:
                continue
            definition = json.dumps({"QueryLanguage": "JSONata", **state}).replace(_ORDER_ID, _NOBODYS)
            told = json.dumps({"Error": "Smoke", "Cause": "a test"})
            try:
                answer = machines.test_state(definition=definition, roleArn=described["roleArn"], input=told)
            except ClientError as refused:
                if refused.response["Error"]["Code"] not in NO_SUCH_CALL:
                    raise
                yield Finding(about, Verdict.NOT_ASKED, "this engine has no TestState")
                return
            yield _judged(about, f"{folder}, {name}", answer)
            return
        yield Finding(about, Verdict.NOT_ASKED, "no queue has a state that writes an order")

    def ask_mail(self) -> Iterator[Finding]:
        """A stage that may be thrown away may also mail to nobody; one that keeps its data may not."""
        mails, worse = self.client("sesv2"), Verdict.WRONG if self.settings.keep_data else Verdict.LOOK
        account = mails.get_account()
        if account.get("ProductionAccessEnabled"):
            yield Finding("mail: SES", Verdict.RIGHT, "out of the sandbox: mail goes to everybody")
        else:
            yield Finding(
                "mail: SES", worse, "in the sandbox: mail goes to verified addresses only; ask for production access"
            )
        if not account.get("SendingEnabled", True):
            yield Finding("mail: sending", Verdict.WRONG, "SES has stopped sending for this account")
        for address in self.settings.mail_senders:
            yield self._sender(mails, address, worse)

    def _sender(self, mails: Any, address: str, worse: Verdict) -> Finding:
        """The whole domain or, where there is that, the one address (it is what SES takes first)."""
        about, domain = f"mail: sender {address}", address.rpartition("@")[2]
        for identity in (address, domain):
            try:
                known = mails.get_email_identity(EmailIdentity=identity)
            except mails.exceptions.NotFoundException:
                continue
            if known.get("VerifiedForSendingStatus"):
                return Finding(about, Verdict.RIGHT, f"{identity} is verified")
            tokens = ", ".join(known.get("DkimAttributes", {}).get("Tokens", []))
            return Finding(
                about, worse, f"{identity} is not verified: put its DKIM records into the DNS ({tokens or 'see SES'})"
            )
        return Finding(about, worse, f"{domain} is no identity of SES in this account and region")

    def ask_alarms(self) -> Iterator[Finding]:
        """Whether anybody hears the stage's alarms."""
        about, worse = "alarms", Verdict.WRONG if self.settings.keep_data else Verdict.LOOK
        topic = self.settings.alarm_topic or self._own_topic()
        if not topic:
            yield Finding(about, worse, f"there are none: {self.settings.operations_stack_name} is not deployed")
            return
        mute = [
            alarm["AlarmName"]
            for page in self.client("cloudwatch")
            .get_paginator("describe_alarms")
            .paginate(AlarmNamePrefix=f"{self.settings.stack_name}-", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
            for alarm in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ()))
            if topic not in alarm["AlarmActions"]
        ]
        if mute:
            yield Finding(about, Verdict.WRONG, f"do not ring at the topic: {', '.join(mute)}; deploy again")
        pages = self.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        states = [each["SubscriptionArn"] for page in pages for each in page["Subscriptions"]]
        confirmed = [each for each in states if each.startswith("arn:")]
        if confirmed:
            yield Finding(about, Verdict.RIGHT, f"{len(confirmed)} confirmed subscriptions of the topic")
        else:
            waiting = f"; {len(states)} wait to be confirmed" if states else ""
            yield Finding(about, worse, f"nobody has subscribed to {topic}{waiting}")

    def _own_topic(self) -> str:
        """The topic that the stage's stack of operations made; empty if there is no such stack."""
        try:
            stacks = self.client("cloudformation").describe_stacks(StackName=self.settings.operations_stack_name)
        except ClientError as refused:
            if "does not exist" not in str(refused):
                raise
            return ""
        outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks["Stacks"][0].get("Outputs", [])}
        return str(outputs.get("AlarmTopicArn", ""))


def silent_states(states: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Those of a definition, also inside its parallel branches."""
    for name, state in states.items():
        if (of := role_of(state)) and of.role in _SILENT:
            yield name, state
        for branch in state.get("Branches", []):
            yield from silent_states(branch["States"])


def _judged(about: str, state: str, answer: Mapping[str, Any]) -> Finding:
    """`answer`: of TestState, for an order that nobody has."""
    error = answer.get("error", "")
    if error == _WANTED:
        return Finding(about, Verdict.RIGHT, f"{state}: it asked the table, which has no such order")
    stated = f"{answer.get('status', '')} {error} {answer.get('cause', '')}".strip()
    return Finding(about, Verdict.WRONG, f"{state}: {stated}; it should be {_WANTED}")
