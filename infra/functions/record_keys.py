"""Which records a role may touch, by partition key.

`ForAllValues` holds for a request that has no partition key at all, such as a scan, so each condition also asks that there is
one. A transaction is judged item by item, by the actions of what is in it.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from collections.abc import Sequence

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from lambdas.payments.gateways import SANDBOX

USERS = (
    "api_user*",
)  # the users of the API, and the list of them: written by `make users`, with a person's credentials
READ, WRITE = ("GetItem", "Query"), ("GetItem", "PutItem", "UpdateItem", "ConditionCheckItem", "Query")

# What a door reads to take an order in: who orders and what they have stored, who has a login, what a coupon takes off.
_READ_BY_DOORS = ("client#*", "login#*", "coupon_code#*", "stop_link#*")
# What it writes: what belongs to an order, its coupons' counts, posts and their numbers, what keeps a repeat from being done
# twice.
_WRITTEN_BY_DOORS = (
    "order#*",
    "coupon_counts",
    "post#*",
    "counter#post_id",
    "request#*",
)
_WRITTEN_BY_FORMS = ("link#*", "reminders_stopped#*")
_WRITTEN_BY_INTAKE = ("quote#*", "quotes#*", "contract#*", "contract_id#*", "contract_of#*", "counter#quote_id")
# Of invoices, what says whether a client owes anything (lambdas/records/clients/standing.py), and the keys.
_OWED = ("pk", "sk", "status", "total_cents", "credited", "issued_at", "due_at")


def of_forms(table: dynamodb.Table, gateway: str) -> list[iam.PolicyStatement]:
    return _of_door(table, (*_WRITTEN_BY_FORMS, *_of_gateway(gateway)))


def of_intake(table: dynamodb.Table, gateway: str) -> list[iam.PolicyStatement]:
    return _of_door(table, (*_WRITTEN_BY_INTAKE, *_of_gateway(gateway)))


def _of_gateway(gateway: str) -> tuple[str, ...]:
    """The sandbox keeps its transactions among the records."""
    return ("sandbox#*",) if gateway == SANDBOX else ()


def of_api(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """Everything but changes of users; it reads them, to log in. What finds a client by an e-mail address or login name is taken
    away when the client gets another one."""
    return [
        only(table, ("DeleteItem",), ("email#*", "login#*")),
        *except_users(table, *WRITE),
        _allow(table, ("GetItem",), {"ForAllValues:StringLike": {_KEYS: list(USERS)}}),
    ]


def guards_of_doors(table: dynamodb.Table) -> list[iam.PolicyStatement]:
    """How often something was asked for, or failed; not the answers of the API that are kept for repeats."""
    return [only(table, ("GetItem", "PutItem", "UpdateItem"), ("window#*", "breaker#*"))]


def except_users(table: dynamodb.Table, *verbs: str) -> list[iam.PolicyStatement]:
    """For functions that nobody reaches from outside by themselves."""
    return [_allow(table, verbs, {"ForAllValues:StringNotLike": {_KEYS: list(USERS)}})]


def only(table: dynamodb.Table, verbs: Sequence[str], keys: Sequence[str]) -> iam.PolicyStatement:
    """`keys`: patterns of partition keys."""
    return _allow(table, verbs, {"ForAllValues:StringLike": {_KEYS: list(keys)}})


def _of_door(table: dynamodb.Table, written: Sequence[str]) -> list[iam.PolicyStatement]:
    return [
        only(table, READ, _READ_BY_DOORS),
        only(table, WRITE, (*_WRITTEN_BY_DOORS, *written)),
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
