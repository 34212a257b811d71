"""Makes `lambdas/orders/model/currencies.py` from iso4217, which keeps SIX's list: `python -m infra.generate.currencies`.

A test compares the two.
"""

import textwrap
from itertools import groupby
from pathlib import Path

from iso4217 import Currency

from lambdas.orders import model

CURRENCIES_FILE = Path(model.__path__[0]) / "currencies.py"
_WIDTH = 112

_HEAD = '''"""The digits that amounts of a currency have after the point, by ISO 4217 code.

Made from iso4217, which keeps the list of SIX, who maintain the standard (infra/generate/currencies.py). Codes without digits,
such as gold's, are left out: nothing is charged in them.
"""

_CODES = {
'''
_TAIL = """}

DIGITS = {code: digits for digits, codes in _CODES.items() for code in codes.split()}
"""


def currencies_py() -> str:
    """The content of the file."""
    known = sorted((found.exponent, found.code) for found in Currency if found.exponent is not None)
    parts = [_part(digits, [code for _, code in found]) for digits, found in groupby(known, key=lambda one: one[0])]
    return _HEAD + "".join(parts) + _TAIL


def _part(digits: int, codes: list[str]) -> str:
    lines = textwrap.wrap(" ".join(codes), _WIDTH)
    if len(lines) == 1:
        return f'    {digits}: "{lines[0]}",\n'
    quoted = "\n".join(f'        "{line}{" " if line != lines[-1] else ""}"' for line in lines)
    return f"    {digits}: (\n{quoted}\n    ),\n"


if __name__ == "__main__":
    CURRENCIES_FILE.write_text(currencies_py(), encoding="utf-8")
