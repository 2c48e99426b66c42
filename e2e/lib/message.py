"""SIP messages as text: reading, writing, digest, session descriptions."""

import hashlib
import re
import secrets

COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}


class Message:
    """A request or a response."""

    def __init__(self, raw):
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = re.sub(rb"\r\n[ \t]+", b" ", head).decode("utf-8", "replace").split("\r\n")
        self.start = lines[0]
        self.fields = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            self.fields.append((COMPACT.get(name, name), value.strip()))
        words = self.start.split(" ", 2)
        self.is_request = not self.start.startswith("SIP/2.0")
        self.method = words[0] if self.is_request else self["cseq"].split()[1]
        self.uri = words[1] if self.is_request else None
        self.status = None if self.is_request else int(words[1])

    def all(self, name):
        """Every value of a header."""
        return [v for n, v in self.fields if n == name]

    def __getitem__(self, name):
        return next((v for n, v in self.fields if n == name), "")

    @property
    def branch(self):
        """Of the topmost Via."""
        found = re.search(r"branch=([^;,\s]+)", self["via"])
        return found.group(1) if found else ""

    @property
    def cseq(self):
        """Its number."""
        return int(self["cseq"].split()[0])

    def tag(self, name):
        """Of From or To."""
        found = re.search(r";\s*tag=([^;\s]+)", self[name])
        return found.group(1) if found else None

    @property
    def contact(self):
        """The URI of Contact."""
        return uri_of(self["contact"])

    def __repr__(self):
        return f"{self.start} [{self['cseq']}]"


def uri_of(value):
    """The URI of a name-addr."""
    found = re.search(r"<([^>]+)>", value)
    return found.group(1) if found else value.split(";")[0].strip()


def build(start, fields, body=b""):
    """The bytes of a message."""
    lines = [start, *(f"{n}: {v}" for n, v in fields), f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def authorization(challenge, method, uri, user, secret):
    """The value of Authorization for a challenge."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge.partition(" ")[2]))
    digest = hashlib.sha256 if given.get("algorithm", "MD5").upper() == "SHA-256" else hashlib.md5

    def h(text):
        return digest(text.encode()).hexdigest()

    cnonce, count = secrets.token_hex(8), "00000001"
    ha1, ha2 = h(f"{user}:{given['realm']}:{secret}"), h(f"{method}:{uri}")
    response = h(f"{ha1}:{given['nonce']}:{count}:{cnonce}:auth:{ha2}")
    return (
        f'Digest username="{user}", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="{uri}", '
        f'response="{response}", algorithm={given.get("algorithm", "MD5")}, cnonce="{cnonce}", qop=auth, nc={count}'
        + (f', opaque="{given["opaque"]}"' if "opaque" in given else "")
    )


def sdp(ip, port, version, direction="sendrecv", codecs=(8, 0), event=101):
    """A session description of one audio stream."""
    names = {0: "PCMU", 8: "PCMA"}
    kinds = list(codecs) + ([event] if event else [])
    lines = [
        "v=0", f"o=- 4711 {version} IN IP4 {ip}", "s=-", f"c=IN IP4 {ip}", "t=0 0",
        f"m=audio {port} RTP/AVP {' '.join(map(str, kinds))}",
        *(f"a=rtpmap:{pt} {names[pt]}/8000" for pt in codecs),
    ]
    if event:
        lines += [f"a=rtpmap:{event} telephone-event/8000", f"a=fmtp:{event} 0-15"]
    lines += ["a=ptime:20", f"a={direction}"]
    return ("\r\n".join(lines) + "\r\n").encode()


class Description:
    """What a session description says of its audio."""

    def __init__(self, body):
        text = body.decode()
        ip = re.search(r"^c=IN IP4 (\S+)", text, re.M)
        media = re.search(r"^m=audio (\d+) \S+ ([\d ]+)", text, re.M)
        self.ip, self.port = ip.group(1), int(media.group(1))
        self.payloads = [int(p) for p in media.group(2).split()]
        event = re.search(r"a=rtpmap:(\d+) telephone-event", text)
        self.event = int(event.group(1)) if event else None
        way = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)", text, re.M)
        self.direction = way.group(1) if way else "sendrecv"


def summary(text):
    """What `application/simple-message-summary` says: whether messages wait, and how many new ones and others there are."""
    fields = dict(line.split(": ", 1) for line in text.splitlines() if line)
    return f"{fields['Messages-Waiting']} {fields['Voice-Message']}"
