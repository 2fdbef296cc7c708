"""The page in a real browser: search, order and filters work, no text runs, nothing is wider than a phone."""

import pytest

from tests.browser import browser
from tests.tools.report.evaluations import answer, both, evaluated, made, own, reported
from tests.tools.report.hostile import HOSTILE

pytestmark = pytest.mark.slow
LONG = "a_score_of_a_task_whose_name_was_made_by_putting_every_word_together_that_there_is"


@pytest.fixture(scope="module")
def address(here):
    base = [answer(f"q{n}", f"{HOSTILE} base {n}", exact=1.0, loss=float(n)) for n in range(40)]
    tuned = [answer(f"q{n}", f"tuned {n}", "x" * 300, exact=n % 2, loss=2.0 * n) for n in range(40)]
    measures = {side: [own("safety", "refusals", {"s": side == "tuned"})] for side in ("base", "tuned")}
    groups = {
        "exact": {f"category: {HOSTILE}": both(0.5, 0.6, "better"), "category: b": both(0.5, 0.1, "worse")}
    }
    found = evaluated(
        "It helped.", ["exact"], groups=groups, exact=both(0.1, 0.9, "better"), loss=both(0.5, 0.2, "unsure"),
        refusals=both(0.0, 1.0, "better"), **{LONG: both(0.5, 0.2, "worse")},
    )  # fmt: skip
    run = made(here, found, {"base": base, "tuned": tuned}, measures)
    reported(here, run)
    return (run / "report.html").as_uri()


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture
def opened(chromium, address):
    """The page, and all that the browser complains of."""

    def opened(width=1280, script=True, scheme="light"):
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script, color_scheme=scheme
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url) if request.url != address else None)
        page.goto(address)
        return page

    contexts, complaints = [], []
    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def test_answers_are_searched_ordered_and_filtered(opened):
    from playwright.sync_api import expect

    page = opened()
    cards, matching = page.locator("article"), page.locator("#matching")
    expect(matching).to_have_text("10 of 41 matching questions")
    expect(cards).to_have_count(10)
    page.get_by_role("button", name="Show 20 more").click()
    expect(cards).to_have_count(30)
    page.get_by_label("Search").fill("TUNED 17")
    expect(cards).to_have_count(1)
    expect(cards).to_contain_text("question q17")
    assert page.evaluate("CSS.highlights.get('found').size") == 1
    page.get_by_label("Search").fill("")
    page.get_by_label("Order").select_option(label="loss: worst first")  # the higher, the better
    expect(cards.first).to_contain_text("question q0")
    page.get_by_label("Order").select_option(label="loss: best first")
    expect(cards.first).to_contain_text("question q39")
    page.get_by_label("Answers that").select_option(label="▼ got worse")
    expect(matching).to_have_text("10 of 20 matching questions")
    page.get_by_label("Questions of").select_option("safety")
    expect(matching).to_have_text("No question matches")
    page.get_by_label("Answers that").select_option("")
    expect(matching).to_have_text("1 of 1 matching questions")


def test_without_its_script_all_of_it_can_be_read(opened):
    page = opened(script=False)
    assert page.locator("article").count() == 41
    assert not page.locator("#controls").is_visible() and not page.locator("button.copy").first.is_visible()
    page.locator("summary", has_text="31 more").click()
    assert page.locator("article").last.is_visible()


def test_text_of_a_model_is_text(opened):
    page = opened()
    assert "<script>alert(1)</script>" in page.locator("article .base .words").first.inner_text()
    assert page.locator("script").count() == 1 and page.locator("img").count() == 0


def test_the_recipe_is_copied_with_one_click(opened):
    page = opened()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".copied", has=page.locator("#recipe-text")).get_by_role("button").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("loaders:\n- plain:")


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_nothing_is_wider_than_the_window(opened, width):
    page = opened(width)
    for fold in page.locator("#data details, #groups details, section > details").all()[:12]:
        fold.evaluate("one => { one.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_told_from_their_ground(opened, scheme):
    """At least 4.5 to 1, as WCAG 2.2 wants of text (1.4.3)."""
    weak = opened(scheme=scheme).evaluate(CONTRAST)
    assert weak == []


def test_on_paper_it_is_black_on_white(opened):
    page = opened(scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) != "rgb(255, 255, 255)"
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    assert not page.locator("nav").is_visible() and not page.locator("#controls").is_visible()


CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const found = rgb(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return rgb(getComputedStyle(document.body).backgroundColor);
  };
  const weak = new Set();
  for (const one of document.querySelectorAll("body *")) {
    if (!["SCRIPT", "STYLE"].includes(one.tagName) && [...one.childNodes].some((n) => n.nodeType == 3 && n.data.trim())) {
      const [a, b] = [light(rgb(getComputedStyle(one).color)), light(ground(one))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (ratio < 4.5) weak.add(`${one.tagName}.${one.className}: ${ratio.toFixed(2)}`);
    }
  }
  return [...weak];
}"""
