"""Letters and posts: a report that arrives with the figures of the API; an alarm that is told once, signed; a mail server
that is not there, refuses, wants a password or encryption; a process that is killed while letters wait."""

import csv
import hashlib
import hmac
import http.server
import io
import json
import threading
import time

from lib.accessible import barriers
from lib.browser import Browser
from lib.server import free_port
from lib.smtpd import Post
from tests.t01_main_job import talk
from tests.t11_page import shot, sign_in
from tests.t12_tls import certificate
from tests.t30_pages import SETTLE

FROM = "centre@example.com"
YESTERDAY = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 86_400))
SECRET = "a secret between the two"


def server_at(port, **how):
    """The mail server's settings."""
    spec = {"host": "127.0.0.1", "port": port, "security": "none", "from": FROM, "from_name": "灵通客服", **how}
    return {"kind": "mail_server", "name": "default", "spec": spec}


def try_mail(t, to="li@example.com"):
    """What comes of a test mail."""
    status, _, body = t.server.fetch("/api/v1/mail-server/test", method="POST", body={"to": to}, headers={"Accept-Language": "en"})
    t.equal(status, 200, f"test mail: {body[:300]!r}")
    return json.loads(body)


def deliveries(t, **narrowed):
    """What was sent or waits, the newest first."""
    query = "&".join(f"{name}={value}" for name, value in narrowed.items())
    return t.server.get(f"/api/v1/deliveries?{query}")["items"]


def again(t, delivery):
    """Has it tried at once."""
    status, _, body = t.server.fetch(f"/api/v1/deliveries/{delivery['id']}/retry", method="POST")
    t.equal(status, 200, f"retry: {body[:300]!r}")


def ended(t, status="sent", timeout=20, **narrowed):
    """Waits until all are taken or given up."""

    def all_of_them():
        found = deliveries(t, **narrowed)
        return found if found and all(one["status"] == status for one in found) else None

    return t.until(all_of_them, timeout, lambda: f"deliveries that are {status}: {deliveries(t, **narrowed)}", 0.1)


def an_answered_call(t):
    """A customer is served in the sales queue."""
    agent, caller = t.agent(1001), t.caller("13812345678")
    t.server.wait_agent(1001, "ready")
    call = caller.call("95001").wait_up()
    offered = agent.wait_call()
    offered.answer()
    talk(t, call, offered)
    call.bye().wait()
    offered.wait_end()
    t.server.record(call)


