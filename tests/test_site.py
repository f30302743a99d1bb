"""The report, as text and in a real browser."""

from __future__ import annotations

import io
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PIL import Image, ImageFont
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from deeplinear import BadInput, checks, cli, plots, report
from deeplinear.checks import CHECKS, Row
from deeplinear.record import load_record
from deeplinear.report import graph

RECORD = load_record()
SOURCE = "Lean was not asked."
ROWS = [
    Row("Lean", "files of the record", False, 3, True, "the files", 0.0),
    *(Row(problem, "instances", False, 3, True, "agree", 0.1) for problem in CHECKS),
    *(Row(problem, "falsified", True, 3, problem != "P2", "refused", 0.1) for problem in CHECKS),
]
"""Rows of checks; that of P2 did not hold."""

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a report, its slowest picture from a few searches."""
    made = tmp_path_factory.mktemp("site") / "report"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plots, "SEARCHES", 2)
        report.build(made, RECORD, ROWS, SOURCE)
    return made


def pages(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


def test_every_problem_has_wording_a_picture_and_a_page(folder: Path) -> None:
    assert report.wordings().keys() == CHECKS.keys()
    assert {problem for whose, _ in report.PICTURES.values() for problem in whose} == CHECKS.keys()
    assert report.PICTURES.keys() == plots.PICTURES.keys()
    assert pages(folder).keys() == {
        f"{p}.html" for p in [*CHECKS, "index", "graph", "glossary", "certificate"]
    }


def test_links_lead_to_places(folder: Path) -> None:
    texts = pages(folder)
    for name, text in texts.items():
        for target in re.findall(r'(?:href|src)="([^"]+)"', text):
            assert not target.startswith(("http", "//")), "the report needs a network"
            path, _, place = target.partition("#")
            if path != "data:,":
                assert (folder / (path or name)).is_file(), target
            if place:
                assert f'id="{place}"' in texts[path or name], target


def test_every_picture_is_there_for_both_modes(folder: Path) -> None:
    for name in report.PICTURES:
        light, dark = (
            (folder / "pictures" / f"{name}{mode}.svg").read_text(encoding="utf-8")
            for mode in ("", "-dark")
        )
        assert plots.DARK[1] in dark
        assert plots.DARK[1] not in light
        for page in pages(folder).values():
            shown = page.count(f'src="pictures/{name}.svg"')
            assert shown == page.count(f'srcset="pictures/{name}-dark.svg"')


def test_theorems_are_shown_with_statement_proof_and_axioms(folder: Path) -> None:
    texts = pages(folder)
    for theorem in RECORD.theorems:
        page = texts[report.page_of(theorem.problem)]
        (article,) = re.findall(
            rf'<article id="{re.escape(theorem.short)}">.*?</article>', page, re.DOTALL
        )
        assert f"{theorem.file}:{theorem.line}" in article
        assert "propext" in article or not theorem.axioms
        assert len(re.findall(r'<pre class="lean"', article)) == 3


def test_what_failed_is_said(folder: Path) -> None:
    texts = pages(folder)
    assert '<strong class="badge failed">' in texts["index.html"]
    assert f"1 of {len(ROWS)} parts FAILED" in texts["index.html"]
    assert '<td class="failed">FAILED</td>' in texts["P2.html"]
    assert '<td class="failed">' not in texts["P4.html"]


def test_statement_and_proof_are_parted_outside_of_brackets() -> None:
    texts = report._text(Path(__file__).resolve().parent.parent, RECORD.theorems[0])
    assert texts[0].startswith("theorem hasDerivAt_populationLoss_entry")
    assert texts[1].startswith(":= by")
    assert report._colon_equals("theorem a (b := 1) : f (c := 2) := by") == 32
    with pytest.raises(BadInput, match="no proof is found"):
        report._colon_equals("theorem a (b := 1)")


def test_only_a_report_is_replaced(folder: Path, tmp_path: Path) -> None:
    report.refuse_occupied(folder)
    report.refuse_occupied(tmp_path / "new")
    with pytest.raises(BadInput, match="in one that exists"):
        report.refuse_occupied(tmp_path / "missing" / "new")
    (tmp_path / "thesis.txt").write_text("three years")
    for occupied in (tmp_path, tmp_path / "thesis.txt"):
        with pytest.raises(BadInput, match=r"no earlier report|no folder"):
            report.build(occupied, RECORD, ROWS, SOURCE)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_no_arrow_of_the_graph_passes_behind_a_box() -> None:
    drawn = graph.draw(RECORD)
    for curve in drawn.curves:
        assert re.fullmatch(r"M \d+ \d+( C \d+ \d+ \d+ \d+ \d+ \d+( H \d+)?)+", curve)
        for x, y, far in re.findall(r" (\d+) (\d+) H (\d+)", curve):
            for box in drawn.boxes:  # bends are between the columns, where no box is
                beside = box.x >= int(far) or box.x + graph.WIDTH <= int(x)
                assert beside or not box.y <= int(y) <= box.y + graph.HEIGHT, curve
        for x, to_x in re.findall(r"(\d+) \d+ C \d+ \d+ \d+ \d+ (\d+)", curve):
            assert int(to_x) - int(x) == graph.COLUMN - graph.WIDTH
    assert all(0 <= b.x <= drawn.width and 0 <= b.y <= drawn.height for b in drawn.boxes)
    corners = {(box.x, box.y) for box in drawn.boxes}
    apart = [abs(a - b) for x, a in corners for to, b in corners if x == to and a != b]
    assert min(apart) > graph.HEIGHT


def test_the_font_has_every_sign_that_lean_uses() -> None:
    root = Path(report.__file__).parent
    font = TTFont(root / "JuliaMono.woff2")
    font.flavor = None
    plain = io.BytesIO()
    font.save(plain)
    plain.seek(0)
    drawn = ImageFont.truetype(plain, 24)
    files = [*root.parents[2].glob("*.lean"), *(root.parents[2] / "DeepLinear").rglob("*.lean")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    texts += [theorem.statement for theorem in RECORD.theorems]
    tofu = bytes(drawn.getmask("\U0010ffff"))
    for sign in sorted({*"".join(texts)} - {" ", "\n"}):
        assert bytes(drawn.getmask(sign)) not in (tofu, b""), f"{sign!r} has no glyph"
    assert "SIL OPEN FONT LICENSE" in (root / "JuliaMono-OFL.txt").read_text(encoding="utf-8")


# --- in a browser ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Return a headless Chromium."""
    if not (CHROMIUM and DRIVER):
        pytest.skip("Chromium and its driver are not here: apt install chromium chromium-driver")
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for word in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        f"user-data-dir={tmp_path_factory.mktemp('profile')}",
    ):
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options, ChromeService(DRIVER))
    yield driver
    driver.quit()


