"""The check of sizes: what is too large is found, unless it gives its reason in words."""

import pytest

from tests.style.sizes import MOST_FILES, MOST_FUNCTION_LINES, MOST_LINES, folder_findings, size_findings

REASON = "Longer than 30 lines, because each option is a line."
STATEMENTS = "    a = 1\n" * MOST_FUNCTION_LINES


def found(source: str) -> list[str]:
    return [finding.text for finding in size_findings("a.py", source)]


def test_a_folder_of_too_many_files_is_found_and_the_folders_in_it_are_not_counted() -> None:
    files = [f"a/{number}.py" for number in range(MOST_FILES)]
    assert list(folder_findings([*files, "a/b/1.py", "README.md"])) == []
    [finding] = folder_findings([*files, "a/20.png"])
    assert str(finding).startswith("a:0: size: 21 files")


def test_a_long_file_is_found_unless_its_docstring_gives_a_reason() -> None:
    assert found("a = 1\n" * MOST_LINES) == []
    [text] = found("a = 1\n" * (MOST_LINES + 1))
    assert text.startswith("the file has 201 lines")
    assert (
        found('"""A table.\n\nLonger than 200 lines, because it\nis one table.\n"""\n' + "a = 1\n" * MOST_LINES) == []
    )


@pytest.mark.parametrize("top", [f'    """{REASON}"""\n', f'    """Do it."""\n    # {REASON}\n', f"    # {REASON}\n"])
def test_a_long_function_gives_its_reason_in_its_docstring_or_above_its_first_statement(top: str) -> None:
    assert found(f"def do() -> None:\n{top}{STATEMENTS}") == []


@pytest.mark.parametrize(
    "source",
    [
        f"def do() -> None:\n{STATEMENTS}",
        f"async def do() -> None:\n{STATEMENTS}",
        f"class A:\n    def do(self) -> None:\n{STATEMENTS.replace('    ', '        ')}",
        f"def do() -> None:\n{STATEMENTS}    # {REASON}\n    b = 1\n",
        f'def do() -> None:\n    """Longer than 30 lines."""\n{STATEMENTS}',
        f'"""{REASON}"""\n\ndef do() -> None:\n{STATEMENTS}',
    ],
)
def test_a_long_function_without_a_reason_at_its_top_is_found(source: str) -> None:
    [text] = found(source)
    assert text.startswith("do has 3")
