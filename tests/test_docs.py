"""What the README says is what the commands print and what the files are."""

from __future__ import annotations

import re
from pathlib import Path

import links
import pytest

from deeplinear import console, report
from deeplinear.checks import CHECKS
from deeplinear.instances import of_problem
from deeplinear.record import load_record

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "DeepLinear").rglob("*.lean"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOLUTIONS = sorted((ROOT / "docs" / "solutions").glob("problem-*.md"))


def test_the_tables_are_those_of_the_record() -> None:
    record = load_record()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    theorems = (ROOT / "docs" / "theorems.md").read_text(encoding="utf-8")
    table = readme.split("<!-- problems -->")[1].strip()
    assert table == console.problem_table(record), "run: deeplinear list --markdown"
    table = theorems.split("<!-- theorems -->")[1].strip()
    assert table == console.theorem_table(record), "run: deeplinear list --markdown --all"


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120


def test_every_problem_has_its_own_form() -> None:
    theorems = load_record().theorems
    for problem in CHECKS:
        own = [theorem.main for theorem in theorems if theorem.problem == problem]
        assert own[0], f"{problem} has none that is marked main"
        assert own == sorted(own, reverse=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not link.startswith("http"):
            assert (page.parent / link).exists(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_lemmas_lead_to_their_files(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name, file in re.findall(r"\[`(\w+)`\]\(([^)#]+\.lean)[^)]*\)", text):
        lean = (page.parent / file).read_text(encoding="utf-8")
        declared = rf"(theorem|lemma|def|abbrev) {re.escape(name)}\b"
        assert re.search(declared, lean), f"{name} is not in {file}"


def test_every_problem_of_the_assignment_is_solved_with_its_statement_in_lean() -> None:
    record, solved = load_record(), []
    for page in SOLUTIONS:
        parts = re.split(r"^## Problem (\S+)$", page.read_text(encoding="utf-8"), flags=re.M)[1:]
        for number, text in zip(parts[::2], parts[1::2], strict=True):
            theorems = of_problem(record.theorems, f"P{number}")
            statements = [report._text(ROOT, theorem)[0] for theorem in theorems]
            shown = re.findall(r"```lean\n(.*?)\n```", text, re.DOTALL)
            assert shown, f"Problem {number} has no statement"
            assert [one for one in shown if one not in statements] == [], "as the file has it now"
            assert text.lstrip().startswith("> "), f"Problem {number}: the sheet's sentence"
            solved.append(f"P{number}")
    assert solved == sorted(problem for problem in CHECKS if problem.startswith("P"))


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


@pytest.mark.parametrize("page", links.PAGES, ids=lambda page: page.stem)
def test_links_of_the_solutions_lead_to_lines(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == links.placed(page), "run: python tests/links.py"
