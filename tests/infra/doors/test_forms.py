"""The order forms: their routes, and what the function and the API are told."""

from tests.infra.template import Synthesized, name_of


def test_the_routes_of_the_pages_are_these_and_lead_to_their_function(stage: Synthesized) -> None:
    of_forms = [route for route, function in stage.functions_of_routes.items() if function == "FormsHandlerFunction"]

    pages = [
        "/",
        "/forms",
        "/forms/static/{file}",
        "/forms/{name}",
        "/forms/{name}/resume/{token}",
        "/forms/{name}/{page}",
        "/orders/{token}",
        "/robots.txt",
    ]
    assert sorted(of_forms) == [
        *(f"GET {page}" for page in pages),
        *(f"HEAD {page}" for page in pages),
        "POST /forms/{name}",
        "POST /forms/{name}/resume/{token}",
        "POST /forms/{name}/{page}",
        "POST /orders/{token}",
    ]


def test_nobody_types_a_first_page_at_once_but_programs_on_one_s_own_machine(
    prod: Synthesized, local: Synthesized
) -> None:
    assert prod.functions["FormsHandler"]["Environment"]["Variables"]["FORM_MIN_SECONDS"] == "2"
    assert local.functions["FormsHandler"]["Environment"]["Variables"]["FORM_MIN_SECONDS"] == "0"


def test_the_api_and_the_mails_know_where_the_pages_are(prod: Synthesized, local: Synthesized) -> None:
    """As the stage says, or at the API's own address."""
    for synthesized, pages in ((prod, "https://orders.seaside.internal"), (local, "ApiHttpApi.ApiEndpoint")):
        for function in ("ApiHandler", "NoticesSender", "NoticesReminder"):
            assert name_of(synthesized.functions[function]["Environment"]["Variables"]["PUBLIC_URL"]) == pages
