"""Raised by a rule for a value that cannot be kept."""

COUNTRIES = ("country", "elsewhere")
"""Values of an advice that are ISO 3166-1 codes, and shown as names."""


class UnfitError(ValueError):
    """The value is not what its field is for. The text says what is, follows the field's name, and never repeats the value.

    `advice`: the same as an instruction to the person who typed it, a whole sentence that is translated. `{label}` in it is the
    field's label; `values` are the others.
    """

    def __init__(self, text: str, advice: str = "", **values: str | int) -> None:
        super().__init__(text)
        self.advice, self.values = advice, values
