"""Keys beside an order's number that find it and keep it from being created twice: its hash, and a caller's key."""

import hashlib
import json
import secrets
from dataclasses import dataclass

from lambdas.orders.decisions.lead.draft import OrderDraft
from lambdas.orders.model.order import Order
from lambdas.orders.ports import CreationKey

KEY_KEPT_SECONDS = 30 * 86_400


@dataclass(frozen=True)
class IdempotencyKey:
    """A key the caller promises to use for one order only; scoped to that caller. `lasts`: for ever, not for 30 days."""

    caller: str
    value: str
    lasts: bool = False


def new_hash() -> str:
    """Ubersmith's form (five hexadecimal digits, dashes), but 160 bits long: the hash opens the order."""
    digits = secrets.token_hex(20)
    return "-".join(digits[start : start + 5] for start in range(0, 40, 5))


def hash_pk(hash: str) -> str:
    return f"hash#{hashlib.sha256(hash.encode()).hexdigest()}"


def creation_keys(order: Order, draft: OrderDraft, key: IdempotencyKey | None, now: int) -> list[CreationKey]:
    content = draft.content_hash()
    given = draft.hash is not None
    keys = [
        CreationKey(field="hash", pk=hash_pk(order.hash), content_hash=content, keep_answer=given, is_new=not given)
    ]
    if key:
        name = hashlib.sha256(json.dumps([key.caller, key.value]).encode()).hexdigest()
        keys.insert(
            0,
            CreationKey(
                field="Idempotency-Key",
                pk=f"idempotency#{name}",
                content_hash=content,
                keep_answer=True,
                expires_at=None if key.lasts else now + KEY_KEPT_SECONDS,
            ),
        )
    return keys
