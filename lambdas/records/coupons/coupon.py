"""Coupons in the record table: one item each, in the partition `coupons`.

Beside it, an item that makes its code unique in its brand (`coupon_code#<brand>#<code>`). A code that is free again is marked,
not deleted, so that taking it is one condition. Uses are counted in use.py.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lambdas.catalog.coupon import Coupon, normal_code
from lambdas.catalog.coupon_errors import CouponBusyError, CouponCodeTakenError, CouponNotFoundError
from lambdas.records.coupons.use import COUNTS, COUPONS, count_key, coupon_key
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import from_item, to_item

_KEPT_APART = {"clients", "total_uses"}  # Not written by an edit of the coupon.
_PAGE = 100


class CouponRecords:
    """The `Coupons` of the catalogue, and their upkeep."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def get(self, coupon_id: str) -> Coupon | None:
        found = self._table.get(*coupon_key(coupon_id).values())
        return _coupon(found, self._total_uses(coupon_id)) if found else None

    def _total_uses(self, coupon_id: str) -> int:
        found = self._table.get(*count_key(coupon_id).values())
        return int(found["total_uses"]) if found else 0

    def find(self, class_id: int, coupon_code: str) -> Coupon | None:
        code = normal_code(coupon_code)
        guard = self._table.get(*_code_key(class_id, code).values()) if code else None
        return self.get(str(guard["coupon_id"])) if guard and "coupon_id" in guard else None

    def every(self) -> Iterator[Coupon]:
        """All coupons by id. Pages are read when they are needed."""
        counts = self._in_order(COUNTS)
        count = next(counts, None)
        for item in self._in_order(COUPONS):
            while count and count["sk"] < item["sk"]:
                count = next(counts, None)
            used = count if count and count["sk"] == item["sk"] else {"total_uses": 0}
            yield _coupon(item, int(used["total_uses"]))

    def _in_order(self, pk: str) -> Iterator[dict[str, Any]]:
        """The items of this partition, by id."""
        pages = self._table.client.get_paginator("query").paginate(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=to_item({":pk": pk}),
            ConsistentRead=True,
            PaginationConfig={"PageSize": _PAGE},
        )
        return (from_item(item) for page in pages for item in page["Items"])

    def add(self, coupon: Coupon) -> Coupon:
        """The coupon with its id. Raises CouponBusyError, or CouponCodeTakenError before it takes a number, if it can."""
        if self.find(coupon.class_id, coupon.coupon_code) is not None:
            raise CouponCodeTakenError(coupon.class_id)
        added = coupon.model_copy(update={"coupon_id": str(self._table.next_number("coupon_id", 0))})
        record = {**coupon_key(added.coupon_id), **added.model_dump(exclude=_KEPT_APART)}
        patience = self._table.patience()
        while True:
            try:
                self._table.write_all([self._table.new(record), self._code_taken(added)])
                return added
            except ConditionFailedError as refused:
                if 1 in refused.failed:
                    raise CouponCodeTakenError(added.class_id) from None
            patience.wait_or_raise(CouponBusyError)

    def update(self, coupon_id: str, change: Callable[[Coupon], Coupon]) -> Coupon:
        """Change the coupon and return it. Decide again if another process changed it first.

        Raises CouponNotFoundError, CouponCodeTakenError, CouponBusyError.
        """
        patience = self._table.patience()
        while True:
            before = self.get(coupon_id)
            if before is None:
                raise CouponNotFoundError
            after = change(before).model_copy(update={"revision": before.revision + 1})
            moved = (before.class_id, before.coupon_code) != (after.class_id, after.coupon_code)
            guards = [self._code_taken(after), self._code_given_up(before)] if moved else []
            try:
                self._table.write_all([self._rewritten(after, before.revision), *guards])
                return after
            except ConditionFailedError as refused:
                if 1 in refused.failed:
                    raise CouponCodeTakenError(after.class_id) from None
            patience.wait_or_raise(CouponBusyError)

    def add_clients(self, coupon_id: str, client_ids: Iterable[str]) -> Coupon:
        """Open the coupon to these clients too, and to no client who was not named. Raises CouponNotFoundError."""
        return self._change_clients(coupon_id, "ADD", client_ids)

    def delete_clients(self, coupon_id: str, client_ids: Iterable[str]) -> Coupon:
        """Close the coupon to these clients. Without the last one it is for all clients again. Raises CouponNotFoundError."""
        return self._change_clients(coupon_id, "DELETE", client_ids)

    def _rewritten(self, after: Coupon, revision: int) -> Any:
        fields = after.model_dump(exclude={"coupon_id", *_KEPT_APART})
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": to_item(coupon_key(after.coupon_id)),
                "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in fields),
                "ConditionExpression": "#revision = :read",
                "ExpressionAttributeNames": {f"#{name}": name for name in fields},
                "ExpressionAttributeValues": to_item(
                    {":read": revision, **{f":{name}": value for name, value in fields.items()}}
                ),
            }
        }

    def _code_taken(self, coupon: Coupon) -> Any:
        return {
            "Put": {
                "TableName": self._table.name,
                "Item": to_item({**_code_key(coupon.class_id, coupon.coupon_code), "coupon_id": coupon.coupon_id}),
                "ConditionExpression": "attribute_not_exists(coupon_id)",
            }
        }

    def _code_given_up(self, coupon: Coupon) -> Any:
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": to_item(_code_key(coupon.class_id, coupon.coupon_code)),
                "UpdateExpression": "REMOVE coupon_id",
                "ConditionExpression": "coupon_id = :ours",
                "ExpressionAttributeValues": to_item({":ours": coupon.coupon_id}),
            }
        }

    def _change_clients(self, coupon_id: str, how: str, client_ids: Iterable[str]) -> Coupon:
        """Add to, or delete from, the set of clients. Other members stay; it may be repeated."""
        try:
            answer = self._table.client.update_item(
                TableName=self._table.name,
                Key=to_item(coupon_key(coupon_id)),
                UpdateExpression=f"{how} #clients :clients",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#clients": "clients"},
                ExpressionAttributeValues={":clients": {"SS": sorted(set(client_ids))}},
                ReturnValues="ALL_NEW",
            )
        except self._table.client.exceptions.ConditionalCheckFailedException:
            raise CouponNotFoundError from None
        return _coupon(from_item(answer["Attributes"]), self._total_uses(coupon_id))


def _code_key(class_id: int, code: str) -> dict[str, str]:
    return {"pk": f"coupon_code#{class_id}#{code}", "sk": "coupon_code"}


def _coupon(item: dict[str, Any], total_uses: int) -> Coupon:
    return Coupon.model_validate(
        {**item, "total_uses": total_uses, "clients": sorted(item.get("clients", ()), key=int)}
    )
