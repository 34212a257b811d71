"""Raised by a rule for a value that cannot be kept."""

LABEL = "{label}"


class UnfitError(ValueError):
    """The value is not what its field is for. The text says what is, follows the field's name, and never repeats the value.

    `advice`: the same as an instruction to the person who typed it, a whole sentence. `{label}` in it is the field's label.
    """

    def __init__(self, text: str, advice: str = "") -> None:
        super().__init__(text)
        self.advice = advice

    def advice_on(self, label: str) -> str:
        """The instruction for the person who typed it into the field of this label."""
        return self.advice.replace(LABEL, label) if self.advice else f"{label} {self}"
