"""Mails with invoices and credit notes, on stages that want them: one function that looks for new ones every few minutes."""

from constructs import Construct

from infra.functions import record_keys
from infra.functions.function import FunctionParts, OrderFunction, allow, run_every
from infra.mails.mail import Mail
from infra.storage import Storage

EVERY_MINUTES = 5
_SECONDS = 240  # less than the time until its next run


class DocumentMails(Construct):
    """It reads documents, clients and orders, and writes only how far it came."""

    def __init__(
        self, scope: Construct, construct_id: str, *, parts: FunctionParts, storage: Storage, mail: Mail
    ) -> None:
        super().__init__(scope, construct_id)
        function = OrderFunction(
            self,
            "Sender",
            parts=parts,
            handler="lambdas.notices.invoices.handler.handler",
            description="Mails invoices and credit notes to clients, each once",
            memory_mb=1024,  # memory buys processor share, and a PDF is mostly work on fonts
            timeout_seconds=_SECONDS,
            environment={
                "ORDER_TABLE": storage.orders.table_name,
                "RECORD_TABLE": storage.records.table_name,
                "COMPANY": parts.settings.company,
                "LANGUAGES": ",".join(parts.settings.languages),
                **mail.environment,
            },
            permissions=[
                allow("dynamodb:GetItem", on=[storage.orders.table_arn]),
                *record_keys.of_document_mails(storage.records),
                *mail.permissions,
            ],
            writes_pdf=True,
        ).function
        run_every(
            self, "Mail", minutes=EVERY_MINUTES, function=function, description="Look for documents to mail to clients"
        )
