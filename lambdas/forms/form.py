"""An order form: pages of fields that feed one queue, read from `statemachines/<queue>/form.toml` or `form_<name>.toml`.

The last page is where the order is paid and submitted. Rules a form must keep are in statemachines/form_checks.py.
"""

import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from lambdas.forms.domains.domains_field import DomainsField
from lambdas.forms.fields.agreement import AgreementField
from lambdas.forms.fields.contact import ChoiceField, CountryField, EmailField, PhoneField, RegionField, TextField
from lambdas.forms.fields.field import FormField
from lambdas.forms.fields.packs import CouponField, HostsField, QuantityField
from lambdas.forms.fields.plans import OptionsField, PlanField
from lambdas.languages.texts import N_
from lambdas.languages.translated import Translated
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import QUEUES_ROOT, MayBeInvoiced

AnyField = Annotated[
    TextField
    | EmailField
    | PhoneField
    | CountryField
    | RegionField
    | ChoiceField
    | PlanField
    | OptionsField
    | QuantityField
    | HostsField
    | DomainsField
    | CouponField
    | AgreementField,
    Field(discriminator="kind"),
]
Payment = Literal["card", "bank_account", "paypal", "account"]
"""Ways to pay on the last page: a card or bank account, entered on the provider's page; PayPal, approved there; on account."""
Country = Annotated[str, Field(pattern=r"^([A-Z]{2})?$")]
OBLIGING_COUNTRIES = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
    "NL", "PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO", "GB",
)  # fmt: skip
"""Whose consumer law wants the button of an order to name the obligation to pay: the European Economic Area and Britain."""
HELD: tuple[Payment, ...] = ("card", "paypal")  # money is held for these; a bank debit knows no hold


class Page(Translated):
    """One page. `payment` makes it the last one, where the order is paid and submitted.

    `payment_where_taken`: further ways to pay, each offered only where a payment provider of the stage takes it.
    """

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")
    title: str = Field(min_length=1)
    text: str = ""
    button: str = N_("Continue")
    payment: tuple[Payment, ...] = ()
    payment_where_taken: tuple[Payment, ...] = ()
    fields: tuple[AnyField, ...] = ()

    @property
    def ways(self) -> tuple[Payment, ...]:
        return (*self.payment, *self.payment_where_taken)


class Form(Translated):
    """A form as written by hand. `queue` is the folder's name; `order_form_id` is put on the orders it makes.

    `description`: of the form, for search engines; by default its text or title. `confirmation_mail`: the client gets a mail
    with what they ordered. `ending_mails`: and one when the order is complete or canceled. `reminders_after_hours`: hours
    after which an unfinished order is mailed a link to continue.
    `may_be_invoiced`: the clients who may order on account, if they are fewer than the queue allows.
    `when_complete`: what happens once the order is complete. `seller`: name, address and registration of the seller, and
    `withdrawal`: the text on the right of withdrawal; both are in the confirmation.
    `obliging_button`: the words of the button that orders, if the buyer's country or `seller_country` is one of
    `obliging_countries`; these are ISO 3166-1 codes.
    """

    model_config = ConfigDict(extra="forbid")

    queue: str
    file: str
    order_form_id: int = Field(gt=0)
    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")
    title: str = Field(min_length=1)
    text: str = ""
    description: str = Field(default="", max_length=300)
    thanks: str = N_("Thank you. We have your order and begin with it now.")
    when_complete: str = ""
    seller: str = Field(default="", max_length=2_000)
    withdrawal: str = Field(default="", max_length=20_000)
    confirmation_mail: bool = True
    ending_mails: bool = True
    reminders_after_hours: tuple[Annotated[int, Field(gt=0)], ...] = ()
    may_be_invoiced: MayBeInvoiced | None = None
    seller_country: Country = ""
    obliging_countries: tuple[Country, ...] = OBLIGING_COUNTRIES
    obliging_button: str = Field(default=N_("Order with obligation to pay"), min_length=1)
    pages: tuple[Page, ...] = Field(min_length=1)

    @cached_property
    def fields(self) -> tuple[FormField, ...]:
        return tuple(field for page in self.pages for field in page.fields)

    @cached_property
    def _spoken(self) -> dict[str, Self]:
        return {}

    def in_language(self, tag: str) -> Self:
        """The form with its texts in this language, made once."""
        if tag not in self._spoken:
            made = super().in_language(tag)
            for cached in ("fields", "_spoken"):
                made.__dict__.pop(cached, None)
            self._spoken[tag] = made
        return self._spoken[tag]

    @property
    def described(self) -> str:
        return self.description or self.text or self.title

    @property
    def first(self) -> Page:
        return self.pages[0]

    @property
    def last(self) -> Page:
        return self.pages[-1]

    @property
    def only_on_account(self) -> bool:
        """Whether money is held for none of its orders."""
        return not any(way in HELD for way in self.last.payment)

    def asks_country_of(self, order: Order) -> bool:
        """Whether one of its pages asks for the country and the order, which is of no client, does not have it yet."""
        asks = any(isinstance(field, CountryField) for field in self.fields)
        return asks and not order.client_id and not text(order.info, "country")

    def page(self, name: str) -> Page | None:
        return next((page for page in self.pages if page.name == name), None)

    def after(self, page: Page) -> Page:
        """The next page; the last page has itself."""
        return self.pages[min(self.pages.index(page) + 1, len(self.pages) - 1)]

    def field(self, name: str) -> FormField | None:
        return next((field for field in self.fields if field.name == name), None)

    @classmethod
    def read(cls, file: Path) -> Self:
        content = tomllib.loads(file.read_text("utf-8"))
        return cls.model_validate({"queue": file.parent.name, "file": file.name, **content})


def form_files(root: Path = QUEUES_ROOT) -> Iterator[Path]:
    """The files of all forms, by queue and name."""
    yield from sorted(file for file in root.glob("*/form*.toml") if file.stem == "form" or file.stem[4] == "_")


def load_forms(root: Path = QUEUES_ROOT) -> dict[str, Form]:
    """All forms by name; two files with one name or one id are refused."""
    forms: dict[str, Form] = {}
    for form in map(Form.read, form_files(root)):
        for other in forms.values():
            if form.name == other.name or form.order_form_id == other.order_form_id:
                raise ValueError(
                    f"{form.queue}/{form.file}: its name or its order_form_id is that of {other.queue}/{other.file}; "
                    "choose a free one"
                )
        forms[form.name] = form
    return forms
