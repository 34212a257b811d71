"""Limits the records of a role by partition key.

`ForAllValues` also holds for a request without a partition key, such as a scan. So each condition also demands that there is one.
IAM judges a transaction item by item.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html

Longer than 200 lines, because it is one table of roles.
"""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from lambdas.records.broken_promises import CHECK_PK

# The users of the API, and the list of them: written by `make users`, with a person's credentials.
USERS = ("api_user*",)
# Written by doors, and read by the module that calls the registrar.
TRANSFER_CODES = ("transfer_code#*",)
CHECK = (CHECK_PK,)  # what the nightly check found and how far it came, and unmatched money of webhooks
READ, WRITE = ("GetItem", "Query"), ("GetItem", "PutItem", "UpdateItem", "ConditionCheckItem", "Query")

# A door reads these to accept an order: clients with their stored methods, logins, coupon codes, what is paused.
_READ_BY_DOORS = ("client#*", "login#*", "coupon_code#*", "stop_link#*", "pauses")
# A door writes these: records of an order, counts of coupons, posts and their numbers, idempotency keys.
_WRITTEN_BY_DOORS = (
    "order#*",
    "coupon_counts",
    "post#*",
    "counter#post_id",
    "request#*",
    "vat_check#*",
)
# All that move money write it down (lambdas/payments/effects).
_LEDGER = ("effects#*", "effects_of#*")
_WRITTEN_BY_FORMS = ("link#*", "reminders_stopped#*")
_WRITTEN_BY_INTAKE = ("quote#*", "quotes#*", "contract#*", "contract_id#*", "contract_of#*", "counter#quote_id")
_EVENTS = ("gateway_event#*",)
_SESSIONS = ("session#*",)
_WRITTEN_BY_DESK = (*_SESSIONS, "invoices#*", "invoiced#*", "series#*", "services#*")
# The attributes of an invoice that show whether a client owes anything (lambdas/records/clients/standing.py), and the keys.
_OWED = ("pk", "sk", "status", "total_cents", "credited", "reduced_cents", "issued_at", "due_at")


def of_forms(table: dynamodb.Table, gateways: Sequence[str]) -> list[iam.PolicyStatement]:
    return _of_door(table, (*_WRITTEN_BY_FORMS, *_of_gateways(gateways)))


