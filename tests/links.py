"""Give the links of docs/solutions/ to declarations their lines: ``python tests/links.py``."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs" / "solutions").glob("*.md"))

LINK = re.compile(r"\[`(\w+)`\]\(([^)#]+\.lean)(#L\d+)?\)")


def placed(page: Path) -> str:
    """Return the text of a page, each link to a declaration with the line where that begins."""

    def with_line(found: re.Match[str]) -> str:
        name, file = found[1], found[2]
        lines = (page.parent / file).read_text(encoding="utf-8").splitlines()
        declared = re.compile(rf"(?:\w+ )*(?:theorem|lemma|def|abbrev|structure) {name}\b")
        line = next(k for k, text in enumerate(lines, start=1) if declared.match(text))
        return f"[`{name}`]({file}#L{line})"

    return LINK.sub(with_line, page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(placed(path), encoding="utf-8")
