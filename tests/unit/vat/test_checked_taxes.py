"""A VAT number takes the tax off only while its register confirms it; the answer is kept with the tax."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.catalog.buyer import Buyer
from lambdas.catalog.seller import load_sellers
from lambdas.catalog.tax import load_taxes
from lambdas.orders.model.packs import PricedPack
from lambdas.orders.ports import Sale
from lambdas.rate_limits.failures import Limit
from lambdas.rate_limits.windows import Windows
from lambdas.records.table import RecordTable
from lambdas.runtime.asker import asked_by
from lambdas.vat.ask_limits import AskLimits, VatLimits
from lambdas.vat.checked_taxes import CheckedTaxes, choose_taxes
from lambdas.vat.checks import KEPT_SECONDS, VatChecks
from lambdas.vat.register import UNAVAILABLE, Answer, Standing
from lambdas.vat.sandbox import CONSULTATION, INVALID_NUMBER, UNANSWERED_NUMBER, SandboxRegister
from tests.support.build import NOW
from tests.support.tables import make_table

NUMBER = "DE136695976"
NUMBERS = [NUMBER, "DE129273398", "DE811569869", "DE811193231"]
DAY = datetime.fromtimestamp(NOW, UTC).date().isoformat()
PACK = PricedPack(
    pack="pack1", plan_id="1", title="Hosting", description="", quantity=1, period=1, options={}, setup_cents=0,
    recurring_cents=1_000,
)  # fmt: skip
SALE = Sale(1, None, NOW, "USD")
VALID, INVALID = Answer(standing=Standing.VALID, consultation="W1"), Answer(standing=Standing.INVALID)


@dataclass
class Register:
    says: Answer = VALID
    asked: list[tuple[str, str]] = field(default_factory=list)

    def ask(self, number: str, requester: str) -> Answer:
        self.asked.append((number, requester))
        return self.says


@pytest.fixture
def register() -> Register:
    return Register()


@pytest.fixture
def asks(dynamodb: DynamoDBClient) -> AskLimits:
    limits = VatLimits(source=Limit(most=2, seconds=3_600), caller=Limit(most=3, seconds=3_600))
    return AskLimits(Windows(make_table(dynamodb, "guards"), dynamodb), limits)


@pytest.fixture
def taxes(records: RecordTable, register: Register, asks: AskLimits) -> CheckedTaxes:
    return CheckedTaxes(load_taxes(), VatChecks(records, register, asks), load_sellers())


def charged(taxes: CheckedTaxes, number: str = NUMBER, country: str = "DE", sale: Sale = SALE) -> tuple[int, bool, str]:
    ((tax,),) = taxes.on([PACK], sale, Buyer.of(country, "", number))
    return tax.cents, tax.reverse_charge, tax.vat_check


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (VALID, (0, True, f"valid {DAY} W1")),
        (INVALID, (190, False, f"invalid {DAY}")),
        (UNAVAILABLE, (190, False, f"unavailable {DAY}")),
    ],
)
def test_no_other_answer_than_valid_takes_the_tax_off(
    taxes: CheckedTaxes, register: Register, answer: Answer, found: tuple[int, bool, str]
) -> None:
    register.says = answer

    assert charged(taxes) == charged(taxes) == found
    assert len(register.asked) == 1
    seller = load_sellers().of(1)
    assert seller is not None
    assert register.asked[0] == (NUMBER, seller.vat_id)


def test_an_answer_is_kept_for_its_time_and_asked_again_after(taxes: CheckedTaxes, register: Register) -> None:
    for answer in (UNAVAILABLE, INVALID, VALID):
        register.says = answer
        now = SALE.now + sum(KEPT_SECONDS.values()) * len(register.asked)
        first = charged(taxes, sale=replace(SALE, now=now))
        count = len(register.asked)
        assert charged(taxes, sale=replace(SALE, now=now + KEPT_SECONDS[answer.standing] - 1)) == first
        assert len(register.asked) == count
        charged(taxes, sale=replace(SALE, now=now + KEPT_SECONDS[answer.standing]))
        assert len(register.asked) == count + 1


@pytest.mark.parametrize(
    ("country", "number"), [("DE", ""), ("NL", "NL004495445B01"), ("GB", "GB980780684"), ("DE", "DE1")]
)
def test_nobody_is_asked_where_a_number_makes_no_difference(
    taxes: CheckedTaxes, register: Register, country: str, number: str
) -> None:
    taxes.on([PACK], SALE, Buyer.of(country, "", number))
    list(taxes.place_problems(SALE, country, "", number))

    assert register.asked == []


def test_an_invalid_number_refuses_the_submit_and_an_unanswered_one_does_not(
    taxes: CheckedTaxes, register: Register
) -> None:
    register.says = INVALID
    ((name, text),) = taxes.place_problems(SALE, "DE", "", NUMBER)
    assert (name, "is not registered as valid (VIES)" in text) == ("vat_id", True)
    register.says = UNAVAILABLE
    later = replace(SALE, now=SALE.now + KEPT_SECONDS[Standing.INVALID])
    assert list(taxes.place_problems(later, "DE", "", NUMBER)) == []


def test_no_record_has_the_number_itself(taxes: CheckedTaxes, records: RecordTable) -> None:
    charged(taxes)
    rows = records.client.scan(TableName=records.name)["Items"]

    assert len(rows) == 1
    assert NUMBER[2:] not in str(rows)


def test_a_stage_chooses_who_is_asked(records: RecordTable, asks: AskLimits) -> None:
    table, sellers = load_taxes(), load_sellers()

    assert choose_taxes("nobody", table, records, sellers, asks) is table
    by_sandbox = choose_taxes("sandbox", table, records, sellers, asks)
    assert isinstance(by_sandbox, CheckedTaxes)
    assert [charged(by_sandbox, number)[0] for number in (NUMBER, INVALID_NUMBER, UNANSWERED_NUMBER)] == [0, 190, 190]
    assert SandboxRegister().ask(NUMBER, "NL1").consultation == CONSULTATION
    assert SandboxRegister().ask(NUMBER, "").consultation == ""


@pytest.mark.parametrize(
    ("addresses", "asked"), [(["192.0.2.1"] * 4, 2), ([f"192.0.2.{at}" for at in range(4)], 3), ([""] * 4, 3)]
)
def test_a_user_of_the_api_has_a_limit_whatever_address_they_name(
    taxes: CheckedTaxes, register: Register, addresses: list[str], asked: int
) -> None:
    with asked_by("web"):
        for number, address in zip(NUMBERS, addresses, strict=True):
            charged(taxes, number, sale=replace(SALE, source=address))
    assert len(register.asked) == asked

    with asked_by("desk"):
        assert charged(taxes, NUMBERS[3], sale=replace(SALE, source=addresses[3]))[0] == 0


def test_those_without_name_and_address_are_one_source(taxes: CheckedTaxes, register: Register) -> None:
    for number in NUMBERS:
        charged(taxes, number)

    assert len(register.asked) == 2
    later = replace(SALE, now=SALE.now + 3_600)
    assert charged(taxes, NUMBERS[3], sale=later)[0] == 0


def test_without_an_answer_of_the_guard_table_the_register_is_asked(
    taxes: CheckedTaxes, register: Register, dynamodb: DynamoDBClient
) -> None:
    dynamodb.delete_table(TableName="guards")

    assert [charged(taxes, number)[0] for number in NUMBERS] == [0, 0, 0, 0]
    assert len(register.asked) == 4
