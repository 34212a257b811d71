"""Which records each role of the template may touch: the public doors theirs, and nobody the users of the API."""

from collections.abc import Iterator

import pytest

from infra.local.engine.iam.policy import Call, Statement, allowing, several
from lambdas.records.invoices.invoice import Owed
from tests.infra.roles import arn, statements
from tests.infra.template import Synthesized

PUBLIC_DOORS = (
    "DocumentsHandlerRole", "FormsHandlerRole", "GatewayWebhooksDoorRole", "IntakeWorkerRole", "SandboxProviderHandlerRole",
)  # fmt: skip
READS = ("GetItem", "Query", "ConditionCheckItem")
WRITES = ("PutItem", "UpdateItem", "DeleteItem")
USERS = ("api_user#shop", "api_users")


def on_table(stage: Synthesized, role: str, table: str) -> Iterator[Statement]:
    """Statements that allow a call of DynamoDB on this table."""
    for statement in statements(stage, role):
        if any(each.startswith(arn(stage, table)) for each in several(statement["Resource"])):
            yield statement


def may(stage: Synthesized, role: str, verb: str, key: str | None, table: str = "StorageRecordTable") -> bool:
    """`key`: a partition key; None for a request that has none."""
    keys = {"dynamodb:LeadingKeys": (key,)} if key else {}
    return allowing(statements(stage, role), Call(f"dynamodb:{verb}", arn(stage, table), keys)) is not None


def roles(stage: Synthesized) -> list[str]:
    return list(stage.of_type("AWS::IAM::Role"))


@pytest.mark.parametrize("table", ["StorageRecordTable", "StorageGuardTable"])
def test_no_statement_of_a_public_door_reaches_all_records(stage: Synthesized, table: str) -> None:
    for role in PUBLIC_DOORS:
        for statement in on_table(stage, role, table):
            conditions = statement["Condition"]
            assert conditions["Null"]["dynamodb:LeadingKeys"] == "false", (role, statement)
            patterns = several(conditions["ForAllValues:StringLike"]["dynamodb:LeadingKeys"])
            assert all(pattern.rstrip("*") for pattern in patterns), (role, statement)


def test_nor_does_any_function_reach_the_record_table_without_saying_which_records(stage: Synthesized) -> None:
    for role in roles(stage):
        for statement in on_table(stage, role, "StorageRecordTable"):
            assert statement["Condition"]["Null"]["dynamodb:LeadingKeys"] == "false", (role, statement)


def test_nobody_writes_users_and_only_doors_of_staff_bulk_runs_and_runbooks_read_them(stage: Synthesized) -> None:
    readers = ("ApiHandlerRole", "DeskHandlerRole", "WidgetsActorRole", "BulkWorkerRole", "RunbooksHandlerRole")
    for role in roles(stage):
        for key in USERS:
            assert not any(may(stage, role, verb, key) for verb in (*WRITES, "ConditionCheckItem", "Query")), role
            assert may(stage, role, "GetItem", key) is (role in readers), role


def test_codes_of_transfers_are_written_by_doors_and_read_by_the_registrar_s_action_alone(stage: Synthesized) -> None:
    writers = ("ApiHandlerRole", "BulkWorkerRole", "DeskHandlerRole", "FormsHandlerRole", "IntakeWorkerRole")
    readers = [
        role for role in roles(stage) for verb in ("GetItem", "Query") if may(stage, role, verb, "transfer_code#1")
    ]
    changed = [role for role in roles(stage) if any(may(stage, role, verb, "transfer_code#1") for verb in WRITES[1:])]

    assert (readers, changed) == (["ActionsCallWebhookRole"], [])
    assert all(may(stage, role, "PutItem", "transfer_code#1") for role in writers)


def test_nobody_reads_or_writes_records_without_naming_one(stage: Synthesized) -> None:
    for role in roles(stage):
        for verb in (*READS, *WRITES, "Scan", "BatchGetItem", "BatchWriteItem", "PartiQLSelect"):
            assert not may(stage, role, verb, None), (role, verb)


@pytest.mark.parametrize("role", ["FormsHandlerRole", "IntakeWorkerRole"])
@pytest.mark.parametrize(
    ("key", "verbs"),
    [
        ("invoices#101", (*WRITES, "GetItem", "ConditionCheckItem")),
        ("invoiced#1001", (*READS, *WRITES)),
        ("series#1#invoice", (*READS, *WRITES)),
        ("services#101", (*READS, *WRITES)),
        ("client#101", WRITES),
        ("client_of#1001", (*READS, *WRITES)),
        ("login#1#ada", WRITES),
        ("coupons", WRITES),
        ("coupon_code#1#SAVE10", WRITES),
        ("counter#client_id", (*READS, *WRITES)),
        ("step_counts#1", (*READS, *WRITES)),
        ("pauses", WRITES),
        ("paused#0123456789abcdef", (*READS, *WRITES)),
    ],
)
def test_a_public_door_has_nothing_to_do_with(stage: Synthesized, role: str, key: str, verbs: tuple[str, ...]) -> None:
    assert [verb for verb in verbs if may(stage, role, verb, key)] == []


def test_of_invoices_a_public_door_reads_what_is_owed(stage: Synthesized) -> None:
    owed = {"pk", "sk", *Owed.model_fields}
    for role in ("FormsHandlerRole", "IntakeWorkerRole"):
        for names, select, allowed in (
            (owed, "SPECIFIC_ATTRIBUTES", True),
            (owed | {"lines"}, "SPECIFIC_ATTRIBUTES", False),
            (set(), "SPECIFIC_ATTRIBUTES", False),
            (owed, "ALL_ATTRIBUTES", False),
        ):
            keys = {
                "dynamodb:LeadingKeys": ("invoices#101",),
                "dynamodb:Attributes": tuple(sorted(names)),
                "dynamodb:Select": (select,),
            }
            call = Call("dynamodb:Query", arn(stage, "StorageRecordTable"), keys)
            assert (allowing(statements(stage, role), call) is not None) is allowed, (role, names, select)


