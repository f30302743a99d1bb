"""The report: a static site, a page a problem, that needs no network to be looked at."""

from __future__ import annotations

import html
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
from flint import fmpq_mat
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from deeplinear import console, exact, network, plots
from deeplinear.certificate import Certificate, certify
from deeplinear.checks import CHECKS, LEGEND, Check, Row
from deeplinear.errors import BadInput
from deeplinear.instances import Instance, Record, Theorem, of_problem
from deeplinear.record import find_root
from deeplinear.report import graph

HERE = Path(__file__).resolve().parent
FONT = ("JuliaMono.woff2", "JuliaMono-OFL.txt")
"""The signs of JuliaMono that Lean uses, and its license."""

MARK = '<meta name="generator" content="deeplinear report">'
"""In every page of a report: a folder with such a front page may be replaced."""

PICTURES = {
    "tangent": (
        ("P1.1", "P1.2", "P1.3", "P1.4"),
        "The loss along a direction in one layer is a parabola; the dashed line has the slope that "
        "the formula of Problem 1 gives.",
    ),
    "segment": (
        ("P2",),
        "On the segment between two matrices of rank at most 2 the rank is 3 in between, as the "
        "third singular value is not zero there.",
    ),
    "origin": (
        ("P3.1", "P3.2", "P3.3"),
        "Left: out of the origin the loss falls on one path and rises on another, flatter the "
        "deeper the network. Right: a slice of the loss of two layers, a saddle at the origin.",
    ),
    "histories": (
        ("P4",),
        "Gradient descent with square layers of width 3 from near the identity: the loss falls to "
        "the minimum over all matrices for 1 to 4 layers.",
    ),
    "minima": (
        ("LB", "LK3"),
        "Where searches from random starts end: within rounding of the closed form, for widths "
        "with and without a bottleneck.",
    ),
    "escapes": (
        ("LK1",),
        "From a critical point whose rank is below the bottleneck width to the better weights that "
        "the proof constructs: the loss is lower at the end for every radius.",
    ),
    "subsets": (
        ("LK2",),
        "The loss of every critical point of the shallow problem, by rank: only the greatest "
        "singular values give a local minimum, which is global.",
    ),
    "bottleneck": (
        ("LK3", "P5"),
        "The losses where searches end against the bottleneck width: for two and for three layers "
        "all on the value of reduced-rank regression.",
    ),
    "curvature": (
        ("K16",),
        "Around a strict saddle the loss curves up along random directions, and down along the "
        "direction that the proof constructs.",
    ),
    "classes": (
        ("SO",),
        "The loss along random directions from a critical point of each class: up from a global "
        "minimum, up and down from a strict saddle, and, to second order, not down from a saddle "
        "that is not strict.",
    ),
    "components": (
        ("AE",),
        "The loss of every critical autoencoder of four inputs, by the principal directions that "
        "it keeps: the strongest ones are the minimum.",
    ),
    "completion": (
        ("MC",),
        "Where searches end in matrix completion: with no bottleneck all observed entries are "
        "fitted, with width 1 they are not.",
    ),
    "flow": (
        ("FLOW",),
        "Gradient flow of 1 to 5 layers from balanced starts: left the loss and the proved bound, "
        "right the singular values of the end-to-end matrix.",
    ),
    "modes": (
        ("SAXE",),
        "Saxe's items and properties: the modes of the integrated flow lie on the closed form "
        "(dashed), the stronger ones first.",
    ),
    "plateaus": (
        ("SAXE", "SO"),
        "From small random starts the loss rests near saddles, one singular value after the other; "
        "the dotted lines are critical points, classified exactly.",
    ),
    "margin": (
        ("ACGH",),
        "From balanced starts within the margin the loss stays below the proved bound (dashed).",
    ),
    "descent": (
        ("GD",),
        "Gradient descent: with the proved step the loss falls faster than the proved rate "
        "(dashed); far greater steps converge too, until they do not.",
    ),
}
"""The pictures: the problems they belong to, and what is to be seen in them."""


