"""Whom mails about orders come from: the brand of the order, or else the stage's owner."""

from collections.abc import Mapping, Sequence
from email.utils import formataddr

from pydantic import Field, Json

from lambdas.catalog.brands.brand import Brand, Brands, load_brands
from lambdas.languages.language import spoken
from lambdas.mail.language import in_order_of
from lambdas.orders.contact.email import is_email
from lambdas.orders.model.queue import Queue
from lambdas.runtime.models import Frozen
from lambdas.runtime.settings import Settings


class SenderSettings(Settings):
    """`mail_from`: the stage's address; `company`: the name beside it.
    `brand_mail_from`: JSON map of brand_id -> its own address.
    """

    mail_from: str = ""
    company: str = ""
    brand_mail_from: Json[dict[int, str]] = Field(default={})


class Sender(Frozen):
    """As SenderSettings. `brands`: with their names and notes."""

    mail_from: str
    company: str = ""
    brand_mail_from: Mapping[int, str] = {}
    brands: Brands = Field(default_factory=Brands)

    @classmethod
    def of_stage(cls, settings: SenderSettings) -> "Sender":
        return cls(
            mail_from=settings.mail_from,
            company=settings.company,
            brand_mail_from=settings.brand_mail_from,
            brands=load_brands(),
        )

    def of(self, queue: Queue) -> str:
        """Name and address: the queue's own address, if it has one, else its brand's. All are of domains that the stage may
        send for."""
        own = queue.sendlink_from if is_email(queue.sendlink_from) else self.address(queue.brand_id)
        return formataddr((self.name(queue.brand_id), own))

    def plain(self, brand_id: int) -> str:
        """The same without a queue's own address."""
        return formataddr((self.name(brand_id), self.address(brand_id)))

    def address(self, brand_id: int) -> str:
        return self.brand_mail_from.get(brand_id, self.mail_from)

    def name(self, brand_id: int) -> str:
        brand = self._brand(brand_id)
        return brand.name if brand else self.company

    def languages(self, brand_id: int, offered: Sequence[str]) -> tuple[str, ...]:
        """Those of the stage, with the brand's own first: that of orders which name none."""
        brand = self.brands.of(brand_id)
        return in_order_of(brand.language if brand else "", offered)

    def notes(self, queue: Queue) -> str:
        """The text below each mail to buyers of the brand, in the language that is spoken."""
        brand = self._brand(queue.brand_id)
        return "\n".join(brand.notes) if brand else ""

    def signature(self, queue: Queue) -> str:
        """The end of a mail: the brand's name, and its notes."""
        return "\n\n".join(filter(None, (self.name(queue.brand_id), self.notes(queue))))

    def _brand(self, brand_id: int) -> Brand | None:
        brand = self.brands.of(brand_id)
        return brand and brand.in_language(spoken().tag)
