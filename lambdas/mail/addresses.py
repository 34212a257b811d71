"""Lists of e-mail addresses, and text of strangers that is safe in a mail."""

import re
import unicodedata

from lambdas.orders.contact.text import shown_line


def addresses_in(text: str | None) -> tuple[str, ...]:
    """The parts of a list separated by commas or semicolons, each once and unchecked."""
    parts = (part.strip() for part in re.split(r"[,;]", text or ""))
    return tuple(dict.fromkeys(part for part in parts if part))


# What a mail program may make a link of: an @, a scheme, two slashes, or a dot between letters.
_LEADS_SOMEWHERE = re.compile(r"[@\\]|//|\w:\w|\w\.\w{2,}")
# What passes for a dot, slash or colon and is not folded into one (UTS 46 lists the dots that host names may be written with).
_LOOK_ALIKES = {ord(letter): "." for letter in "\u3002\u06d4\u0701\u0702\u2027\u2219\u22c5\u30fb\u00b7\u16eb\ua4f8"} | {
    ord(letter): "/" for letter in "\u2044\u2215\u2571\u29f8\u29f5\u2216\ufe68"
} | {ord(letter): ":" for letter in "\u2236\ua789\u05c3\u0703\u0704"}  # fmt: skip


def harmless(value: str, longest: int) -> str:
    """A stranger's text that is safe in a mail: short, on one line, and empty if any part could become a link.

    Look-alike letters count too. Without this, anybody could have a link mailed to anybody's address."""
    line = shown_line(value)[:longest]
    folded = unicodedata.normalize("NFKC", line).translate(_LOOK_ALIKES)
    seen = "".join(letter for letter in folded if unicodedata.category(letter) not in ("Mn", "Me", "Cf"))
    return "" if _LEADS_SOMEWHERE.search(seen) else line
