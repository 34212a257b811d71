"""Which mails of an order went out. SES knows no idempotency key, so each mail has a guard that is written before it."""

from enum import StrEnum

from lambdas.records.table import RecordTable
from lambdas.runtime.items import from_item, to_item

_PREFIX = "notification#"


class MailState(StrEnum):
    """`sending` that stays means that nobody knows; `refused` that it surely did not go out."""

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


class NotificationRecords:
    """`mail` names a mail within its order. `of`: what mails are of, if not of orders; its id stands for the order's."""

    def __init__(self, table: RecordTable, of: str = "order") -> None:
        self._table, self._of = table, of

    def begin(self, order_id: str, mail: str, now: int, *, dead_after_seconds: int = 0) -> MailState | None:
        """None: this mail is the caller's to send. Otherwise what became of it before.

        `dead_after_seconds`: a process that has been sending for longer is dead, and the mail the caller's; 0: never.
        """
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=self._key(order_id, mail),
                UpdateExpression="SET #state = :sending, begun_at = :now",
                ConditionExpression="attribute_not_exists(pk) OR #state = :refused OR (#state = :sending AND begun_at < :dead)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item(
                    {
                        ":sending": MailState.SENDING,
                        ":refused": MailState.REFUSED,
                        ":now": now,
                        ":dead": now - dead_after_seconds if dead_after_seconds else 0,
                    }
                ),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._table.client.exceptions.ConditionalCheckFailedException as refused:
            return MailState(from_item(refused.response["Item"])["state"])  # type: ignore[typeddict-item]
        return None

    def states(self, order_id: str, first: str, last: str) -> dict[str, MailState]:
        """The states of the mails whose names lie between these two, both included."""
        pages = self._table.client.get_paginator("query").paginate(
            TableName=self._table.name,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=to_item(
                {":pk": f"{self._of}#{order_id}", ":first": f"{_PREFIX}{first}", ":last": f"{_PREFIX}{last}"}
            ),
            ConsistentRead=True,
        )
        found = (from_item(item) for page in pages for item in page["Items"])
        return {str(mail["sk"]).removeprefix(_PREFIX): MailState(mail["state"]) for mail in found}

    def end(self, order_id: str, mail: str, state: MailState) -> None:
        self._table.client.update_item(
            TableName=self._table.name,
            Key=self._key(order_id, mail),
            UpdateExpression="SET #state = :state",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=to_item({":state": state}),
        )

    def _key(self, order_id: str, mail: str) -> dict[str, dict[str, str]]:
        return to_item({"pk": f"{self._of}#{order_id}", "sk": f"{_PREFIX}{mail}"})
