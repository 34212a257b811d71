"""A table can be restored to a moment, into a new table.

AWS: with recovery on, RestoreTableToPointInTime makes a new table of what another one held at a second. That second is neither
before recovery was switched on nor after LatestRestorableDateTime, some five minutes ago. The new table has the keys, indexes,
billing and encryption that the source has now. It has neither stream, tags, time to live, recovery nor deletion protection. It is
CREATING, and no item of it can be read, until all are there.
The engine copies what the table holds now, whatever moment is asked for and also if recovery is off. The table is there at once.
It says that the earliest and latest moments are now.

Here each write to a table with recovery is noted with the item before it. `ORDERQ_RECOVERY_LAG_SECONDS` is the five minutes.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html
"""

import copy
import functools
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, request_scope
from ministack.services import dynamodb

from infra.local.engine.dynamodb.journal import LONGEST_DAYS, Journal
from infra.local.engine.dynamodb.writes import WRITES, alone
from infra.local.engine.patching import wrap

Json = dict[str, Any]
Call = Callable[[Json], Any]
_CALLS = (*WRITES, "_get_item", "_query", "_scan", "_batch_get_item")
_MAKING_SECONDS = 0.5  # that a new table is not there yet: on AWS minutes


_journals: dict[str, Journal] = {}  # by the table's id: another table of the name has another past


def apply() -> None:
    """Restore tables as AWS does."""
    wrap(dynamodb, "_update_continuous_backups", _switched)
    wrap(dynamodb, "_describe_continuous_backups", _with_window)
    wrap(dynamodb, "_emit_stream_event", _noted)
    wrap(dynamodb, "_restore_table_to_point_in_time", _to_the_moment)
    wrap(dynamodb, "_restore_table_to_point_in_time", alone)
    wrap(dynamodb, "_table_description", _with_summary)
    for name in _CALLS:
        wrap(dynamodb, name, _once_made)


def _switched(original: Call) -> Call:
    @functools.wraps(original)
    def switch(data: Json) -> Any:
        answer = original(data)
        table = _table(data)
        if answer[0] == HTTPStatus.OK and table is not None:
            if not dynamodb._pitr_settings.get(table["TableName"]):
                _journals.pop(table["TableId"], None)
            else:
                _journals.setdefault(table["TableId"], Journal(time.time()))
        return answer

    return switch


def _with_window(original: Call) -> Call:
    @functools.wraps(original)
    def describe(data: Json) -> Any:
        status, headers, body = original(data)
        journal = _journal(_table(data))
        if status != HTTPStatus.OK or journal is None:
            return status, headers, body
        described = json.loads(body)
        earliest, latest = journal.window()
        described["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"] |= {
            "EarliestRestorableDateTime": earliest,
            "LatestRestorableDateTime": latest,
            "RecoveryPeriodInDays": LONGEST_DAYS,
        }
        return json_response(described)

    return describe


def _noted(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def emit(table_name: str, event: str, old: Json | None, new: Json | None, *rest: Any, **named: Any) -> Any:
        table = dynamodb._tables.get(table_name)
        journal = _journal(table)
        item = new or old
        if journal is not None and table is not None and item:
            journal.note(table, item, old)
        return original(table_name, event, old, new, *rest, **named)

    return emit


def _to_the_moment(original: Call) -> Call:
    @functools.wraps(original)
    def restore(data: Json) -> Any:
        source = _table({"TableName": data.get("SourceTableName") or data.get("SourceTableArn")})
        if source is None:
            return original(data)  # which refuses it
        moment, refusal = _moment(data, source)
        if refusal:
            return refusal
        answer = original(data)
        if answer[0] != HTTPStatus.OK:
            return answer
        made = dynamodb._tables[data["TargetTableName"]]
        override = data.get("SSESpecificationOverride")
        known = dynamodb._sse_description_from_spec(override) if override else source.get("SSEDescription")
        made["SSEDescription"] = copy.deepcopy(known)
        _make_later(made, _journals[source["TableId"]].items_at(source, moment), moment, source["TableArn"])
        return json_response({"TableDescription": dynamodb._table_description(made["TableName"])})

    return restore


def _moment(data: Json, source: Json) -> tuple[float, Any]:
    """The moment asked for, or why it is refused."""
    journal, given, latest = _journal(source), data.get("RestoreDateTime"), data.get("UseLatestRestorableTime")
    if journal is None:
        text = f"Point in time recovery is not enabled for table '{source['TableName']}'"
        return 0, error_response_json("PointInTimeRecoveryUnavailableException", text, HTTPStatus.BAD_REQUEST)
    if (given is None) == (not latest):
        text = "Exactly one of UseLatestRestorableTime and RestoreDateTime must be given"
        return 0, error_response_json("ValidationException", text, HTTPStatus.BAD_REQUEST)
    earliest, last = journal.window()
    moment = last if given is None else int(float(given))  # to the second
    if not earliest <= moment <= last:
        text = "RestoreDateTime must be between EarliestRestorableDateTime and LatestRestorableDateTime"
        return 0, error_response_json("InvalidRestoreTimeException", text, HTTPStatus.BAD_REQUEST)
    return moment, None


def _make_later(made: Json, items: Json, moment: float, source_arn: str) -> None:
    """The table without items and CREATING, and whole a little later."""
    made["items"], made["TableStatus"] = defaultdict(dict), "CREATING"
    summary = {"SourceTableArn": source_arn, "RestoreDateTime": int(moment), "RestoreInProgress": True}
    made["RestoreSummary"] = summary
    dynamodb._items_replaced(made)
    account, region = get_account_id(), get_region()

    def finish() -> None:
        with request_scope(account, region):
            made["items"], made["TableStatus"] = items, "ACTIVE"
            made["RestoreSummary"] = {**summary, "RestoreInProgress": False}
            dynamodb._items_replaced(made)

    alarm = threading.Timer(_MAKING_SECONDS, finish)
    alarm.daemon = True
    alarm.start()


def _with_summary(original: Callable[[str], Json]) -> Callable[[str], Json]:
    @functools.wraps(original)
    def describe(name: str) -> Json:
        described = original(name)
        if summary := dynamodb._tables[name].get("RestoreSummary"):
            described["RestoreSummary"] = summary
        return described

    return describe


def _once_made(original: Call) -> Call:
    @functools.wraps(original)
    def call(data: Json, *rest: Any) -> Any:
        names = [data["TableName"]] if "TableName" in data else list(data.get("RequestItems", ()))
        for table in filter(None, (_table({"TableName": name}) for name in names)):
            if table["TableStatus"] == "CREATING":
                text = "Requested resource not found"
                return error_response_json("ResourceNotFoundException", text, HTTPStatus.BAD_REQUEST)
        return original(data, *rest)

    return call


def _table(data: Json) -> Json | None:
    found: Json | None = dynamodb._tables.get(dynamodb._normalize_table_name(data.get("TableName") or ""))
    return found


def _journal(table: Json | None) -> Journal | None:
    return _journals.get(table["TableId"]) if table else None
