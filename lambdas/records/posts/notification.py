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
    """`mail` names a mail within its order."""

    def __init__(self, table: RecordTable) -> None:
        self._table = table

    def begin(self, order_id: str, mail: str, now: int) -> MailState | None:
        """None: this mail is the caller's to send. Otherwise what became of it before."""
        try:
            self._table.client.update_item(
                TableName=self._table.name,
                Key=_key(order_id, mail),
                UpdateExpression="SET #state = :sending, begun_at = :now",
                ConditionExpression="attribute_not_exists(pk) OR #state = :refused",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item(
                    {":sending": MailState.SENDING, ":refused": MailState.REFUSED, ":now": now}
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
                {":pk": f"order#{order_id}", ":first": f"{_PREFIX}{first}", ":last": f"{_PREFIX}{last}"}
            ),
            ConsistentRead=True,
        )
        found = (from_item(item) for page in pages for item in page["Items"])
        return {str(mail["sk"]).removeprefix(_PREFIX): MailState(mail["state"]) for mail in found}

    def end(self, order_id: str, mail: str, state: MailState) -> None:
        self._table.client.update_item(
            TableName=self._table.name,
            Key=_key(order_id, mail),
            UpdateExpression="SET #state = :state",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=to_item({":state": state}),
        )


def _key(order_id: str, mail: str) -> dict[str, dict[str, str]]:
    return to_item({"pk": f"order#{order_id}", "sk": f"{_PREFIX}{mail}"})
