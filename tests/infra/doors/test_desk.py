"""The order desk: its routes, and what its function is told."""

from tests.infra.template import Synthesized


def test_the_routes_of_the_desk_are_these_and_lead_to_its_function(stage: Synthesized) -> None:
    of_desk = [route for route, function in stage.functions_of_routes.items() if function == "DeskHandlerFunction"]

    assert sorted(of_desk) == [
        "GET /desk",
        "GET /desk/{proxy+}",
        "HEAD /desk",
        "HEAD /desk/{proxy+}",
        "POST /desk/sign-in",
        "POST /desk/{proxy+}",
    ]


def test_the_desk_throttles_logins_and_calls_as_the_api_does(stage: Synthesized) -> None:
    for name in ("CALLS_PER_MINUTE", "FAILED_LOGINS_OF_SOURCE", "MACHINES", "MACHINE_HASHES"):
        ours, of_api = (stage.functions[f"{door}Handler"]["Environment"]["Variables"][name] for door in ("Desk", "Api"))
        assert ours == of_api


def test_links_that_sign_in_are_for_one_s_own_machine_alone(prod: Synthesized, local: Synthesized) -> None:
    assert "SIGN_IN_LINKS" not in prod.functions["DeskHandler"]["Environment"]["Variables"]
    assert local.functions["DeskHandler"]["Environment"]["Variables"]["SIGN_IN_LINKS"] == "true"
    assert "sign_in_link" not in str(prod.properties("DeskHandlerRole"))