def test_the_forms_read_no_contracts_and_no_answers_kept_for_the_api(stage: Synthesized) -> None:
    for key in ("contract#d", "contract_of#1001", "quote#1", "quotes#101"):
        assert not any(may(stage, "FormsHandlerRole", verb, key) for verb in (*READS, *WRITES))
    for role in ("FormsHandlerRole", "IntakeWorkerRole", "BulkWorkerRole"):
        assert not any(may(stage, role, verb, "repeat#d", "StorageGuardTable") for verb in (*READS, *WRITES))
        assert may(stage, role, "UpdateItem", "window#vat_checks_of_caller#d#3600#1", "StorageGuardTable")


@pytest.mark.parametrize(
    ("key", "verbs"),
    [
        ("client#101", WRITES),
        ("login#1#ada", WRITES),
        ("coupons", WRITES),
        ("link#0a1b", (*READS, *(verb for verb in WRITES if verb != "PutItem"))),
        ("email#1#ada@example.com", (*READS, *WRITES)),
        ("counter#client_id", (*READS, *WRITES)),
        ("step_counts#1", (*WRITES, "GetItem")),
        ("order#1001", ("DeleteItem",)),
    ],
)
def test_the_desk_reaches_no_more_records_than_its_acts_need(
    stage: Synthesized, key: str, verbs: tuple[str, ...]
) -> None:
    assert not [verb for verb in verbs if may(stage, "DeskHandlerRole", verb, key)]


def test_the_action_that_makes_clients_finds_them_by_address_and_lists_nothing_else(stage: Synthesized) -> None:
    role = "ActionsProvisionClientRole"

    assert may(stage, role, "Query", "email#0a1b")
    for key in ("client#101", "services#101", "invoices#101", "order#1001", "user#kim"):
        assert not may(stage, role, "Query", key)


def test_the_desk_makes_the_link_of_a_mailed_answer(stage: Synthesized) -> None:
    assert may(stage, "DeskHandlerRole", "PutItem", "link#0a1b")


def test_the_desk_keeps_and_ends_sessions(stage: Synthesized) -> None:
    for verb in ("GetItem", "PutItem", "UpdateItem", "DeleteItem"):
        assert may(stage, "DeskHandlerRole", verb, "session#0a1b"), verb
        assert not may(stage, "FormsHandlerRole", verb, "session#0a1b"), verb


def test_an_action_reads_what_is_paused_and_notes_that_it_waits(stage: Synthesized) -> None:
    """The sweeper wakes what waits. An action without records of its own changes no pause."""
    waits, role = "paused#0123456789abcdef", "ActionsManualCheckOffRole"
    assert may(stage, role, "GetItem", "pauses")
    assert may(stage, role, "PutItem", waits)
    assert not any(may(stage, role, verb, "pauses") for verb in WRITES)
    assert not any(may(stage, role, verb, waits) for verb in ("GetItem", "Query", "DeleteItem"))
    for verb, key in (("GetItem", "pauses"), ("PutItem", "pauses"), ("Query", waits), ("DeleteItem", waits)):
        assert may(stage, "WatchSweeperRole", verb, key), (verb, key)
    assert not any(may(stage, "WatchSweeperRole", verb, "order#1001") for verb in (*READS, *WRITES))


def test_the_door_to_invoices_reads_them_by_the_links_of_orders_and_changes_nothing(stage: Synthesized) -> None:
    role = "DocumentsHandlerRole"
    for key in ("link#0a1b", "invoices#101", "invoiced#1001", "series#1#invoice"):
        assert may(stage, role, "GetItem", key), key
        assert not any(may(stage, role, verb, key) for verb in WRITES), key
    for key in ("client#101", "order#1001", "login#ada", "sandbox#0a1b", "effects#1001", *USERS):
        assert not any(may(stage, role, verb, key) for verb in (*READS, *WRITES)), key
    for verb in (*READS, *WRITES):
        assert not may(stage, role, verb, None), verb


def test_what_keeps_holds_moves_money_and_changes_no_client(stage: Synthesized) -> None:
    role = "WatchHoldsRole"
    for verb, key in (("GetItem", "client#101"), ("GetItem", "pauses"), ("PutItem", "effects#1001")):
        assert may(stage, role, verb, key), (verb, key)
    for verb in ("GetItem", "PutItem", "UpdateItem"):
        assert may(stage, role, verb, "sandbox#0a1b") is (stage.settings.gateway == "sandbox")
    for key in ("client#101", "pauses", "order#1001", "invoices#101", "api_user#ada"):
        assert not any(may(stage, role, verb, key) for verb in WRITES), key


def test_only_the_nightly_check_settles_what_it_found_and_doors_of_staff_look_it_up(stage: Synthesized) -> None:
    key, checks = "order_check", "WatchCheckRole"
    queried = {"ApiHandlerRole", "DeskHandlerRole", "WidgetsReaderRole", checks}
    for role in roles(stage):
        allowed = {verb for verb in (*READS, *WRITES) if may(stage, role, verb, key)}
        expected = {"GetItem", "Query", *WRITES} if role == checks else {"Query"} if role in queried else set()
        if role == "GatewayWebhooksWorkerRole":
            expected = {"UpdateItem"}  # it notes unmatched money, and forgets none
        assert allowed == expected, role
    for other in ("order#1001", "invoices#101", "step_counts#1", "order_checks", *USERS):
        assert not any(may(stage, checks, verb, other) for verb in WRITES), other
