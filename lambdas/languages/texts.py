"""Marks the texts that buyers read, and translates them into the language that is spoken.

`make texts` finds every text that stands in a call of these functions. `{name}` in it is replaced by the value of that name.
The names are gettext's. https://docs.python.org/3/library/gettext.html
"""

from lambdas.languages.language import spoken


def N_(message: str) -> str:
    """Mark a text that is translated later, where it is shown."""
    return message


def _(message: str, /, **values: object) -> str:
    """The text in the language that is spoken, with its values."""
    found = spoken().catalog.gettext(message) if message else ""
    return found.format(**values) if values else found


def n_(one: str, many: str, number: int, /, **values: object) -> str:
    """As `_`, in the form that the language has for this number of things."""
    found = spoken().catalog.ngettext(one, many, number)
    return found.format(**values) if values else found


def joined(*sentences: str) -> str:
    """Sentences one after the other, without those that are empty."""
    return " ".join(filter(None, sentences))


def known_text(message: str, /, **values: object) -> str:
    """As `_`; empty if the language has no translation of it. For texts that others wrote, such as a bank's reason."""
    if not spoken().is_source and spoken().catalog.gettext(message) == message:
        return ""
    return _(message, **values)
