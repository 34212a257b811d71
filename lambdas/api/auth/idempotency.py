"""A call with an Idempotency-Key runs once: the same call again gets the first answer, another call under the key is refused.

Answers are kept as they were sent, in the encrypted guard table only. Only outcomes are kept: successes, and refusals that are
decided for good (`OrderError.again`). `order.create` does not pass here: its key is in the transaction that makes the order
(orders/service.py).
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.access.caller_limits import CallerLimits
from lambdas.api.auth.caller import Caller
from lambdas.api.auth.errors import KeyReusedError, RepeatInProgressError, RepeatUnknownError
from lambdas.api.http.responses import Response
from lambdas.orders.errors import Again, OrderError
from lambdas.rate_limits.fail_open import ask_guard_table, log_guard_failure
from lambdas.rate_limits.idempotency import Claim, KeyTakenError, StillRunningError, StoredAnswer
from lambdas.runtime.telemetry import logger


def answer_once(
    limits: CallerLimits, caller: Caller, *, run: Callable[[], Response], refuse: Callable[[OrderError], Response]
) -> Response:
    """Return the answer of `run`, or the kept answer of the same call. `refuse` makes an answer of a refusal.

    Raises KeyReusedError, RepeatInProgressError, RepeatUnknownError, and what `run` raises if that is not kept.
    """
    call = caller.call
    claim = _begin(limits, caller)
    if isinstance(claim, StoredAnswer):
        logger.info("call answered as before", method=call.method, door=call.door.value, user=caller.name)
        response: Response = json.loads(claim.answer)
        return response
    try:
        response = run()
    except OrderError as error:
        if error.again is not Again.SAME:
            ask_guard_table(lambda: limits.idempotency_keys.release(claim))
            raise
        response = refuse(error)
    except Exception:
        ask_guard_table(lambda: limits.idempotency_keys.release(claim))
        raise
    # If this fails the claim lapses, and a repeat runs again, which does no harm in any verb.
    ask_guard_table(lambda: limits.idempotency_keys.store_answer(claim, json.dumps(response)))
    return response


def _begin(limits: CallerLimits, caller: Caller) -> Claim | StoredAnswer:
    call = caller.call
    key = call.idempotency_key or ""
    content = _content(key, call.door.value, call.method, call.parameters, call.files, call.if_match)
    try:
        return limits.idempotency_keys.claim(caller.name, key, content=content, named=call.method)
    except KeyTakenError as used:
        raise KeyReusedError(used.named) from None
    except StillRunningError:
        raise RepeatInProgressError(call.method) from None
    except (BotoCoreError, ClientError) as error:
        log_guard_failure(error)
        raise RepeatUnknownError from None


def _content(key: str, *request: Any) -> str:
    """A hash of the whole request, independent of the order in its maps.

    It is keyed, and the key is not kept, so that nobody can try passwords or addresses against the table.
    """
    stated = json.dumps(request, sort_keys=True, default=_plain)
    return hmac.new(key.encode(), stated.encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    """The form of a value that JSON cannot have."""
    match value:
        case Decimal():
            return str(value)
        case bytes():
            return hashlib.sha256(value).hexdigest()
    return vars(value)
