"""A real mail server, aiosmtpd, as a child: `Post` in a test, and the child itself when this file is run.

It takes letters for anybody, but answers by the recipient's name: `grey-…` is let in at the second attempt, `none-…` never.
"""

import email
import email.policy
import json
import subprocess
import sys
from pathlib import Path

PYTHON = "/usr/bin/python3"
"""Debian's own, which sees Debian's python3-aiosmtpd."""


class Post:
    """A mail server of a test's."""

    def __init__(self, t, port, name="post", tls=None, starttls=None, account=None):
        from .wait import until

        self.folder = t.folder / name
        self.folder.mkdir(exist_ok=True)
        self.port = port
        (self.folder / "ready").unlink(missing_ok=True)
        how = {"port": port, "folder": str(self.folder), "tls": tls and list(map(str, tls)),
               "starttls": starttls and list(map(str, starttls)), "account": account}
        self.child = t.run(PYTHON, Path(__file__), json.dumps(how))

        def ready():
            if self.child.poll() is not None:
                raise AssertionError(f"the mail server ended: {self.child.log.read_text()}")
            return (self.folder / "ready").exists()

        until(ready, 20, "the mail server")

    def letters(self, to=None):
        """What it has taken, the oldest first; for one recipient."""
        taken = [json.loads(line) for line in self._lines("taken")]
        for one in taken:
            one["letter"] = email.message_from_string(one["letter"], policy=email.policy.default)
        return [one["letter"] for one in taken if to is None or one["to"] == [to]]

    def refused(self):
        """Recipients that it has not taken, one for each attempt."""
        return self._lines("refused")

    def _lines(self, name):
        path = self.folder / name
        return path.read_text().splitlines() if path.exists() else []

    def stop(self):
        """Nobody is there any more."""
        self.child.kill()
        self.child.wait()


def serve(how):
    """Serves until it is killed."""
    import asyncio
    import ssl

    from aiosmtpd.smtp import SMTP, AuthResult

    folder, grey = Path(how["folder"]), set()

    def note(name, text):
        with open(folder / name, "a") as file:
            file.write(text + "\n")

    class Handler:
        async def handle_RCPT(self, server, session, envelope, address, options):
            known = address in grey
            grey.add(address)
            if address.startswith("none-"):
                note("refused", address)
                return "550 5.1.1 nobody of that name here"
            if address.startswith("grey-") and not known:
                note("refused", address)
                return "451 4.7.1 greylisted, come again"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server, session, envelope):
            letter = envelope.content.decode()
            note("taken", json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "letter": letter}))
            return "250 2.0.0 taken"

    def context(files):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(*files)
        return made

    def authenticate(server, session, envelope, mechanism, data):
        given = [data.login.decode(), data.password.decode()]
        return AuthResult(success=given == how["account"], handled=False)

    def connection():
        more = {}
        if how["starttls"]:
            more |= {"tls_context": context(how["starttls"]), "require_starttls": True}
        if how["account"]:
            more |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
        return SMTP(Handler(), hostname="post.example.com", **more)

    async def run():
        secure = context(how["tls"]) if how["tls"] else None
        loop = asyncio.get_running_loop()
        server = await loop.create_server(connection, "127.0.0.1", how["port"], ssl=secure)
        (folder / "ready").touch()
        await server.serve_forever()

    asyncio.run(run())


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