def of_documents(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """It only reads: links, and the invoices of their orders."""
    return [
        only(table, ("GetItem",), ("link#*", "series#*")),
        only(table, ("GetItem", "Query"), ("invoices#*", "invoiced#*")),
    ]


def of_document_mails(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """It reads documents and their clients, guards each mail, and writes how far it came."""
    return [
        only(table, ("GetItem", "Query"), ("series#*", "invoices#*")),
        only(table, ("GetItem",), ("client#*",)),
        only(table, ("GetItem", "PutItem"), ("mailed", "mailed#*")),
        only(table, ("UpdateItem",), ("document#*",)),
    ]


def of_intake(table: dynamodb.Table, gateways: Sequence[str]) -> list[iam.PolicyStatement]:
    return _of_door(table, (*_WRITTEN_BY_INTAKE, *_of_gateways(gateways)))


def of_gateway_events(table: dynamodb.Table) -> iam.PolicyStatement:
    return only(table, ("GetItem", "PutItem"), _EVENTS)


def of_gateway_worker(table: dynamodb.Table, gateways: Sequence[str]) -> list[iam.PolicyStatement]:
    """It completes submits, marks invoices as paid, and puts money that nobody expects onto the worklist."""
    return [
        *_of_door(table, ("invoices#*", "invoiced#*", *_of_gateways(gateways))),
        only(table, ("GetItem", "Query"), _LEDGER),
        only(table, ("GetItem", "UpdateItem"), _EVENTS),
        only(table, ("PutItem",), ("disputes#*",)),
        only(table, ("UpdateItem",), CHECK),
    ]


def of_desk(table: dynamodb.Table, gateways: Sequence[str]) -> list[iam.PolicyStatement]:
    """Users are only read, for sign-ins and rights. A skip may put on an invoice that its money was captured or returned.

    A mailed answer leads to the order's page: the desk makes that link, and reads or changes none. Bulk runs are begun, stopped
    and read; pauses are written, and what waits for one is counted, woken and forgotten.
    """
    return [
        *_of_door(table, (*_WRITTEN_BY_DESK, *_of_gateways(gateways))),
        only(table, ("DeleteItem",), _SESSIONS),
        only(table, ("PutItem",), ("link#*", "pauses")),
        only(table, ("GetItem", "Query"), _LEDGER),
        only(table, ("GetItem", "PutItem", "Query"), ("bulk#*", "bulk_runs")),
        only(table, ("Query", "DeleteItem"), ("paused#*",)),
        only(table, ("Query",), ("step_counts#*", *CHECK)),
        only(table, ("GetItem",), USERS),
    ]


def of_widgets(table: dynamodb.Table, gateways: Sequence[str]) -> list[iam.PolicyStatement]:
    """Acts of the console's widgets: processing, notes, giving work. Users are only read, to see who may get work."""
    return [*_of_door(table, _of_gateways(gateways)), only(table, ("GetItem",), USERS)]


def of_widget_reader(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    return [*except_users_and_check(table, "GetItem", "Query"), only(table, ("Query",), CHECK)]


def of_sign_in_links(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    return [only(table, ("DeleteItem",), ("sign_in_link#*",))]


def _of_gateways(gateways: Sequence[str]) -> tuple[str, ...]:
    """The sandbox keeps its transactions among the records, other adapters the ids of payments there."""
    return tuple(f"{gateway}#*" for gateway in gateways)


def of_api(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """Everything but changes of users, which it only reads for logins.

    It deletes the entry for an e-mail address or login name when the client gets another one. It also deletes that of a stored
    method's token when the method is removed, and of what waited for a pause.
    """
    return [
        only(table, ("DeleteItem",), ("client#*", "email#*", "login#*", "paused#*")),
        only(table, ("Query",), CHECK),
        *except_users_and_check(table, *WRITE),
        _allow(table, ("GetItem",), {"ForAllValues:StringLike": {_KEYS: list(USERS)}}),
        only(table, ("PutItem",), TRANSFER_CODES),
    ]


def of_bulk(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """Everything that verbs on orders write. It reads users, whose rights it asks again for each order."""
    return [
        *except_users_and_check(table, *WRITE),
        _allow(table, ("GetItem",), {"ForAllValues:StringLike": {_KEYS: list(USERS)}}),
        only(table, ("PutItem",), TRANSFER_CODES),
    ]


def of_runbooks(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """As a bulk run, which a runbook may start; and it forgets what waited for a pause."""
    return [*of_bulk(table), only(table, ("DeleteItem",), ("paused#*",))]


def of_check(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """It reads all that is promised, and writes what it found and how far it came."""
    return [
        *except_users_and_check(table, "GetItem", "Query"),
        only(table, ("GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"), CHECK),
    ]


def of_actions(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """Read the pauses, and note what waits for their ends. Each module has its own needs beside."""
    return [only(table, ("GetItem",), ("pauses",)), only(table, ("PutItem",), ("paused#*",))]


def of_sweeper(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """The pauses, and what waits for their ends."""
    return [only(table, ("GetItem", "PutItem"), ("pauses",)), only(table, ("Query", "DeleteItem"), ("paused#*",))]


def of_holds(table: dynamodb.Table, gateways: Sequence[str]) -> list[iam.PolicyStatement]:
    """Clients with their stored methods, the pauses, the payments of the gateways, and the ledger of its calls."""
    return [
        only(table, READ, ("client#*", "pauses")),
        only(table, WRITE, _of_gateways(gateways)),
        only(table, ("PutItem", "UpdateItem"), _LEDGER),
    ]


def guards_of_doors(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """Counts of requests and failures, but not the answers that the API stores under idempotency keys."""
    return [only(table, ("GetItem", "PutItem", "UpdateItem"), ("window#*", "breaker#*"))]


def of_registrar_calls(table: dynamodb.Table) -> iam.PolicyStatement:
    return only(table, ("GetItem",), TRANSFER_CODES)


def except_users_and_check(table: dynamodb.Table, *verbs: str) -> list[iam.PolicyStatement]:
    """Permissions for functions that no request from outside reaches directly. What the nightly check keeps is its own, and
    authorisation codes are the registrar's."""
    return [_allow(table, verbs, {"ForAllValues:StringNotLike": {_KEYS: [*USERS, *CHECK, *TRANSFER_CODES]}})]


def only(table: dynamodb.Table, verbs: Sequence[str], keys: Sequence[str]) -> iam.PolicyStatement:
    """`keys`: patterns of partition keys."""
    return _allow(table, verbs, {"ForAllValues:StringLike": {_KEYS: list(keys)}})


def _of_door(table: dynamodb.Table, written: Sequence[str]) -> list[iam.PolicyStatement]:
    return [
        only(table, READ, _READ_BY_DOORS),
        only(table, WRITE, (*_WRITTEN_BY_DOORS, *written)),
        only(table, ("PutItem", "UpdateItem"), _LEDGER),
        only(table, ("PutItem",), TRANSFER_CODES),
        only(table, ("GetItem", "ConditionCheckItem"), ("coupons",)),
        _allow(
            table,
            ("Query",),
            {
                "ForAllValues:StringLike": {_KEYS: ["invoices#*"]},
                "ForAllValues:StringEquals": {_ATTRIBUTES: list(_OWED)},
                "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
                "Null": {_ATTRIBUTES: "false"},
            },
        ),
    ]


_KEYS, _ATTRIBUTES = "dynamodb:LeadingKeys", "dynamodb:Attributes"


def _allow(
    table: dynamodb.Table, verbs: Sequence[str], conditions: dict[str, dict[str, object]]
) -> iam.PolicyStatement:
    there_is_one = {**conditions.get("Null", {}), _KEYS: "false"}
    return iam.PolicyStatement(
        actions=[f"dynamodb:{verb}" for verb in verbs],
        resources=[table.table_arn],
        conditions={**conditions, "Null": there_is_one},
    )
