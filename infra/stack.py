"""The product's one stack: everything an order touches. It only wires constructs, and reads like the picture in the README."""

from pathlib import Path

from aws_cdk import App, CfnOutput, Stack, Tags

from infra.actions import Actions, construct_name
from infra.attachments import Attachments
from infra.bulk import Bulk
from infra.doors.api import ROUTES, Api, route_id
from infra.doors.desk import ROUTES as DESK_PAGES
from infra.doors.desk import Desk
from infra.doors.docs import Docs
from infra.doors.documents import ROUTES as DOCUMENTS
from infra.doors.documents import Documents
from infra.doors.domain import OwnDomain, front_secret
from infra.doors.forms import ROUTES as PAGES
from infra.doors.forms import Forms
from infra.doors.gateway_webhooks import GatewayWebhooks, name_beside
from infra.doors.intake import Intake, secret_id
from infra.doors.routes import page_id
from infra.doors.runbooks import Runbooks
from infra.doors.sandbox_provider import HANDLER, SandboxProvider
from infra.doors.sandbox_provider import ROUTES as SANDBOX_PAGES
from infra.doors.shifts import shift_doors
from infra.doors.throttles import throttle_public_routes
from infra.functions.code import code_asset
from infra.functions.function import FunctionParts, PaymentParts, boundary_of
from infra.functions.layer import layer_version
from infra.functions.order_parts import OrderParts
from infra.history.anchors import Anchors
from infra.mails.document_mails import DocumentMails
from infra.mails.notices import Notices
from infra.mails.staff_notices import StaffNotices
from infra.outbox import Outbox
from infra.queue_folders import read_queues
from infra.queues import Queues
from infra.stages.owned_files import owned_files
from infra.stages.settings import StageSettings
from infra.storage import Storage
from infra.watch import Watch
from infra.widgets import Widgets
from lambdas.payments.gateways import SANDBOX, STRIPE


