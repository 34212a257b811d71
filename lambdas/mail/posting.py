"""How a post comes about: its files first, then the post, then its mail. Each part can be repeated without harm.

A post never names a file that is not there; a mail never goes out for a post that was not kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formataddr
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.mail.link_mail import address_of, answer_link_text
from lambdas.mail.posting_errors import FilesNotKeptError, MailNotSentError, MailUnknownError
from lambdas.mail.sender import Sender, SenderSettings
from lambdas.mail.sending import Mail, MailFile, MailInDoubtError, MailRefusedError, send_once
from lambdas.orders.contact.email import is_email
from lambdas.orders.errors import RevisionDiffersError
from lambdas.orders.model.order import Order
from lambdas.orders.service import OrderService
from lambdas.records.links.link import LinkPurpose, LinkRecords, new_token, path_of
from lambdas.records.posts.attachment import Attachment, AttachmentFiles, NewFile
from lambdas.records.posts.notification import MailState, NotificationRecords
from lambdas.records.posts.post import Post, PostKind, PostRecords
from lambdas.records.request_key import RequestKey
from lambdas.records.table import RecordTable
from lambdas.runtime.telemetry import log_unexpected

NOBODY = "API"  # who signs if nobody is named
MailOutcome = Literal["sent", "refused", "unknown", "unsent"]
_OUTCOMES: dict[MailState, MailOutcome] = {
    MailState.SENT: "sent",
    MailState.REFUSED: "refused",
    MailState.SENDING: "unknown",
}


class PostSettings(SenderSettings):
    """`attachment_bucket`: where files are, if any are sent.
    `public_url`: where the pages are, as clients know it. `languages`: tags, with commas between them, the stage's own first."""

    attachment_bucket: str = ""
    public_url: str = ""
    languages: str = "en"


@dataclass(frozen=True)
class SentPost:
    """A post, and what is known of its mail; None: nothing, or it has none."""

    post: Post
    mail: MailState | None

    @property
    def order_id(self) -> str:
        return self.post.order_id

    @property
    def mail_outcome(self) -> MailOutcome | None:
        if self.post.kind is not PostKind.RESPONSE:
            return None
        return _OUTCOMES[self.mail] if self.mail else "unsent"


@dataclass(frozen=True)
class RepeatKey:
    """A request's sender, key and name. The same request sent again with the same key makes no second post."""

    by: str
    key: str
    method: str