def test_a_report_arrives(t):
    """Its letter is in Chinese, to each recipient alone, with the very figures that the API gives."""
    post = Post(t, free_port())
    an_answered_call(t)
    to = ["wang@example.com", "grey-li@example.com"]
    report = {"title": {"zh": "销售日报", "en": "Sales"}, "about": "so_far", "every": "all", "subjects": ["sales"],
              "recipients": to, "formats": ["csv", "xlsx", "pdf"]}
    t.server.apply(server_at(post.port), {"kind": "report_schedule", "name": "sales", "spec": report})
    [listed] = t.server.get("/api/v1/report-schedules")["items"]
    t.check(listed["next_at"] and "last" not in listed, f"a schedule that has not run: {listed}")

    def figures():
        lines = t.server.get(f"/api/v1/reports?by=queue&every=all&from={YESTERDAY}")["items"]
        return next((line for line in lines if line["subject"]["name"] == "sales" and line["answered"] == 1), None)

    wanted = t.until(figures, 20, "the call in the report", 0.2)
    status, _, body = t.server.fetch("/api/v1/report-schedules/sales/run", method="POST")
    t.equal((status, json.loads(body)), (200, {"letters": 2}), "run now")
    letter = t.until(lambda: post.letters(to[0]), 20, "the letter")[0]
    t.check(letter["subject"].startswith("销售日报 20"), f"subject: {letter['subject']}")
    t.equal(letter["from"].addresses[0].display_name, "灵通客服", "sender")
    t.check("报表见附件" in letter.get_body(("plain",)).get_content(), "text")
    files = {part.get_filename(): part.get_payload(decode=True) for part in letter.iter_attachments()}
    kinds = {name.rsplit(".", 1)[1]: content for name, content in files.items()}
    t.equal(sorted(kinds), ["csv", "pdf", "xlsx"], "attachments")
    t.check(all(name.startswith("销售日报 ") for name in files), f"names: {list(files)}")
    t.check(kinds["pdf"].startswith(b"%PDF-") and kinds["xlsx"].startswith(b"PK"), "files of their kind")
    rows = list(csv.reader(io.StringIO(kinds["csv"].decode("utf-8-sig"))))
    head = next(row for row in rows if "接听" in row or "接起" in row)
    line = dict(zip(head, rows[rows.index(head) + 1]))
    answered = line.get("接听") or line.get("接起")
    t.equal(int(answered), wanted["answered"], f"answered, of {line}")

    # The other server lets strangers in at the second attempt.
    [grey] = t.until(lambda: [d for d in deliveries(t, status="waiting") if d["attempts"] == 1], 20, "greylisted", 0.1)
    t.check("451" in grey["answer"] and grey["recipient"] == to[1], f"{grey}")
    again(t, grey)
    ended(t, source="sales")
    t.equal([len(post.letters(address)) for address in to], [1, 1], "letters")
    ids = {post.letters(address)[0]["message-id"] for address in to}
    t.check(len(ids) == 2 and f"<{grey['id']}@example.com>" in ids, f"each has an id of its own: {ids}")
    [listed] = t.server.get("/api/v1/report-schedules")["items"]
    t.equal((listed["last"]["letters"], listed["last"]["missed"]), (2, 0), "last run")
    t.check(b"wang@example.com" not in t.server.log.read_bytes(), "an address is in the log")


test_a_report_arrives.limit_s = 180


def test_what_the_mail_server_says(t):
    """The test mail tells how far it came and what was answered, in plain words."""
    cert, key = certificate(t.folder)
    plain, closed = Post(t, free_port()), free_port()
    secured = Post(t, free_port(), "secured", starttls=(cert, key))
    guarded = Post(t, free_port(), "guarded", account=["centre", "tiger tiger"])
    t.equal(try_mail(t)["stage"], "none", "no server is set up")
    login = {"username": "centre", "password": "tiger tiger"}
    for spec, to, stage, answer in [
        (server_at(plain.port), "li@example.com", None, "250"),
        (server_at(plain.port), "none-li@example.com", "recipient", "5.1.1"),
        (server_at(plain.port), "no address", "letter", ""),
        (server_at(plain.port, security="starttls"), "li@example.com", "tls", "STARTTLS"),
        (server_at(secured.port, security="starttls"), "li@example.com", "tls", "certificate"),
        (server_at(secured.port, security="tls"), "li@example.com", "connect", ""),
        (server_at(guarded.port), "li@example.com", "sender", "530"),
        (server_at(guarded.port, **login), "li@example.com", None, "250"),
        (server_at(guarded.port, **{**login, "password": "wrong"}), "li@example.com", "login", "535"),
        (server_at(closed), "li@example.com", "connect", "refused"),
        (server_at(25, host="192.0.2.25"), "li@example.com", "plain", "192.0.2.25"),
    ]:
        t.server.apply(spec)
        tried = try_mail(t, to)
        t.equal((tried["ok"], tried.get("stage")), (stage is None, stage), f"{spec['spec']} to {to}: {tried}")
        t.check(answer in tried["answer"] and tried["message"], f"{stage}: {tried}")
    t.equal(len(plain.letters()), 1, "letters that were taken")
    kept = next(r for r in t.server.get("/api/v1/settings")["resources"] if r["kind"] == "mail_server")
    t.check("password" not in kept["spec"] and kept["secrets_set"] == ["password"], f"the password is told: {kept}")
    t.check(b"tiger tiger" not in t.server.log.read_bytes(), "the password is in the log")


