"""Erases a person. Each step may be repeated, and what finds the person is erased last, so that an interrupted run continues."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from infra.operate.person.erased import erased_client, erased_contract, erased_order, erased_quote
from infra.operate.person.found import Person, rows_of
from infra.operate.person.kept import Retention
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.ports import OrderStore
from lambdas.orders.store import save
from lambdas.payments.stored_methods.removing import MethodRemoval
from lambdas.read_models.history.history import History, name_of
from lambdas.read_models.history.table import HistoryTable
from lambdas.records.clients.changes import change_client
from lambdas.records.clients.client import Client
from lambdas.records.clients.stored_methods import PaymentMethodRecords
from lambdas.records.links.link import LinkRecords
from lambdas.records.links.unfinished_orders import UnfinishedOrderRecords, digest_of
from lambdas.records.posts.attachment import files_of
from lambdas.records.quotes.contract import ContractRecords
from lambdas.records.quotes.quote import QuoteRecords
from lambdas.records.table import RecordTable
from lambdas.runtime.items import to_item

_ATTEMPTS, _PAUSE_SECONDS = 60, 1.0
_BATCH = 1_000  # S3's largest


class HistoryBehindError(RuntimeError):
    """History has not heard of all changes of an order, so it may still have the person."""

    def __init__(self, order_id: str) -> None:
        super().__init__(
            f"history has not caught up with order {order_id}: see the alarm AnnouncerLate, then repeat this command "
            f"or `make erase-history ORDERS={order_id}`"
        )


@dataclass(frozen=True)
class Erasing:
    """`files`: the bucket with the posts' files; `orders`: name of the order table. `by`: who erases, an ARN. `pause`: sleeps."""

    store: OrderStore
    records: RecordTable
    orders: str
    history: History
    history_table: HistoryTable
    s3: Any
    files: str
    removal: MethodRemoval
    retention: Retention
    by: str
    pause: Callable[[float], None]

    def erase(self, person: Person) -> Iterator[str]:
        """Erase, and say what was erased, step by step. Raises HistoryBehindError, and what the removal of a method raises."""
        for client in person.clients:
            for number in PaymentMethodRecords(self.records).of_client(client.client_id):
                self.removal.remove(client, number, by=self.by)
                yield f"client {client.client_id}: payment method {number} is removed, here and at its gateway"
        for pk in person.keys:
            self._empty_answer(pk)
        for order in person.orders:
            yield self._erase_order(order)
        for client in person.clients:
            self._erase_client(client)
            yield f"client {client.client_id}: contact data, login, settings, quotes and names of services are erased"

    def _erase_order(self, order: Order) -> str:
        number = order.order_id
        if self.history_table.chains_of(number):
            self._wait_for_history(order)
        count = self.history.erase(number, by=self.by)
        posts = self._erase_records(order)
        files = self._delete_files(files_of(number))
        contract = self._erase_contract(number)
        written = save(self.store, order, lambda current: erased_order(current, self.by))
        self._wait_for_history(written)
        count += self.history.erase(number, by=self.by)
        return (
            f"order {number}: contact data, {count} items of history, {posts} posts, links and its lead, {files} files"
            f"{', its contract' if contract else ''} are erased"
        )

    def _wait_for_history(self, order: Order) -> None:
        for _ in range(_ATTEMPTS):
            newest = self.history_table.newest(name_of(order))
            if newest and int(str(newest["sk"]).split("#")[1][:9]) >= order.revision:
                return
            self.pause(_PAUSE_SECONDS)
        raise HistoryBehindError(order.order_id)

    def _erase_records(self, order: Order) -> int:
        """Posts, lead and links, and the entry that finds the order by its address. The number of posts."""
        pk, links = f"order#{order.order_id}", LinkRecords(self.records)
        form, email = links.form_of(order.order_id), text(order.info, "email")
        if form and email:
            UnfinishedOrderRecords(self.records).remove(digest_of(form, email), order.order_id)
        for link in links.of_order(order.order_id):
            self._delete(f"link#{link.digest}", "link")
        rows = [row["sk"] for row in rows_of(self.records, pk)]
        gone = [sk for sk in rows if sk.partition("#")[0] in ("post", "lead", "link")]
        for sk in gone:
            self._delete(pk, sk)
        return sum(sk.startswith("post#") for sk in gone)

    def _delete_files(self, prefix: str) -> int:
        """All versions of each: an earlier one could be read again."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.files, Prefix=prefix)
        named = [
            {"Key": each["Key"], "VersionId": each["VersionId"]}
            for page in pages
            for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        ]
        for start in range(0, len(named), _BATCH):
            self.s3.delete_objects(Bucket=self.files, Delete={"Objects": named[start : start + _BATCH], "Quiet": True})
        return len({each["Key"] for each in named})

    def _erase_contract(self, order_id: str) -> bool:
        contracts = ContractRecords(self.records)
        kept = contracts.of_order(order_id)
        if kept is None or self.retention.must_keep(kept):
            return False
        contracts.replace(erased_contract(kept))
        return True

    def _erase_client(self, client: Client) -> None:
        client_id, contracts = client.client_id, ContractRecords(self.records)
        for quote in QuoteRecords(self.records).of_client(client_id):
            contract = contracts.of_order(quote.order_id) if quote.order_id else None
            if contract is None or not self.retention.must_keep(contract):
                QuoteRecords(self.records).update(quote.quote_id, erased_quote)
        for row in rows_of(self.records, f"services#{client_id}"):
            self._set(row, "description", "")
        change_client(self.records, client_id, erased_client)

    def _empty_answer(self, pk: str) -> None:
        """A repeat of the call that made the order is answered with the order as it is."""
        self.records.client.update_item(
            TableName=self.orders,
            Key=to_item({"pk": pk, "sk": "key"}),
            UpdateExpression="REMOVE #first",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#first": "first"},
        )

    def _set(self, row: dict[str, Any], name: str, value: str) -> None:
        self.records.client.update_item(
            TableName=self.records.name,
            Key=to_item({"pk": row["pk"], "sk": row["sk"]}),
            UpdateExpression="SET #name = :value",
            ConditionExpression="attribute_exists(#name)",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues=to_item({":value": value}),
        )

    def _delete(self, pk: str, sk: str) -> None:
        self.records.client.delete_item(TableName=self.records.name, Key=to_item({"pk": pk, "sk": sk}))
