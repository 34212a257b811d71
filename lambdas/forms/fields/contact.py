"""Fields for text and for the client's details: address, telephone, country, region, and a choice of a few values."""

import re
from typing import Literal

from pydantic import Field

from lambdas.forms.fields.field import MOST_RADIOS, Choice, FormField, Given, Input, InputRefusedError, Widget
from lambdas.forms.fields.wording import at_most, bare, must_be, spoken_countries, to_select
from lambdas.languages.formats import isolated, number
from lambdas.languages.texts import _, joined
from lambdas.orders.contact.email import email
from lambdas.orders.contact.places import country_code, region_code, regions_of
from lambdas.orders.contact.telephone import example_of, telephone
from lambdas.orders.contact.text import lines
from lambdas.orders.model.info import text

# https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
_AUTOFILL = {
    "first": "given-name", "last": "family-name", "company": "organization", "address": "street-address",
    "city": "address-level2", "zip": "postal-code", "email": "email", "phone": "tel", "fax": "off",
}  # fmt: skip


class TextField(FormField):
    """Text. `pattern`: a regular expression for the whole value; `pattern_text`: the same in words."""

    kind: Literal["text"]
    min_length: int = Field(default=1, ge=1)
    max_length: int = Field(default=200, ge=1, le=5_000)
    pattern: str = ""
    pattern_text: str = ""
    lines: int = Field(default=1, ge=1, le=20)
    autocomplete: str = ""

    @property
    def autofill(self) -> str:
        """The token for browsers that fill in forms: the form's own, or that of the key of `info`."""
        return self.autocomplete or _AUTOFILL.get(self.key, "")

    def inputs(self, given: Given) -> tuple[Input, ...]:
        limits = {"maxlength": str(self.max_length), **({"rows": str(self.lines)} if self.lines > 1 else {})}
        widget: Widget = "textarea" if self.lines > 1 else "text"
        return self.one(widget, autocomplete=self.autofill, attributes=limits)

    def clean(self, value: str) -> str:
        return lines(value) if self.lines > 1 else super().clean(value)

    def accepted(self, value: str, given: Given) -> str:
        value = super().accepted(value, given)
        if not value:
            return value
        if not self.min_length <= len(value) <= self.max_length:
            raise InputRefusedError(self.name, self._length_rule(len(value)))
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise InputRefusedError(self.name, must_be(self.label, self.pattern_text))
        return value

    def _length_rule(self, length: int) -> str:
        if length > self.max_length:
            return at_most(self.label, self.max_length)
        return _("{label} must be {least} characters or more", label=bare(self.label), least=number(self.min_length))


class EmailField(FormField):
    kind: Literal["email"]

    def inputs(self, given: Given) -> tuple[Input, ...]:
        return self.one("email", autocomplete="email", attributes={"maxlength": "254", "spellcheck": "false"})

    def accepted(self, value: str, given: Given) -> str:
        return email(super().accepted(value, given))


class PhoneField(FormField):
    kind: Literal["phone"]

    def inputs(self, given: Given) -> tuple[Input, ...]:
        shown = self.model_copy(update={"help": self.hint(given)})
        return shown.one("tel", autocomplete="tel", attributes={"maxlength": "60"})

    def hint(self, given: Given) -> str:
        """The form's own help, with an example of the order's country."""
        return joined(self.help, _("For example {number}", number=isolated(example_of(_country_of(given)))))

    def accepted(self, value: str, given: Given) -> str:
        return telephone(super().accepted(value, given), _country_of(given))


def _country_of(given: Given) -> str:
    return country_code(text(given.info, "country"))


class ChoiceField(FormField):
    """One of a few values. Up to six are radio buttons, more are a select list."""

    kind: Literal["choice"]
    choices: tuple[Choice, ...] = Field(min_length=2)

    def inputs(self, given: Given) -> tuple[Input, ...]:
        return self.one("radio" if len(self.choices) <= MOST_RADIOS else "select", choices=self.choices)

    def accepted(self, value: str, given: Given) -> str:
        if value and value not in {choice.value for choice in self.choices}:
            raise InputRefusedError(self.name, self.when_missing)
        if not value and self.required:
            raise InputRefusedError(self.name, self.when_missing)
        return value

    @property
    def when_missing(self) -> str:
        return self.missing or to_select(self.label, self.key)


class CountryField(FormField):
    """A country by its ISO 3166-1 code. `countries`: the only ones offered, if any are named."""

    kind: Literal["country"]
    countries: tuple[str, ...] = ()
    default: str = ""

    def inputs(self, given: Given) -> tuple[Input, ...]:
        attributes = {"data-country": self.key}
        return self.one("select", choices=self._choices(), autocomplete="country", attributes=attributes)

    def typed(self, given: Given) -> dict[str, str]:
        return {self.name: text(given.info, self.key) or (self.default if self.key not in given.info else "")}

    def accepted(self, value: str, given: Given) -> str:
        if value and value not in {choice.value for choice in self._choices()}:
            raise InputRefusedError(self.name, _("Select a country from the list: we do not sell to others"))
        return super().accepted(value, given)

    @property
    def when_missing(self) -> str:
        return self.missing or to_select(self.label, self.key)

    def _choices(self) -> tuple[Choice, ...]:
        known = spoken_countries()
        return tuple(Choice(value=code, label=known[code]) for code in (self.countries or known) if code in known)


class RegionField(FormField):
    """A state or province by its ISO 3166-2 code where addresses of the country have one, else free text.

    `country`: the key of `info` that holds the country. If the country has a list, the client must choose from it.
    `free_text_required`: addresses of the country need one, and there is no list.
    """

    kind: Literal["region"]
    country: str = "country"
    free_text_required: bool = False

    def inputs(self, given: Given) -> tuple[Input, ...]:
        regions = regions_of(text(given.info, self.country))
        choices = tuple(Choice(value=code, label=name) for code, name in regions.items())
        attributes = {"data-regions-of": self.country, "maxlength": "80"}
        return (
            Input(
                name=self.name,
                label=self.label,
                help=self.help,
                widget="select" if choices else "text",
                required=(self.required and bool(choices)) or self.free_text_required,
                choices=choices,
                autocomplete="address-level1",
                attributes=attributes,
                optional=_("where addresses have one"),
            ),
        )

    def accepted(self, value: str, given: Given) -> str:
        regions = regions_of(text(given.info, self.country))
        if not regions:
            if not value and self.free_text_required:
                raise InputRefusedError(self.name, self.when_missing)
            return value[:80]
        code = region_code(value, text(given.info, self.country))
        if (value and not code) or (self.required and not code):
            raise InputRefusedError(self.name, self.missing or to_select(self.label, self.key))
        return code
