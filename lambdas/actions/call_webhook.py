"""Call Webhook: has an external program do the work, such as a hosting panel (docs/reference/ubersmith.md, 2.2).

The program gets the order's ids and priced packs, and of `info` only the keys in `fields`, so the queue decides which personal
data leaves; a registrar gets the codes of transfers too (`transfer_codes`). It answers that it is done, that it failed, or that
it will answer later with `order.process`; `callback` says how. `_frame/webhook.py` signs and sends the call,
`_frame/webhook_answer.py` reads the answer. On a cancel, `undo_url` is asked to undo the work.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools, TransientError, Waiting
from lambdas.actions._frame.webhook import NAMED_BASE, WebhookSettings, address, post, refuse_other_hosts
from lambdas.actions._frame.webhook_answer import outcome_of, stated_outcome, without_secrets
from lambdas.orders.model.checklist import ActionState, ChecklistAction
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.parsing.transfer_code import KEY
from lambdas.records.transfer_codes import TransferCodes
from lambdas.runtime.secrets import secret_text

_SECRET_FIELDS = ("cc_", "ach_", "paypal_", "uber_pass", "billing_info_id")


class CallWebhookConfig(Config):
    """The address to call, and the content to send."""

    url: str = Field(
        max_length=2000,
        description="Address of the receiver: {panel}/orders, where {panel} is one of the stage's webhook_bases, or"
        " https://..., whose host must be in the stage's webhook_hosts.",
    )
    undo_url: str = Field(
        default="", max_length=2000, description="Address that takes it back on a cancel, if there is one."
    )
    fields: tuple[str, ...] = Field(
        default=(), max_length=50, description="Keys of the order's info that are sent along."
    )
    transfer_codes: bool = Field(
        default=False,
        description="Send the authorisation codes of transfers along, each with its pack. For the registrar alone.",
    )
    timeout_seconds: int = Field(default=10, ge=1, le=20, description="How long to wait for an answer.")

    @field_validator("url", "undo_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        parts = urlsplit(NAMED_BASE.sub("https://named", url, count=1))
        if url and (
            parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts.fragment
        ):
            raise ValueError(
                "must be an address such as {panel}/orders or https://panel.example.com/orders, without a user in it"
            )
        return url

    @field_validator("fields")
    @classmethod
    def _are_no_secrets(cls, fields: tuple[str, ...]) -> tuple[str, ...]:
        if secret := [field for field in fields if field.startswith(_SECRET_FIELDS)]:
            raise ValueError(f"is never sent: {', '.join(secret)}")
        return fields


def run(order: Order, config: CallWebhookConfig, tools: Tools) -> Done | Waiting:
    action = tools.action_of(order)
    if action.input:
        secrets = [code for _, code in _codes(order, config, tools) if code]
        answered = stated_outcome(without_secrets(action.input, secrets), order)
        return answered or Waiting(
            'the answer needs a status of "done", "wait" or "failed"; process this action again with it'
        )
    content = {
        **_about(order, action),
        "packs": _packs(order, config, tools),
        "fields": {name: order.info[name] for name in config.fields if name in order.info},
        "callback": {
            "method": "order.process",
            "order_id": order.order_id,
            "order_action_id": action.action_id,
            "input": {"status": "done | failed", "reason": "why it failed", "result": {}},
        },
    }
    key = f"{order.known_as}:{action.action_id}"
    codes, seconds = [pack[KEY] for pack in content["packs"] if KEY in pack], config.timeout_seconds
    return _call(config.url, content, key=key, timeout_seconds=seconds, order=order, now=tools.now(), secrets=codes)


def undo(order: Order, config: CallWebhookConfig, tools: Tools) -> str | None:
    """Ask the program to undo what was begun, under a key of its own."""
    action = tools.action_of(order)
    if not config.undo_url or not _may_have_begun(action):
        return None
    key = f"{order.known_as}:{action.action_id}:undo:{action.attempts}"
    content = {**_about(order, action), "undo": True}
    outcome = _call(
        config.undo_url, content, key=key, timeout_seconds=config.timeout_seconds, order=order, now=tools.now()
    )
    if isinstance(outcome, Waiting):
        raise TransientError("the receiver is still taking it back")
    return "taken back by the receiver"


def _packs(order: Order, config: CallWebhookConfig, tools: Tools) -> list[dict[str, Any]]:
    """The priced packs; those of transfers with their codes, if the receiver is to have them. Raises PermanentError."""
    codes, packs = dict(_codes(order, config, tools)), []
    for pack in order.priced:
        if codes.get(pack.pack) == "":
            raise PermanentError(
                f"the authorisation code of {pack.pack} is no longer kept, or was given for another name;"
                f" ask the client for it, set info.{pack.pack}.{KEY} by order.update, and process this action again"
            )
        packs.append({**pack.model_dump(), **({KEY: codes[pack.pack]} if pack.pack in codes else {})})
    return packs


def _codes(order: Order, config: CallWebhookConfig, tools: Tools) -> Iterator[tuple[str, str]]:
    """Packs of transfers, each with its code: empty if it is over, or another name's. None if the receiver is to have none."""
    kept = TransferCodes(tools.records)
    for pack in order.priced if config.transfer_codes else ():
        stated = order.info.get(pack.pack)
        if reference := text(stated, KEY) if isinstance(stated, Mapping) else "":
            yield pack.pack, kept.find(reference, pack.description, now=tools.now())


def _about(order: Order, action: ChecklistAction) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "order_action_id": action.action_id,
        "module": NAME,
        "client_id": order.client_id,
    }


def _call(
    url: str,
    content: dict[str, Any],
    *,
    key: str,
    timeout_seconds: int,
    order: Order,
    now: int,
    secrets: Sequence[str] = (),
) -> Done | Waiting:
    settings = WebhookSettings.from_environment()
    url = address(url, settings)
    refuse_other_hosts(url, settings)
    secret = secret_text(settings.webhook_secret_arn)
    status, reply = post(url, content, key=key, secret=secret, now=now, timeout_seconds=timeout_seconds)
    return outcome_of(status, without_secrets(reply, secrets), order)


def _may_have_begun(action: ChecklistAction) -> bool:
    return action.attempts > 0 and action.state is not ActionState.UNDONE


NAME = "call_webhook"
module = Module(NAME, CallWebhookConfig, run, undo, label="Call Webhook", interactive=True)
handler = action_handler(module)
