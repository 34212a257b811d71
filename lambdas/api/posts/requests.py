"""Requests of posts: names, types and defaults of reference/ubersmith.md 4.5 (`api-2.0-methods.json`)."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from lambdas.api.http.parameters import Flag, OrderRequest, Reference, Request
from lambdas.mail.addresses import addresses_in
from lambdas.mail.posting import NOBODY
from lambdas.orders.contact.email import email
from lambdas.orders.contact.text import line, lines
from lambdas.orders.contact.unfit import UnfitError

MAX_ADDRESSES = 10
MAX_SUBJECT, MAX_BODY, MAX_AUTHOR = 250, 50_000, 254
DEFAULT_SUBJECT = "Your order with <company>"
DEFAULT_BODY = "(no message)"
ORDER_POSTS: Literal["order_ticket"] = "order_ticket"
_OF_OTHERS = ("ticket", "comment", "doc", "email", "quote")
_KINDS = "order_ticket, a post on an order; `order` means the same."
_FILES = "Files, as parts of a multipart/form-data body; the keys in the brackets do not matter."


def _are_addresses(text: str) -> str:
    found = addresses_in(text)
    wrong = f"must be at most {MAX_ADDRESSES} e-mail addresses, separated by commas"
    if len(found) > MAX_ADDRESSES:
        raise ValueError(wrong)
    try:
        return ", ".join(map(email, found))
    except UnfitError:
        raise ValueError(wrong) from None


def _only_files(value: Any) -> None:
    """Files leave an empty value, or a map of those, among the parameters; anything else is not a file."""
    if value and not (isinstance(value, dict) and not any(value.values())):
        raise ValueError("must be sent as files of a multipart/form-data body")


def _known_here(value: Any) -> Any:
    """Ubersmith's other types are of records that are not kept here."""
    if value in _OF_OTHERS:
        raise ValueError(f"must be {ORDER_POSTS}: files are kept with posts on orders only")
    return value


Addresses = Annotated[str, Field(max_length=3_000), AfterValidator(_are_addresses)]
Address = Annotated[str, Field(max_length=MAX_AUTHOR), AfterValidator(email)]
Subject = Annotated[str, Field(max_length=MAX_SUBJECT), AfterValidator(line)]
Body = Annotated[str, Field(max_length=MAX_BODY), AfterValidator(lines)]
Files = Annotated[None, BeforeValidator(_only_files)]
Id = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
OrderId = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,17}$")]
AttachType = Annotated[Literal["order_ticket", "order"], BeforeValidator(_known_here)]


class _Empties(Request):
    """A parameter that is empty has its default (reference/ubersmith.md 4.1)."""

    @model_validator(mode="before")
    @classmethod
    def _without_empties(cls, sent: Any) -> Any:
        return (
            {key: value for key, value in sent.items() if value not in ("", None)} if isinstance(sent, dict) else sent
        )


class RespondRequest(_Empties, OrderRequest):
    """`order.respond`: staff write to the client, or a note among themselves."""

    recipient: Addresses | None = Field(
        default=None,
        description="Who gets the mail, separated by commas; the order's e-mail address if it is left out.",
    )
    subject: Subject = Field(default=DEFAULT_SUBJECT, description="Subject of the post and its mail.")
    followup: Body = Field(default=DEFAULT_BODY, description="The text.")
    from_: Annotated[str, AfterValidator(line)] = Field(
        default=NOBODY,
        alias="from",
        max_length=MAX_AUTHOR,
        description="Who signs: a name is the mail's sender's name, an e-mail address is where its replies go.",
    )
    comment: Flag = Field(
        default=False, description="1: a note among staff, which is not mailed and clients do not see."
    )
    cc: Addresses | None = Field(default=None, description="Who gets a copy of the mail, separated by commas.")
    bcc: Addresses | None = Field(
        default=None, description="Who gets a copy that the others do not see, separated by commas."
    )
    user_id: Reference = Field(default=None, description="The member of staff who writes; kept with the post.")
    attach: Files = Field(default=None, description=_FILES)


class ClientRespondRequest(_Empties, OrderRequest):
    """`order.client_respond`: the client writes."""

    contact_id: Reference = Field(default=None, description="The contact who writes; this or author is needed.")
    author: Address | None = Field(
        default=None,
        validate_default=True,
        description="E-mail address of who writes; this or contact_id is needed.",
    )
    subject: Subject = Field(default="", description="Subject of the post.")
    cc: Addresses | None = Field(
        default=None, description="Who else was written to, separated by commas; kept with the post."
    )
    body: Body = Field(default=DEFAULT_BODY, description="The text.")
    attach: Files = Field(default=None, description=_FILES)

    @field_validator("author")
    @classmethod
    def _says_who_writes(cls, author: str | None, info: ValidationInfo) -> str | None:
        if author is None and info.data.get("contact_id") is None:
            raise ValueError("parameter not supplied; say who writes by contact_id or by author")
        return author


class PostListRequest(_Empties):
    """`order.post_list`."""

    SORTED_BY = frozenset({"post_id"})

    order_id: OrderId = Field(description="The order.")
    private: Flag = Field(default=False, description="1: only posts that the client may see.")
    direction: Literal["asc", "desc"] = Field(default="asc", description="desc: the newest first.")
    offset: int | None = Field(default=None, ge=0, le=100_000, description="How many posts to pass over.")
    limit: int | None = Field(default=None, ge=1, le=1_000, description="How many posts to list; needs offset.")


class AttachmentListRequest(_Empties):
    """`uber.attachment_list`, for posts on orders."""

    FILTERS = frozenset({"order_id", "attach_id", "id"})

    attach_type: AttachType = Field(default=ORDER_POSTS, description=f"What the files are of: {_KINDS}")
    order_id: OrderId | None = Field(default=None, description="ours: the order, for the files of all its posts.")
    attach_id: Id | None = Field(default=None, description="Only this file.")
    id: Id | None = Field(
        default=None, validate_default=True, description="The post; this, attach_id or order_id is needed."
    )

    @field_validator("id")
    @classmethod
    def _one_of_them(cls, post_id: str | None, info: ValidationInfo) -> str | None:
        if post_id is None and not (info.data.get("order_id") or info.data.get("attach_id")):
            raise ValueError(
                "parameter not supplied; name the post by id, the file by attach_id or the order by order_id"
            )
        return post_id


class AttachmentGetRequest(_Empties):
    """`uber.attachment_get`, for posts on orders."""

    attach_type: AttachType = Field(default=ORDER_POSTS, description=f"What the file is of: {_KINDS}")
    attach_id: Id = Field(description="The file, as order.post_list and uber.attachment_list name it.")