@dataclass(frozen=True)
class Example:
    """A trained network whose best weights are no floats, and its certificate."""

    entry: float
    certificate: Certificate

    @classmethod
    def made(cls) -> Example:
        """Return the network of widths 2, 1, 2 that learns the stronger of two modes."""
        entry = 1.5**0.5
        given = network.problem(
            [[[entry, entry]], [[entry], [entry]]], [[1, 0], [0, 1]], [[2, 1], [1, 2]]
        )
        return cls(entry, certify(given))


@dataclass(frozen=True)
class Proof:
    """A theorem with its text in the Lean file, and the theorems that its proof uses or serves."""

    theorem: Theorem
    statement: str
    proof: str
    uses: tuple[Theorem, ...]
    used_by: tuple[Theorem, ...]


@dataclass(frozen=True)
class Page:
    """What the page of one problem shows."""

    check: Check
    wording: Markup
    solution: Markup
    proofs: tuple[Proof, ...]
    rows: tuple[Row, ...]
    instances: tuple[Instance, ...]
    pictures: tuple[tuple[str, str], ...]

    @property
    def held(self) -> bool:
        """Whether every part of the check held."""
        return all(row.held for row in self.rows)


def build(
    folder: Path, record: Record, rows: Sequence[Row], source: str, asked: bool = False
) -> None:
    """Write the report to a folder: new, empty, or an earlier report, which is replaced.

    Raises :class:`~deeplinear.BadInput` for another folder and where there are no Lean files.
    """
    refuse_occupied(folder)
    root = find_root()
    if root is None:
        raise BadInput("No lakefile.lean is above this folder: run this in a clone of DeepLinear.")
    files = render(root, record, rows, source, asked)
    try:
        with tempfile.TemporaryDirectory(dir=folder.absolute().parent) as made:
            part = Path(made) / "report"
            (part / "pictures").mkdir(parents=True)
            for name, text in files.items():
                (part / name).write_text(text, encoding="utf-8")
            with plots.both_modes():
                for name in PICTURES:
                    plots.PICTURES[name](part / "pictures" / f"{name}.svg")
            for name in FONT:
                shutil.copyfile(HERE / name, part / name)
            write_api(part / "api")
            if folder.exists():
                shutil.rmtree(folder)
            part.replace(folder)
    except OSError as error:
        raise BadInput(
            f"{folder} cannot be written ({error.strerror}): name a folder that can be."
        ) from None


def write_api(folder: Path) -> None:
    """Write the page of the Python interface, from its docstrings."""
    import pdoc

    pdoc.render.configure(docformat="restructuredtext", search=False)
    pdoc.pdoc("deeplinear", output_directory=folder)


def refuse_occupied(folder: Path) -> None:
    """Refuse a folder that holds something else than a report, or is inside a missing one."""
    if not folder.absolute().parent.is_dir():
        raise BadInput(f"--html is {folder}: name a folder in one that exists.")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise BadInput(f"--html is {folder}, which is no folder: name a new one.")
    front = folder / "index.html"
    earlier = front.is_file() and MARK in front.read_text(encoding="utf-8", errors="replace")
    if any(folder.iterdir()) and not earlier:
        raise BadInput(f"--html is {folder}, which is no earlier report: name a new folder.")
    own = {"index.html", "certificate.html", "glossary.html", "graph.html", "style.css", "pictures"}
    own |= {*FONT, *map(page_of, CHECKS)}
    own |= {"api", "api/deeplinear.html", "api/index.html"}
    own |= {f"pictures/{name}{mode}.svg" for name in PICTURES for mode in ("", "-dark")}
    for path in sorted(folder.rglob("*")):
        if path.relative_to(folder).as_posix() not in own:
            raise BadInput(
                f"--html is {folder}, and {path.relative_to(folder)} in it is not the report's: "
                "name a new folder."
            )


