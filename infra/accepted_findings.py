"""Accepted findings of cdk-nag: one finding of one construct each, with the reason. A test fails on a needless one.

Longer than 200 lines, because it is one table.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct

from infra.doors.docs import ROUTES as DOCS

_ANY_RESOURCE = "AwsSolutions::AwsSolutions-IAM5[Resource::*]"
_ANY_RECIPIENT = (
    "AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]"
)
_ANY_EXECUTION = (
    "AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>"
    ":execution:{machine}:*]"
)
_ANY_AUTOMATION = (
    "AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>"
    ":automation-execution/*]"
)
_ANY_ALARM = (
    "AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*]"
)
_NO_AUTHORIZER = "AwsSolutions::AwsSolutions-APIG4"
_NOT_ALL_LOGGED = "AwsSolutions::AwsSolutions-SF1"
_NO_DEAD_LETTERS = "AwsSolutions::AwsSolutions-SQS3"
_NO_POINT_IN_TIME = "AwsSolutions::AwsSolutions-DDB3"
# With the bucket's logical id, whose last digits come from its path and never change.
_ANY_FILE = "AwsSolutions::AwsSolutions-IAM5[Resource::<AttachmentsBucket134755D7.Arn>/orders/*]"
_ANY_ANCHOR = "AwsSolutions::AwsSolutions-IAM5[Resource::<AnchorsBucketE0A93AD3.Arn>/anchors/*]"
_NO_ACCESS_LOG = "AwsSolutions::AwsSolutions-S1"
_NOT_ROTATED = "AwsSolutions::AwsSolutions-SMG4"

_SENDER_HELD = (
    "Sending as the stage's domain only: a condition says so. In SES's sandbox a mail is judged by its recipients too."
)
_XRAY = "X-Ray takes no resource: sending the own traces is allowed as a whole or not at all."
_LOG_DELIVERY = f"{_XRAY} Nor do the calls with which Step Functions sets up the delivery of its log."
_HISTORY_HAS_ALL = "The history of an execution has every event; a second copy would only cost. Errors are logged."


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """`construct` is a path below the stack; `{action}`, `{queue}`, `{route}` and `{page}` stand for a row per such construct,
    `{machine}` in a finding for a row per machine."""

    construct: str
    finding: str
    reason: str


ACCEPTED = (
    Accepted(construct="Api/Handler/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="Api/Handler/Role/Resource",
        finding=_ANY_FILE,
        reason="The files of all orders are below orders/: which one is known only when a caller asks for it.",
    ),
    Accepted(
        construct="Attachments/Bucket/Resource",
        finding=_NO_ACCESS_LOG,
        reason="Only the functions of the API and of the desk reach these files, and both need a user with the right.",
    ),
    Accepted(
        construct="{anchors}/Bucket/Resource",
        finding=_NO_ACCESS_LOG,
        reason="One function puts one object a day. What it holds is locked, and each version of it is compared.",
    ),
    Accepted(construct="{anchors}/Anchor/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="{anchors}/Anchor/Role/Resource",
        finding=_ANY_ANCHOR,
        reason="An object is named by its day.",
    ),
    Accepted(
        construct="{shifts}/Role/Resource",
        finding=_ANY_ALARM,
        reason="Looking at alarms shows their state. CodeDeploy says how it asks for the one of its group nowhere.",
    ),
    Accepted(construct="Actions/{action}/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="Watch/Sweeper/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="Watch/Holds/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="Watch/Check/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="Watch/Executions/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="Outbox/Relay/Role/Resource",
        finding=_ANY_RESOURCE,
        reason=f"{_XRAY} Listing streams takes none either, and shows names only.",
    ),
    Accepted(
        construct="Outbox/Announcer/Role/Resource",
        finding=_ANY_RESOURCE,
        reason=f"{_XRAY} Listing streams takes none either, and shows names only.",
    ),
    Accepted(
        construct="Queues/{queue}/Role/Resource",
        finding=_ANY_RESOURCE,
        reason=_LOG_DELIVERY,
    ),
    Accepted(
        construct="Queues/{queue}/Machine/Resource",
        finding=_NOT_ALL_LOGGED,
        reason=_HISTORY_HAS_ALL,
    ),
    Accepted(
        construct="Api/{route}/Resource",
        finding=_NO_AUTHORIZER,
        reason="Login is API 2.0's own, HTTP Basic with user and token, and its refusal is part of the wire format: "
        "the handler checks it before anything else.",
    ),
    Accepted(construct="Docs/Handler/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    *(
        Accepted(
            construct=f"Docs/{name}/Resource",
            finding=_NO_AUTHORIZER,
            reason="The documentation is for everybody who wants to write a program; it says nothing that is not in the source.",
        )
        for name in DOCS
    ),
    Accepted(construct="Desk/Handler/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="Desk/Handler/Role/Resource",
        finding=_ANY_FILE,
        reason="It reads files of orders below orders/: which one is known only when staff ask for it.",
    ),
    Accepted(construct="Widgets/Actor/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="Widgets/Reader/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="Desk/{desk_page}/Resource",
        finding=_NO_AUTHORIZER,
        reason="Staff sign in with user and token; the handler checks the session before anything else, and each act needs a "
        "CSRF token of it.",
    ),
    Accepted(construct="Forms/Handler/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="Forms/Handler/Role/Resource",
        finding=_ANY_FILE,
        reason="It writes files of orders below orders/, and reads none: clients send them on the page of their order.",
    ),
    Accepted(
        construct="Forms/{page}/Resource",
        finding=_NO_AUTHORIZER,
        reason="Order forms are for everybody. Writing to an order needs the session's cookie and a CSRF token; "
        "reading needs the token of a link, and stopping reminders that of its own link only (RFC 8058).",
    ),
    Accepted(construct="Documents/Handler/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="Documents/{document_page}/Resource",
        finding=_NO_AUTHORIZER,
        reason="Clients have no login: invoices are shown to those who have the secret link of their order, and to nobody else.",
    ),
    Accepted(
        construct="Forms/Secret/Resource",
        finding=_NOT_ROTATED,
        reason="A new value is put by one command (docs/operating.md), and the one before stays good; nobody ever sees either.",
    ),
    Accepted(construct="SandboxProvider/{sandbox}/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="SandboxProvider/{sandbox_page}/Resource",
        finding=_NO_AUTHORIZER,
        reason="A payment provider's pages are for people who pay; they know test numbers only, and no order.",
    ),
    *(
        Accepted(construct=f"{construct}/Role/Resource", finding=_ANY_RECIPIENT, reason=_SENDER_HELD)
        for construct in (
            "Api/Handler",
            "Desk/Handler",
            "Actions/SendNotification",
            "Notices/Sender",
            "Notices/Reminder",
            "{document_mails}/Sender",
            "StaffNotices/Teller",
            "StaffNotices/Digests",
        )
    ),
    *(
        Accepted(
            construct=f"{construct}/Role/Resource",
            finding=_ANY_EXECUTION,
            reason="How an execution stands: each order has its own, which nobody knows before it is ordered.",
        )
        for construct in (
            "Api/Handler",
            "Desk/Handler",
            "Widgets/Actor",
            "Runbooks/Handler",
            "Outbox/Relay",
            "Watch/Executions",
            "Watch/Sweeper",
            "Bulk/Worker",
            "Watch/Check",
        )
    ),
    *(
        Accepted(
            construct=f"{construct}/Role/Resource",
            finding=_ANY_EXECUTION.replace("machine", "bulk_machine"),
            reason="How a bulk run stands: each has an execution of its own, which nobody knows before it is started.",
        )
        for construct in ("Api/Handler", "Desk/Handler", "Runbooks/Handler")
    ),
    Accepted(construct="Runbooks/Handler/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="Runbooks/Handler/Role/Resource",
        finding=_ANY_AUTOMATION,
        reason="Who started an automation: each has an id that nobody knows before. Those of other documents are refused.",
    ),
    Accepted(construct="Bulk/Worker/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="Bulk/Role/Resource", finding=_ANY_RESOURCE, reason=_LOG_DELIVERY),
    Accepted(construct="Bulk/Machine/Resource", finding=_NOT_ALL_LOGGED, reason=_HISTORY_HAS_ALL),
    Accepted(
        construct="Watch/Missed/Resource",
        finding=_NO_DEAD_LETTERS,
        reason="This is a queue of dead letters; the rule does not know those of a rule and a function.",
    ),
    Accepted(construct="Notices/Sender/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="Notices/Reminder/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="{document_mails}/Sender/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="StaffNotices/Teller/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="StaffNotices/Digests/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="Intake/Webhook/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="Intake/Worker/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="Intake/Route/Resource",
        finding=_NO_AUTHORIZER,
        reason="Providers sign what they send; an authorizer does not see the body, over which the signature is.",
    ),
    Accepted(construct="GatewayWebhooks/Door/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(construct="GatewayWebhooks/Worker/Role/Resource", finding=_ANY_RESOURCE, reason=_XRAY),
    Accepted(
        construct="GatewayWebhooks/Route/Resource",
        finding=_NO_AUTHORIZER,
        reason="Providers sign what they send; an authorizer does not see the body, over which the signature is.",
    ),
    Accepted(
        construct="GatewayWebhooks/{signing_keys}/Resource",
        finding=_NOT_ROTATED,
        reason="The provider makes the key: only people can change it on both sides.",
    ),
    Accepted(
        construct="Intake/{provider_secret}/Resource",
        finding=_NOT_ROTATED,
        reason="The provider holds the same keys: only people can change them on both sides.",
    ),
    Accepted(
        construct="{front}/Resource",
        finding=_NOT_ROTATED,
        reason="CloudFront sends it: a rotation that Secrets Manager does alone would lock everybody out (make rotate-front).",
    ),
    Accepted(
        construct="Outbox/DeadLetters/Resource",
        finding=_NO_DEAD_LETTERS,
        reason="This is a queue of dead letters; the rule does not know those of a stream.",
    ),
    Accepted(
        construct="Storage/GuardTable/Resource",
        finding=_NO_POINT_IN_TIME,
        reason="Everything in it expires; counts and answers of an earlier time would be wrong now. Lost, it costs repeats.",
    ),
    Accepted(
        construct="Storage/DeskTable/Resource",
        finding=_NO_POINT_IN_TIME,
        reason="It is made of the order table, and can be made again at any time (make rebuild).",
    ),
    Accepted(
        construct="Actions/WebhookSecret/Secret/Resource",
        finding=_NOT_ROTATED,
        reason="Receivers of webhooks, which are not ours, hold the same secret: only people can change it on both sides.",
    ),
)

# Of the stack of a stage's front.
ACCEPTED_OF_FRONT = (
    Accepted(
        construct="Distribution/Resource",
        finding="AwsSolutions::AwsSolutions-CFR1",
        reason="Clients may be anywhere; whom the shop sells to is decided by its queues.",
    ),
    Accepted(
        construct="Distribution/Resource",
        finding="AwsSolutions::AwsSolutions-CFR3",
        reason="CloudFront's access log has the addresses of people. API Gateway's has each request without them.",
    ),
)


def accepted(names: Mapping[str, Iterable[str]]) -> Iterator[Accepted]:
    """The table with one row per construct; `names` are the constructs each placeholder stands for."""
    for row in ACCEPTED:
        placeholder = next((name for name in names if f"{{{name}}}" in row.construct + row.finding), None)
        for name in names[placeholder] if placeholder else [""]:
            construct, finding = (each.replace(f"{{{placeholder}}}", name) for each in (row.construct, row.finding))
            yield replace(row, construct=construct, finding=finding)


def acknowledge_findings(stack: Stack, *, names: Mapping[str, Iterable[str]]) -> None:
    _acknowledge(stack, accepted(names))


def acknowledge_front_findings(front: Stack) -> None:
    _acknowledge(front, ACCEPTED_OF_FRONT)


def _acknowledge(stack: Stack, rows: Iterable[Accepted]) -> None:
    for row in rows:
        construct: IConstruct = stack
        for part in row.construct.split("/"):
            construct = construct.node.find_child(part)
        Validations.of(construct).acknowledge(Acknowledgment(id=row.finding, reason=row.reason))
