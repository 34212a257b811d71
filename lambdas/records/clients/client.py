"""Clients (reference/ubersmith.md 4.9: client.add, client.get); their payment methods are in payment_method.py.

Longer than 200 lines, because a client's record and the two records that find it are written in one transaction.
"""

import hashlib
from collections.abc import Iterable
from enum import IntEnum
from itertools import product
from typing import Any

from lambdas.orders.contact.text import shown_line
from lambdas.orders.errors import Again, Nature, OrderError
from lambdas.records.clients.payment_method import PaymentMethod
from lambdas.records.clients.standing import has_overdue_invoice
from lambdas.records.clients.stored_methods import REMOVAL, method_key
from lambdas.records.request_key import RequestKey
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.models import Frozen
from lambdas.runtime.passwords import is_password

FIRST_CLIENT_NUMBER = 100
_NOBODYS_PASSWORD = f"scrypt${'0' * 32}${'0' * 128}"


class ClientStatus(IntEnum):
    """Ubersmith's `active`."""

    CLIENT = 1
    LEAD = 2


class LoginTakenError(Exception):
    """Another client of the brand has this login name."""


class ClientsBusyError(OrderError):
    kind = "busy"
    nature = Nature.CONFLICT
    again = Again.LATER
    retry_after_seconds = 1

    def __init__(self) -> None:
        super().__init__("another client is being made under the same key or login name; nothing was made, try again")


class Client(Frozen):
    """A client account. `created_at` in Unix seconds; `order_id` is the order that made it, if one did.

    `settings` are its billing settings by Ubersmith's names, `metadata` its custom fields, `access` what its login may use.
    """

    client_id: str
    brand_id: int
    order_id: str | None = None
    active: ClientStatus = ClientStatus.CLIENT
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
    login_enabled: bool = True
    default_billing_info_id: str | None = None
    settings: dict[str, str] = {}
    metadata: dict[str, str] = {}
    access: dict[str, str] = {}
    created_at: int