def render(
    root: Path, record: Record, rows: Sequence[Row], source: str, asked: bool = False
) -> dict[str, str]:
    """Return the files of the report, pictures apart; ``asked``: Lean was, for this report."""
    pages = _pages(root, record, rows)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        lean=_highlighted, markdown=_markdown, matrix=_matrix, broken=_broken
    )
    environment.globals.update(
        legend=LEGEND,
        mark=Markup(MARK),
        pages=pages,
        record=record,
        rows=rows,
        source=source,
        recorded="" if asked else " (as recorded)",
        values=console.values,
        verdict=console.verdict(rows),
        pictures=PICTURES,
        page_of=page_of,
        searched=[_searched(theorem) for theorem in record.theorems],
    )
    found = {
        "index.html": environment.get_template("index.html").render(),
        "certificate.html": environment.get_template("certificate.html").render(
            example=Example.made()
        ),
        "glossary.html": environment.get_template("glossary.html").render(
            glossary=_worded(
                _relinked((root / "docs" / "glossary.md").read_text(encoding="utf-8"), record)
            )
        ),
        "graph.html": environment.get_template("graph.html").render(graph=graph.draw(record)),
        "style.css": (HERE / "style.css").read_text(encoding="utf-8") + _colours(),
    }
    template = environment.get_template("problem.html")
    for place, page in enumerate(pages):
        around = [pages[p] if 0 <= p < len(pages) else None for p in (place - 1, place + 1)]
        found[page_of(page.check.problem)] = template.render(page=page, around=around)
    return found


def _searched(theorem: Theorem) -> dict[str, str]:
    """Return what the search field knows of a theorem."""
    said = theorem.docstring.replace("`", "").replace("**", "")
    name = theorem.short
    return {"name": name, "said": said, "place": _place(theorem), "text": f"{name} {said}"}


def page_of(problem: str) -> str:
    """Return the name of a problem's page."""
    return f"{problem}.html"


def _broken(name: str) -> Markup:
    """Allow a name to be broken after each underscore."""
    return Markup(html.escape(name).replace("_", "_<wbr>"))


def _pages(root: Path, record: Record, rows: Sequence[Row]) -> list[Page]:
    words, solved = wordings(), solutions(root, record)
    by_name = {theorem.name: theorem for theorem in record.theorems}
    proofs = {}
    for theorem in record.theorems:
        statement, proof = _text(root, theorem)
        uses = tuple(by_name[name] for name in theorem.uses)
        used_by = tuple(other for other in record.theorems if theorem.name in other.uses)
        proofs[theorem.name] = Proof(theorem, statement, proof, uses, used_by)
    return [
        Page(
            check,
            words[problem],
            solved.get(problem, Markup()),
            tuple(proofs[one.name] for one in of_problem(record.theorems, problem)),
            tuple(row for row in rows if row.problem == problem),
            tuple(of_problem(record.instances, problem)),
            tuple((name, said) for name, (whose, said) in PICTURES.items() if problem in whose),
        )
        for problem, check in sorted(CHECKS.items(), key=lambda one: list(words).index(one[0]))
    ]


def _text(root: Path, theorem: Theorem) -> tuple[str, str]:
    """Return the statement and the proof of a theorem, as its file has them."""
    lines = (root / theorem.file).read_text(encoding="utf-8").splitlines()
    text = "\n".join(lines[theorem.line - 1 : theorem.last_line])
    text = re.sub(r"\A/--.*?-/\n", "", text, flags=re.DOTALL)
    text = re.sub(r"\A@\[assignment \"[^\"]*\"(?: main)?\]\s*", "", text)
    cut = _colon_equals(text)
    return text[:cut].rstrip(), text[cut:].rstrip()


