"""Prints the findings of operator commands, one plain line each."""

from rich.console import Console


def say(console: Console, text: str, style: str | None = None) -> None:
    """Print the text as it is: no markup, no colours of values, no line breaks of its own."""
    console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
