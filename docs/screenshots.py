"""Take the pictures of the README from the demo city: python docs/screenshots.py."""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import sqlalchemy as sa
from playwright.sync_api import Browser, sync_playwright

from bench.server import serve
from itsm.app import create_app
from itsm.config import read
from itsm.core import clock, postgres
from itsm.core.access import SYSTEM
from itsm.core.db import db, writing
from itsm.demo import load
from itsm.demo.people import PASSWORD
from itsm.dispatch.planner.week.solve import Budget
from itsm.dispatch.service import plans
from itsm.operations import schema
from itsm.org import calendar
from itsm.org.models import District

PICTURES = Path(__file__).parent / "screenshots"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
CHROMIUM = shutil.which("chromium-headless-shell")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

TODAY = clock.local_day(clock.now())
DAY = TODAY if calendar.is_school_day(TODAY) else calendar.next_school_day(TODAY)

# name: (who, or nobody; address; window)
SHOTS = {
    "melden": ("lehrkraft@example.org", "/melden", PHONE),
    "tag": ("campus@example.org", f"/tag/{DAY}", PHONE),
    "stoerungen": ("campus@example.org", "/stoerungen", DESK),
    "stoerung": ("campus@example.org", "/stoerungen", DESK),
    "einsatz": ("team@example.org", f"/einsatz?woche={DAY}", DESK),
    "plan": ("team@example.org", "/einsatz/plaene/1", DESK),
    "geraet": ("campus@example.org", "/geraete/2", PHONE),
    "ausgabe": ("medien@example.org", "/geraete/ausgabe/neu", PHONE),
    "inventur": ("medien@example.org", "/geraete/inventur", PHONE),
    "wissen": ("", "/wissen", PHONE),
    "anleitung": ("", "/wissen/4", PHONE),
    "redaktion": ("redaktion@example.org", "/wissen/redaktion", DESK),
    "austausch": ("team@example.org", "/geraete/austausch/1", DESK),
    "schaden": ("lehrkraft@example.org", "/schaeden/melden", PHONE),
    "fall": ("schaden@example.org", "/schaeden/44", DESK),
    "forderung": ("freigabe@example.org", "/forderungen/3", DESK),
    "zahlen": ("team@example.org", "/schaeden/zahlen", DESK),
}
# What a picture begins with, if not with the head of its page.
BEGINS = {"fall": "#zeitwert"}


def main() -> None:
    """Load the city into a database of its own and photograph it."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="itsm-") as folder:
        try:
            _load(Path(folder))
            with serve("wsgi:app", "/lebt", {"ITSM_INSTANCE": folder}) as (url, _), sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                for name, (email, path, window) in SHOTS.items():
                    _shoot(browser, url, name, email, path, window)
                browser.close()
        finally:
            postgres.stop(Path(folder))


def _load(instance: Path) -> None:
    schema.migrate(postgres.url(instance))
    app = create_app(read({"ITSM_INSTANCE": str(instance)}))
    with app.app_context():
        with writing():
            load.load(clock.now())
        with writing():
            everywhere = list(db.session.scalars(sa.select(District.id)))
            plan_id = plans.ask(SYSTEM, everywhere, DAY, clock.now()).id
        plans.run(plan_id, clock.now, Budget(iterations=20_000))
        db.engine.dispose()


def _shoot(browser: Browser, url: str, name: str, email: str, path: str, window: dict[str, int]) -> None:
    context = browser.new_context(viewport=window, locale="de-DE", base_url=url)
    page = context.new_page()
    page.goto(f"/anmelden?next={path}" if email else path)
    if email:
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
    page.wait_for_url(f"{url}{path}")
    if name == "stoerung":
        page.locator(".it-table__link").first.click()
        page.wait_for_url(f"{url}{path}/*")
    if name in BEGINS:
        page.locator(BEGINS[name]).evaluate("section => section.scrollIntoView({behavior: 'instant'})")
    page.screenshot(path=PICTURES / f"{name}.png")
    context.close()


if __name__ == "__main__":
    main()
