"""Words a page's refusal of an entry as an instruction, with the label of its field.

The patterns are those of the GOV.UK design system: "Enter your first name", "Select a plan", "First name must be …".
https://design-system.service.gov.uk/components/error-message/
"""

from lambdas.orders.contact.fields import CONTACT_FIELDS


def in_sentence(label: str) -> str:
    """The label as it stands inside a sentence: `First name` is `first name`, `VAT number` stays as it is."""
    bare = label.strip().rstrip("?.:")
    is_word = len(bare) < 2 or not bare[:2].isupper()
    return bare[:1].lower() + bare[1:] if is_word else bare


def to_enter(label: str, key: str) -> str:
    """The instruction for an input that was left empty. `key`: the key of `info` that the field writes."""
    whose = "your" if key in CONTACT_FIELDS else "the"
    return f"Enter {whose} {in_sentence(label)}"


def to_select(label: str, key: str) -> str:
    """The instruction for a choice that was not made, or that is not offered."""
    whose = "your" if key in CONTACT_FIELDS else "a" if in_sentence(label) in _COUNTED else "the"
    return f"Select {whose} {in_sentence(label)}"


def must_be(label: str, what: str) -> str:
    """The instruction for an entry that breaks a rule."""
    bare = label.strip().rstrip("?.:")
    return f"{bare} must be {what}"


def at_most(label: str, characters: int) -> str:
    return must_be(label, f"{characters:,} characters or fewer")


_COUNTED = ("plan", "country", "server", "period")
