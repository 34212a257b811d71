"""Words a page's refusal of an entry as an instruction, with the label of its field.

The patterns are those of the GOV.UK design system: "Enter your first name", "Select a plan", "First name must be …".
https://design-system.service.gov.uk/components/error-message/
"""

from collections.abc import Mapping

from lambdas.languages.formats import number
from lambdas.languages.language import spoken
from lambdas.languages.texts import _
from lambdas.orders.contact.fields import CONTACT_FIELDS
from lambdas.orders.contact.places import countries
from lambdas.orders.contact.unfit import COUNTRIES, UnfitError


def bare(label: str) -> str:
    return label.strip().rstrip("?.:")


def in_sentence(label: str) -> str:
    """The label as it stands inside a sentence: `First name` is `first name`, `VAT number` stays as it is. Other languages have
    rules of their own for that, so there the label stays as it is."""
    found = bare(label)
    is_word = spoken().is_source and (len(found) < 2 or not found[:2].isupper())
    return found[:1].lower() + found[1:] if is_word else found


def to_enter(label: str, key: str) -> str:
    """The instruction for an input that was left empty. `key`: the key of `info` that the field writes."""
    return (
        _("Enter your {label}", label=in_sentence(label))
        if key in CONTACT_FIELDS
        else _("Enter the {label}", label=in_sentence(label))
    )


def to_select(label: str, key: str) -> str:
    """The instruction for a choice that was not made, or that is not offered."""
    if key in CONTACT_FIELDS:
        return _("Select your {label}", label=in_sentence(label))
    if in_sentence(label) in _COUNTED:
        return _("Select a {label}", label=in_sentence(label))
    return _("Select the {label}", label=in_sentence(label))


def must_be(label: str, what: str) -> str:
    """The instruction for an entry that breaks a rule."""
    return _("{label} must be {what}", label=bare(label), what=what)


def at_most(label: str, characters: int) -> str:
    return _("{label} must be {most} characters or fewer", label=bare(label), most=number(characters))


def advice(unfit: UnfitError, label: str) -> str:
    """The instruction for an entry that its rule refuses."""
    if not unfit.advice:
        return f"{label} {unfit}"
    return _(unfit.advice, label=label, **{name: _value(name, value) for name, value in unfit.values.items()})


def spoken_countries() -> Mapping[str, str]:
    """Names of the countries by code, in the order of the names."""
    names: Mapping[str, str] = spoken().formats["countries"]
    return names or countries()


def _value(name: str, value: str | int) -> str:
    if isinstance(value, int):
        return number(value)
    return spoken_countries().get(value, value) if name in COUNTRIES else value


_COUNTED = ("plan", "country", "server", "period")
