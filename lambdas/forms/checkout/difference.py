"""Says how an order differs from what its page showed."""

from lambdas.languages.texts import _, joined


def difference(was: str, now: str) -> str:
    """The difference from the page that was sent, in words."""
    what = _("The order was changed since this page was opened, in another window, on another device or by us.")
    if was and was != now:
        what = _(
            "The price changed: the first charge was {was} on the page you sent, and is {now} now.", was=was, now=now
        )
    return joined(what, _("Nothing was charged. Review the order, agree to it again and send it again."))
