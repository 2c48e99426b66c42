#!/usr/bin/env python3
"""Writes crates/dialplan/data: which Chinese numbers belong to which place.

    pip install phonenumbers && tools/places/build.py

`places.tsv`: a place a line, Chinese and English. `area-codes.tsv`: the digits of a landline number behind its 0, and
the line of its place, counted from 0. `mobile.bin`: where, among the first seven digits of mobile numbers, another place
begins: little-endian words of 32 bits, the digits less 1,300,000 in the upper 23 bits, and in the lower 9 the line of the
place, or 511 for none.
"""

import struct
from pathlib import Path

from phonenumbers.geodata import GEOCODE_DATA

DATA = Path(__file__).resolve().parents[2] / "crates/dialplan/data"
FIRST, LAST, NONE = 1_300_000, 1_999_999, 511


def main():
    """Reads the prefixes of the package, and writes the three files."""
    found = {p[2:]: (v.get("zh") or v["en"], v["en"].replace("XiAn", "Xi'an")) for p, v in GEOCODE_DATA.items()
             if p.startswith("86") and "en" in v}
    mobile = {p: v for p, v in found.items() if p[0] == "1" and p[1] != "0"}
    land = {p: v for p, v in found.items() if p not in mobile}
    # Two places may share their Chinese name: the English one that is told most often stands for both.
    english = {}
    for zh, en in found.values():
        english.setdefault(zh, {}).setdefault(en, 0)
        english[zh][en] += 1
    places = sorted(english)
    line = {zh: n for n, zh in enumerate(places)}
    assert len(places) < NONE
    names = [f"{zh}\t{max(english[zh], key=english[zh].get)}\n" for zh in places]
    (DATA / "places.tsv").write_text("".join(names))
    (DATA / "area-codes.tsv").write_text("".join(f"{p}\t{line[zh]}\n" for p, (zh, _) in sorted(land.items())))
    words, before = [], NONE
    for number in range(FIRST, LAST + 1):
        digits = str(number)
        prefix = next((digits[:n] for n in range(7, 1, -1) if digits[:n] in mobile), None)
        place = line[mobile[prefix][0]] if prefix else NONE
        if place != before:
            words.append(struct.pack("<I", (number - FIRST) << 9 | place))
        before = place
    (DATA / "mobile.bin").write_bytes(b"".join(words))


if __name__ == "__main__":
    main()
