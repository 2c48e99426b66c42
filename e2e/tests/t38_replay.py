"""A recorded day under other settings: a caller whom nobody had time for is served where one more agent may take the call."""

import json
import subprocess
import time
import xml.etree.ElementTree

from lib.server import BINARY
from tests.t01_main_job import talk

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


def test_one_more_agent_would_have_served_the_second_caller(t):
    """The day's own policy comes out as it was, that of the file better; what is wrong is told with its place."""
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
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + CHINA_S))
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
