"""What is done to samples between the speech model and the file: gaps, trimming, level, rate, Opus."""

import subprocess
import tempfile
import wave
from pathlib import Path

import numpy as np

LEVEL_DBFS = -18.0
PEAK_DBFS = -2.0
LEAD_S, TAIL_S = 0.06, 0.12
FADE_S = 0.008
FRAME_S = 0.005
# A breath is this much fainter than the words, and this far from them.
BREATH_BELOW_DB = 14.0
BREATH_GAP_S = 0.05
OUT_HZ = 16_000
BITRATE_KBIT = 24


def frames_db(x: np.ndarray, rate: int, frame_s: float = FRAME_S) -> np.ndarray:
    """The level of each frame in dBFS (RMS)."""
    n = int(rate * frame_s)
    whole = x[: len(x) // n * n].reshape(-1, n)
    return 10 * np.log10(np.mean(whole**2, axis=1) + 1e-10)


def _active(x: np.ndarray, rate: int, below_peak_db: float) -> np.ndarray:
    db = frames_db(x, rate)
    return db > db.max() - below_peak_db


def _without_breath(on: np.ndarray, db: np.ndarray) -> np.ndarray:
    """Drops what the model breathes before and after the words: faint, and apart from them by a gap."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(int), [0]])))
    islands = [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2])]
    gap = int(BREATH_GAP_S / FRAME_S)

    def faint(island: tuple[int, int]) -> bool:
        return db[island[0] : island[1]].max() < db.max() - BREATH_BELOW_DB

    while len(islands) > 1 and faint(islands[-1]) and islands[-1][0] - islands[-2][1] >= gap:
        islands.pop()
    while len(islands) > 1 and faint(islands[0]) and islands[1][0] - islands[0][1] >= gap:
        islands.pop(0)
    return np.array([islands[0][0], islands[-1][1] - 1])


def trim(x: np.ndarray, rate: int, lead_s: float = LEAD_S, tail_s: float = TAIL_S) -> np.ndarray:
    """Cuts the silence at both ends down to `lead_s` and `tail_s`, faded so that no end clicks."""
    n = int(rate * FRAME_S)
    on = _without_breath(_active(x, rate, 42.0), frames_db(x, rate))
    begin, end = on[0] * n - int(0.02 * rate), (on[-1] + 1) * n + int(0.04 * rate)
    body = x[max(0, begin) : min(len(x), end)].copy()
    fade = int(rate * FADE_S)
    ramp = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, fade))
    body[:fade] *= ramp
    body[-fade:] *= ramp[::-1]
    return np.concatenate([np.zeros(int((lead_s - 0.02) * rate)), body, np.zeros(int((tail_s - 0.04) * rate))])


def highpass(x: np.ndarray, rate: int, cutoff_hz: float = 90.0) -> np.ndarray:
    """Takes away rumble that a telephone cannot carry but that would cost level."""
    spectrum = np.fft.rfft(x, len(x) + rate)
    f = np.fft.rfftfreq(len(x) + rate, 1 / rate)
    gain = 1 / np.sqrt(1 + (cutoff_hz / np.maximum(f, 1e-3)) ** 8)
    return np.fft.irfft(spectrum * gain)[: len(x)]


def resample(x: np.ndarray, rate: int) -> np.ndarray:
    """To OUT_HZ, band-limited, by the spectrum of the whole clip."""
    pad = rate // 10
    x = np.concatenate([np.zeros(pad), x, np.zeros(pad)])
    x = np.concatenate([x, np.zeros(-len(x) % (rate // 1000))])
    out_len = len(x) * OUT_HZ // rate
    spectrum = np.fft.rfft(x)[: out_len // 2 + 1] * (OUT_HZ / rate)
    spectrum[-(out_len // 100) :] = 0
    y = np.fft.irfft(spectrum, out_len)
    cut = pad * OUT_HZ // rate
    return y[cut:-cut]


def active_level(x: np.ndarray, rate: int) -> float:
    """The level while there is speech, in dBFS: pauses do not count."""
    db = frames_db(x, rate, 0.02)
    on = db > db.max() - 25
    return 10 * np.log10(np.mean(10 ** (db[on] / 10)))


def limit(x: np.ndarray, rate: int, ceiling: float) -> np.ndarray:
    """A look-ahead limiter: turns down around a peak, smoothly, instead of clipping it."""
    need = np.minimum(1.0, ceiling / np.maximum(np.abs(x), 1e-9))
    hold = int(rate * 0.004)
    held = np.lib.stride_tricks.sliding_window_view(np.pad(need, hold, constant_values=1.0), 2 * hold + 1).min(axis=1)
    window = np.hanning(2 * hold + 1)
    smooth = np.convolve(np.pad(held, hold, mode="edge"), window / window.sum(), mode="valid")
    return x * np.minimum(smooth, need)


def level(x: np.ndarray, rate: int) -> np.ndarray:
    """To LEVEL_DBFS with peaks under PEAK_DBFS."""
    for _ in range(3):
        x = x * 10 ** ((LEVEL_DBFS - active_level(x, rate)) / 20)
        x = limit(x, rate, 10 ** (PEAK_DBFS / 20))
    return x


def write_opus(x: np.ndarray, rate: int, path: Path, serial: int, speech: bool = True) -> None:
    """Encodes mono samples as Ogg Opus with `opusenc` (Debian: opus-tools)."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as tmp:
        with wave.open(tmp.name, "wb") as w:
            w.setnchannels(1)
            w.setsampwidth(2)
            w.setframerate(rate)
            w.writeframes(np.round(np.clip(x, -1, 1) * 32767).astype("<i2").tobytes())
        command = ["opusenc", "--quiet", "--bitrate", str(BITRATE_KBIT), "--vbr", "--comp", "10", "--framesize", "20"]
        command += ["--speech" if speech else "--music", "--padding", "0", "--serial", str(serial)]
        subprocess.run([*command, tmp.name, str(path)], check=True)


def read_opus(path: Path, rate: int = OUT_HZ) -> np.ndarray:
    """Decodes with `opusdec` (Debian: opus-tools)."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as tmp:
        subprocess.run(["opusdec", "--quiet", "--rate", str(rate), str(path), tmp.name], check=True)
        with wave.open(tmp.name) as w:
            return np.frombuffer(w.readframes(w.getnframes()), dtype="<i2") / 32768.0
