"""The addresses and the HTML of the pages that people see at Stripe."""

from html import escape

_ORIGIN = "https://stand-in.invalid"  # replaced by the server's own when it answers


def page_of(kind: str, name: str) -> str:
    return f"{_ORIGIN}/pages/{kind}/{name}"


def with_origin(text: str, origin: str) -> str:
    return text.replace(_ORIGIN, origin)


def choices(title: str, options: dict[str, str], note: str = "") -> str:
    """A page with a button for each option, which posts `choice`."""
    buttons = "".join(
        f'<button name="choice" value="{escape(value)}">{escape(words)}</button>' for value, words in options.items()
    )
    told = f'<p role="alert">{escape(note)}</p>' if note else ""
    head = f'<!doctype html><html lang="en"><title>{escape(title)}</title><h1>{escape(title)}</h1>'
    return f'{head}{told}<form method="post">{buttons}</form></html>'
