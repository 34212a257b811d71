"""Somebody runs code of theirs in the function of a public door: what its role lets them do with the tables.

Each request is what boto3 would send, judged against the role as it is deployed, like the calls of the functions themselves
(infra/local/engine/iam/roles.py). Nothing is sent.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from infra.local.engine.iam.calls import Place, calls_of
from infra.local.engine.iam.policy import Statement, allowing
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.coupons.coupon import CouponRecords
from lambdas.records.invoices.invoice import InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.quotes.quote import QuoteRecords
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUserRecords
from tests.flow.conftest import Shop
from tests.unit.records.builders import a_client, a_service_record, an_invoice

DOORS = {"forms": "lambdas.forms.handler.handler", "intake": "lambdas.intake.handler.handler"}


class RefusedError(Exception):
    """The role does not allow the request."""


class AllowedError(Exception):
    """The role allows the request."""


@pytest.fixture(params=DOORS)
def taken(request: pytest.FixtureRequest, shop: Shop) -> RecordTable:
    """The record table in the hands of whoever took this door over: every request ends in Refused or Allowed."""
    return RecordTable(shop.stack.record_table, _judging_client(shop, DOORS[request.param]))


def _judging_client(shop: Shop, handler: str) -> Any:
    functions = shop.client("lambda").list_functions()["Functions"]
    role = next(each["Role"] for each in functions if each["Handler"] == handler).rpartition("/")[2]
    allowed = _statements(shop, role)
    client = boto3.client("dynamodb", **shop.engine.client_options())

    def judge(request: Any, **_: Any) -> None:
        place = Place(shop.stack.region, shop.client("sts").get_caller_identity()["Account"])
        calls = calls_of("dynamodb", request.headers["X-Amz-Target"].decode(), place, body=request.body)
        raise AllowedError if all(allowing(allowed, call) for call in calls) else RefusedError

    client.meta.events.register("before-send.dynamodb", judge)
    return client


def _statements(shop: Shop, role: str) -> list[Statement]:
    iam = shop.client("iam")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    found = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    return [
        statement for each in found for statement in (json.loads(each) if isinstance(each, str) else each)["Statement"]
    ]


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(RefusedError):
        yield


def test_make_myself_a_user_of_the_api(taken: RecordTable) -> None:
    users = ApiUserRecords(taken)
    for attempt in (lambda: users.add("me", now=0), lambda: users.find("web"), users.list):
        with refused():
            attempt()
    with refused():
        taken.put_new({"pk": "api_user#me", "sk": "api_user"})


def test_change_the_rights_of_a_user_there_is(taken: RecordTable) -> None:
    names: Any = {"TableName": taken.name, "Key": {"pk": {"S": "api_user#web"}, "sk": {"S": "api_user"}}}
    with refused():
        taken.client.update_item(**names, UpdateExpression="SET revision = revision")
    with refused():
        taken.client.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": taken.name, "Item": {"pk": {"S": "order#1"}, "sk": {"S": "x"}}}},
                {"Delete": names},
            ]
        )


def test_read_the_whole_table(taken: RecordTable) -> None:
    with refused():
        taken.client.scan(TableName=taken.name)
    with refused():
        taken.client.batch_get_item(
            RequestItems={taken.name: {"Keys": [{"pk": {"S": "order#1001"}, "sk": {"S": "form"}}]}}
        )


INVOICE = an_invoice(number=1)
OF_OTHERS: dict[str, Callable[[RecordTable], Any]] = {
    "read an invoice": lambda table: InvoiceRecords(table).of_client("101"),
    "find an invoice": lambda table: InvoiceRecords(table).get("1000000001"),
    "say that an invoice is paid": lambda table: InvoiceRecords(table).mark(INVOICE, InvoiceStatus.PAID, at=0),
    "issue one": lambda table: InvoiceRecords(table).issue(INVOICE),
    "say that a service was invoiced": lambda table: table.put_new({"pk": "invoiced#1001", "sk": "invoiced"}),
    "give away a service": lambda table: ServiceRecords(table).make(a_service_record()),
    "see what somebody has": lambda table: ServiceRecords(table).of_client("101"),
    "change a client's password": lambda table: table.put_new({"pk": "client#101", "sk": "client"}),
    "make a client": lambda table: ClientRecords(table).add(a_client(client_id="999", order_id=None)),
    "take over a login": lambda table: table.put_new({"pk": "login#1#ada", "sk": "login", "client_id": "102"}),
    "make an order another client's": lambda table: table.put_new({"pk": "client_of#1001", "sk": "client"}),
    "make a coupon": lambda table: table.put_new({"pk": "coupons", "sk": "0000000009"}),
    "change a coupon": lambda table: CouponRecords(table).add_clients("1", ["101"]),
    "take a code": lambda table: table.put_new({"pk": "coupon_code#1#FREE", "sk": "coupon_code"}),
    "list all coupons": lambda table: table.query("coupons", ""),
}


@pytest.mark.parametrize("what", OF_OTHERS)
def test_it_cannot(taken: RecordTable, what: str) -> None:
    with refused():
        OF_OTHERS[what](taken)


def test_the_forms_sign_no_quotes(shop: Shop) -> None:
    table = RecordTable(shop.stack.record_table, _judging_client(shop, DOORS["forms"]))
    for attempt in (lambda: QuoteRecords(table).get("1"), lambda: list(QuoteRecords(table).of_client("101"))):
        with refused():
            attempt()


def test_what_a_door_is_there_for_it_may_do(taken: RecordTable) -> None:
    """Or what is refused above would say nothing."""
    for attempt in (
        lambda: ClientRecords(taken).in_good_standing("101", 1, 0),
        lambda: CouponRecords(taken).find(1, "SAVE10"),
        lambda: taken.put_new({"pk": "order#1001", "sk": "post#0000000001"}),
    ):
        with pytest.raises(AllowedError):
            attempt()
