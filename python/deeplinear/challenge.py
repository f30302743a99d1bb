"""Challenge.lean: every headline statement, self-contained.

The file imports only Mathlib, repeats, word for word, those definitions of the library that a
headline statement reaches, and states each headline with ``sorry`` for its proof: a reader need not
trust the library to know what is claimed. The problems of the assignment come first, in their own
form. ``Solution.lean`` imports the library, where the theorems of the same names are proved. A test
holds the file against the library's text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from deeplinear.errors import BadInput
from deeplinear.instances import Theorem

HEADER = """/-
Copyright (c) 2026 The DeepLinear authors. All rights reserved.
Released under Apache 2.0 license as described in the file LICENSE.
Authors: The DeepLinear authors
-/
{imports}

/-!
# Every headline statement, self-contained

Nothing but Mathlib is imported. The definitions are those of the library, word for word; every
theorem ends in `sorry`, and is proved under the same name by what `Solution.lean` imports. This
file is written by `deeplinear dev challenge --refresh`, and a test holds it against the library.
-/
"""

PARTS = (
    "The problems of the assignment, in its own form",
    "The theorems of the papers, and what is proved beyond them",
)


METADATA = """# formalization.yaml (v0.4): written by `deeplinear dev challenge --refresh`
version: "v0.4"

project:
  name: "DeepLinear"
  description: >-
    The loss landscape of deep linear networks: a theoretical deep-learning assignment, and the
    paper under it (Lu and Kawaguchi: depth creates no bad local minima), for any data and any
    distribution.
  authors: ["The DeepLinear authors"]
  license: "Apache-2.0"

sources:
  - title: "Theoretical assignment 1, Theoretical Deep Learning, MIPT"
    authors: []
    type: "exercise sheet"
    relationship: "formalizes"
  - title: "Depth Creates No Bad Local Minima"
    authors: ["Haihao Lu", "Kenji Kawaguchi"]
    id: "arXiv:1702.08580"
    type: "article"
    relationship: "formalizes"
  - title: "Deep Learning without Poor Local Minima"
    authors: ["Kenji Kawaguchi"]
    id: "arXiv:1605.07110"
    type: "article"
    location: "Theorem 2.3"
    relationship: "formalizes"

automation:
  methods:
    - method: "agent"

review:
  status: "self-assessed"

status:
  sorry_count: 0
  sorry_in_definitions: 0
  axioms: [propext, Classical.choice, Quot.sound]
  main_results:
