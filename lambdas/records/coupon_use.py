"""Uses of coupons, exact under races: an order's use and the coupon's count are written in one transaction, or not at all.

A use stands in its order's partition. One that was given back is marked, not deleted, so that every write has a condition
and may be repeated.
"""

import random
import time
from collections.abc import Iterable
from typing import Any

from lambdas.catalog.coupon_errors import CouponBusyError
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import to_item

COUPONS = "coupons"
TRIES = 12
_USE = "coupon_use#"
_HAS_USES_LEFT = "(max_uses = :zero OR total_uses < max_uses)"
_COUNTS_NOW = "#active = :yes AND #start <= :now AND (#expire = :zero OR #expire >= :now)"


class CouponUseRecords:
    """The `CouponUses` of the catalogue."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def redeem(self, coupon_id: str, order_id: str, *, now: int) -> bool:
        use = {
            "TableName": self._table.name,
            "Item": to_item(
                {**_use_key(coupon_id, order_id), "coupon_id": coupon_id, "counted": True, "counted_at": now}
            ),
            "ConditionExpression": "attribute_not_exists(pk) OR counted = :no",
            "ExpressionAttributeValues": to_item({":no": False}),
        }
        coupon = {
            "TableName": self._table.name,
            "Key": to_item(coupon_key(coupon_id)),
            "UpdateExpression": "ADD total_uses :one",
            "ConditionExpression": f"{_COUNTS_NOW} AND {_HAS_USES_LEFT}",
            "ExpressionAttributeNames": {"#active": "active", "#start": "start", "#expire": "expire"},
            "ExpressionAttributeValues": to_item({":one": 1, ":zero": 0, ":yes": True, ":now": now}),
        }
        try:
            self._write([{"Put": use}, {"Update": coupon}])
        except ConditionFailedError as refused:
            return 0 in refused.failed  # this order's use is counted already
        return True

    def is_used_by(self, coupon_id: str, order_id: str) -> bool:
        found = self._table.get(*_use_key(coupon_id, order_id).values())
        return bool(found and found["counted"])

    def give_back(self, order_id: str, *, keep: Iterable[str] = ()) -> tuple[str, ...]:
        kept = set(keep)
        uses = self._table.query(_order_pk(order_id), _USE)
        counted = [str(use["coupon_id"]) for use in uses if use["counted"] and use["coupon_id"] not in kept]
        return tuple(coupon_id for coupon_id in counted if self._uncount(coupon_id, order_id))

    def _uncount(self, coupon_id: str, order_id: str) -> bool:
        """False if somebody else gave it back at the same moment."""
        use = {
            "TableName": self._table.name,
            "Key": to_item(_use_key(coupon_id, order_id)),
            "UpdateExpression": "SET counted = :no",
            "ConditionExpression": "counted = :yes",
            "ExpressionAttributeValues": to_item({":no": False, ":yes": True}),
        }
        coupon = {
            "TableName": self._table.name,
            "Key": to_item(coupon_key(coupon_id)),
            "UpdateExpression": "ADD total_uses :less",
            "ConditionExpression": "total_uses > :zero",
            "ExpressionAttributeValues": to_item({":less": -1, ":zero": 0}),
        }
        try:
            self._write([{"Update": use}, {"Update": coupon}])
        except ConditionFailedError:
            return False
        return True

    def _write(self, writes: list[Any]) -> None:
        """All or nothing, tried again while another transaction is open. Raises ConditionFailedError, CouponBusyError."""
        for _ in range(TRIES):
            try:
                return self._table.write_all(writes)
            except ConditionFailedError as refused:
                if refused.failed:
                    raise
            pause()
        raise CouponBusyError


def coupon_key(coupon_id: str) -> dict[str, str]:
    """Ids are padded, so that coupons stand in the order of their numbers."""
    return {"pk": COUPONS, "sk": coupon_id.rjust(10, "0")}


def pause() -> None:
    """Between two tries of a transaction that met another one."""
    time.sleep(random.uniform(0.005, 0.05))


def _order_pk(order_id: str) -> str:
    return f"order#{order_id}"


def _use_key(coupon_id: str, order_id: str) -> dict[str, str]:
    return {"pk": _order_pk(order_id), "sk": f"{_USE}{coupon_id}"}
