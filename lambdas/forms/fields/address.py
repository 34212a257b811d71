"""Address fields as the country of the address has them: the parts that there are, their order, names and rules."""

from collections.abc import Mapping

from lambdas.forms.fields.contact import RegionField
from lambdas.forms.fields.field import FormField, Given
from lambdas.languages.texts import N_, _
from lambdas.orders.contact.address_format import formats
from lambdas.orders.contact.places import country_code
from lambdas.orders.model.info import text

POSTCODE = "zip"
PARTS = {"address": "A", "city": "C", "state": "S", "zip": "Z"}
"""The parts of an address, by the key of `info`."""
_NAMES = {
    "Z": {"zip": N_("ZIP code"), "pin": N_("PIN code"), "eircode": N_("Eircode"), "": N_("Postal code")},
    "S": {
        "area": N_("Area"), "county": N_("County"), "department": N_("Department"), "district": N_("District"),
        "do_si": N_("Province or city"), "emirate": N_("Emirate"), "island": N_("Island"), "oblast": N_("Oblast"),
        "parish": N_("Parish"), "prefecture": N_("Prefecture"), "state": N_("State"),
    },
    "C": {"post_town": N_("Town or city"), "suburb": N_("Suburb"), "district": N_("District")},
}  # fmt: skip
_NAMED = {"Z": "zip_name", "S": "state_name", "C": "city_name"}


def localized(field: FormField, given: Given) -> FormField | None:
    """The field as the order's country has it; None if its addresses have no such part.

    A town stays, because it may stand in the street's line. Fields that are no part of an address stay as they are.
    """
    format = _format_of(given)
    part = PARTS.get(field.key)
    if part is None or format is None or part == "A":
        return field
    if part in "SZ" and part not in format["parts"]:
        return None
    if isinstance(field, RegionField):
        named = field.required and part in format["require"]
        return field.model_copy(update={"label": _label(field, part, format), "free_text_required": named})
    required = field.required and part in format["require"]
    return field.model_copy(update={"label": _label(field, part, format), "required": required})


def in_order(fields: tuple[FormField, ...], given: Given) -> tuple[FormField, ...]:
    """The fields as they follow each other in the country's addresses. Fields that are no part of one keep their place."""
    format = _format_of(given)
    if format is None:
        return fields
    parts = [field for field in fields if field.key in PARTS]
    rank = {part: at for at, part in enumerate(format["parts"])}
    sorted_parts = iter(sorted(parts, key=lambda field: rank.get(PARTS[field.key], len(rank))))
    return tuple(next(sorted_parts) if field.key in PARTS else field for field in fields)


def _format_of(given: Given) -> Mapping[str, str] | None:
    return formats().get(_country(given))


def _country(given: Given) -> str:
    return country_code(text(given.info, "country"))


def _label(field: FormField, part: str, format: Mapping[str, str]) -> str:
    return _(_NAMES[part].get(format.get(_NAMED[part], ""), "")) or field.label
