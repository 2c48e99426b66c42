"""Tones and G.711, and finding again what was heard: by Goertzel for tones, by envelope for speech."""

import array
import functools
import math
import operator
import subprocess
import tempfile
import wave

RATE = 8000
FRAME = 160
PCMU, PCMA, EVENT = 0, 8, 101


def _ulaw(byte):
    byte = ~byte & 0xFF
    value = (((byte & 0x0F) << 3) + 0x84) << ((byte & 0x70) >> 4)
    return 0x84 - value if byte & 0x80 else value - 0x84


def _alaw(byte):
    byte ^= 0x55
    value, segment = (byte & 0x0F) << 4, (byte & 0x70) >> 4
    value = value + 8 if segment == 0 else (value + 0x108) << (segment - 1)
    return value if byte & 0x80 else -value


DECODE = {PCMU: [_ulaw(b) for b in range(256)], PCMA: [_alaw(b) for b in range(256)]}


def decode(payload, pt):
    """Samples of a G.711 payload."""
    table = DECODE[pt]
    return [table[b] for b in payload]


def encode(samples, pt):
    """The nearest G.711 bytes: slow, so callers encode a frame once and repeat it."""
    table = DECODE[pt]
    return bytes(min(range(256), key=lambda b: abs(table[b] - s)) for s in samples)


@functools.lru_cache(None)
def tone_frame(frequencies, pt, level=8000):
    """20 ms of a sum of tones. Frequencies that are multiples of 50 Hz repeat without a seam."""
    amplitude = level / max(1, len(frequencies))
    samples = [
        sum(amplitude * math.sin(2 * math.pi * f * n / RATE) for f in frequencies) for n in range(FRAME)
    ]
    return encode(samples, pt)


DTMF = {
    key: (low, high)
    for low, row in ((697, "123A"), (770, "456B"), (852, "789C"), (941, "*0#D"))
    for high, key in zip((1209, 1336, 1477, 1633), row)
}


@functools.lru_cache(None)
def dtmf_frames(digit, pt, ms=120):
    """A key pressed in band."""
    low, high = DTMF[digit]
    samples = [
        6000 * (math.sin(2 * math.pi * low * n / RATE) + math.sin(2 * math.pi * high * n / RATE))
        for n in range(RATE * ms // 1000)
    ]
    encoded = encode(samples, pt)
    return [encoded[n : n + FRAME] for n in range(0, len(encoded), FRAME)]


def energy(samples):
    """Mean square."""
    return sum(s * s for s in samples) / max(1, len(samples))


def tone_share(samples, frequency, rate=RATE):
    """Which share of the energy lies at a frequency, 0 to 1."""
    total = sum(s * s for s in samples)
    if total < 100 * len(samples) or not samples:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * frequency / rate)
    a = b = 0.0
    for s in samples:
        a, b = s + coefficient * a - b, a
    power = a * a + b * b - coefficient * a * b
    return 2 * power / (len(samples) * total)


def read_wav(path):
    """Channels of a 16-bit WAV, and its rate."""
    with wave.open(str(path)) as w:
        assert w.getsampwidth() == 2, f"{path}: not 16 bit"
        data = array.array("h", w.readframes(w.getnframes()))
        return [list(data[c :: w.getnchannels()]) for c in range(w.getnchannels())], w.getframerate()


def write_wav(path, channels, rate):
    """Channels of 16 bits as a file."""
    with wave.open(str(path), "wb") as w:
        w.setnchannels(len(channels))
        w.setsampwidth(2)
        w.setframerate(rate)
        w.writeframes(array.array("h", (s for frame in zip(*channels) for s in frame)).tobytes())