class ClientRecords:
    def __init__(self, table: RecordTable) -> None:
        self._table = table

    @property
    def table(self) -> RecordTable:
        """The table, for the other records of clients."""
        return self._table

    def brand_of(self, client_id: str) -> int | None:
        found = self._table.get(f"client#{client_id}", "client")
        return int(found["brand_id"]) if found else None

    def get(self, client_id: str) -> Client | None:
        found = self._table.get(f"client#{client_id}", "client")
        return Client.model_validate(found) if found else None

    def in_good_standing(self, client_id: str, brand_id: int, now: int) -> bool:
        """Whether it is an active client of the brand (no lead) who has no unpaid invoice that is overdue."""
        client = self.get(client_id)
        if client is None or client.active is not ClientStatus.CLIENT or client.brand_id != brand_id:
            return False
        return not has_overdue_invoice(self._table, client_id, now)

    def made_for(self, order_id: str) -> str | None:
        """The id of the client this order made, if it made one."""
        found = self._table.get(of_order_pk(order_id), "client")
        return str(found["client_id"]) if found else None

    def new_client_id(self) -> str:
        return str(self._table.next_number("client_id", FIRST_CLIENT_NUMBER))

    def payment_method(self, client_id: str, billing_info_id: str, *, to_begin: bool = True) -> PaymentMethod | None:
        """`to_begin`: one that a payment can be begun by. Else also one whose removal is not decided yet."""
        found = self._table.get(**method_key(client_id, billing_info_id)) or {}
        return PaymentMethod.model_validate(found) if "token" in found and not (to_begin and REMOVAL in found) else None

    def by_login(self, login: str, brand_ids: Iterable[int]) -> Client | None:
        """The client with this login name in the first of these brands that knows it. Upper and lower case are the same."""
        for brand_id, name in product(brand_ids, dict.fromkeys((shown_line(login), login))):
            found = self._table.get(login_pk(brand_id, name), "login") if name else None
            if found:
                return self.get(str(found["client_id"]))
        return None

    def has_login(self, login: str, brand_id: int) -> bool:
        """Whether a client of the brand has it."""
        return self._table.get(login_pk(brand_id, login), "login") is not None

    def by_email(self, email: str) -> tuple[Client, ...]:
        """All clients with this e-mail address, by their number."""
        return self.by_email_key(email_pk(email))

    def by_email_key(self, key: str) -> tuple[Client, ...]:
        """All clients with the address of this key (`email_pk`), by their number."""
        found = self._table.query(key, "client#")
        ids = sorted((str(record["client_id"]) for record in found), key=int)
        return tuple(client for client in map(self.get, ids) if client)

    def named(self, name: str, brand_ids: Iterable[int]) -> Client | None:
        """By id or login name; a number is an id first (reference/ubersmith.md 4.9: "login name or ID")."""
        by_id = self.get(name) if name.isascii() and name.isdecimal() else None
        return by_id or self.by_login(name, brand_ids)

    def verified(self, login: str, password: str, brand_ids: Iterable[int]) -> Client | None:
        """The client whose login and password these are. A wrong password and an unknown login take the same work."""
        client = self.named(login, brand_ids)
        stored = client.password_hash if client and client.login_enabled else None
        fits = is_password(password, stored or _NOBODYS_PASSWORD)
        return client if fits and stored else None

    def make(self, client: Client, method: PaymentMethod | None) -> str:
        """The client an order makes, its login name and its payment method, all or nothing, once per order; returns its id.

        Repeating it returns the client made first. Raises LoginTakenError.
        """
        if method:
            client = client.model_copy(update={"default_billing_info_id": client.order_id})
        writes: list[Any] = [
            self._table.new({"pk": of_order_pk(str(client.order_id)), "sk": "client", "client_id": client.client_id}),
            *self._writes(client),
        ]
        if method:
            stored = {"sk": f"payment_method#{client.order_id}", "billing_info_id": client.order_id}
            writes.append(self._table.new({"pk": f"client#{client.client_id}", **stored, **method.model_dump()}))
        try:
            self._table.write_all(writes)
        except ConditionFailedError:
            if first := self.made_for(str(client.order_id)):
                return first
            self._refuse_taken(client)
            raise
        return client.client_id

    def add(self, client: Client, key: RequestKey | None = None) -> str:
        """A client without an order; returns its id. The same key with the same content returns the client made first.

        Raises LoginTakenError, or RequestKeyUsedError for a key that was sent with other content.
        """
        if key and (first := key.find_made(self._table)):
            return first
        guard = [self._table.new(key.guard(client.client_id))] if key else []
        patience = self._table.patience()
        while True:
            try:
                self._table.write_all([*self._writes(client), *guard])
                return client.client_id
            except ConditionFailedError:
                if key and (first := key.find_made(self._table)):
                    return first
                self._refuse_taken(client)
            patience.wait_or_raise(ClientsBusyError)  # A transaction with the same key or login is still open.

    def _writes(self, client: Client) -> list[Any]:
        """The record, what finds it by e-mail address, and last (if it has one) what keeps its login name its own."""
        record = {"pk": f"client#{client.client_id}", "sk": "client", **client.model_dump(exclude_none=True)}
        email = {"pk": email_pk(client.email), "sk": f"client#{client.client_id}", "client_id": client.client_id}
        login = {"pk": login_pk(client.brand_id, client.uber_login), "sk": "login", "client_id": client.client_id}
        records = [record, *([email] if client.email else []), *([login] if client.uber_login else [])]
        return [self._table.new(one) for one in records]

    def _refuse_taken(self, client: Client) -> None:
        if client.uber_login and self.has_login(client.uber_login, client.brand_id):
            raise LoginTakenError


def of_order_pk(order_id: str) -> str:
    """The partition of the record that names the client made for an order."""
    return f"client_of#{order_id}"


def login_pk(brand_id: int, login: str) -> str:
    return f"login#{brand_id}#{login.casefold()}"


def email_pk(email: str) -> str:
    """Hashed: keys show up where records do not."""
    return f"email#{hashlib.sha256(email.strip().casefold().encode()).hexdigest()}"
