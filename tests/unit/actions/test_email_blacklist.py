"""A listed domain and all below it are stopped; the reason names the rule and not the person."""

from typing import Any

import pytest
from pydantic import ValidationError

from lambdas.actions._frame.module import PermanentError
from lambdas.actions.email_blacklist import EmailBlacklistConfig, module
from tests.unit.actions.conftest import World
from tests.unit.actions.one_action import ACTION, an_order_with


@pytest.mark.parametrize(
    ("rule", "email"),
    [
        ("mailbox.test", "ada@mailbox.test"),
        ("mailbox.test", "ada@eu.MAILBOX.test"),
        ("@Mailbox.Test", "ada@mailbox.test."),
        ("test", "ada@mailbox.test"),
        ("bücher.test", "ada@xn--bcher-kva.test"),
        ("xn--bcher-kva.test", "ada@BÜCHER.test"),
        ("faß.test", "ada@xn--fa-hia.test"),
        ("рф", "ada@xn--e1afmkfd.xn--p1ai"),
        ("mailbox.test", "good@fine.example, Ada <ada@mailbox.test>"),
    ],
)
def test_a_listed_domain_is_stopped(world: World, rule: str, email: str) -> None:
    an_order_with(world, module, {"domains": ["other.test", rule]}, info={"email": email})

    with pytest.raises(PermanentError, match="blocked domain"):
        world.run(module, ACTION)
    assert "(rule " in world.action(ACTION).reason
    assert "ada@" not in world.action(ACTION).reason


@pytest.mark.parametrize("email", ["ada@example.com", "ada@notmailbox.test", "mailbox.test@example.com"])
def test_another_domain_passes(world: World, email: str) -> None:
    an_order_with(world, module, {"domains": ["mailbox.test"]}, info={"email": email})
    world.run(module, ACTION)

    assert world.action(ACTION).reason == "not on the list"


def test_an_order_without_an_address_is_not_let_through(world: World) -> None:
    an_order_with(world, module, {"domains": ["mailbox.test"]}, info={"email": ""})

    with pytest.raises(PermanentError, match=r"set info\.email"):
        world.run(module, ACTION)


def test_an_existing_client_needs_none(world: World) -> None:
    an_order_with(world, module, {"domains": ["mailbox.test"]}, info={"email": ""}, client_id="101")
    world.run(module, ACTION)

    assert "nothing to check" in world.action(ACTION).reason


@pytest.mark.parametrize("domains", [[], [""], ["a b"], ["ada@mailbox.test"], ["https://mailbox.test"]])
def test_a_list_is_of_domains(domains: list[Any]) -> None:
    with pytest.raises(ValidationError):
        EmailBlacklistConfig.model_validate({"domains": domains})
