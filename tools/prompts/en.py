"""English text to the speech model's symbols: a pronouncing dictionary and a few words of our own."""

import json
import re
from functools import cache
from importlib import resources

# Words that the dictionary lacks, and function words in the weak form a speaker uses inside a sentence.
READINGS = {
    "lingtong": "lˈɪŋ tˈʊŋ",
    "a": "ɐ",
    "an": "ən",
    "and": "ænd",
    "the": "ðə",
    "to": "tə",
    "at": "æt",
    "your": "jʊɹ",
    "requests": "ɹəkwˈɛsts",
    "messages": "mˈɛsɪʤᵻz",
    "saved": "sˈAvd",
    "deleted": "dəlˈiɾᵻd",
    "customer": "kˈʌstəməɹ",
    "agents": "ˈAʤᵊnts",
    "products": "pɹˈɑdəkts",
    "prices": "pɹˈIsᵻz",
    "services": "sˈɜɹvəsᵻz",
    "problems": "pɹˈɑbləmz",
    "helps": "hˈɛlps",
    "suits": "sˈuts",
    "hours": "ˈWəɹz",
    "comments": "kˈɑmˌɛnts",
    "minutes": "mˈɪnəts",
    "booked": "bˈʊkt",
    "sales": "sˈAlz",
    "listening": "lˈɪsᵊnɪŋ",
}


@cache
def _dictionary() -> dict:
    with (resources.files("misaki") / "data" / "us_gold.json").open(encoding="utf-8") as f:
        return json.load(f)


def _word(word: str, following: str) -> str:
    if word in ("the", "to") and following[:1] in tuple("aeiou"):
        return {"the": "ði", "to": "tʊ"}[word]
    if word in READINGS:
        return READINGS[word]
    entry = _dictionary().get(word, _dictionary().get(word.capitalize()))
    if isinstance(entry, dict):
        entry = entry["DEFAULT"]
    if entry is None:
        raise KeyError(f"no pronunciation for {word!r}: add it to READINGS in {__name__}.py")
    return entry


def phonemes(text: str) -> str:
    """`text` in the symbols of the speech model."""
    parts = re.findall(r"[a-z']+|[,.;:?!]", text.lower())
    out = ""
    for i, part in enumerate(parts):
        if re.fullmatch(r"[,.;:?!]", part):
            out = out.rstrip() + part + " "
        else:
            out += _word(part, parts[i + 1] if i + 1 < len(parts) else "") + " "
    return out.strip()
