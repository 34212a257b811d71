"""Text as it is compared in a search: lower case, without accents, in words.

Letters of all scripts stay. Accents, vowel points and apostrophes do not count. Letters such as `ø` and `ß` count as those that
keyboards without them write. https://www.unicode.org/reports/tr15/ (NFKD), Unicode 5.18 (case folding).
"""

import unicodedata
from collections.abc import Iterator

_WRITTEN_AS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ł": "l", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Apostrophes, the Arabic kashida, joiners, and signs that show nothing.
_UNREAD = str.maketrans("", "", "'\u2019\u2018\u02bc\u0640\u00ad\u200b\u200c\u200d\u2060\ufeff")
_POINTS = range(10, 36)  # combining classes of Hebrew and Arabic vowel points
_ACCENTS_FROM = 200  # classes of what stands above, below or through a letter


def folded(text: str) -> str:
    """The text without case and accents, with all digits as 0 to 9. Folding it again changes nothing."""
    if text.isascii():
        return text.lower().translate(_UNREAD)
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(_digit(letter) for letter in plain if not _is_accent(letter))
    return unicodedata.normalize("NFC", letters.translate(_UNREAD).translate(_WRITTEN_AS))


def words_of(text: str) -> tuple[str, ...]:
    """The folded words: what stands between blanks, hyphens, dots and other signs."""
    return tuple(_words(folded(text)))


def is_ideographic(letter: str) -> bool:
    """Whether it is a letter of Chinese, Japanese or Korean, where one or two letters make a name."""
    return "\u2e80" <= letter <= "\u9fff" or "\uac00" <= letter <= "\ud7a3" or "\U00020000" <= letter <= "\U0003ffff"


def _words(text: str) -> Iterator[str]:
    word = ""
    for letter in text:
        if unicodedata.category(letter)[0] in "LMN":
            word += letter
        elif word:
            yield word
            word = ""
    if word:
        yield word


def _is_accent(letter: str) -> bool:
    kind = unicodedata.combining(letter)
    return kind >= _ACCENTS_FROM or kind in _POINTS


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, -1)
    return letter if value < 0 else str(value)
