"""Whether people who hear, zoom or type a page can use it: axe, as far as a program can tell."""

import json
from pathlib import Path

from .wait import check

AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
GRAVE = ("serious", "critical")


def barriers(browser):
    """What axe finds grave on the page as it stands, one line each."""
    check(AXE.exists(), f"{AXE} is missing: npm ci in web")
    if not browser.js("!!window.axe"):
        browser.command("Runtime.evaluate", expression=AXE.read_text())
    found = browser.js("axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations.map(v => "
                       "({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map(n => n.html.slice(0, 160))}))))")
    return [f"{v['id']}: {v['help']}: {v['nodes'][:3]}" for v in json.loads(found) if v["impact"] in GRAVE]
