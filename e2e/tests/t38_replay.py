"""A recorded day under other settings: a caller whom nobody had time for is served where one more agent may take the call."""

import json
import subprocess
import time
import xml.etree.ElementTree

from lib.browser import Browser
from lib.server import BINARY
from tests.t01_main_job import talk
from tests.t11_page import sign_in
from tests.t30_pages import look

# By the demo tenant's clock, seconds after UTC.
CHINA_S = 8 * 3600
# How long the second caller waits before it gives up: several times as long as an agent lets it ring here.
PATIENCE_S = 4


def away_from_midnight():
    """A day has to hold both calls: shortly before its end the next one is waited for."""
    left = 86_400 - (time.time() + CHINA_S) % 86_400
    if left < 120:
        time.sleep(left + 1)


def replay(t, day, draft, *flags, language="C"):
    """The command beside the server that runs."""
    path = t.folder / "draft.yaml"
    path.write_text(draft)
    command = [BINARY, "replay", "--day", day, "--policy", str(path), "--data", str(t.server.folder / "data"), *flags]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env={"LANG": language})


def two_calls(t):
    """The day, on which an agent of sales serves a first caller, and nobody has time for a second one, who gives up."""
    away_from_midnight()
    sales = t.agent(1001)
    t.agent(1101)
    t.server.wait_agent(1001, "ready")
    t.server.wait_agent(1101, "ready")
    first = t.caller("13900000001").call("95001").wait_up()
    talk(t, first, sales.take_call())
    second = t.caller("13900000002").call("95001").wait_up()
    time.sleep(PATIENCE_S)
    second.bye().wait()
    first.bye().wait()
    t.server.wait_idle()
    records = [t.server.record(call) for call in (first, second)]
    t.equal([record["outcome"] for record in records], ["answered", "abandoned"], "what truly came of them")
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + CHINA_S))


def test_one_more_agent_would_have_served_the_second_caller(t):
    """The day's own policy comes out as it was, that of the file better; what is wrong is told with its place."""
    rule = {"kind": "setting", "name": "routing.priority"}
    t.server.apply({**rule, "spec": {"value": "caller:13900000002=700"}})
    day = two_calls(t)
    t.server.apply({**rule, "spec": {"value": "caller:13900000002=300"}})
    spec = t.server.get("/api/v1/settings/queue/sales")["spec"]
    spec["members"] = [*spec["members"], "1101"]
    draft = json.dumps({"kind": "queue", "name": "sales", "spec": spec})

    plot = t.folder / "day.svg"
    done = replay(t, day, draft, "--plot", str(plot))
    t.equal((done.returncode, done.stderr), (0, ""), "exit code")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    about = lines[0]
    t.equal([about["kind"], about["day"], about["arrivals"], about["policy_from"]], ["day", day, 2, "journal"], "the day")
    figures = {line["run"]: line for line in lines if line["kind"] == "figures" and line["of"] == "all"}
    came = {run: [it["offered"], it["answered"], it["abandoned"]] for run, it in figures.items()}
    t.equal(came, {"actual": [2, 1, 1], "recorded": [2, 1, 1], "file": [2, 2, 0]}, "what came of the callers")
    classes = {(line["priority_recorded"], line["priority_file"]) for line in lines if line.get("of") == "class"}
    t.equal(classes, {(700, 300), (0, 0)}, "who went first that day, and who goes first now")
    t.equal(about["policy_changes"], 2, "changes of the day: who goes first, twice")
    of_all = {line["kind"]: line for line in lines if line.get("of") == "all" and line["kind"] != "figures"}
    t.equal([of_all["difference"]["answered"], of_all["calibration"]["answered"]], [1, 0], "difference and error")
    t.check(figures["file"]["service_level"] > figures["recorded"]["service_level"], f"service levels: {figures}")
    t.equal(replay(t, day, draft).stdout, done.stdout, "the same again")
    drawing = xml.etree.ElementTree.parse(plot).getroot()
    t.check(len(drawing.findall(".//{*}polyline")) == 9, "three lines in each of three panels")

    for language, words in (("zh_CN.UTF-8", "服务水平"), ("en_US.UTF-8", "own policy replayed")):
        table = replay(t, day, draft, "--table", language=language)
        t.check(table.returncode == 0 and words in table.stdout and "sales" in table.stdout, table.stdout + table.stderr)

    wrong = replay(t, "2001-02-03", draft)
    t.check(wrong.returncode == 1 and f"there is {day}" in wrong.stderr, f"a day without calls: {wrong.stderr}")
    wrong = replay(t, "yesterday", draft)
    t.check(wrong.returncode == 1 and "is no day" in wrong.stderr, f"no day: {wrong.stderr}")
    wrong = replay(t, day, "kind: queue\nname: sales\nspec:\n  members: ['1001']\n  wrap_up_s: 99999\n")
    t.check(wrong.returncode == 1 and "draft.yaml: line 5: queue sales: wrap_up_s" in wrong.stderr, wrong.stderr)
    t.equal(t.server.get("/api/v1/settings/queue/sales")["spec"]["members"], spec["members"][:-1], "nothing has changed")