test_what_the_mail_server_says.limit_s = 120


class Receiver(http.server.ThreadingHTTPServer):
    """Another program: it is out of order at the first post, and remembers all."""

    def __init__(self):
        self.posts = []
        super().__init__(("127.0.0.1", 0), Hook)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Hook(http.server.BaseHTTPRequestHandler):
    """One post."""

    def do_POST(self):
        """Remembers it."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((dict(self.headers), body))
        self.send_response(503 if len(self.server.posts) == 1 else 204)
        self.end_headers()

    def log_message(self, *_):
        """Says nothing."""


def header(post, name):
    """A header, however it is written."""
    return next(value for key, value in post[0].items() if key.lower() == name)


def raise_alarm(t):
    """Somebody dials an emergency number; the only trunk leads to nobody."""
    t.server.apply({"kind": "trunk", "name": "carrier", "spec": {"send_to": f"sip:127.0.0.1:{free_port()}"}},
                   {"kind": "route", "name": "any", "spec": {"trunks": ["carrier"]}})
    agent = t.agent(1002)
    t.server.wait_agent(1002, "ready")
    agent.call("110")


def test_an_alarm_is_told(t):
    """A letter and a post, each once; the post is signed, and comes again under the same number when it was not taken."""
    receiver = Receiver()
    t.at_end(receiver.shutdown)
    t.start("--set", "webhook.networks=127.0.0.0/8")
    post = Post(t, free_port())
    url = f"http://127.0.0.1:{receiver.server_port}/hook"
    told = {"alerts": ["emergency_call"], "recipients": ["wang@example.com"], "url": url, "secret": SECRET}
    others = {"alerts": ["disk_failed"], "recipients": ["nobody@example.com"]}
    t.server.apply(
        server_at(post.port),
        {"kind": "alert_subscription", "name": "ops", "spec": told},
        {"kind": "alert_subscription", "name": "disks", "spec": others},
    )
    raise_alarm(t)
    ended(t, source="ops", timeout=40)
    [letter] = post.letters()
    t.equal((letter["to"], letter["subject"]), ("wang@example.com", "[告警] 有人拨打了紧急号码"), "letter")
    t.check("110" in letter.get_body(("plain",)).get_content(), "what has happened")
    first, second = receiver.posts
    t.equal(first[1], second[1], "bodies of both attempts")
    t.equal(header(first, "lingtong-delivery"), header(second, "lingtong-delivery"), "numbers of both attempts")
    told = json.loads(second[1])
    t.equal((told["event"], told["tenant"], told["alarm"]["code"], told["alarm"]["raised"]),
            ("alarm", "demo", "emergency_call", True), "post")
    for one in receiver.posts:
        at, signature = (part.split("=", 1)[1] for part in header(one, "lingtong-signature").split(","))
        wanted = hmac.new(SECRET.encode(), f"{at}.".encode() + one[1], hashlib.sha256).hexdigest()
        t.equal(signature, wanted, "signature")
    t.equal(len(deliveries(t)), 2, "deliveries")
    t.check(SECRET not in json.dumps(t.server.get("/api/v1/settings")), "the secret is told")


test_an_alarm_is_told.limit_s = 120


def test_a_webhook_leads_nowhere_inside(t):
    """Without the operator's leave nothing on this machine or beside it is reached."""
    receiver = Receiver()
    t.at_end(receiver.shutdown)
    for name, host in [("here", "127.0.0.1"), ("named", "localhost"), ("cloud", "169.254.169.254")]:
        told = {"url": f"http://{host}:{receiver.server_port}/", "secret": SECRET}
        t.server.apply({"kind": "alert_subscription", "name": name, "spec": told})
    raise_alarm(t)
    given_up = ended(t, "failed")
    t.equal(len(given_up), 3, "deliveries")
    t.check(all("not allowed" in one["answer"] for one in given_up), f"{given_up}")
    t.equal(receiver.posts, [], "posts")


