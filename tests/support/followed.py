"""An order table whose changes are followed at once, as the announcer does it a moment later."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lambdas.orders.model.order import Order
from lambdas.orders.ports import CreationKey
from lambdas.orders.store import DynamoOrderStore
from lambdas.outbox.announcer import Follower

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class FollowedStore(DynamoOrderStore):
    def __init__(self, table: str, client: "DynamoDBClient", *followers: Follower) -> None:
        super().__init__(table, client)
        self._followers = followers

    def create(self, order: Order, keys: Sequence[CreationKey], now: int) -> None:
        super().create(order, keys, now)
        self._follow(None, order)

    def save(self, order: Order) -> Order:
        old = self.get(order.order_id)
        written = super().save(order)
        self._follow(old, written)
        return written

    def claim(
        self, order_id: str, action_id: int, *, claim: str, now: int, ends_at: int, only_if_asked: bool = False
    ) -> Order | None:
        old = self.get(order_id)
        claimed = super().claim(order_id, action_id, claim=claim, now=now, ends_at=ends_at, only_if_asked=only_if_asked)
        if claimed is not None:
            self._follow(old, claimed)
        return claimed

    def _follow(self, old: Order | None, new: Order) -> None:
        for follower in self._followers:
            follower.follow(old, new)