class Posting:
    """Keeps posts and mails them. A repeat key makes one post, however often the request is repeated."""

    def __init__(self, records: RecordTable, now: int, repeat_key: RepeatKey | None) -> None:
        self._repeat_key, self._now, self._links = repeat_key, now, LinkRecords(records)
        self._posts = PostRecords(records)
        self._notifications = NotificationRecords(records)
        self.settings = PostSettings.from_environment()
        self.sender = Sender.of_stage(self.settings)

    def make(
        self, draft: Post, files: list[NewFile], order: Order, before: Callable[[int], object] = lambda _: None
    ) -> SentPost:
        """The post on the order, mailed if it is a response. `before` is called with its number before it is kept.

        Raises FilesNotKeptError, PostKeyTakenError, PostsBusyError; and MailNotSentError or MailUnknownError when the post
        is kept already.
        """
        key = self._key(draft, files)
        post = (key and self._posts.made_with(key)) or self._add(draft, files, key, before)
        return SentPost(post, self._mailed(post, files, order) if post.kind is PostKind.RESPONSE else None)

    def _key(self, draft: Post, files: list[NewFile]) -> RequestKey | None:
        repeat = self._repeat_key
        if repeat is None:
            return None
        content = {"post": draft.said(), "files": [file.digest for file in files]}
        return RequestKey.of(repeat.by, repeat.key, repeat.method, content, self._now)

    def _add(self, draft: Post, files: list[NewFile], key: RequestKey | None, before: Callable[[int], object]) -> Post:
        post_id = self._posts.new_id()
        attachments = tuple(Attachment.of(file, draft.order_id, post_id, place) for place, file in enumerate(files, 1))
        if attachments:
            kept = AttachmentFiles(self.settings.attachment_bucket)
            try:
                for attachment, file in zip(attachments, files, strict=True):
                    kept.keep(attachment, file.content)
            except (BotoCoreError, ClientError) as error:
                log_unexpected("a file was not kept", error, order_id=draft.order_id)
                raise FilesNotKeptError(files[0].field) from None
        before(post_id)
        return self._posts.add(draft.model_copy(update={"post_id": post_id, "attachments": attachments}), key)

    def _mailed(self, post: Post, files: list[NewFile], order: Order) -> MailState:
        name = post.mail_name
        known = self._notifications.states(order.order_id, name, name).get(name)
        if known is MailState.SENT:
            return MailState.SENT
        # One that is being sent is not sent again, so it needs no link.
        mail = self._mail(post, files, order, "" if known is MailState.SENDING else self._link_text(post, order))
        try:
            sent = send_once(self._notifications, post.order_id, post.mail_name, mail, self._now, on_doubt="skip")
        except MailRefusedError as refused:
            raise MailNotSentError(post, refused) from None
        except MailInDoubtError:
            raise MailUnknownError(post) from None
        if not sent:
            raise MailUnknownError(post)
        return MailState.SENT

    def _link_text(self, post: Post, order: Order) -> str:
        """Text with a link to the order's page, if nobody but its client reads the mail: anyone who has it can open the page."""
        address = address_of(order)
        if not self.settings.public_url or (post.recipients, post.cc, post.bcc) != ((address,), (), ()):
            return ""
        token = new_token()
        link = self._links.make(
            token, LinkPurpose.STATUS, order.order_id, now=self._now, by=f"post {post.post_id}", email=address
        )
        url = self.settings.public_url.rstrip("/") + path_of(link, token)
        return answer_link_text(order, url, self.sender.languages(order.brand_id, self.settings.languages.split(",")))

    def _mail(self, post: Post, files: list[NewFile], order: Order, link_text: str) -> Mail:
        replies = is_email(post.author)
        name = self.sender.name(order.brand_id) if replies or post.author == NOBODY else post.author
        return Mail(
            kind=post.kind,
            sender=formataddr((name, self.sender.address(order.brand_id))),
            to=post.recipients,
            cc=post.cc,
            bcc=post.bcc,
            reply_to=(post.author,) if replies else (),
            subject=post.subject,
            body=post.body + link_text,
            files=tuple(MailFile(file.name, file.content_type, file.content) for file in files),
        )


def keep_post(
    posting: Posting,
    service: OrderService,
    order: Order,
    draft: Post,
    files: list[NewFile],
    *,
    by: str,
    expected_revision: int | None = None,
) -> SentPost:
    """Make the post, and say on its order whether the client waits for an answer. May be repeated.

    Raises RevisionDiffersError if the post is new and `order` has another revision than `expected_revision`. Raises as
    `Posting.make` too.
    """

    def prepare(post_id: int) -> None:
        """A reply is marked first: an order that says so without need is looked at in vain, but a reply it does not mention is
        overlooked."""
        if not order.is_at(expected_revision):
            raise RevisionDiffersError(order.order_id, order.revision)
        if draft.kind is PostKind.CLIENT_RESPONSE:
            service.mark_reply(order, post_id, by=by)

    sent = posting.make(draft, files, order, before=prepare)
    if sent.post.kind is PostKind.RESPONSE:
        service.mark_answered(order, sent.post.post_id, by=by)
    return sent


def with_mail(records: RecordTable, order_id: str, posts: list[Post]) -> list[SentPost]:
    """The posts with what became of their mails; one query, of the range they are in."""
    if not posts:
        return []
    names = sorted(post.mail_name for post in posts)
    states = NotificationRecords(records).states(order_id, names[0], names[-1])
    return [SentPost(post, states.get(post.mail_name)) for post in posts]