def write_tone_wav(path, frequency, seconds, rate=RATE):
    """A mono tone as a file, for a phone that plays files."""
    with wave.open(str(path), "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(rate)
        one = array.array("h", (int(8000 * math.sin(2 * math.pi * frequency * n / rate)) for n in range(rate)))
        w.writeframes(one.tobytes() * seconds)


HOP = 80
"""Samples between two values of an envelope: what a phone's clock and buffers shift is not a multiple of a packet."""
PIECE, STEP = 40, 20
"""Hops of a piece of a clip that is looked for by itself, and from one piece to the next: 0.4 s, half overlapping."""
FITS = 0.9
"""Correlation from which on a piece counts as found."""
DRIFT = 10
"""Hops that a phone may cut out or put in between two pieces: 0.1 s."""
HEARD, STRANGE = 0.75, 0.65
"""Share of the pieces from which on a clip was heard, and that another clip stays below."""
SENTENCE_S = 1.8
"""A clip as long as this has enough pieces for that."""


def envelope(samples):
    """Loudness of 20 ms at every 10 ms, on a scale that hears whispers too."""
    sums = [sum(s * s for s in samples[n : n + HOP]) for n in range(0, len(samples) - HOP + 1, HOP)]
    return [math.log10(1 + (a + b) / (2 * HOP)) for a, b in zip(sums, sums[1:])]


@functools.lru_cache(None)
def clip_samples(path):
    """The samples of a shipped clip."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as out:
        subprocess.run(["opusdec", "--quiet", "--rate", "8000", "--force-wav", str(path), out.name], check=True)
        return read_wav(out.name)[0][0]


@functools.lru_cache(None)
def clip_pieces(path):
    """The pieces of a shipped clip: at which hop each begins, and its envelope around its mean, of length 1."""
    whole = envelope(clip_samples(path))
    size, pieces = min(PIECE, len(whole)), []
    for at in range(0, len(whole) - size + 1, STEP):
        piece = whole[at : at + size]
        mean = sum(piece) / size
        length = math.sqrt(sum((v - mean) ** 2 for v in piece)) or 1.0
        pieces.append((at, [(v - mean) / length for v in piece]))
    return pieces


class Search:
    """Looks for a shipped clip in sound that grows at its end.

    The clip is cut into pieces, and each piece is looked for by itself: a phone that drops or stretches some
    of what it plays spoils the pieces it touches and shifts the others a little. Found pieces count only where
    they follow each other as they do in the clip.
    """

    def __init__(self, path):
        self.pieces = clip_pieces(path)
        self.share, self.began = 0.0, 0
        self._envelope, self._done = [], 0
        self._found = [[] for _ in self.pieces]

    def hear(self, samples):
        """Takes all that was heard so far; gives the share of the pieces found, 0 to 1."""
        self._envelope += envelope(samples[len(self._envelope) * HOP :])
        size = len(self.pieces[0][1])
        places = range(self._done, len(self._envelope) - size + 1)
        self._done = max(self._done, places.stop)
        for place in places:
            here = self._envelope[place : place + size]
            mean = sum(here) / size
            length = math.sqrt(max(0.0, sum(map(operator.mul, here, here)) - size * mean * mean))
            if length < 0.1:
                continue
            for (at, piece), found in zip(self.pieces, self._found):
                if sum(map(operator.mul, here, piece)) >= FITS * length:
                    found.append(place - at)
        self._follow()
        return self.share

    def begins(self, samples):
        """The share found of those pieces with which the clip begins and for which this sound is long enough, 0 to 1."""
        self.hear(samples)
        room = (len(self._envelope) - self.pieces[0][0] - len(self.pieces[0][1])) // STEP + 1
        return self.share * len(self.pieces) / max(1, room)

    def stretch(self, samples):
        """The part of the samples heard that was found to be the clip."""
        end = self.began + self.pieces[-1][0] + len(self.pieces[-1][1])
        return samples[max(0, self.began) * HOP : end * HOP]

    def _follow(self):
        """The longest row of pieces that follow each other, and where the clip began by it, in hops."""
        for first, starts in enumerate(self._found):
            for start in starts:
                count, shift = 1, start
                for others in self._found[first + 1 :]:
                    near = min((abs(o - shift), o) for o in others) if others else (DRIFT + 1, 0)
                    if near[0] <= DRIFT:
                        count, shift = count + 1, near[1]
                if count > self.share * len(self.pieces):
                    self.share, self.began = count / len(self.pieces), start


def sentences(folder):
    """The clips of a language that are long enough to be told from all others by their loudness."""
    rows = [line.split("\t") for line in (folder / "manifest.tsv").read_text().splitlines()[1:]]
    return [folder / f"{name}.opus" for name, _, seconds in rows if float(seconds) >= SENTENCE_S]


def others_in(samples, path):
    """Names of the sentences of the same language that are found in sound besides this clip."""
    others = [p for p in sentences(path.parent) if p != path]
    return [p.stem for p in others if Search(p).hear(samples) >= STRANGE]
