"""Raised by a rule for a value that cannot be kept."""


class UnfitError(ValueError):
    """The value is not what its field is for. The text says what is, follows the field's name, and never repeats the value."""
