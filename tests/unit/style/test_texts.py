"""The check of what people read: refusals, log lines, labels, pages and guides."""

import pytest

from tests.style.texts import label_findings, markdown_findings, page_findings, text_findings

LONG = " ".join(["word"] * 26)


def found(source: str) -> list[str]:
    return [finding.text.split(":")[0] for finding in text_findings("a.py", source)]


@pytest.mark.parametrize(
    "source",
    [
        'raise ValueError("the order goes on without it")',
        'raise ValueError(f"{name} goes on without the order")',
        'raise ValueError("the order "\n    "goes on without it")',
        'x: Annotated[str, Doc("the order goes on without it")]',
        'LABELS = {1: ("the order goes on without it",)}',
    ],
)
def test_a_dropped_word_in_a_text_that_people_read_is_found(source: str) -> None:
    assert found(source) == ["'goes on'"]


def test_a_long_sentence_is_found_and_two_sentences_are_none() -> None:
    assert found(f'say("{LONG}")') == ["26 words in a sentence"]
    assert found(f'say("{LONG[:60]}. {LONG[:60]}; {LONG[:60]}")') == []


@pytest.mark.parametrize(
    "source",
    [
        '"""The order goes on."""',  # a docstring, which prose.py reads
        'key = "goes on"',
        'update = "SET #goes = :on, goes = :on REMOVE waits.#key"',
        'x = "`goes on` is what it was called"',
    ],
)
def test_what_nobody_reads_as_a_text_is_left_alone(source: str) -> None:
    assert found(source) == []


def test_markdown_is_read_by_paragraph_point_and_cell_with_its_line() -> None:
    source = f"# Title\n\nIt continues.\n\n* It goes on\n* and `goes on`\n\n| a | b |\n| {LONG[:60]} | {LONG[:60]} |\n\n{LONG}\n"
    assert [(each.line, each.rule) for each in markdown_findings("docs/a.md", source)] == [(5, "word"), (11, "length")]


def test_code_and_links_of_markdown_are_not_read() -> None:
    source = f"```\nit goes on\n{LONG}\n```\n\nSee [this](it-goes-on.md), `{LONG}`, and **bold.** New sentence.\n"
    assert list(markdown_findings("docs/a.md", source)) == []


def test_a_page_is_read_between_its_tags_and_a_label_by_its_line() -> None:
    [page] = page_findings("a.html", "<p class='goes on'>{{ goes_on }}\n<b>It goes on</b></p>")
    [label] = label_findings("a.toml", 'name = "x"\n[step]\nsays = "then the order goes on"\n')
    assert (page.rule, label.rule, label.line) == ("word", "word", 3)