def test_letters_outlive_a_crash(t):
    """What waits when the process is killed arrives after the next start, once."""
    t.start()
    post = Post(t, free_port())
    post.stop()
    told = {"alerts": ["emergency_call"], "recipients": ["wang@example.com"]}
    t.server.apply(server_at(post.port), {"kind": "alert_subscription", "name": "ops", "spec": told})
    raise_alarm(t)
    [waits] = t.until(lambda: [d for d in deliveries(t) if d["attempts"] == 1], 20, "an attempt", 0.1)
    t.equal(waits["status"], "waiting", f"{waits}")
    t.server.kill()
    post = Post(t, post.port)
    t.server.start()
    again(t, waits)
    t.until(lambda: [d for d in deliveries(t, status="sent") if d["id"] == waits["id"]], 20, "the same delivery", 0.1)
    ids = [letter["message-id"] for letter in post.letters()]
    t.equal(ids.count(f"<{waits['id']}@example.com>"), 1, f"letters with its Message-ID, of {ids}")


test_letters_outlive_a_crash.limit_s = 120


def open_page(t, browser, path):
    """Goes to a page of the console's."""
    browser.open(f"http://{t.server.http[0]}:{t.server.http[1]}{path}")


def settled(browser):
    """Barriers of the page once nothing moves: a colour half way to another has no contrast of its own."""
    browser.js(SETTLE)
    return barriers(browser)


def test_in_the_console(t):
    """An administrator changes the mail server and tries it, sends a schedule now, pauses it and sees what became of it."""
    t.start()
    post, browser = Post(t, free_port()), Browser(t)
    t.server.apply(server_at(post.port))
    sign_in(t, browser, "admin", "demo-admin", "/settings/mail_server?open=default")
    browser.fill("#field-from_name", "灵通")
    browser.press("保存")
    browser.wait_text("已保存 default")
    tries = "input[placeholder='收件人邮箱']"
    for to, said, answer in [("none-li@example.com", "邮件服务器拒绝了收件人地址", "5.1.1"),
                             ("li@example.com", "邮件服务器已接收测试邮件", "250")]:
        browser.fill(tries, to)
        browser.press("发送")
        browser.wait_text(said)
        browser.wait_text(answer)
    shot(t, browser, "mail-server-zh-CN")
    t.equal([letter["subject"] for letter in post.letters()], ["灵通测试邮件"], "test mail")
    report = {"title": {"zh": "销售日报", "en": "Sales"}, "recipients": ["wang@example.com"], "formats": ["csv"]}
    t.server.apply({"kind": "report_schedule", "name": "sales", "spec": report})
    open_page(t, browser, "/reports/schedules")
    browser.wait_text("尚未发送")
    browser.press("立即发送")
    browser.wait_text("1 封邮件")
    t.until(lambda: post.letters("wang@example.com"), 20, "the report")
    found = settled(browser)
    shot(t, browser, "schedules-zh-CN")
    browser.click(".data-table [role=switch]")
    browser.wait_text("已暂停")
    t.check(t.server.get("/api/v1/report-schedules")["items"][0]["paused"], "it is not paused")
    open_page(t, browser, "/settings/deliveries")
    browser.wait_text("已送达")
    found += settled(browser)
    shot(t, browser, "deliveries-zh-CN")
    for page in ("report_schedule?open=sales", "alert_subscription?add=true"):
        open_page(t, browser, f"/settings/{page}")
        browser.wait_for("!!document.querySelector('#field-language')", what="the form")
        found += settled(browser)
        shot(t, browser, f"form-{page.split('?')[0]}-zh-CN")
    t.equal(found, [], "barriers")
    t.equal([error for error in browser.errors if "401" not in error and "/api/v1/me" not in error], [], "errors")


test_in_the_console.limit_s = 180