class OrderQueuesStack(Stack):
    """Doors -> order table -> stream -> relay -> machines -> actions. No account and no region: any will do."""

    def __init__(
        self,
        app: App,
        *,
        settings: StageSettings,
        sources: Path,
        layer: Path,
        document_layer: Path,
        payment_layer: Path | None = None,
    ) -> None:
        """Longer than 30 lines, because it is the graph of all constructs, each with those that it needs, read in one go."""
        super().__init__(
            app,
            settings.stack_name,
            description=f"Order queues, stage {settings.stage}",
            termination_protection=settings.keep_data,
            permissions_boundary=boundary_of(settings),
            suppress_template_indentation=True,  # a template takes 1 MB
        )
        has_sandbox = settings.allow_sandbox and SANDBOX in settings.gateways
        parts = FunctionParts(
            settings=settings,
            code=code_asset(settings, sources, sandbox=has_sandbox),
            layer=layer_version(self, settings=settings, folder=layer),
            documents=layer_version(self, settings=settings, folder=document_layer, construct_id="DocumentFonts"),
            payments=self._payment_parts(settings, payment_layer),
            front_secret=front_secret(self, settings),
        )
        storage = Storage(self, "Storage", settings=settings)
        folders = read_queues(owned_files(settings.stage, sources).queues)
        hashes = {str(folder.order_queue_id): folder.definition_hash for folder in folders}
        actions = Actions(self, "Actions", parts=parts, storage=storage)
        queues = Queues(
            self,
            "Queues",
            queues=folders,
            settings=settings,
            orders=storage.orders,
            actions=actions.functions,
        )
        order_parts = OrderParts(functions=parts, storage=storage, queues=queues, machine_hashes=hashes)
        attachments = Attachments(self, "Attachments", settings=settings)
        bulk = Bulk(self, "Bulk", parts=order_parts)
        api = Api(self, "Api", parts=order_parts, mail=actions.mail, attachments=attachments, bulk=bulk)
        self.own_domain = self._own_domain(settings, api, parts)
        notices = Notices(
            self, "Notices", parts=parts, storage=storage, mail=actions.mail, public_url=settings.pages_url or api.url
        )
        Forms(self, "Forms", parts=order_parts, api=api, notices=notices, attachments=attachments)
        Documents(self, "Documents", parts=parts, storage=storage, http_api=api.http_api)
        if settings.mail_documents:
            DocumentMails(self, "DocumentMails", parts=parts, storage=storage, mail=actions.mail)
        if has_sandbox:
            SandboxProvider(self, "SandboxProvider", parts=parts, storage=storage, http_api=api.http_api)
        Desk(
            self,
            "Desk",
            parts=order_parts,
            mail=actions.mail,
            attachments=attachments,
            http_api=api.http_api,
            bulk=bulk,
        )
        Widgets(self, "Widgets", parts=order_parts)
        Docs(self, "Docs", parts=parts, sources=sources, http_api=api.http_api)
        intake = Intake(self, "Intake", parts=order_parts, http_api=api.http_api)
        webhooks = GatewayWebhooks(self, "GatewayWebhooks", parts=order_parts, http_api=api.http_api)
        shift_doors(self, api.http_api, settings.door_shift)
        throttle_public_routes(self, api.stage, settings.public_throttles, has_sandbox=has_sandbox)
        outbox = Outbox(self, "Outbox", parts=order_parts, actions=actions.functions)
        Runbooks(self, "Runbooks", parts=order_parts, bulk=bulk, outbox=outbox)
        notices.follow(outbox.bus)
        StaffNotices(
            self,
            "StaffNotices",
            parts=parts,
            storage=storage,
            actions=actions,
            bus=outbox.bus,
            queues=folders,
            api_url=api.url,
        )
        Watch(self, "Watch", parts=order_parts)
        if settings.history_anchors:
            Anchors(self, "Anchors", parts=parts, storage=storage, lock=settings.history_anchors)
        self._write_outputs(api, storage, outbox, intake, queues)
        for name, secret in webhooks.secrets.items():
            CfnOutput(self, f"GatewayWebhookSecret{name_beside(name, settings)}", value=secret.secret_arn)
        CfnOutput(self, "BulkMachine", value=bulk.machine.state_machine_arn)
        Tags.of(self).add("project", "order-queues")
        for key, value in {**settings.tags, "stage": settings.stage}.items():
            Tags.of(self).add(key, value)
        # The constructs behind the placeholders of accepted_findings.py.
        self.construct_names = {
            "action": [construct_name(module) for module in actions.functions],
            "front": ["FrontSecret"] if settings.front else [],
            "shifts": ["Shifts"] if settings.door_shift != "at_once" else [],
            "anchors": ["Anchors"] if settings.history_anchors else [],
            "document_mails": ["DocumentMails"] if settings.mail_documents else [],
            "bulk_machine": [bulk.name],
            "machine": queues.names,
            "queue": [construct_name(folder) for folder in queues.arns_by_folder],
            "route": [route_id(route) for route in ROUTES],
            "provider_secret": [secret_id(provider) for provider in intake.secrets],
            "desk_page": [page_id(route) for route in DESK_PAGES],
            "page": [page_id(route) for route in PAGES],
            "signing_keys": [secret.node.id for secret in webhooks.secrets.values()],
            "document_page": [page_id(route) for route in DOCUMENTS],
            "sandbox": [HANDLER] if has_sandbox else [],
            "sandbox_page": [page_id(route) for route in SANDBOX_PAGES] if has_sandbox else [],
        }

    def _own_domain(self, settings: StageSettings, api: Api, parts: FunctionParts) -> OwnDomain | None:
        if not settings.domain:
            return None
        secret = parts.front_secret
        return OwnDomain(self, "Domain", settings=settings, http_api=api.http_api, stage=api.stage, secret=secret)

    def _payment_parts(self, settings: StageSettings, folder: Path | None) -> PaymentParts | None:
        """None if there is only the sandbox, which needs no SDK and no key."""
        secrets = {name: settings.payment_secrets[name] for name in settings.gateways if name != SANDBOX}
        if not secrets:
            return None
        if STRIPE not in secrets:
            return PaymentParts(layer=None, secrets=secrets)
        if folder is None:
            raise ValueError("a stage that pays by Stripe needs the layer with its SDK")
        layer = layer_version(self, settings=settings, folder=folder, construct_id="Payments")
        return PaymentParts(layer=layer, secrets=secrets)

    def _write_outputs(self, api: Api, storage: Storage, outbox: Outbox, intake: Intake, queues: Queues) -> None:
        """Write the outputs for commands (infra/operate/deployed_stage.py), the local run and operators."""
        secrets = {provider: secret.secret_arn for provider, secret in intake.secrets.items()}
        outputs = {
            "ApiUrl": api.url,
            "ApiId": api.http_api.api_id,
            "OrderTable": storage.orders.table_name,
            "RecordTable": storage.records.table_name,
            "HistoryTable": storage.history.table_name,
            "DeskTable": storage.desk.table_name,
            "EventBus": outbox.bus.event_bus_name,
            "Relay": outbox.relay.function_name,
            "Announcer": outbox.announcer.function_name,
            "OrderDeadLetters": outbox.dead_letters.queue_url,
            "ContractBus": intake.bus.event_bus_name,
            "ContractQueue": intake.queue.queue_url,
            "ContractDeadLetters": intake.dead_letters.queue_url,
            "ContractSecrets": self.to_json_string(secrets),
            "Machines": self.to_json_string(queues.arns_by_folder),
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
