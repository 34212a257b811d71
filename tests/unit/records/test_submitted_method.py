"""A payment method as an order states it keeps what the client's record shows of it later."""

from lambdas.records.clients.payment_method import submitted_method

CARD = {"payment_type": "cc", "cc_token": "tok_approve", "cc_type": "Visa", "cc_num": "4242", "cc_exp": "1230"}


def test_a_card_keeps_whose_it_is() -> None:
    method = submitted_method({**CARD, "cc_first": "Ada", "cc_last": "Byron", "cc_country": "GB", "cc_zip": "SW1Y"})

    assert method
    assert method.holder == {"fname": "Ada", "lname": "Byron", "zip": "SW1Y", "country": "GB"}
    assert method.expiry == "1230"


def test_a_card_of_which_no_holder_is_said_has_none() -> None:
    method = submitted_method(CARD)

    assert method
    assert method.holder == {}


def test_a_bank_account_keeps_its_type() -> None:
    method = submitted_method({"payment_type": "ach", "ach_token": "ach_approve", "ach_acct": "6789", "ach_type": "S"})

    assert method
    assert (method.account_type, method.last_four) == ("S", "6789")


def test_a_card_keeps_its_expiry_as_month_and_year() -> None:
    for said in (
        {"cc_exp": "12/2030"},
        {"cc_exp": "", "cc_exp_mo": "12", "cc_exp_yr": "2030"},
        {"cc_expire": "2030-12"},
    ):
        method = submitted_method({**CARD, **said})

        assert method
        assert method.expiry == "1230"


def test_a_province_stands_for_a_state() -> None:
    method = submitted_method({**CARD, "cc_state": "", "cc_province": "Ontario"})

    assert method
    assert method.holder == {"state": "Ontario"}
