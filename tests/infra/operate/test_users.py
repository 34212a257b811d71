"""The command that says who may call the API. On the engine: tests/flow/doors/test_api_guards.py."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.operate import users as command
from lambdas.records.table import RecordTable
from lambdas.records.users.api_user import ApiUserRecords
from lambdas.records.users.rights import ROLES, Right
from tests.support.tables import make_table


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiUserRecords]:
    """Those of a stage `dev` whose stack says which table it has."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("dynamodb")
        table = make_table(client, "records")

        def output_of(stage: str, name: str, options: dict[str, Any]) -> str:
            assert (stage, name, options) == ("dev", "RecordTable", {"region_name": "us-east-1"})
            return table

        monkeypatch.setattr(command, "output_of", output_of)
        yield ApiUserRecords(RecordTable(table, client))


def told(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert command.main(["--stage", "dev", *words]) == 0
    return capsys.readouterr().out


def test_a_token_is_shown_once_and_fits(users: ApiUserRecords, capsys: pytest.CaptureFixture[str]) -> None:
    token = told(capsys, "add", "web", "--role", "sales").splitlines()[-1]

    user = users.verified("web", token, now=0)
    assert user is not None
    assert [(grant.rights, grant.queues, grant.brands) for grant in user.grants] == [(ROLES["sales"], None, None)]
    assert user.tokens[0].expires_at is None
    assert token not in told(capsys, "list")


def test_a_user_may_be_bound_to_queues_brands_a_time_and_a_number_of_calls(
    users: ApiUserRecords, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "--role",
        "operator",
        "--queues",
        "1,3",
        "--brands",
        "2",
        "--expires-days",
        "90",
        "--calls-per-minute",
        "30",
    ]
    said = told(capsys, "add", "floor", *words)

    (user,) = users.list()
    assert "operator in queues 1, 3 of brands 2" in said
    assert (user.may_in(Right.ACT, 3, 2), user.may_in(Right.ACT, 3, 1), user.may_in(Right.ACT, 2, 2)) == (
        True,
        False,
        False,
    )
    assert user.calls_per_minute == 30
    (token,) = user.tokens
    assert token.expires_at == token.created_at + 90 * 86_400


def test_rotate_gives_a_new_token_and_ends_the_old_after_the_grace(
    users: ApiUserRecords, capsys: pytest.CaptureFixture[str]
) -> None:
    old = told(capsys, "add", "web", "--role", "sales").splitlines()[-1]
    new = told(capsys, "rotate", "web", "--grace-hours", "0").splitlines()[-1]

    (user,) = users.list()
    now = user.tokens[0].created_at
    assert users.verified("web", old, now) is None
    assert users.verified("web", new, now) is not None


def test_revoke_takes_a_token_or_the_user(users: ApiUserRecords, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "add", "web", "--role", "sales")
    (user,) = users.list()
    kept = told(capsys, "rotate", "web").splitlines()[-1]

    told(capsys, "revoke", "web", "--token", user.tokens[0].token_id)
    assert users.verified("web", kept, now=0) is not None
    told(capsys, "revoke", "web")
    assert users.verified("web", kept, now=0) is None
    assert "revoked" in told(capsys, "list")


def test_a_refusal_is_told_and_fails(users: ApiUserRecords, capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "add", "web", "--role", "sales")

    assert command.main(["--stage", "dev", "add", "web", "--role", "admin"]) == 1
    assert "choose another name" in capsys.readouterr().out


def test_an_unknown_stage_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--stage", "nowhere", "list"]) == 1
    assert "'nowhere'" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "web"], "--role"),
        (["add", "web", "--role", "king"], "invalid choice"),
        (["add", "a:b", "--role", "sales"], "letters, digits"),
        (["add", "web", "--role", "sales", "--queues", "one"], "as in 1,3"),
        (["add", "web", "--role", "sales", "--queues", "0"], "as in 1,3"),
        (["add", "web", "--role", "sales", "--also", "fly"], "invalid choice"),
        (["add", "web", "--role", "sales", "--expires-days", "0"], "at least 1"),
        (["rotate", "web", "--grace-hours", "x"], "whole number"),
        ([], "COMMAND"),
    ],
)
def test_what_is_typed_wrong_is_named(capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    with pytest.raises(SystemExit):
        command.main(["--stage", "dev", *words])

    assert said in capsys.readouterr().err


def test_a_role_is_given_with_further_rights_and_with_clients(
    users: ApiUserRecords, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shop that sells in two queues, also to clients there are, who pay with what they stored."""
    words = ["--role", "sales", "--also", "stored_methods", "--queues", "1,3", "--clients", "--brands", "1"]
    said = told(capsys, "add", "shop", *words)

    (user,) = users.list()
    assert "shop was added, sales with stored_methods in queues 1, 3 and with clients of brands 1" in said
    places = [(1, 1), (2, 1), (None, 1), (None, 2)]
    assert [user.may_in(Right.STORED_METHODS, *place) for place in places] == [True, False, True, False]
    assert [user.may_in(Right.MONEY, *place) for place in places] == [False] * 4


def test_grant_says_anew_what_a_user_may_do(users: ApiUserRecords, capsys: pytest.CaptureFixture[str]) -> None:
    token = told(capsys, "add", "web", "--role", "admin").splitlines()[-1]
    said = told(capsys, "grant", "web", "--role", "sales", "--queues", "1")

    user = users.verified("web", token, now=0)
    assert user is not None
    assert "web is now sales in queues 1, and nothing else" in said
    assert (user.may_in(Right.CREATE, 1, 1), user.may_in(Right.CREATE, None, 1), user.may(Right.ACT)) == (
        True,
        False,
        False,
    )
    told(capsys, "revoke", "web")
    assert command.main(["--stage", "dev", "grant", "web", "--role", "admin"]) == 1
    assert "was revoked" in capsys.readouterr().out


def test_a_user_is_of_teams_which_a_grant_leaves_as_they_are(
    users: ApiUserRecords, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, "add", "grace", "--role", "operator", "--teams", "finance, fraud lead")
    assert "in finance and fraud lead" in said
    told(capsys, "grant", "grace", "--role", "supervisor")

    (user,) = users.list()
    assert (user.teams, user.may(Right.CANCEL)) == (("finance", "fraud lead"), True)
    assert "fraud lead" in told(capsys, "list")
    told(capsys, "grant", "grace", "--role", "supervisor", "--teams", "")
    assert users.list()[0].teams == ()


def test_a_team_that_does_not_exist_is_refused_before_anything_is_written(
    users: ApiUserRecords, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main(["--stage", "dev", "add", "grace", "--role", "operator", "--teams", "finanse"])

    assert "finanse is no team of statemachines/teams.toml" in capsys.readouterr().err
    assert users.list() == []
