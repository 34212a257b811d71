"""Card numbers as the brands make them, for tests of whatever must not take them."""

from hypothesis import strategies as st

BRANDS = {  # ISO/IEC 7812 ranges as the brands publish them: first digits, lengths
    "Visa": (["4"], [13, 16, 19]),
    "Mastercard": (["51", "55", "2221", "2720"], [16]),
    "American Express": (["34", "37"], [15]),
    "Discover": (["6011", "644", "65"], [16, 19]),
    "JCB": (["3528", "3589"], [16, 19]),
    "Diners Club": (["300", "36", "38"], [14, 19]),
    "UnionPay": (["62", "81"], [16, 19]),
    "Maestro": (["5018", "6304", "6759"], [12, 16, 19]),
    "RuPay": (["60", "508"], [16]),
    "Mir": (["2200", "2204"], [16, 19]),
    "Troy": (["9792"], [16]),
}


def luhn_digit(digits: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    firsts, lengths = draw(st.sampled_from(list(BRANDS.values())))
    first, length = draw(st.sampled_from(firsts)), draw(st.sampled_from(lengths))
    body = first + draw(st.text("0123456789", min_size=length - len(first) - 1, max_size=length - len(first) - 1))
    return body + luhn_digit(body)


@st.composite
def in_groups(draw: st.DrawFn) -> str:
    """A card number as people write it: in groups, or in one."""
    number, size = draw(card_numbers()), draw(st.sampled_from([4, 5, 6, 20]))
    separator = draw(st.sampled_from([" ", "-", "."]))
    return separator.join(number[start : start + size] for start in range(0, len(number), size))
