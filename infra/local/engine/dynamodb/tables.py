"""Table settings of a template take effect, and expired items leave through the stream.

AWS: `TimeToLiveSpecification`, `PointInTimeRecoverySpecification` and `SSESpecification` of an `AWS::DynamoDB::Table`
are what DescribeTimeToLive, DescribeContinuousBackups and DescribeTable then report. An item that expires is deleted
within a few days, with a REMOVE record in the stream whose `userIdentity` is the service.
The engine drops the three properties, and deletes expired items without a record. Here an expired item goes within
`ORDERQ_TTL_SWEEP_SECONDS`; code must not rely on it being that soon.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
"""

import asyncio
import contextvars
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_region, request_scope
from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

from infra.local.engine.patching import rewrite, wrap

_SWEEPER = "dynamodb-ttl-reaper"
_IDENTITY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
_expiring = contextvars.ContextVar("orderq_expiring", default=False)
_logger = logging.getLogger("orderq.ttl")


def apply() -> None:
    """Keep a table's settings; silence the engine's own sweep."""
    _keep_settings_of_tables()
    _keep_settings_of_replicas()
    wrap(dynamodb, "_remove_item", _unless_engine_sweeps)
    wrap(dynamodb, "_build_change_record", _with_identity)


def _keep_settings_of_tables() -> None:
    rewrite(
        provisioners,
        "_ddb_create",
        ('    attrs = {"Arn": arn}\n', '    _orderq_keep_settings(name, props)\n    attrs = {"Arn": arn}\n'),
        (
            '        "SSEDescription": None,\n',
            '        "SSEDescription": _dynamodb._sse_description_from_spec(_orderq_sse(props)),\n',
        ),
        _orderq_keep_settings=keep_settings,
        _orderq_sse=sse_specification,
        _orderq_of_replica=of_replica,
    )
    rewrite(
        provisioners,
        "_ddb_update",
        (
            '    data = {"TableName": name}\n    old_billing',
            '    _orderq_keep_settings(name, new_props)\n    data = {"TableName": name}\n    old_billing',
        ),
    )


def _keep_settings_of_replicas() -> None:
    for function, properties in (("_ddb_global_table_create", "props"), ("_ddb_global_table_update", "new_props")):
        rewrite(
            provisioners,
            function,
            (
                f"    translated = dict({properties})\n",
                f"    translated = {{**_orderq_of_replica({properties}), **{properties}}}\n",
            ),
        )


def keep_settings(name: str, properties: dict[str, Any]) -> None:
    """Apply the template's settings to the table."""
    if time_to_live := properties.get("TimeToLiveSpecification"):
        dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": time_to_live})
    if recovery := properties.get("PointInTimeRecoverySpecification"):
        dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": recovery})


def of_replica(properties: dict[str, Any]) -> dict[str, Any]:
    """The settings of an `AWS::DynamoDB::GlobalTable` (CDK's TableV2) for its replica here, in a table's own form."""
    here = [replica for replica in properties.get("Replicas", []) if replica.get("Region") == get_region()]
    names = ("DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "Tags")
    return {name: here[0][name] for name in names if here and name in here[0]}


def sse_specification(properties: dict[str, Any]) -> dict[str, Any] | None:
    """The template's `SSESpecification` as CreateTable spells it."""
    given = properties.get("SSESpecification")
    return {**given, "Enabled": given.get("SSEEnabled", False)} if given else None


def _unless_engine_sweeps(original: Callable[..., Any]) -> Callable[..., Any]:
    if not any(thread.name == _SWEEPER for thread in threading.enumerate()):
        raise RuntimeError(f"ministack.services.dynamodb: no thread {_SWEEPER} any more")

    def remove(*args: Any) -> Any:
        # The engine's thread runs already and cannot be changed, but it deletes through this function.
        return None if threading.current_thread().name == _SWEEPER else original(*args)

    return remove


def _with_identity(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def build(*args: Any) -> dict[str, Any]:
        record = original(*args)
        return {**record, "userIdentity": dict(_IDENTITY)} if _expiring.get() else record

    return build


async def expire_items(every_seconds: int) -> None:
    """Delete expired items, for ever. On the loop that serves requests, so that no write comes between."""
    while True:
        await asyncio.sleep(every_seconds)
        for (account, region, name), setting in dynamodb._ttl_settings.all_items():
            if setting.get("TimeToLiveStatus") == "ENABLED":
                try:
                    with request_scope(account, region):
                        _expire(name, setting["AttributeName"])
                except Exception:
                    _logger.exception("Expiring items of %s failed", name)


def _expire(name: str, attribute: str) -> None:
    table = dynamodb._tables.get(name)
    items = [item for of_key in (table or {}).get("items", {}).values() for item in of_key.values()]
    key_names = [key["AttributeName"] for key in (table or {}).get("KeySchema", [])]
    for item in items:
        expires_at = item.get(attribute, {}).get("N")
        if expires_at is not None and float(expires_at) <= time.time():
            token = _expiring.set(True)
            dynamodb._delete_item({"TableName": name, "Key": {key: item[key] for key in key_names}})
            _expiring.reset(token)
