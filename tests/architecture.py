"""Draw the arrows of docs/architecture.md from the imports; run as a script it writes them.

A node is a part of the house (a folder stands for its files), an arrow goes from what is used to
what uses it, and arrows that follow from others are left out.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import networkx as nx

from deeplinear.record import FOLDERS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"


def lean_imports() -> dict[str, set[str]]:
    """Return for each module of the library those of the library that its header imports."""
    found = {}
    folders = [path for name in FOLDERS for path in sorted((ROOT / name).rglob("*.lean"))]
    for path in [ROOT / "DeepLinear.lean", ROOT / "DeepLinearExamples.lean", *folders]:
        name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        text = path.read_text(encoding="utf-8")
        header = re.findall(
            r"^(?:public )?(?:meta )?import (?:all )?((?:DeepLinear|Tools)\S*)", text, re.M
        )
        found[name] = set(header)
    return found


def python_imports() -> dict[str, set[str]]:
    """Return for each module of the package those of the package that it imports."""
    import grimp

    graph = grimp.build_graph("deeplinear")
    return {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}


def part(module: str, folders: tuple[str, ...]) -> str:
    """Return the part of the house that a module is in: its own name, or its folder's."""
    root, _, short = module.partition(".")
    if root in FOLDERS[1:]:
        return f"{root}/"
    folder = short.partition(".")[0]
    return f"{folder}/" if folder in folders else short


def arrows(imports: dict[str, set[str]], folders: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the arrows between parts, without those that follow from others; no part is cyclic."""
    graph = nx.DiGraph()
    for user, used in imports.items():
        for one in used:
            pair = part(one, folders), part(user, folders)
            if "" not in pair and pair[0] != pair[1]:
                graph.add_edge(*pair)
    if not nx.is_directed_acyclic_graph(graph):
        raise SystemExit(f"a circle of imports: {nx.find_cycle(graph)}")
    reduced = nx.transitive_reduction(graph)
    order = {name: place for place, name in enumerate(nx.lexicographical_topological_sort(graph))}
    return sorted(reduced.edges, key=lambda pair: (order[pair[0]], order[pair[1]]))


def drawn(pairs: list[tuple[str, str]]) -> str:
    """Return the arrows as a Mermaid flowchart, which GitHub draws."""
    lines = [f'  {_key(used)}["{used}"] --> {_key(user)}["{user}"]' for used, user in pairs]
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```"])


def _key(name: str) -> str:
    return re.sub(r"\W", "_", name)


def page(text: str) -> str:
    """Return the page with the arrows of today's imports."""
    graphs = {
        "lean": arrows(lean_imports(), ("ForMathlib", "Landscape", "Flow", "Certificate")),
        "python": arrows(python_imports(), ("certificate", "checks", "report", "solve")),
    }
    for name, pairs in graphs.items():
        mark = f"<!-- {name} -->"
        before, _, after = text.split(mark)
        text = f"{before}{mark}\n{drawn(pairs)}\n{mark}{after}"
    return text


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
