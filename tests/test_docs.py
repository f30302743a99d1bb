"""What the README says is what the commands print and what the files are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deeplinear import console
from deeplinear.record import load_record

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "DeepLinear").rglob("*.lean"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_table_of_the_readme_is_that_of_the_record() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.split("<!-- theorems -->")[1].strip()
    assert table == console.theorem_table(load_record()), "run: deeplinear list --markdown"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


def test_examples_print_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    names: dict[str, object] = {}
    examples = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)
    assert len(examples) == text.count("```python")
    for code, printed in examples:
        exec(code, names)
        assert capsys.readouterr().out == printed


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_lean_files_say_what_they_are(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if not re.search(r"^(theorem|def|structure) ", text, re.MULTILINE):
        return  # a file of imports
    assert "\n/-!\n# " in text, f"{path} has no module docstring"
    before = re.findall(r"(.*)\n(?:@\[[^\n]*\n|omit [^\n]*\n)*theorem (\S+)", text)
    bare = [name for line, name in before if not line.endswith("-/")]
    assert not bare, f"{path}: {bare} have no docstring"
