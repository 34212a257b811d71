"""Every function is made the one way."""

from pathlib import Path

from infra.actions import ACTIONS, construct_name
from infra.app import ROOT
from infra.functions.function import runtime_of
from tests.infra.template import Synthesized, name_of

TABLES = {"ORDER_TABLE", "RECORD_TABLE", "GATEWAY", "CURRENCY"}
DOORS = {"GUARD_TABLE", "MACHINE_HASHES", "PAYMENT_LIMITS", "VAT_REGISTER", "VAT_LIMITS"}
WIDGETS = {"HISTORY_TABLE", "DESK_TABLE", "COMPANY", "MACHINES"}
MAIL, WEBHOOKS = {"MAIL_FROM"}, {"WEBHOOK_BASES", "WEBHOOK_HOSTS", "WEBHOOK_SECRET_ARN"}
EVERYWHERE = {
    "STAGE",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_LOG_LEVEL",
    "PYDANTIC_DISABLE_PLUGINS",
}

NOTICES = {
    "ORDER_TABLE",
    "RECORD_TABLE",
    "MAIL_FROM",
    "COMPANY",
    "PUBLIC_URL",
    "GUARD_TABLE",
    "FORM_LIMITS",
    "LANGUAGES",
    "CURRENCY",
}

STAFF_NOTICES = {"ORDER_TABLE", "RECORD_TABLE", "MAIL_FROM", "COMPANY", "DESK_URL", "NOTICE_TOPICS"} | WEBHOOKS


def test_every_function_has_its_own_role_and_its_own_log_group(stage: Synthesized) -> None:
    for name, function in stage.functions.items():
        assert name_of(function["Role"]) == f"{name}Role"
        assert name_of(function["LoggingConfig"]["LogGroup"]) == f"{name}Logs"


def test_every_log_group_is_kept_for_as_long_as_the_stage_says(prod: Synthesized, local: Synthesized) -> None:
    for synthesized, days in ((prod, 365), (local, 7)):
        for name, log_group in synthesized.properties_of_type("AWS::Logs::LogGroup").items():
            assert log_group["RetentionInDays"] == days, name


def test_every_function_logs_json_at_the_level_of_the_stage_and_traces(stage: Synthesized) -> None:
    for function in stage.functions.values():
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        assert function["LoggingConfig"]["ApplicationLogLevel"] == stage.settings.log_level
        assert function["TracingConfig"] == {"Mode": "Active"}


def test_every_function_has_runtime_and_machine_of_its_stage(prod: Synthesized, local: Synthesized) -> None:
    local_machine = {"aarch64": "arm64", "x86_64": "x86_64"}[local.settings.machine]
    for synthesized, machine, runtime in (
        (prod, "arm64", "python3.14"),
        (local, local_machine, runtime_of(local.settings).name),
    ):
        for function in synthesized.functions.values():
            assert function["Architectures"] == [machine]
            assert function["Runtime"] == runtime


def test_every_function_has_a_timeout_and_memory_of_its_own(stage: Synthesized) -> None:
    assert {name: (function["MemorySize"], function["Timeout"]) for name, function in stage.functions.items()} == {
        "ApiHandler": (1024, 29),
        **{
            f"Actions{construct_name(module)}": (needs.memory_mb, needs.timeout_seconds)
            for module, needs in ACTIONS.items()
        },
        "DeskHandler": (1024, 29),
        "WidgetsActor": (512, 20),
        "WidgetsReader": (512, 20),
        "BulkWorker": (512, 300),
        "RunbooksHandler": (512, 270),
        "DocsHandler": (256, 10),
        "DocumentMailsSender": (1024, 240),
        "DocumentsHandler": (1024, 29),
        "FormsHandler": (1024, 29),
        "GatewayWebhooksDoor": (512, 10),
        "GatewayWebhooksWorker": (512, 40),
        "IntakeWebhook": (512, 10),
        "IntakeWorker": (512, 40),
        "NoticesSender": (512, 60),
        "NoticesReminder": (512, 300),
        "OutboxAnnouncer": (512, 60),
        "OutboxRelay": (512, 60),
        "SandboxProviderHandler": (512, 15),
        "StaffNoticesTeller": (512, 120),
        "StaffNoticesDigests": (512, 120),
        "WatchSweeper": (256, 120),
        "WatchHolds": (256, 240),
        "WatchCheck": (512, 840),
        "WatchExecutions": (256, 30),
        **({"AnchorsAnchor": (1_769, 900)} if stage.settings.history_anchors else {}),
    }