"""


def _metadata(theorems: Sequence[Theorem]) -> str:
    results = [
        f'    - declaration: "{theorem.name}"\n'
        f'      source: "{theorem.problem}"\n'
        f'      file: "{theorem.file}"\n'
        "      sorry_count: 0\n"
        f"      axioms: [{', '.join(theorem.axioms)}]\n"
        '      comparator_config: "comparator.json"\n'
        for theorem in theorems
    ]
    return METADATA + "".join(results)


def files(root: Path, theorems: Sequence[Theorem]) -> dict[str, str]:
    """Return the files that are made from library and record: by name the text each should have."""
    comparator = {
        "challenge_module": "Challenge",
        "solution_module": "Solution",
        "theorem_names": [theorem.name for theorem in theorems],
        "permitted_axioms": ["propext", "Classical.choice", "Quot.sound"],
    }
    return {
        "Challenge.lean": challenge(root, theorems),
        "comparator.json": json.dumps(comparator, indent=2) + "\n",
        "formalization.yaml": _metadata(theorems),
    }


def modules(root: Path, start: Sequence[str] | None = None) -> list[str]:
    """Return the modules that ``start`` needs (by default all), each after what it imports."""
    found: list[str] = []

    def visit(module: str) -> None:
        if module in found:
            return
        for imported in _imports(_read(root, module)):
            if imported.startswith("DeepLinear."):
                visit(imported)
        found.append(module)

    for module in sorted(_imports(_read(root, "DeepLinear"))) if start is None else start:
        visit(module)
    return found


def _read(root: Path, module: str) -> str:
    path = root / (module.replace(".", "/") + ".lean")
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        raise BadInput(f"{path} cannot be read: run this in a clone of DeepLinear.") from None


def _imports(text: str) -> list[str]:
    return re.findall(r"^(?:public )?import (\S+)$", text, re.MULTILINE)


def challenge(root: Path, theorems: Sequence[Theorem]) -> str:
    """Return the text of Challenge.lean for the library under ``root`` and its headlines."""
    texts = {module: _read(root, module) for module in modules(root)}
    own = [theorem for theorem in theorems if theorem.main and theorem.problem.startswith("P")]
    repeated: list[str] = []
    parts, stated = [], set[str]()
    for title, chosen in zip(PARTS, (own, theorems), strict=True):
        wanted = {name for one in chosen for name in (one.name, *one.reaches)} - stated
        stated |= wanted
        sections = []
        for module, text in texts.items():
            kept = _kept(text, wanted, {one.name for one in chosen})
            if any(map(_is_declaration, kept)):
                repeated.append(module)
                sections.append("\n\n".join([f"/-! ### {module} -/", *_scoped(kept)]))
        parts.append("\n\n".join([f"/-! ## {title} -/", *sections]))
    needed = {name for module in modules(root, repeated) for name in _imports(texts[module])}
    imports = sorted(name for name in needed if name.startswith("Mathlib."))
    head = HEADER.format(imports="\n".join(f"import {name}" for name in imports))
    return head + "\n" + "\n\n".join(parts) + "\n"


def _blocks(text: str) -> list[str]:
    """Return the commands of a file, without its header and its module docstring."""
    body = re.sub(r"\A/-.*?-/\n", "", text, flags=re.DOTALL)
    body = re.sub(
        r"^(?:module|(?:public )?import \S+|@\[expose\] public section)\n", "", body, flags=re.M
    )
    body = re.sub(r"^/-!.*?-/\n", "", body, flags=re.DOTALL | re.MULTILINE)
    return [block.strip("\n") for block in re.split(r"\n\s*\n", body) if block.strip()]


_SCOPE = re.compile(r"^(?:namespace|section|end|open|variable|universe)\b")
_NAMED = re.compile(
    r"^(?:@\[[^\]]*\] ?)?(?:noncomputable )?"
    r"(?:def|abbrev|structure|class|inductive|instance|theorem|lemma) (\S+)",
    re.MULTILINE,
)


def _is_declaration(block: str) -> bool:
    return not _SCOPE.match(block) or _NAMED.search(block) is not None


def _kept(text: str, wanted: set[str], headlines: set[str]) -> list[str]:
    """Return the commands of a file that open scopes, and those that declare what is wanted."""
    kept, scopes = [], list[str]()
    for block in _blocks(text):
        if not _is_declaration(block):
            kept.append(block)
            scope, _, name = block.partition(" ")
            if scope in ("namespace", "section"):
                scopes.append(name if scope == "namespace" else "")
            elif scope == "end":
                scopes.pop()
        elif named := _NAMED.search(block):
            full = ".".join([*filter(None, scopes), named[1]])
            if full in wanted:
                kept.append(_statement(block) if full in headlines else block)
    return _without_empty(kept)


def _scoped(blocks: list[str]) -> list[str]:
    """Return the commands so that nothing is open or variable behind them."""
    if len(blocks) > 1 and blocks[0].startswith("open ") and blocks[1].startswith("namespace "):
        return [blocks[1], blocks[0], *blocks[2:]]
    return ["section", *blocks, "end"]


def _without_empty(blocks: list[str]) -> list[str]:
    """Drop sections in which nothing is declared, and what is opened after the last declaration."""
    kept: list[str] = []
    for block in blocks:
        if re.match(r"^end\b", block):
            inner: list[str] = []
            while kept and not re.match(r"^(?:section|namespace)\b", kept[-1]):
                inner.append(kept.pop())
            while inner and not _is_declaration(inner[0]) and not inner[0].startswith("end"):
                inner.pop(0)
            if inner:
                kept += [*reversed(inner), block]
            elif kept:
                kept.pop()
        else:
            kept.append(block)
    return kept


def _statement(block: str) -> str:
    """Return a theorem with its docstring, its proof replaced by ``sorry``."""
    start = re.search(r"^(?:theorem|lemma) ", block, re.MULTILINE)
    assert start is not None
    depth = 0
    for place in range(start.start(), len(block) - 1):
        depth += (block[place] in "([{⟨") - (block[place] in ")]}⟩")
        if depth == 0 and block.startswith(":=", place):
            return block[:place].rstrip() + " := by\n  sorry"
    raise BadInput(f"no proof was found in {block.splitlines()[0]}: end statements with :=.")
