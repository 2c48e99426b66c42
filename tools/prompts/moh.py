"""Composes and renders prompts/music/moh_default.opus: a calm original loop for callers on hold.

Everything a telephone cannot carry (below 200 Hz, above 3.4 kHz) is left out of the writing rather than filtered away.
The end flows into the beginning: notes and reverberation that ring past the last bar are wrapped to the first.
"""

from pathlib import Path

import numpy as np

import sound

RATE_HZ = sound.OUT_HZ
BEAT_S = 60 / 76
BEATS = 96  # 24 bars of four, 75.8 s
LENGTH = int(BEATS * BEAT_S * RATE_HZ)
# Quieter than speech, so that the next prompt stands out.
LEVEL_DBFS = -23.0

# One chord a bar, as MIDI notes from low to high.
CHORDS = {
    "C": (55, 60, 64, 67, 71),
    "Am": (57, 60, 64, 67, 72),
    "F": (57, 60, 65, 69, 72),
    "G": (55, 59, 62, 67, 69),
    "Dm": (57, 62, 65, 69, 72),
    "Em": (55, 59, 64, 67, 71),
}
BARS = "C Am F G C Em F G  C Am Dm G Am Em F C  F Em Dm G F Em Dm G".split()

# The melody, bar by bar: (beat, length in beats, MIDI note), on the five-note scale of C for the most part.
MELODY = [
    [(0, 1.5, 76), (1.5, 0.5, 74), (2, 2, 72)],
    [(0, 1, 69), (1, 1, 72), (2, 2, 76)],
    [(0, 1.5, 79), (1.5, 0.5, 76), (2, 2, 74)],
    [(0, 3, 74)],
    [(0, 1.5, 76), (1.5, 0.5, 79), (2, 2, 81)],
    [(0, 1, 79), (1, 1, 76), (2, 2, 74)],
    [(0, 1, 72), (1, 1, 74), (2, 1, 76), (3, 1, 74)],
    [(0, 3, 71)],
    [(0, 1.5, 76), (1.5, 0.5, 74), (2, 2, 72)],
    [(0, 1, 69), (1, 1, 72), (2, 2, 76)],
    [(0, 1.5, 77), (1.5, 0.5, 76), (2, 2, 74)],
    [(0, 2, 74), (2, 1, 76), (3, 1, 79)],
    [(0, 2, 81), (2, 2, 79)],
    [(0, 1, 76), (1, 1, 74), (2, 2, 76)],
    [(0, 1, 72), (1, 1, 69), (2, 2, 72)],
    [(0, 3, 72)],
    [(0, 2, 69), (2, 2, 72)],
    [(0, 2, 71), (2, 2, 67)],
    [(0, 1, 69), (1, 1, 72), (2, 2, 74)],
    [(0, 3, 74)],
    [(0, 2, 69), (2, 1, 72), (3, 1, 76)],
    [(0, 2, 79), (2, 2, 76)],
    [(0, 1, 74), (1, 1, 72), (2, 2, 69)],
    [(0, 2, 74), (2, 2, 71)],
]
# Which chord tone each quaver of the accompaniment plucks.
PATTERN = (0, 2, 3, 4, 3, 2, 1, 2)


def hz(note: int) -> float:
    """The pitch of a MIDI note."""
    return 440.0 * 2 ** ((note - 69) / 12)


def put(track: np.ndarray, at_beat: float, x: np.ndarray) -> None:
    """Adds a sound at a beat; what rings past the end comes back at the beginning."""
    start = int(at_beat * BEAT_S * RATE_HZ)
    index = (start + np.arange(len(x))) % LENGTH
    np.add.at(track, index, x)


