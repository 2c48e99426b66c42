"""Makes prompts/<language>/<id>.opus from prompts/texts.<language>.tsv; a clip whose text is unchanged is kept.

    make.py [--only ID…] [--show]      (`--show` prints the readings and makes nothing)
"""

import argparse
import fnmatch
import hashlib
import re
import zlib
from pathlib import Path

import numpy as np

import en
import sound
import speech
import zh

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
# Voice, speed, and the least number of symbols whose style is taken: in Mandarin the styles for shorter texts
# blur the vowels.
VOICES = {"zh": ("zf_xiaoxiao", 0.95, 20), "en": ("af_heart", 0.95, 1)}
# Pause between sentences: long enough for a caller to reach for the key.
SENTENCE_PAUSE_S = 0.38
# Clips that are spoken as parts of a sentence.
PIECES = ("digit_*", "num_*", "money_*", "date_*", "month_*", "day_*", "*_prefix", "*_suffix")
# How much faster than the voice's pace: a syllable said alone is drawn out; the short greeting is to last about 1 s.
PACES = {
    "zh": [("digit_*", 1.1), ("num_?", 1.1), ("num_*", 1.2), ("money_*", 1.1), ("date_*", 1.1), ("short_greeting", 1.35)],
    "en": [("digit_*", 1.1), ("num_*", 1.1), ("money_*", 1.1), ("month_*", 1.1), ("day_*", 1.1), ("short_greeting", 1.15)],
}
# Single Mandarin syllables whose vowel is clearest in another style than the voice's least.
STYLES = {"zh": [("digit_8", 20), ("num_8", 20), ("digit_*", 30), ("num_?", 30), ("money_*", 30), ("date_*", 30)], "en": []}
# Clips with a promised length; the pauses between the sentences are stretched to it.
SECONDS = {"announcement_60s": 60.0}
# Raised when the way from text to file changes, so that every clip is made anew.
RECIPE = 3


def texts(language: str) -> dict[str, str]:
    """The text list of a language, in its order."""
    lines = (PROMPTS / f"texts.{language}.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line)


def is_piece(name: str) -> bool:
    """Whether the clip is part of a sentence rather than one that stands alone."""
    return any(fnmatch.fnmatch(name, pattern) for pattern in PIECES)


def pace_of(language: str, name: str) -> float:
    """The pace of a clip relative to its voice's."""
    return next((pace for pattern, pace in PACES[language] if fnmatch.fnmatch(name, pattern)), 1.0)


def style_of(language: str, name: str) -> int:
    """The least number of symbols whose style is taken."""
    return next((style for pattern, style in STYLES[language] if fnmatch.fnmatch(name, pattern)), VOICES[language][2])


def spoken(language: str, text: str) -> list[tuple[str, str]]:
    """Sentences, also cut at semicolons, as (language, phonemes); Latin letters are an English speaker's."""
    out = []
    for sentence in re.findall(r"[^。.！!？?；;]+[。.！!？?；;]?", text):
        sentence = sentence.strip()
        if language == "en" or re.match(r"[A-Za-z]", sentence):
            out.append(("en", en.phonemes(sentence)))
        elif sentence:
            out.append(("zh", zh.phonemes(sentence)))
    return out


def say(speaker: speech.Speaker, language: str, phonemes: str, pace: float, style_min: int) -> np.ndarray:
    voice, speed, _ = VOICES[language]
    return speaker.say(phonemes, voice, speed * pace, style_min)


def piece(speaker: speech.Speaker, language: str, name: str, text: str) -> np.ndarray:
    """Speaks a part of a sentence, with the tone of one that goes on, and with short ends."""
    mark = "" if text[-1] in "。." else {"zh": "，", "en": ","}[language]
    [(tongue, phonemes)] = spoken(language, text + mark)
    x = say(speaker, tongue, phonemes, pace_of(language, name), style_of(language, name))
    return sound.trim(x, speech.RATE_HZ, lead_s=0.02, tail_s=0.05)


def whole(speaker: speech.Speaker, language: str, text: str, pace: float, seconds: float | None) -> np.ndarray:
    """Speaks sentence by sentence, joined by pauses."""
    said = [say(speaker, tongue, p, pace, VOICES[tongue][2]) for tongue, p in spoken(language, text)]
    clips = [sound.trim(x, speech.RATE_HZ) for x in said]
    pause = SENTENCE_PAUSE_S - sound.LEAD_S - sound.TAIL_S
    if seconds is not None and len(clips) > 1:
        pause = (seconds - sum(map(len, clips)) / speech.RATE_HZ) / (len(clips) - 1)
        if not 0 <= pause <= 1.2:
            raise ValueError(f"the text does not fill {seconds} s: pauses of {pause:.2f} s")
    gap = np.zeros(int(pause * speech.RATE_HZ))
    joined = clips[0]
    for clip in clips[1:]:
        joined = np.concatenate([joined, gap, clip])
    return joined


def make(speaker: speech.Speaker, language: str, name: str, text: str) -> np.ndarray:
    """One clip at the output's rate and level."""
    if is_piece(name):
        x = piece(speaker, language, name, text)
    else:
        x = whole(speaker, language, text, pace_of(language, name), SECONDS.get(name))
    x = sound.resample(sound.highpass(x, speech.RATE_HZ), speech.RATE_HZ)
    return sound.level(x, sound.OUT_HZ)


def stamp(language: str, name: str, text: str) -> str:
    """Changes whenever the clip would."""
    facts = [str(RECIPE), *map(str, VOICES[language]), text]
    facts += [str(is_piece(name)), str(pace_of(language, name)), str(SECONDS.get(name))]
    if style_of(language, name) != VOICES[language][2]:
        facts.append(str(style_of(language, name)))
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def read_stamps(path: Path) -> dict[str, list[str]]:
    if not path.exists():
        return {}
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:])
    return {row[0]: row for row in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    speaker = None
    for language in VOICES:
        manifest = PROMPTS / language / "manifest.tsv"
        rows = read_stamps(manifest)
        wanted = texts(language)
        for name, text in wanted.items():
            if args.show:
                print(language, name, text, zh.pinyin(text) if language == "zh" else en.phonemes(text), sep="\t")
                continue
            path = PROMPTS / language / f"{name}.opus"
            mark = stamp(language, name, text)
            chosen = args.only is None or any(fnmatch.fnmatch(name, p) for p in args.only)
            fresh = path.exists() and rows.get(name, ["", ""])[1] == mark
            if not chosen or (fresh and args.only is None):
                continue
            speaker = speaker or speech.Speaker()
            x = make(speaker, language, name, text)
            sound.write_opus(x, sound.OUT_HZ, path, zlib.crc32(f"{language}/{name}".encode()))
            rows[name] = [name, mark, f"{len(x) / sound.OUT_HZ:.2f}"]
            print(language, *rows[name], flush=True)
        if not args.show:
            lines = ["id\tstamp\tseconds", *("\t".join(rows[n]) for n in wanted if n in rows)]
            manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