def test_what_moves_orders_has_runs_of_its_own_where_the_stage_says_so(prod: Synthesized, local: Synthesized) -> None:
    """Or submits that wait for their orders could take all there are, and wait for ever."""
    reserved = {
        name: function["ReservedConcurrentExecutions"]
        for name, function in prod.functions.items()
        if "ReservedConcurrentExecutions" in function
    }

    assert (prod.settings.reserved_concurrency.readers, prod.settings.reserved_concurrency.actions) == (50, 20)
    assert reserved == {
        **dict.fromkeys((f"Actions{construct_name(module)}" for module in ACTIONS), 20),
        **dict.fromkeys(("OutboxRelay", "OutboxAnnouncer"), 50),
    }
    assert sum(reserved.values()) <= 1_000 - 100  # of an account as a rule, and what AWS keeps for all others
    assert not any("ReservedConcurrentExecutions" in function for function in local.functions.values())


def test_every_function_is_told_what_its_settings_read_and_no_more(stage: Synthesized) -> None:
    is_anchored = stage.settings.history_anchors is not None
    anchored = {"HISTORY_ANCHORED"} if is_anchored else set[str]()
    told = {name: set(function["Environment"]["Variables"]) - EVERYWHERE for name, function in stage.functions.items()}
    of_brands = {"BRAND_MAIL_FROM"} if stage.settings.brand_mail_from else set[str]()
    assert all(of_brands <= names for names in told.values() if "MAIL_FROM" in names)
    told = {name: names - of_brands if "MAIL_FROM" in names else names for name, names in told.items()}
    electronic = {"ELECTRONIC_INVOICES"} if stage.settings.electronic_invoices else set[str]()
    writers = {name for name, function in stage.functions.items() if "DocumentFonts" in str(function["Layers"])}
    assert {name for name, names in told.items() if electronic and electronic <= names} == (
        writers if electronic else set()
    )
    told = {name: names - electronic for name, names in told.items()}

    assert all(set(function["Environment"]["Variables"]) >= EVERYWHERE for function in stage.functions.values())
    assert told == {
        "ApiHandler": TABLES
        | DOORS
        | {"CALLS_PER_MINUTE", "FAILED_LOGINS_OF_SOURCE", "QUIESCENCE_SECONDS", "PREAUTHORIZE_CONTRACTS"}
        | {"MAIL_FROM", "COMPANY", "LANGUAGES", "ATTACHMENT_BUCKET", "PUBLIC_URL", "MACHINES", "BULK_MACHINE"}
        | {"HISTORY_TABLE", "DESK_TABLE"},
        **{
            f"Actions{construct_name(module)}": TABLES
            | (MAIL if needs.sends_mail else set())
            | (WEBHOOKS if needs.calls_outside else set())
            for module, needs in ACTIONS.items()
        },
        "WidgetsActor": TABLES | DOORS | WIDGETS,
        "WidgetsReader": TABLES | DOORS | WIDGETS | {"ACTOR", "STACK_NAME"},
        "DeskHandler": TABLES
        | DOORS
        | {"CALLS_PER_MINUTE", "FAILED_LOGINS_OF_SOURCE", "MAIL_FROM", "COMPANY", "LANGUAGES", "PUBLIC_URL", "MACHINES"}
        | {"HISTORY_TABLE", "DESK_TABLE", "ATTACHMENT_BUCKET", "BULK_MACHINE"}
        | ({"SIGN_IN_LINKS"} if stage.settings.stage == "local" else set()),
        "BulkWorker": TABLES | DOORS | {"MACHINES", "PACE_SECONDS"},
        "RunbooksHandler": TABLES | DOORS | {"MACHINES", "BULK_MACHINE", "STACK_NAME", "DEAD_LETTERS", "READERS"},
        "DocsHandler": set(),
        "DocumentMailsSender": {"ORDER_TABLE", "RECORD_TABLE", "COMPANY", "LANGUAGES", "MAIL_FROM"},
        "DocumentsHandler": {"ORDER_TABLE", "RECORD_TABLE", "LANGUAGES"},
        "FormsHandler": TABLES
        | DOORS
        | {
            "NOTICE_QUEUE_URL",
            "COMPANY",
            "FORM_MIN_SECONDS",
            "FORM_SECRET_ARN",
            "FORM_LIMITS",
            "LANGUAGES",
            "REGISTRAR",
            "ATTACHMENT_BUCKET",
        },
        "GatewayWebhooksDoor": {"RECORD_TABLE", "EVENT_QUEUE_URL", "GATEWAY_WEBHOOK_SECRETS"},
        "GatewayWebhooksWorker": TABLES | DOORS | {"EVENT_QUEUE_URL"},
        "IntakeWebhook": {"CONTRACT_QUEUE_URL", "CONTRACT_SECRETS"},
        "IntakeWorker": TABLES
        | DOORS
        | {"CONTRACT_QUEUE_URL", "DEAD_LETTERS_URL", "CONTRACT_TRIES", "PREAUTHORIZE_CONTRACTS"},
        "NoticesSender": NOTICES,
        "NoticesReminder": NOTICES,
        "OutboxAnnouncer": {"EVENT_BUS", "RECORD_TABLE", "HISTORY_TABLE", "DESK_TABLE", "DEAD_LETTERS"} | anchored,
        "OutboxRelay": {"MACHINES", "MACHINE_HASHES", "FUNCTIONS", "ORDER_TABLE", "DEAD_LETTERS"},
        "SandboxProviderHandler": {"RECORD_TABLE"},
        "StaffNoticesTeller": STAFF_NOTICES,
        "StaffNoticesDigests": STAFF_NOTICES,
        "WatchSweeper": {"ORDER_TABLE", "RECORD_TABLE", "MACHINES", "MACHINE_HASHES"},
        "WatchExecutions": {"ORDER_TABLE"},
        "WatchHolds": {"ORDER_TABLE", "RECORD_TABLE", "GATEWAY", "CURRENCY"},
        "WatchCheck": {"ORDER_TABLE", "RECORD_TABLE", "GATEWAY", "CURRENCY", "MACHINES"} | anchored,
        **({"AnchorsAnchor": {"HISTORY_TABLE", "RECORD_TABLE", "ANCHOR_BUCKET"}} if is_anchored else {}),
    }


