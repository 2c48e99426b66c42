"""Tones and G.711, and finding again what was heard: by Goertzel for tones, by envelope for speech."""

import array
import functools
import math
import subprocess
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


def write_tone_wav(path, frequency, seconds, rate=RATE):
    """A mono tone as a file, for a phone that plays files."""
    with wave.open(str(path), "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(rate)
        one = array.array("h", (int(8000 * math.sin(2 * math.pi * frequency * n / rate)) for n in range(rate)))
        w.writeframes(one.tobytes() * seconds)


@functools.lru_cache(None)
def prompt_envelope(path, tmp):
    """The envelope of a shipped clip."""
    out = f"{tmp}/clip.wav"
    subprocess.run(["opusdec", "--quiet", "--rate", "8000", "--force-wav", str(path), out], check=True)
    (samples, *_), _ = read_wav(out)
    return envelope(samples)


def envelope(samples):
    """Loudness of each 20 ms, on a scale that hears whispers too."""
    return [math.log10(1 + energy(samples[n : n + FRAME])) for n in range(0, len(samples) - FRAME + 1, FRAME)]


def likeness(heard, clip):
    """How well a clip fits at its best place in what was heard: correlation, and the frame it starts at."""
    count = len(clip)
    if len(heard) < count or count == 0:
        return 0.0, 0
    mean = sum(clip) / count
    centred = [c - mean for c in clip]
    own = math.sqrt(sum(c * c for c in centred)) or 1.0
    best = (0.0, 0)
    total = sum(heard[:count])
    squares = sum(h * h for h in heard[:count])
    for at in range(len(heard) - count + 1):
        if at:
            gone, new = heard[at - 1], heard[at + count - 1]
            total += new - gone
            squares += new * new - gone * gone
        spread = squares - total * total / count
        if spread > 1e-6:
            fit = sum(h * c for h, c in zip(heard[at : at + count], centred)) / (own * math.sqrt(spread))
            best = max(best, (fit, at))
    return best
