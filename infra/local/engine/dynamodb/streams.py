"""Delivers a table's stream to a function: failed batches are retried, split, and at last handed on. Nothing is skipped.

AWS: records of a shard are handled in order. With `ReportBatchItemFailures` the batch is retried from the reported
record. A function error retries the whole batch, with `BisectBatchOnFunctionError` in two halves, which does not
count as a retry. After `MaximumRetryAttempts`, or past `MaximumRecordAgeInSeconds`, the rest of the batch is passed
over. A description of it (not the records) goes to the `OnFailure` destination. Without a limit a batch is retried
until it expires, and holds up the shard.
The engine knows only the age limit: it ignores reported failures (those records are lost), the limit of retries and
bisection. It also handles one mapping at a time; here each has a thread while it works.

Of two readings of the documentation the harsher is taken: records after the reported one are passed over with it.

https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import threading
import time
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import request_scope
from ministack.services import dynamodb, lambda_svc

from infra.local.engine.patching import replace, rewrite

Json = dict[str, Any]
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 10.0


@dataclass
class Progress:
    """How far one mapping has come with the batch that failed last."""

    failures: int = 0
    batch_size: int | None = None


_progress: dict[str, Progress] = {}


def apply() -> None:
    """Deliver stream records as AWS does."""
    replace(lambda_svc, "_poll_dynamodb_streams", poll)
    rewrite(
        lambda_svc,
        "_send_ddb_stream_failure_record",
        ('"approximateInvokeCount": 1,', '"approximateInvokeCount": result.get("invoke_count", 1),'),
    )


def poll() -> bool:
    """Begin a delivery for each mapping that has records and no delivery in progress. Return whether one began."""
    begun = False
    for account, region, mapping in lambda_svc._iter_all_esms():
        with request_scope(account, region):
            if _is_ready(mapping):
                lambda_svc._dispatch_esm_batch(mapping["UUID"], _deliver_in, account, region, mapping)
                begun = True
    return begun


def _is_ready(mapping: Json) -> bool:
    table_name = _table_of(mapping)
    return (
        table_name is not None
        and mapping.get("Enabled", True)
        and not lambda_svc._esm_inflight.get(mapping["UUID"])
        and lambda_svc._esm_backoff_until.get(mapping["UUID"], 0) <= time.time()
        and (dynamodb._tables.get(table_name) or {}).get("LatestStreamArn") == mapping["EventSourceArn"]
        and _function_of(mapping) is not None
        and _position(mapping, table_name) < dynamodb.stream_end_position(table_name)
    )


def _table_of(mapping: Json) -> str | None:
    arn = mapping.get("EventSourceArn", "")
    if ":dynamodb:" not in arn or "/stream/" not in arn:
        return None
    return str(arn.split("/stream/")[0].rsplit("/", 1)[-1])


def _function_of(mapping: Json) -> Json | None:
    function: Json | None
    function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    return function


def _position(mapping: Json, table_name: str) -> int:
    with lambda_svc._dynamodb_stream_positions_lock:
        known = lambda_svc._dynamodb_stream_positions.get(mapping["UUID"])
    horizon = int(dynamodb.stream_start_position(table_name))
    if known is None:
        at_start = mapping.get("StartingPosition") == "TRIM_HORIZON"
        known = horizon if at_start else dynamodb.stream_end_position(table_name)
        _set_position(mapping, known)
    return max(int(known), horizon)


def _set_position(mapping: Json, position: int) -> None:
    with lambda_svc._dynamodb_stream_positions_lock:
        lambda_svc._dynamodb_stream_positions[mapping["UUID"]] = position


def _deliver_in(account: str, region: str, mapping: Json) -> None:
    with request_scope(account, region):
        deliver(mapping)


def deliver(mapping: Json) -> None:
    """Deliver one batch and record how far the stream is done."""
    table_name, function = _table_of(mapping), _function_of(mapping)
    if table_name is None or function is None:
        return
    progress = _progress.setdefault(mapping["UUID"], Progress())
    position = _position(mapping, table_name)
    records = dynamodb.stream_records_since(table_name, position, progress.batch_size or mapping.get("BatchSize", 100))
    batch = lambda_svc._apply_filter_criteria(records, mapping)
    result = lambda_svc._execute_function(function, {"Records": batch}) if batch else {}
    failed = first_failure(mapping, batch, result)
    done = len(records) if failed is None else records.index(failed)
    if done:
        progress.failures, progress.batch_size = 0, None
        _set_position(mapping, position + done)
    if failed is None:
        mapping["LastProcessingResult"] = f"OK - {len(batch)} records"
    else:
        mapping["LastProcessingResult"] = "FAILED"
        _retry_or_pass_over(mapping, function, records[done:], batch[batch.index(failed) :], result)


def first_failure(mapping: Json, batch: list[Json], result: Json) -> Json | None:
    """The record from which the batch is to be retried; None when all of it is done."""
    if not batch:
        return None
    if result.get("error"):
        return batch[0]
    if "ReportBatchItemFailures" not in mapping.get("FunctionResponseTypes", []):
        return None
    answer = result.get("body")
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    if not failures:
        return None
    reported = {failure.get("itemIdentifier") for failure in failures}
    by_number = {record["dynamodb"]["SequenceNumber"]: record for record in batch}
    if not reported <= by_number.keys():
        # An identifier that is not one of the batch's counts as a failure of the whole batch.
        return batch[0]
    return next(record for number, record in by_number.items() if number in reported)


def _retry_or_pass_over(mapping: Json, function: Json, records: list[Json], batch: list[Json], result: Json) -> None:
    progress = _progress[mapping["UUID"]]
    progress.batch_size = len(records)
    splits = mapping.get("BisectBatchOnFunctionError") and result.get("error") and len(batch) > 1
    reason = _reason_to_pass_over(mapping, progress, batch, counts=not (splits or result.get("throttle")))
    if reason:
        outcome = {**result, "invoke_count": progress.failures}
        arn = mapping["EventSourceArn"]
        lambda_svc._send_ddb_stream_failure_record(mapping, function, batch, arn, outcome, reason)
        _set_position(mapping, _position(mapping, str(_table_of(mapping))) + len(records))
        progress.failures, progress.batch_size = 0, None
        return
    if splits:
        progress.batch_size = (len(records) + 1) // 2
    _pause(mapping["UUID"], min(_FIRST_PAUSE_SECONDS * 2**progress.failures, _LONGEST_PAUSE_SECONDS))


def _reason_to_pass_over(mapping: Json, progress: Progress, batch: list[Json], *, counts: bool) -> str | None:
    progress.failures += counts
    limit, age = mapping.get("MaximumRetryAttempts"), mapping.get("MaximumRecordAgeInSeconds")
    if age is not None and int(age) > 0:
        oldest = min(float(record["dynamodb"]["ApproximateCreationDateTime"]) for record in batch)
        if time.time() - oldest > int(age):
            return "MaxRecordAgeExceeded"
    if counts and limit is not None and 0 <= int(limit) < progress.failures:
        return "RetryAttemptsExhausted"
    return None


def _pause(mapping_id: str, seconds: float) -> None:
    lambda_svc._esm_backoff_until[mapping_id] = time.time() + seconds
    alarm = threading.Timer(seconds, lambda_svc._esm_wake.set)
    alarm.daemon = True
    alarm.start()