def test_the_service_name_is_the_one_word_of_the_action(prod: Synthesized) -> None:
    named = {
        name: function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        for name, function in prod.functions.items()
    }

    assert named["ActionsGenerateInvoice"] == "actions.generate_invoice"
    assert named["ApiHandler"] == "api"


def test_a_handler_is_the_path_of_its_file(stage: Synthesized) -> None:
    for function in stage.functions.values():
        module = function["Handler"].removesuffix(".handler")
        assert (stage.sources / f"{module.replace('.', '/')}.py").is_file()


def test_all_functions_share_one_code_asset_and_one_layer(stage: Synthesized) -> None:
    """All but the documentation, which has files that nobody else needs. Those that write PDF have a layer more."""
    assets = {name: function["Code"]["S3Key"] for name, function in stage.functions.items()}
    of_docs = assets.pop("DocsHandler")

    assert set(assets.values()) == {assets["ApiHandler"]}
    assert of_docs != assets["ApiHandler"]
    layers = {name: [name_of(layer) for layer in function["Layers"]] for name, function in stage.functions.items()}
    assert {each[0] for each in layers.values()} == {"Dependencies"}
    more = {name: each[1:] for name, each in layers.items() if each[1:]}
    assert more == {door: ["DocumentFonts"] for door in WRITE_PDF}


WRITE_PDF = ("ApiHandler", "DeskHandler", "DocumentMailsSender", "DocumentsHandler")


def test_every_action_file_has_a_row_and_every_row_a_file() -> None:
    files: set[Path] = set((ROOT / "lambdas" / "actions").glob("*.py"))

    assert {file.stem for file in files if not file.stem.startswith("_")} == set(ACTIONS)
