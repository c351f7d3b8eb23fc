"""The web page in a real browser, against the real service: choose, follow, read the answer."""

import pytest
from chromium import executable, open_page

from sync_analyzer.words import sync_status

pytestmark = pytest.mark.skipif(
    executable() is None, reason="no Chromium here (apt-get install chromium)"
)

VIEWS = ("", "#/analyses")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with open_page(tmp_path_factory.mktemp("browser")) as opened:
        opened.size(1200, 900)
        yield opened


@pytest.fixture
def fresh(page, server):
    page.size(1200, 900)
    page.go("about:blank")
    page.complaints.clear()
    page.go(f"{server.url}/")
    page.wait_for("document.querySelector('#profile')")
    yield page
    assert page.complaints == []


def button(text, nth=0):
    return (
        f"[...document.querySelectorAll('button')].filter((b) => b.textContent === {text!r})[{nth}]"
    )


def choose_on_server(page, name, nth):
    """Open the nth file browser and take the file of this name."""
    page.evaluate(f"{button('Browse the server', nth)}.click()")
    entry = (
        f"[...document.querySelectorAll('dialog .name')].find((n) => n.textContent === {name!r})"
    )
    page.wait_for(entry)
    page.evaluate(f"{entry}.closest('button').click()")
    page.wait_for("!document.querySelector('dialog')")


def test_a_pair_chosen_on_the_server_is_followed_to_its_verdict(fresh, server):
    server.pair("page", delay_seconds=0.25, seed=31)

    choose_on_server(fresh, "page_master.wav", 0)
    choose_on_server(fresh, "page_dub.wav", 1)
    fresh.click("button[type=submit]")
    fresh.wait_for("document.querySelector('.verdict h1')", seconds=120)

    assert fresh.evaluate("document.querySelector('.verdict h1').textContent") == (
        "The dub is 250.0 ms late"
    )
    shown = fresh.text()
    assert "Move the dub 250.0 ms earlier." in shown
    assert "6.25 frames" in shown
    assert fresh.evaluate("document.querySelectorAll('.plot .dot').length") > 4
    assert fresh.evaluate("document.querySelectorAll('.plot .fit').length") == 1
    assert fresh.evaluate("document.title").startswith("The dub is 250.0 ms late")


def test_the_corrected_dub_is_made_and_offered(fresh, server):
    master, dub = server.pair("mended", seconds=20.0, delay_seconds=0.25, seed=32)
    analysis_id = server.submit(master_file=master, dub_file=dub)
    server.wait_for(analysis_id)

    fresh.go(f"{server.url}/#/analysis/{analysis_id}")
    fresh.wait_for(button("Make the corrected file"))
    fresh.evaluate(f"{button('Make the corrected file')}.click()")
    fresh.wait_for("document.body.innerText.includes('The corrected dub is written')", seconds=120)

    link = fresh.evaluate("document.querySelector('.verdict .actions a').getAttribute('href')")
    assert server.get(f"/{link}").content[:4] == b"RIFF"


def test_a_match_that_is_not_there_is_said_and_no_line_is_drawn(fresh, server):
    master, _ = server.pair("one", seed=41)
    _, dub = server.pair("other", seed=42)
    analysis_id = server.submit(master_file=master, dub_file=dub)
    server.wait_for(analysis_id)

    fresh.go(f"{server.url}/#/analysis/{analysis_id}")
    fresh.wait_for("document.querySelector('.verdict h1')")

    assert fresh.evaluate("document.querySelector('.verdict h1').textContent") == "No match"
    fresh.wait_for("document.querySelectorAll('.plot .no-evidence').length > 0")
    assert fresh.evaluate("document.querySelectorAll('.plot .fit').length") == 0


def test_an_uploaded_file_fills_the_field_with_its_path(fresh, server):
    master, _ = server.pair("sent", seed=51)
    fresh.choose_file(".side.master input[type=file]", master)

    fresh.wait_for("document.querySelector('#master-path').value")

    path = fresh.evaluate("document.querySelector('#master-path').value")
    assert path.startswith(str(server.uploads))


def test_what_the_service_refuses_is_shown_in_its_own_words(fresh, server):
    fresh.fill("#master-path", str(server.media / "nothing.wav"))
    fresh.fill("#dub-path", str(server.media / "nothing either.wav"))
    fresh.click("button[type=submit]")

    fresh.wait_for("document.querySelector('[role=alert] .bad')")

    assert "File not found" in fresh.evaluate("document.querySelector('[role=alert]').textContent")
    fresh.complaints = [one for one in fresh.complaints if "404" not in one]


def test_an_unknown_analysis_is_said_to_be_unknown(fresh, server):
    fresh.go(f"{server.url}/#/analysis/analysis_20000101_000000_00000000")

    fresh.wait_for("document.querySelector('.notice.bad')")

    fresh.complaints = [one for one in fresh.complaints if "404" not in one]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("view", VIEWS, ids=["home", "list"])
def test_nothing_is_wider_than_a_phone(fresh, server, view, dark):
    fresh.size(360, 740, dark=dark)

    fresh.go(f"{server.url}/{view}")
    fresh.wait_for("document.querySelector('.jobs')")

    assert fresh.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_result_is_not_wider_than_a_phone_and_adds_nothing(fresh, server):
    master, dub = server.pair("narrow", seed=61)
    analysis_id = server.submit(master_file=master, dub_file=dub, methods=["mfcc"])
    view = server.wait_for(analysis_id)
    fresh.size(360, 740)

    fresh.go(f"{server.url}/#/analysis/{analysis_id}")
    fresh.wait_for("document.querySelector('.verdict h1')")
    limits = {"verdict": "fail", "early_fail_ms": 100.0, "late_fail_ms": 185.0}
    longest = sync_status("edited", limits, drifting=False)
    fresh.evaluate(f"document.querySelector('.verdict .chip').textContent = {longest!r}")

    assert fresh.evaluate("document.documentElement.scrollWidth") <= 360
    said = fresh.evaluate("[...document.querySelectorAll('.says li')].map((e) => e.textContent)")
    assert said == view["result"]["recommendations"]


def test_every_control_has_a_name(fresh):
    nameless = fresh.evaluate(
        "[...document.querySelectorAll('input, select, button, a')].filter((e) =>"
        " !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim()))"
        ".map((e) => e.outerHTML)"
    )

    assert nameless == []
