"""Counts uses of coupons, exactly under races: an order's use and the coupon's count are written in one transaction.

A use stands in its order's partition. One that was released is marked, not deleted, so that every write has a condition and
may be repeated. Counts stand in a partition of their own: a door that submits orders writes counts, and never coupons.
"""

from collections.abc import Iterable
from typing import Any

from lambdas.catalog.coupon_errors import CouponBusyError
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import to_item

COUPONS, COUNTS = "coupons", "coupon_counts"
_USE = "coupon_use#"
_COUNTS_NOW = "#active = :yes AND #start <= :now AND (#expire = :zero OR #expire >= :now)"


class CouponUseRecords:
    """The `CouponUses` of the catalogue."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def redeem(self, coupon_id: str, order_id: str, *, now: int) -> bool:
        """Count the use. Decide again if the coupon's limit was changed in the meantime. Raises CouponBusyError."""
        patience = self._table.patience()
        while True:
            coupon = self._table.get(*coupon_key(coupon_id).values())
            if coupon is None:
                return False
            most = int(coupon["max_uses"])
            try:
                self._write(self._redeeming(coupon_id, order_id, most, now))
            except ConditionFailedError as refused:
                if 0 in refused.failed:
                    return True  # This order's use is counted already.
                if refused.failed == (1,) and self._most(coupon_id) != most:
                    patience.wait_or_raise(CouponBusyError)
                    continue
                return False
            return True

    def _most(self, coupon_id: str) -> int | None:
        found = self._table.get(*coupon_key(coupon_id).values())
        return int(found["max_uses"]) if found else None

    def _redeeming(self, coupon_id: str, order_id: str, most: int, now: int) -> list[Any]:
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
            "ConditionExpression": f"{_COUNTS_NOW} AND max_uses = :most",
            "ExpressionAttributeNames": {"#active": "active", "#start": "start", "#expire": "expire"},
            "ExpressionAttributeValues": to_item({":most": most, ":zero": 0, ":yes": True, ":now": now}),
        }
        count: dict[str, Any] = {
            "TableName": self._table.name,
            "Key": to_item(count_key(coupon_id)),
            "UpdateExpression": "ADD total_uses :one",
            "ExpressionAttributeValues": to_item({":one": 1}),
        }
        if most:
            count["ConditionExpression"] = "attribute_not_exists(pk) OR total_uses < :most"
            count["ExpressionAttributeValues"] |= to_item({":most": most})
        return [{"Put": use}, {"ConditionCheck": coupon}, {"Update": count}]

    def is_used_by(self, coupon_id: str, order_id: str) -> bool:
        found = self._table.get(*_use_key(coupon_id, order_id).values())
        return bool(found and found["counted"])

    def give_back(self, order_id: str, *, keep: Iterable[str] = ()) -> tuple[str, ...]:
        kept = set(keep)
        uses = self._table.query(_order_pk(order_id), _USE)
        counted = [str(use["coupon_id"]) for use in uses if use["counted"] and use["coupon_id"] not in kept]
        return tuple(coupon_id for coupon_id in counted if self._uncount(coupon_id, order_id))

    def _uncount(self, coupon_id: str, order_id: str) -> bool:
        """Uncount the use. False if another process does at the same moment."""
        use = {
            "TableName": self._table.name,
            "Key": to_item(_use_key(coupon_id, order_id)),
            "UpdateExpression": "SET counted = :no",
            "ConditionExpression": "counted = :yes",
            "ExpressionAttributeValues": to_item({":no": False, ":yes": True}),
        }
        count = {
            "TableName": self._table.name,
            "Key": to_item(count_key(coupon_id)),
            "UpdateExpression": "ADD total_uses :less",
            "ConditionExpression": "total_uses > :zero",
            "ExpressionAttributeValues": to_item({":less": -1, ":zero": 0}),
        }
        try:
            self._write([{"Update": use}, {"Update": count}])
        except ConditionFailedError:
            return False
        return True

    def _write(self, writes: list[Any]) -> None:
        """Write all or nothing. Try again while another transaction is open. Raises ConditionFailedError, CouponBusyError."""
        patience = self._table.patience()
        while True:
            try:
                return self._table.write_all(writes)
            except ConditionFailedError as refused:
                if refused.failed:
                    raise
            patience.wait_or_raise(CouponBusyError)


def coupon_key(coupon_id: str) -> dict[str, str]:
    """Ids are padded, so that coupons stand in the order of their numbers."""
    return {"pk": COUPONS, "sk": coupon_id.rjust(10, "0")}


def count_key(coupon_id: str) -> dict[str, str]:
    """Of the item with `total_uses`; there is none before the first use."""
    return {"pk": COUNTS, "sk": coupon_key(coupon_id)["sk"]}


def _order_pk(order_id: str) -> str:
    return f"order#{order_id}"


def _use_key(coupon_id: str, order_id: str) -> dict[str, str]:
    return {"pk": _order_pk(order_id), "sk": f"{_USE}{coupon_id}"}
