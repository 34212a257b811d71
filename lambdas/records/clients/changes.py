"""Changes a client's record, together with the records that find it by e-mail address and login name."""

from collections.abc import Callable
from typing import Any

from lambdas.records.clients.client import Client, ClientRecords, ClientsBusyError, LoginTakenError, email_pk, login_pk
from lambdas.records.table import ConditionFailedError, RecordTable
from lambdas.runtime.items import Item, to_item


def change_client(table: RecordTable, client_id: str, decide: Callable[[Client], Client]) -> Client:
    """Write the client as `decide` makes it of the stored one, and return it. Decide again if another process wrote first.

    May be repeated. Raises LoginTakenError, ClientsBusyError, and what `decide` raises.
    """
    records, patience = ClientRecords(table), table.patience()
    while True:
        before = records.get(client_id)
        if before is None:
            raise LookupError(f"client {client_id} is gone")
        after = decide(before)
        if after == before:
            return before
        try:
            table.write_all(
                [_update(table, before, after), *_address(table, before, after), *_login(table, before, after)]
            )
            return after
        except ConditionFailedError:
            owner = records.by_login(after.uber_login, [after.brand_id])
            if owner is not None and owner.client_id != client_id:
                raise LoginTakenError from None
        patience.wait_or_raise(ClientsBusyError)


def _update(table: RecordTable, before: Client, after: Client) -> Item:
    """Write the changed fields, if the stored ones are still those of `before`. Earlier releases did not write all of them."""
    old, new = before.model_dump(), after.model_dump()
    changed = [name for name in new if new[name] != old[name]]
    names = {f"#{name}": name for name in changed}
    written = [name for name in changed if new[name] is not None]
    removed = [f"#{name}" for name in changed if new[name] is None]
    values: dict[str, Any] = {f":new_{name}": new[name] for name in written}
    sets = f"SET {', '.join(f'#{name} = :new_{name}' for name in written)} " if written else ""
    conditions = ["attribute_exists(pk)"]
    for name in changed:
        default = Client.model_fields[name].get_default(call_default_factory=True)
        missing = f"attribute_not_exists(#{name})"
        if old[name] is None:
            conditions.append(missing)
            continue
        values[f":old_{name}"] = old[name]
        same = f"#{name} = :old_{name}"
        conditions.append(f"({missing} OR {same})" if old[name] == default else same)
    return {
        "Update": {
            "TableName": table.name,
            "Key": to_item({"pk": f"client#{before.client_id}", "sk": "client"}),
            "UpdateExpression": sets + (f"REMOVE {', '.join(removed)}" if removed else ""),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_item(values),
        }
    }


def _address(table: RecordTable, before: Client, after: Client) -> list[Item]:
    """Move the record that finds the client by e-mail address."""
    old, new = (email_pk(client.email) if client.email else "" for client in (before, after))
    if old == new:
        return []
    key = {"sk": f"client#{after.client_id}"}
    put = {"Put": {"TableName": table.name, "Item": to_item({"pk": new, **key, "client_id": after.client_id})}}
    delete = {"Delete": {"TableName": table.name, "Key": to_item({"pk": old, **key})}}
    return [*([delete] if old else []), *([put] if new else [])]


def _login(table: RecordTable, before: Client, after: Client) -> list[Item]:
    """Move the record that keeps the login name unique."""
    old, new = (login_pk(client.brand_id, client.uber_login) if client.uber_login else "" for client in (before, after))
    if old == new:
        return []
    delete = {"Delete": {"TableName": table.name, "Key": to_item({"pk": old, "sk": "login"})}}
    put = table.new({"pk": new, "sk": "login", "client_id": after.client_id})
    return [*([delete] if old else []), *([put] if new else [])]