def pluck(note: int, velocity: float) -> np.ndarray:
    """An electric piano: a sine whose brightness dies away sooner than its loudness."""
    t = np.arange(int(1.8 * RATE_HZ)) / RATE_HZ
    f = hz(note)
    bright = 1.1 * velocity * np.exp(-t * 5)
    turn = 2 * np.pi * f * t
    tone = np.sin(turn + bright * np.sin(turn) + 0.12 * bright * np.sin(4 * turn))
    return velocity * tone * np.exp(-t * 2.6) * np.minimum(1, t / 0.006)


def pad(note: int, beats: float) -> np.ndarray:
    """Strings: a few detuned partials that swell and fade across the bar line."""
    seconds = beats * BEAT_S
    t = np.arange(int((seconds + 0.9) * RATE_HZ)) / RATE_HZ
    f = hz(note)
    x = np.zeros_like(t)
    for detune, phase in ((-0.0016, 0.3), (0.0, 1.7), (0.0019, 4.1)):
        for partial, amplitude in ((1, 1.0), (2, 0.35), (3, 0.12)):
            x += amplitude * np.sin(2 * np.pi * f * partial * (1 + detune) * t + phase * partial)
    swell = np.minimum(1, t / 0.8) * np.clip((seconds + 0.9 - t) / 0.9, 0, 1)
    return x / 3 * np.sin(swell * np.pi / 2) ** 2


def lead(note: int, beats: float) -> np.ndarray:
    """A flute: soft start, a little vibrato that comes in late."""
    seconds = beats * BEAT_S
    t = np.arange(int((seconds + 0.25) * RATE_HZ)) / RATE_HZ
    depth = 0.0028 * np.clip((t - 0.25) / 0.5, 0, 1)
    phase = 2 * np.pi * hz(note) * np.cumsum(1 + depth * np.sin(2 * np.pi * 4.8 * t)) / RATE_HZ
    x = np.sin(phase) + 0.22 * np.sin(2 * phase) + 0.07 * np.sin(3 * phase)
    envelope = np.minimum(1, t / 0.07) * np.clip((seconds + 0.25 - t) / 0.3, 0, 1)
    return x * envelope * (1 - 0.25 * np.clip(t / max(seconds, 0.1), 0, 1))


def reverb(x: np.ndarray, seconds: float, amount: float) -> np.ndarray:
    """A room, wrapped around the loop."""
    rng = np.random.default_rng(20)
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    room = rng.standard_normal(len(t)) * np.exp(-t * 6.9 / seconds)
    room = np.convolve(room, np.hanning(9) / 4, mode="same")
    room /= np.sqrt(np.sum(room**2))
    wet = np.fft.irfft(np.fft.rfft(x) * np.fft.rfft(room, LENGTH), LENGTH)
    return x + amount * wet


def render() -> np.ndarray:
    """The whole loop at its level."""
    plucks, pads, leads = np.zeros(LENGTH), np.zeros(LENGTH), np.zeros(LENGTH)
    rng = np.random.default_rng(7)
    for bar, name in enumerate(BARS):
        chord = CHORDS[name]
        for step, tone in enumerate(PATTERN):
            velocity = (0.9 if step == 0 else 0.6) * rng.uniform(0.9, 1.05)
            put(plucks, bar * 4 + step / 2 + rng.uniform(0, 0.012), pluck(chord[tone], velocity))
        for note in chord[1:4]:
            put(pads, bar * 4, pad(note, 4))
        for beat, beats, note in MELODY[bar]:
            put(leads, bar * 4 + beat, lead(note, beats))
    x = 0.5 * plucks + 0.16 * pads + 0.34 * leads
    x = reverb(x, 1.6, 0.35)
    x *= 10 ** (LEVEL_DBFS / 20) / np.sqrt(np.mean(x**2))
    return sound.limit(x, RATE_HZ, 10 ** (-4 / 20))


def main() -> None:
    out = Path(__file__).resolve().parents[2] / "prompts" / "music"
    out.mkdir(parents=True, exist_ok=True)
    sound.write_opus(render(), RATE_HZ, out / "moh_default.opus", serial=1, speech=False)


if __name__ == "__main__":
    main()