def look(browser: Chrome, folder: Path, page: str, width: int, scheme: str = "light") -> None:
    """Open a page in a window of this width, light or dark."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get((folder / page).as_uri())


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_fit_the_screen_and_load_all_they_show(
    browser: Chrome, folder: Path, width: int
) -> None:
    for page in sorted(pages(folder)):
        look(browser, folder, page, width)
        assert (
            browser.execute_script(
                "document.querySelectorAll('details').forEach(d => d.open = true);"
                "return document.documentElement.scrollWidth"
            )
            <= width
        ), page
        for image in browser.find_elements(By.TAG_NAME, "img"):
            browser.execute_script("arguments[0].loading = 'eager'", image)
            assert len(image.get_attribute("alt") or "") > 40
            assert (
                browser.execute_async_script(
                    "const done = arguments[1]; arguments[0].decode().then("
                    "() => done(arguments[0].naturalWidth), () => done(0))",
                    image,
                )
                > 0
            ), page
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry for entry in log if entry["level"] == "SEVERE"] == []


@pytest.mark.browser
def test_formulas_are_drawn(browser: Chrome, folder: Path) -> None:
    for problem in CHECKS:
        look(browser, folder, report.page_of(problem), 1280)
        formulas = browser.find_elements(By.CSS_SELECTOR, ".wording math")
        assert formulas
        assert all(formula.size["width"] > 4 for formula in formulas)
        assert "$" not in browser.find_element(By.ID, "problem").text
        assert "FORMULA" not in browser.page_source


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_theorem_proof_and_check_are_two_clicks_away(
    browser: Chrome, folder: Path, width: int
) -> None:
    look(browser, folder, "index.html", width)
    browser.find_element(By.CSS_SELECTOR, 'a[href="P4.html#theorems"]').click()
    article = browser.find_element(By.CSS_SELECTOR, "#theorems ~ article")
    assert "isMinOn_of_isLocalMin_of_rank_eq" in article.text
    assert "if all layers have the same width" in article.text
    proof = article.find_element(By.CSS_SELECTOR, "details pre")
    assert not proof.is_displayed()
    article.find_element(By.TAG_NAME, "summary").click()
    assert proof.is_displayed()
    assert proof.text.startswith(":=")
    look(browser, folder, "index.html", width)
    browser.find_element(By.CSS_SELECTOR, 'a[href="P4.html#check"]').click()
    assert "instances" in browser.find_element(By.CSS_SELECTOR, "#check ~ .wide table").text


@pytest.mark.browser
def test_the_keyboard_is_enough(browser: Chrome, folder: Path) -> None:
    look(browser, folder, "P2.html", 1280)
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "To the content"
    body.send_keys(Keys.ARROW_RIGHT)
    assert browser.current_url.endswith("P3.1.html")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.ARROW_LEFT)
    assert browser.current_url.endswith("P2.html")
    summary = browser.find_element(By.TAG_NAME, "summary")
    summary.send_keys(Keys.ENTER)
    assert browser.find_element(By.CSS_SELECTOR, "details[open] pre").is_displayed()


@pytest.mark.browser
def test_light_and_dark_are_what_a_screenshot_shows(browser: Chrome, folder: Path) -> None:
    brightness = {}
    for scheme in ("light", "dark"):
        look(browser, folder, "P3.2.html", 1280, scheme)
        shot = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("L")
        assert shot.width == 1280
        values = sorted(shot.tobytes())
        assert values[-1] - values[0] > 100, "nothing is to be seen"
        brightness[scheme] = values[len(values) // 2]
    assert brightness["light"] > 200
    assert brightness["dark"] < 60


def test_the_command_runs_the_checks_and_writes_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(plots, "SEARCHES", 2)
    made = tmp_path / "report"
    for failed, rows in ((1, ROWS), (0, [row for row in ROWS if row.held])):
        monkeypatch.setattr(checks, "run", lambda *_, rows=rows: rows)
        monkeypatch.setattr(sys, "argv", ["deeplinear", "report", "--html", str(made)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert int(ended.value.code or 0) == failed
        assert ("FAILED" in (made / "index.html").read_text(encoding="utf-8")) == bool(failed)
        assert f"wrote {made / 'index.html'}" in capsys.readouterr().out


def test_the_certificate_of_the_report_holds() -> None:
    assert report.Example.made().certificate.holds()


@pytest.mark.browser
def test_the_search_finds_theorems(browser: Chrome, folder: Path) -> None:
    look(browser, folder, "index.html", 1280)
    field = browser.find_element(By.ID, "search")
    field.send_keys("origin saddle")
    links = browser.find_elements(By.CSS_SELECTOR, "#found a")
    assert "isSaddle_zero" in [link.text for link in links]
    place = next(link for link in links if link.text == "isSaddle_zero").get_attribute("href")
    assert str(place).endswith("P3.2.html#isSaddle_zero")
    field.clear()
    field.send_keys("no such word")
    assert "Nothing is found." in browser.find_element(By.ID, "found").text
