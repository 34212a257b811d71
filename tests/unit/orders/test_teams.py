"""The file of teams: each is named once, and what it says can be used."""

from pathlib import Path

import pytest

from lambdas.orders.model.teams import Team, TeamsError, load_teams, read_teams


def teams_of(tmp_path: Path, text: str) -> dict[str, Team]:
    file = tmp_path / "teams.toml"
    file.write_text(text, "utf-8")
    return read_teams(file)


def test_a_team_has_addresses_and_a_supervisor(tmp_path: Path) -> None:
    found = teams_of(
        tmp_path, '["fraud lead"]\nemails = ["a@example.com", "b@example.com"]\nsupervisor = "boss@example.com"'
    )

    team = Team(name="fraud lead", emails=("a@example.com", "b@example.com"), supervisor="boss@example.com")
    assert found == {"fraud lead": team}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[finance]\nemails = ['nobody']", "finance: emails: .*nobody is no e-mail address"),
        ("[finance]\nsupervisor = 'the boss'", "finance: supervisor: .*the boss is no e-mail address"),
        ("[finance]\nemail = 'a@example.com'", "finance: email: Extra inputs"),
        ("[finance]\ntime_zone = 'Europe/Berln'", "finance: time_zone: .*no time zone .*did you mean Europe/Berlin"),
        ("[finance]\ntime_zone = '../../etc/passwd'", "finance: time_zone: .*no time zone"),
        ("[finance]\nquiet = { start = '25:00', end = '07:00' }", "finance: quiet.start: "),
        ("[finance]\ndigest_at = ['late']", "finance: digest_at.0: "),
        ("finance = ['a@example.com']", r"finance: write \[finance\]"),
        ("['Fraud#Lead']\n", "Fraud#Lead: name: .*small letters"),
        ("[finance]\n[finance]", "teams.toml is no TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_all_that_is_wrong(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(TeamsError, match=why):
        teams_of(tmp_path, text)
    if "TOML" not in why:
        with pytest.raises(TeamsError, match="other: supervisor"):
            teams_of(tmp_path, f"{text}\n[other]\nsupervisor = '-'")


def test_every_team_here_can_be_told() -> None:
    assert all(team.emails and team.supervisor for team in load_teams().values())
