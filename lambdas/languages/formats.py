"""Numbers, lists and days as the language that is spoken writes them. The patterns are CLDR's (infra/generate/languages.py)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from lambdas.languages.language import spoken


def number(value: int) -> str:
    """`12,345`, or `12.345` in German."""
    return f"{value:,}".replace(",", spoken().formats["group"])


def money(whole: str, fraction: str, currency: str, *, negative: bool) -> str:
    """`$1,234.56`, or `1.234,56 $` in German. `whole` has commas between thousands; `fraction` may be empty."""
    formats = spoken().formats
    point = formats["decimal"] if fraction else ""
    digits = f"{whole.replace(',', formats['group'])}{point}{fraction}"
    sign = formats["signs"].get(currency, currency)
    before, after = formats["negative" if negative else "positive"]
    # A sign that ends with a letter keeps its distance. https://unicode.org/reports/tr35/tr35-numbers.html#Currency_Spacing
    apart = "\u00a0" if before.endswith("¤") and sign[-1:].isalpha() else ""
    return isolated(f"{before.replace('¤', sign)}{apart}{digits}{after.replace('¤', sign)}")


def isolated(text: str) -> str:
    """The text as it is read from the left, where a language is read from the right: signs and numbers keep their order.
    https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates"""
    return f"\u2066{text}\u2069" if spoken().direction == "rtl" else text


def day(at: int) -> str:
    """`24 December 2026`, in UTC. `at`: Unix seconds."""
    moment, formats = datetime.fromtimestamp(at, UTC), spoken().formats
    month: str = formats["months"][moment.month - 1]
    found: str = formats["day"].format(day=moment.day, month=month, year=moment.year)
    return found


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    join = spoken().formats["lists"]
    if len(parts) == 2:
        return str(join["2"].format(*parts))
    found: str = join["end"].format(parts[-2], parts[-1])
    for part in reversed(parts[1:-2]):
        found = join["middle"].format(part, found)
    return str(join["start"].format(parts[0], found))