def open_page(t, language, user):
    """The page of replays, as this user sees it."""
    browser = Browser(t, language, (1366, 768), profile=user)
    browser.command("Emulation.setDeviceMetricsOverride", width=1366, height=768, deviceScaleFactor=1, mobile=False)
    sign_in(t, browser, user, f"demo-{user}", "/rehearsal/replay")
    return browser


def seen(t, browser, name):
    """No barrier, in light and dark, and nothing that stands out to the side."""
    found = []
    look(browser, name, found)
    t.equal(found, [], f"barriers of {name}")
    wide = browser.js("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    t.equal(wide, 0, "pixels that stand out to the side")


def test_the_page_in_chinese(t):
    """A policy is drafted by its fields; the day beside it, its figures, the one call that changes and why; a supervisor reads."""
    empty = open_page(t, "zh-CN", "admin")
    empty.wait_text("还没有排队记录")
    seen(t, empty, "replay-empty-zh")
    day = two_calls(t)
    empty.reload()
    browser = empty
    browser.wait_text(f"{day}（2 次排队）")
    browser.wait_text("未作修改")
    browser.choose("#rep-queue", "sales")
    browser.choose("#rep-members", "1101")
    browser.wait_text("已修改：")
    browser.press("开始重放")
    browser.wait_text("1 通好转，0 通变差")
    browser.wait_text("由坐席 1101 接听，按当日策略其不接此队列")
    browser.wait_text("草稿修改了：队列 · 销售 · 接听的坐席")
    table = browser.js("[...document.querySelector('.reh-table tbody').rows].map((row) => [...row.cells].map((cell) => cell.innerText))")
    told = {row[-11]: row[-10:] for row in table}
    t.equal([told[side][1] for side in ("实际", "当日策略", "草稿", "差别")], ["1", "1", "2", "+1"], f"answered: {told}")
    t.check(told["差别"][4].endswith("个百分点"), f"shares differ by points: {told['差别']}")
    named = browser.js("[...document.querySelectorAll('.reh-table tbody th[scope=rowgroup], .reh-calls td:nth-child(2)')].map((cell) => cell.innerText)")
    t.check("销售" in named and "sales" not in named, f"queues by their titles: {named}")
    browser.js("document.activeElement.blur(); document.querySelectorAll('*').forEach((each) => { each.scrollTop = 0; })")
    seen(t, browser, "replay-zh")
    record = browser.js("document.querySelector('.reh-calls a').getAttribute('href').split('/').pop()")
    t.equal(t.server.get(f"/api/v1/interactions/{record}")["outcome"], "abandoned", "the call that it leads to")
    watcher = open_page(t, "zh-CN", "2001")
    watcher.wait_text("1 通好转，0 通变差")
    watcher.wait_text("只有能修改设置的人可以开始重放")
    t.check(watcher.js("[...document.querySelectorAll('button')].find((b) => b.innerText.includes('开始重放')).disabled"), "a supervisor can begin")


def test_the_page_in_english(t):
    """The present settings against those of the day; a rule that makes no sense is named; a change is undone."""
    day = two_calls(t)
    browser = open_page(t, "en-US", "admin")
    browser.wait_text("That day under another policy")
    browser.wait_text(f"{day} (2 came to queues)")
    browser.press("Replay", within="form")
    browser.wait_text("The draft is what is set up now.")
    browser.wait_text("No call differs so that it could be noticed")
    browser.fill("#rep-priorities", "caller:1390000*=9999")
    browser.press("Replay", within="form")
    browser.wait_text("To be mended first")
    browser.press("routing.priority ✕")
    browser.wait_text("Nothing is changed")
    browser.fill("#rep-priorities", "caller:13900000002=900")
    browser.press("Replay", within="form")
    browser.wait_text("Priority 0 → 900")
    seen(t, browser, "replay-en")
    # It is found again, and the rehearsal is one step away.
    browser.command("Page.reload")
    browser.wait_text("Priority 0 → 900")
    browser.press("Rehearsal", within=".reh-tabs")
    browser.wait_text("See it before it goes live")
    t.equal([error for error in browser.errors if "401" not in error and "400" not in error], [], "errors of the page")
