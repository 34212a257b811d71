"""Text as people write it, in any script. It is composed (NFC), controls are refused, and invisible signs are left out.

Joiners stay: Indic scripts, Persian and joined emoji are spelt with them (Unicode 23.2). Marks of direction stay too,
because Hebrew and Arabic texts need them. Explicit formatting (UAX 9) is left out, because it turns the text around it. So
are the byte order mark and blanks of no width.
"""

import re
import unicodedata

from lambdas.languages.texts import N_
from lambdas.orders.contact.unfit import UnfitError

MAX_LINE = 1_000
_MOST_MARKS = 30  # of the Stream-Safe Text Format (UAX 15, D4)
_MARKS_ADVICE = N_("{label} must be typed again: a letter in it has too many accents")
_JOINERS = "\u200c\u200d"
_NOTHING = re.compile("[\u00ad\u180e\u200b\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]")
_TAGS = re.compile(
    "(\U0001f3f4[\U000e0020-\U000e007e]{1,7}\U000e007f)|[\U000e0001-\U000e007f]"
)  # a flag is spelt with them
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS = re.compile("\r\n?|[\x85\u2028\u2029]")
_BLANK_LETTERS = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # letters and signs that show nothing
_UNSEEN = ("Cc", "Cf", "Mn", "Me", "Zs", "Zl", "Zp")
_CONTROLS = "holds a control character or broken text, perhaps from copying; type it again"
_CONTROLS_ADVICE = N_("{label} must be typed again: it contains a broken character, perhaps from copying")


def line(value: str) -> str:
    """One line with single blanks; empty if nothing of it can be seen. Raises UnfitError."""
    if value.isascii() and value.isprintable():
        return " ".join(value.split())
    one = _composed(value)
    return " ".join(one.split()).strip(_JOINERS + " ") if _is_seen(one) else ""


def lines(value: str) -> str:
    """Several lines, each without blanks at its end, ended by `\\n`; empty if nothing of it can be seen. Raises UnfitError."""
    several = _composed(value)
    if not _is_seen(several):
        return ""
    return "\n".join(each.rstrip() for each in several.expandtabs(4).split("\n")).strip("\n")


def short_line(value: str) -> str:
    """A line of at most MAX_LINE characters. Raises UnfitError."""
    kept = line(value)
    if len(kept) > MAX_LINE:
        raise UnfitError(
            f"has more than {MAX_LINE} characters; shorten it",
            N_("{label} must be {most} characters or fewer"),
            most=MAX_LINE,
        )
    return kept


def shown_line(value: str) -> str:
    """A line of whatever is there: what cannot be kept is a blank. For text that was taken before, or comes from elsewhere."""
    try:
        return line(_CONTROL.sub(" ", value))
    except UnfitError:
        return ""


def narrow(value: str) -> str:
    """Text for machines, in any width, without invisible signs but joiners. Raises UnfitError."""
    if value.isascii():
        return _composed(value)
    wide = unicodedata.normalize("NFKC", _composed(value))
    return "".join(letter for letter in wide if letter in _JOINERS or unicodedata.category(letter) != "Cf")


def folded(value: str) -> str:
    """As `narrow`, without joiners, with all digits as 0 to 9 and all dashes as `-`. Raises UnfitError."""
    text = narrow(value)
    return text if text.isascii() else "".join(map(_ascii, text))


def _composed(value: str) -> str:
    text = _BREAKS.sub("\n", value)
    if _CONTROL.search(text):
        raise UnfitError(_CONTROLS, _CONTROLS_ADVICE)
    if text.isascii():
        return text
    _refuse_towers(text)
    return unicodedata.normalize("NFC", _TAGS.sub(r"\1", _NOTHING.sub("", text)))


def _refuse_towers(text: str) -> None:
    """Marks on marks on marks: no language has so many, and composing them takes the square of their number."""
    height = 0
    for letter in text:
        height = height + 1 if unicodedata.combining(letter) else 0
        if height > _MOST_MARKS:
            raise UnfitError(f"holds a letter with more than {_MOST_MARKS} marks; type it again", _MARKS_ADVICE)


def _is_seen(text: str) -> bool:
    return any(unicodedata.category(each) not in _UNSEEN and each not in _BLANK_LETTERS for each in text)


def _ascii(letter: str) -> str:
    if letter in _JOINERS:
        return ""
    digit = unicodedata.decimal(letter, -1)
    if digit >= 0:
        return str(digit)
    return "-" if unicodedata.category(letter) == "Pd" or letter == "\u2212" else letter
