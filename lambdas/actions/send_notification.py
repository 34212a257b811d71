"""Send Notification: mails texts with the order's fields to addresses, to admins and to the order's owner
(docs/reference/ubersmith.md, 2.1 no. 17; 2.2 for the fields).

Each recipient gets a separate mail. Processing the action again after it is done sends everything again. A run that is tried
again sends only what did not go out. If a process died while it sent, `on_doubt` says what happens to that one mail.
"""

from typing import Self

from pydantic import Field, field_validator, model_validator

from lambdas.actions._frame.action import action_handler
from lambdas.actions._frame.mail import Mail, OnDoubt, Outbox, filled, filled_subject, is_email, unknown_placeholders
from lambdas.actions._frame.module import Config, Done, Module, PermanentError, Tools
from lambdas.languages.translated import Translated
from lambdas.mail.language import LANG
from lambdas.mail.sender import Sender, SenderSettings
from lambdas.orders.contact.email import mailed_to
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.records.clients.client import ClientRecords
from lambdas.records.posts.notification import NotificationRecords

CLIENT = "##email##"


class SendNotificationConfig(Config, Translated):
    """Up to three texts, each with its recipients, subject and body; the fields are `##order_id##`, `##first_name##` etc.

    Texts may be there in other languages, for orders made in them."""

    to: tuple[str, ...] = Field(default=(), description="Addresses of the text; ##email## is the order's own.")
    subject: str = Field(default="", max_length=250, description="Its subject.")
    body: str = Field(default="", max_length=50_000, description="The text.")
    admin_to: tuple[str, ...] = Field(default=(), description="Addresses of the text to admins.")
    admin_subject: str = Field(default="", max_length=250, description="Its subject.")
    admin_body: str = Field(default="", max_length=50_000, description="The text to admins.")
    owners: dict[str, str] = Field(default={}, description="Address of each owner, by what orders name as their owner.")
    owner_subject: str = Field(default="", max_length=250, description="Subject of the text to the order's owner.")
    owner_body: str = Field(default="", max_length=50_000, description="The text to the order's owner.")
    from_address: str = Field(default="", description="The sender; empty: the stage's. It needs to be verified in SES.")
    bypass_existing_clients: bool = Field(default=False, description="Send nothing if the client was there before.")
    on_doubt: OnDoubt = Field(
        default="send",
        description="What to do with a mail that may have been sent before: send it, perhaps twice, or skip it.",
    )

    @field_validator("subject", "body", "admin_subject", "admin_body", "owner_subject", "owner_body")
    @classmethod
    def _has_known_fields(cls, template: str) -> str:
        if unknown := unknown_placeholders(template):
            raise ValueError(f"an order has no field {', '.join(unknown)}")
        return template

    @field_validator("to", "admin_to")
    @classmethod
    def _are_addresses(cls, addresses: tuple[str, ...]) -> tuple[str, ...]:
        if not all(is_email(address) or address == CLIENT for address in addresses):
            raise ValueError(f"must be e-mail addresses or {CLIENT}")
        return addresses

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        parts = (
            (self.to, self.subject, self.body),
            (self.admin_to, self.admin_subject, self.admin_body),
            (self.owners, self.owner_subject, self.owner_body),
        )
        if not any(map(all, parts)) or any(any(part) and not all(part) for part in parts):
            raise ValueError("a text needs recipients, a subject and a body; at least one text is needed")
        if not all(map(is_email, filter(None, [*self.owners.values(), self.from_address]))):
            raise ValueError("owners and sender need e-mail addresses")
        for texts in self.i18n.values():
            for template in texts.values():
                self._has_known_fields(str(template))
        return self


def run(order: Order, config: SendNotificationConfig, tools: Tools) -> Done:
    if config.bypass_existing_clients and order.client_id and not ClientRecords(tools.records).made_for(order.order_id):
        return Done("an existing client's order: nothing sent", {"sent": 0})
    action = tools.action_of(order)
    round_ = int(action.result.get("round", 0)) + 1  # its result is that of the run before, once that was done
    outbox = Outbox(
        NotificationRecords(tools.records), order.order_id, f"{action.action_id}#{round_}", config.on_doubt, tools.now()
    )
    sent, doubtful = outbox.send_all(_mails(order, config))
    reason = "1 mail sent" if sent == 1 else f"{sent} mails sent"
    if doubtful:
        reason += f"; {doubtful} may have been sent before and not sent again"
    return Done(reason, {"round": round_, "sent": sent, "in_doubt": doubtful})


def _mails(order: Order, config: SendNotificationConfig) -> list[Mail]:
    sender = config.from_address or Sender.of_stage(SenderSettings.from_environment()).plain(order.brand_id)
    owner = config.owners.get(order.owner)
    config = config.changed(**config.i18n.get(text(order.info, LANG), {}))
    texts = (
        ("order", config.to, config.subject, config.body),
        ("admin", config.admin_to, config.admin_subject, config.admin_body),
        ("owner", (owner,) if owner else (), config.owner_subject, config.owner_body),
    )
    return [
        Mail(kind, sender, (address,), filled_subject(subject, order), filled(body, order))
        for kind, recipients, subject, body in texts
        for address in dict.fromkeys(_address_of(order) if to == CLIENT else to for to in recipients)
    ]


def _address_of(order: Order) -> str:
    address = mailed_to(text(order.info, "email"))
    if not address:
        raise PermanentError(
            "the order has no e-mail address, or more than one; set info.email with order.update and process this action again"
        )
    return address


NAME = "send_notification"
module = Module(NAME, SendNotificationConfig, run, label="Send Notification", reprocess=True)
handler = action_handler(module)
