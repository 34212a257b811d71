"""Clients and their payment methods (reference ubersmith-orders 4.9: client.add, client.cc_add, payment_method_list)."""

from typing import Any

from lambdas.records.payment_method import PaymentMethod
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.models import Frozen

FIRST_CLIENT_NUMBER = 100


class LoginTakenError(Exception):
    """Another client of the brand has this login name."""


class Client(Frozen):
    """A client account. `created_at` in Unix seconds; `order_id` is the order that made it."""

    client_id: str
    brand_id: int
    order_id: str
    first: str = ""
    last: str = ""
    company: str = ""
    email: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    phone: str = ""
    fax: str = ""
    vat_id: str = ""
    uber_login: str = ""
    password_hash: str | None = None
    created_at: int


CONTACT_FIELDS = (
    "first", "last", "company", "email", "address", "city", "state", "zip", "country", "phone", "fax", "vat_id",
)  # fmt: skip


class ClientRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def exists(self, client_id: str) -> bool:
        return self._table.get(f"client#{client_id}", "client") is not None

    def get(self, client_id: str) -> Client | None:
        found = self._table.get(f"client#{client_id}", "client")
        return Client.model_validate(found) if found else None

    def made_for(self, order_id: str) -> str | None:
        """The id of the client this order made, if it made one."""
        found = self._table.get(f"order#{order_id}", "client")
        return str(found["client_id"]) if found else None

    def new_client_id(self) -> str:
        return str(self._table.next_number("client_id", FIRST_CLIENT_NUMBER))

    def payment_method(self, client_id: str, billing_info_id: str) -> PaymentMethod | None:
        found = self._table.get(f"client#{client_id}", f"payment_method#{billing_info_id}")
        return PaymentMethod.model_validate(found) if found else None

    def make(self, client: Client, method: PaymentMethod | None) -> str:
        """The client, its login name and its payment method, all or nothing, once per order; returns the client's id.

        Repeating it returns the client made first. Raises LoginTakenError.
        """
        owner = f"client#{client.client_id}"
        guard = {"pk": f"order#{client.order_id}", "sk": "client", "client_id": client.client_id}
        record = {"pk": owner, "sk": "client", **client.model_dump(exclude_none=True)}
        writes: list[Any] = [self._table.new(guard), self._table.new(record)]
        if client.uber_login:
            login = {"pk": _login_pk(client), "sk": "login", "client_id": client.client_id}
            writes.append(self._table.new(login))
        if method:
            stored = {"pk": owner, "sk": f"payment_method#{client.order_id}", "billing_info_id": client.order_id}
            writes.append(self._table.new({**stored, **method.model_dump()}))
        try:
            self._table.write_all(writes)
        except ConditionFailedError as refused:
            if first := self.made_for(client.order_id):
                return first
            if client.uber_login and 2 in refused.failed:
                raise LoginTakenError from None
            raise
        return client.client_id


def _login_pk(client: Client) -> str:
    return f"login#{client.brand_id}#{client.uber_login.casefold()}"
