"""A day in virtual time on a real server: the command and the page say the same, a draft that loses callers is told in red."""

import json
import re
import sqlite3
import subprocess
import time

from lib.accessible import barriers
from lib.browser import Browser
from lib.flows import end, lead
from lib.server import BINARY
from tests.t11_page import shot, sign_in
from tests.t30_pages import SETTLE
from tests.t35_designer import click_text
from tests.t38_replay import CHINA_S, away_from_midnight

NUMBER = "95077"
NODES = {
    "menu": {"kind": "menu", "prompt": "menu_main", "outlets": {"1": "sales", "2": "bye", "timeout": "bye"}},
    "sales": {"kind": "queue", "queue": "sales", "outlets": {"no_agent": "bye", "full": "bye", "too_long": "bye"}},
    "bye": end(),
}
DEMAND = "from,number,calls\n10:00,%s,60\n10:30,%s,90\n" % (NUMBER, NUMBER)
DAY = "2026-12-01"
# Nobody has signed in on any day, so all agents are taken to work.
WORSE = "kind: queue\nname: sales\nspec: {members: ['1001'], no_agent: wait, max_wait_s: 30, service_level_s: 20}\n"


def rehearse(t, *flags):
    """What the command prints of this server's data, while the server runs."""
    done = subprocess.run([BINARY, "rehearse", "--data", t.server.folder / "data", *flags], capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout, done.stderr


def whole(t, *flags):
    """The same, as JSON."""
    code, out, err = rehearse(t, *flags)
    t.equal(code, 0, f"exit code: {err}")
    return json.loads(out)


def files(t):
    """The demand and a draft on disk."""
    demand, draft = t.server.folder / "demand.csv", t.server.folder / "draft.yaml"
    demand.write_text(DEMAND)
    draft.write_text(WORSE)
    return str(demand), str(draft)


def lose(t, name):
    """A draft of the flow in the designer in which key 1 leads to a queue that gives up at once, and to nothing after that."""
    nodes = {**NODES, "sales": {"kind": "queue", "queue": "nobody", "outlets": {}}}
    flow = {"version": 1, "id": name, "name": name, "language": "zh", "start": "menu", "nodes": nodes}
    t.server.apply({"kind": "queue", "name": "nobody", "spec": {"members": [], "no_agent": "refuse"}})
    status, _, body = t.server.fetch(f"/api/v1/flows/{name}/draft", method="PUT", body={"spec": {"definition": flow}, "base": 1})
    t.check(status in (200, 204), f"draft: {status} {body[:300]!r}")


def test_the_command_beside_the_server(t):
    """The same seed gives the same day; a draft stands beside today; a draft that makes no sense is named; nothing is changed."""
    lead(t, NUMBER, "rehearsed", NODES)
    demand, draft = files(t)
    flags = ("--demand", demand, "--forecast", DAY, "--seed", "5")
    alone = whole(t, *flags)
    t.equal(alone["draft"], None, "a draft")
    t.equal((alone["day"], alone["today"]["calls"]), (DAY, 150), "the day and its calls")
    t.equal(alone["today"]["broken_invariants"], [], "broken invariants")
    t.equal(alone["today"]["nowhere"], [], "calls that end nowhere")
    t.check(alone["today"]["served"] > 40, f"served: {alone['today']['served']}")
    t.equal(whole(t, *flags), alone, "the same again")
    both = whole(t, *flags, "--draft", draft)
    t.equal(both["today"], alone["today"], "today beside a draft")
    t.check(both["draft"]["service_level"] < both["today"]["service_level"], "one agent is not worse than a hundred")
    t.check(any(one["measure"] == "service_level" and one["better"] is False for one in both["differences"]), both["differences"])
    t.equal([change["name"] for change in both["changes"]], ["sales"], "what the draft changes")
    code, out, err = rehearse(t, *flags, "--draft", draft, "--table")
    t.check(code == 0 and "→" in out and "sales" in out, f"{code}: {out} {err}")
    bad = t.server.folder / "bad.yaml"
    bad.write_text("kind: queue\nname: sales\nspec: {members: ['9999']}\n")
    code, _, err = rehearse(t, *flags, "--draft", str(bad))
    t.check(code == 1 and "members[0]" in err and "9999" in err, f"{code}: {err}")
    code, _, err = rehearse(t, "--day", "2020-01-01")
    t.check(code == 1 and "no call came on 2020-01-01" in err, f"{code}: {err}")
    lose(t, "rehearsed")
    lost = whole(t, *flags, "--flow-draft", "rehearsed")
    t.check(lost["breaks"] and lost["draft"]["nowhere"][0]["node"] == "sales", lost["draft"]["nowhere"])
    t.equal(lost["draft"]["nowhere"][0]["outlet"], "no_agent", "the outlet that leads nowhere")
    members = t.server.get("/api/v1/settings/queue/sales")["spec"]["members"]
    t.check(len(members) > 50, f"the draft was applied: {members}")


def choose_day(browser):
    """What a date field is given by its calendar."""
    browser.wait_for(f"""(() => {{ const field = document.querySelector('#reh-day'); if (!field) return false;
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, '{DAY}');
        field.dispatchEvent(new Event('input', {{bubbles: true}})); return field.value === '{DAY}'; }})()""", what="the day chosen")


def look(t, browser, name):
    """Barriers and a picture in both themes."""
    found = []
    for theme in ("light", "dark"):
        browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme},
                                                                {"name": "prefers-reduced-motion", "value": "reduce"}])
        browser.wait_for(f"document.documentElement.dataset.theme === '{theme}'", what=f"the {theme} theme")
        browser.js(SETTLE)
        found += barriers(browser)
        shot(t, browser, f"{name}-{theme}")
    t.equal(found, [], f"barriers of {name}")
    wide = browser.js("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    t.equal(wide, 0, "pixels that stand out to the side")


def open_page(t, language, user, path="/rehearsal"):
    browser = Browser(t, language, (1366, 768), profile=user)
    browser.command("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    sign_in(t, browser, user, f"demo-{user}", path)
    return browser


def test_the_page_in_chinese(t):
    """From the designer's publish dialog to a verdict in red; then without the draft; a supervisor sees it and begins none."""
    lead(t, NUMBER, "rehearsed", NODES)
    lose(t, "rehearsed")
    browser = open_page(t, "zh-CN", "admin", "/rehearsal?flow=rehearsed")
    browser.wait_text("在上线之前看一看")
    look(t, browser, "rehearsal-empty")
    browser.press("自行填写")
    choose_day(browser)
    browser.fill("#reh-demand", DEMAND)
    browser.press("开始预演")
    browser.wait_text("草稿会让来电无人处理")
    browser.wait_text(f"拨打 {NUMBER} 的来电")
    look(t, browser, "rehearsal-breaks")
    demand, _ = files(t)
    told = whole(t, "--demand", demand, "--forecast", DAY, "--flow-draft", "rehearsed")
    shown = browser.js("document.querySelector('.reh-broken li').innerText")
    t.check(str(told["draft"]["nowhere"][0]["calls"]) in shown, f"{shown}; the command: {told['draft']['nowhere']}")
    watcher = open_page(t, "zh-CN", "2001")
    watcher.wait_text("草稿会让来电无人处理")
    watcher.wait_text("只有能修改设置的人可以开始预演")
    t.check(watcher.js("[...document.querySelectorAll('button')].find((b) => b.innerText.includes('开始预演')).disabled"), "a supervisor can begin")


def test_the_page_in_english(t):
    """A settings draft side by side with today, by keys alone; what is wrong with one is named."""
    lead(t, NUMBER, "rehearsed", NODES)
    browser = open_page(t, "en-US", "admin")
    browser.wait_text("See it before it goes live")
    browser.press("Typed in")
    choose_day(browser)
    browser.fill("#reh-demand", DEMAND)
    browser.fill("#reh-settings", "kind: queue\nname: sales\nspec: {members: ['9999']}\n")
    browser.press("Rehearse")
    browser.wait_text("members[0]")
    browser.fill("#reh-settings", WORSE)
    browser.js("document.querySelector('.reh-form button[type=submit]').focus()")
    for kind, text in (("keyDown", {"text": "\r"}), ("keyUp", {})):
        browser.command("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, **text)
    browser.wait_text("What differs")
    browser.wait_text("Whole centre")
    browser.wait_text("Service level goes from")
    look(t, browser, "rehearsal-both")
    browser.js("document.querySelector('.reh-table').scrollIntoView({block: 'center'})")
    browser.js(SETTLE)
    shot(t, browser, "rehearsal-both-below")
    # It is found again.
    browser.command("Page.reload")
    browser.wait_text("What differs")
    t.equal([error for error in browser.errors if "401" not in error and "400" not in error], [], "errors of the page")


# Enough calls to keep it at work until somebody has read how far it is.
LONG = "from,number,calls\n" + "".join(f"{hour:02}:00,{NUMBER},4000\n" for hour in range(6, 22))
DAY_S = 86_400


def test_a_long_one_tells_how_far_it_is_and_is_stopped(t):
    """The publish dialog's link leads to it with the draft chosen; its progress is told; stopped, it keeps nothing."""
    lead(t, NUMBER, "rehearsed", NODES)
    lose(t, "rehearsed")
    browser = open_page(t, "zh-CN", "admin", "/flows/rehearsed")
    browser.wait_text("没有问题，可以发布")
    click_text(browser, ".flow-bar button", "发布")
    browser.press("发布前预演")
    browser.wait_for("location.pathname.endsWith('/rehearsal') && location.search.includes('rehearsed')", what="the page of rehearsals")
    browser.wait_for("document.querySelector('.reh-form')?.innerText.includes('rehearsed')", what="the flow's draft, chosen")
    browser.press("自行填写")
    choose_day(browser)
    browser.js("document.querySelector('#reh-demand').focus()")
    browser.insert(LONG)
    browser.press("开始预演")
    browser.wait_text("正在预演")
    browser.wait_for("Number(document.querySelector('.reh-running [role=progressbar]')?.getAttribute('aria-valuenow')) > 0", 60, "some progress")
    browser.press("取消")
    browser.wait_text("已取消，未保留结果")
    t.equal(t.server.get("/api/v1/rehearsals")["last"]["state"], "cancelled", "the job")


def repeat(t, weeks):
    """The calls of today, on the same weekday of so many weeks before, too: as if the centre were that old."""
    path = t.server.folder / "data/lingtong.db"
    with sqlite3.connect(path, timeout=30) as store:
        columns = [row[1] for row in store.execute("PRAGMA table_info(interaction)")]
        rows = store.execute("SELECT * FROM interaction").fetchall()
        t.check(rows, "no calls to repeat")
        # Moments are milliseconds since 1970, in columns and in the record alike.
        moment = re.compile(r"(?<=:)1[0-9]{12}(?=[,}\\]])")
        for week in range(1, weeks + 1):
            back = week * 7 * DAY_S * 1000
            for row in rows:
                line = dict(zip(columns, row))
                line["id"] -= week
                for name in columns:
                    if name.endswith("_at") and line[name] is not None:
                        line[name] -= back
                line["detail"] = moment.sub(lambda found: str(int(found.group()) - back), line["detail"])
                store.execute(f"INSERT INTO interaction ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", list(line.values()))


def test_a_forecast_from_several_weeks(t):
    """The mean of the same weekdays: as many calls as came on each, more by the scale; other weekdays have none."""
    away_from_midnight()
    lead(t, NUMBER, "rehearsed", {"bye": end("short_greeting")})
    for caller in range(4):
        t.caller(f"1390000000{caller}").call(NUMBER).wait_end(20)
    t.server.wait_idle()
    now = time.time() + CHINA_S

    def day(weeks):
        return time.strftime("%Y-%m-%d", time.gmtime(now + weeks * 7 * DAY_S))

    repeat(t, 3)
    told = whole(t, "--forecast", day(1), "--weeks", "4")
    t.equal(sorted(told["assumptions"]["mean_of"]), [day(-3), day(-2), day(-1), day(0)], "the days")
    t.equal((told["calls"], told["today"]["self_served"]), (4, 4), "as many as on each of these days")
    t.equal(whole(t, "--forecast", day(1), "--weeks", "4", "--scale", "2")["calls"], 8, "twice as many")
    t.equal(whole(t, "--forecast", day(1), "--weeks", "2")["assumptions"]["mean_of"], [day(0), day(-1)], "two weeks alone")
    tomorrow = time.strftime("%Y-%m-%d", time.gmtime(now + DAY_S))
    code, _, err = rehearse(t, "--forecast", tomorrow)
    t.check(code == 1 and "no call came on the same weekday" in err, f"{code}: {err}")
