"""The currencies that a stage may charge in. Amounts are counted in hundredths (docs/decisions.md)."""

# Currencies of ISO 4217 whose smallest unit is not a hundredth.
_NO_HUNDREDTHS = frozenset(
    [
        "BHD",
        "BIF",
        "CLF",
        "CLP",
        "DJF",
        "GNF",
        "IQD",
        "ISK",
        "JOD",
        "JPY",
        "KMF",
        "KRW",
        "KWD",
        "LYD",
        "MGA",
        "MRU",
        "OMR",
        "PYG",
        "RWF",
        "TND",
        "UGX",
        "UYI",
        "UYW",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)


def has_hundredths(currency: str) -> str:
    """The currency. Raises ValueError if its amounts are not counted in hundredths."""
    if currency in _NO_HUNDREDTHS:
        raise ValueError("has no hundredths, which amounts here are counted in; choose a currency that has")
    return currency