def _colon_equals(text: str) -> int:
    """Return where the first ``:=`` outside of brackets is."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([{⟨") - (sign in ")]}⟩")
        if depth == 0 and text.startswith(":=", place):
            return place
    raise BadInput(f"no proof is found in {text[:40]!r}: make the record anew.")


# --- text, formulas, code -------------------------------------------------------------------------


def wordings() -> dict[str, Markup]:
    """Return the wording of each problem, with its formulas in MathML, in the order of the file."""
    text = (HERE / "wording.md").read_text(encoding="utf-8")
    parts = re.split(r"^## (\S+)\n", text, flags=re.MULTILINE)[1:]
    return {problem: _worded(words) for problem, words in zip(parts[::2], parts[1::2], strict=True)}


SOLUTIONS = Path("docs") / "solutions"
"""Where the assignment is solved in words, a file a problem."""


def solutions(root: Path, record: Record) -> dict[str, Markup]:
    """Return the solutions of the assignment by problem, without the sentences of the sheet."""
    found = {}
    for path in sorted((root / SOLUTIONS).glob("problem-*.md")):
        parts = re.split(r"^## Problem (\S+)\n", path.read_text(encoding="utf-8"), flags=re.M)[1:]
        for number, text in zip(parts[::2], parts[1::2], strict=True):
            words = re.sub(r"^>.*\n", "", text, flags=re.MULTILINE)
            found[f"P{number}"] = _worded(_relinked(words, record))
    return found


def _relinked(text: str, record: Record) -> str:
    """Let links to Lean files and other solutions lead to pages of the report, or nowhere."""
    headlines = {theorem.short: theorem for theorem in record.theorems}

    def lemma(link: re.Match[str]) -> str:
        theorem = headlines.get(link[1])
        return f"`{link[1]}`" if theorem is None else f"[`{link[1]}`]({_place(theorem)})"

    text = re.sub(r"\[`(\w+)`\]\([^)]*\.lean(?:#L\d+)?\)", lemma, text)
    text = re.sub(r"\[`([^`]*)`\]\([^)]*\.lean(?:#L\d+)?\)", r"`\1`", text)
    return re.sub(r"\[Problem (\S+)\]\(problem-\d\.md\)", r"[Problem \1](P\1.html)", text)


def _place(theorem: Theorem) -> str:
    return f"{page_of(theorem.problem)}#{theorem.short}"


def _worded(text: str) -> Markup:
    reader = MarkdownIt("commonmark", {"html": False, "highlight": _block}).enable("table")
    reader.use(dollarmath_plugin, double_inline=True, renderer=_formula)
    return Markup(reader.render(text))


def _formula(text: str, options: dict[str, bool]) -> str:
    return str(convert(text, display="block" if options["display_mode"] else "inline"))


def _markdown(text: str) -> Markup:
    return Markup(MarkdownIt("commonmark", {"html": False}).renderInline(text))


def _block(code: str, *_: str) -> str:
    shown = _highlighted(code)
    return f'<pre class="lean" tabindex="0" aria-label="In Lean"><code>{shown}</code></pre>'


def _highlighted(code: str) -> Markup:
    return Markup(highlight(code, get_lexer_by_name("lean4"), HtmlFormatter(nowrap=True)))


def _colours() -> str:
    light = HtmlFormatter(style="default").get_style_defs("pre.lean")
    dark = HtmlFormatter(style="github-dark").get_style_defs("pre.lean")
    return f"\n{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


def _matrix(value: fmpq_mat | str) -> Markup:
    """Return a matrix as MathML, and text as it is."""
    if isinstance(value, str):
        return Markup(html.escape(value))
    rows = "".join(
        "<mtr>" + "".join(f"<mtd>{_fraction(str(entry))}</mtd>" for entry in row) + "</mtr>"
        for row in exact.rows(value)
    )
    return Markup(f"<math><mrow><mo>(</mo><mtable>{rows}</mtable><mo>)</mo></mrow></math>")


def _fraction(text: str) -> str:
    sign, digits = ("<mo>-</mo>", text[1:]) if text.startswith("-") else ("", text)
    top, _, bottom = digits.partition("/")
    number = f"<mn>{top}</mn>"
    return f"<mrow>{sign}{f'<mfrac>{number}<mn>{bottom}</mn></mfrac>' if bottom else number}</mrow>"
