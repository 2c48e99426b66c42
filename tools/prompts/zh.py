"""Mandarin text to the speech model's symbols: words, pinyin, tone sandhi, IPA."""

import logging
import re

import jieba
import jieba.posseg
from misaki.tone_sandhi import ToneSandhi
from misaki.zh import ZHG2P
from pypinyin import Style, lazy_pinyin

jieba.setLogLevel(logging.WARNING)

# Words the segmenter or the pinyin dictionary gets wrong in our texts, as (word, pinyin).
READINGS = {
    "请按一": ["qing3", "an4", "yi1"],
    "请按二": ["qing3", "an4", "er4"],
    "请按三": ["qing3", "an4", "san1"],
    "请按零": ["qing3", "an4", "ling2"],
    "为您": ["wei4", "nin2"],
    "更快地": ["geng4", "kuai4", "de5"],
    "一次": ["yi2", "ci4"],
    "一分钟": ["yi4", "fen1", "zhong1"],
    "一般": ["yi4", "ban1"],
    "某一次": ["mou3", "yi2", "ci4"],
    "我们会": ["wo3", "men5", "hui4"],
    "幺": ["yao1"],
    "两": ["liang3"],
    "井号键": ["jing3", "hao4", "jian4"],
    "一百": ["yi4", "bai3"],
    "介绍": ["jie4", "shao4"],
}
for _word in READINGS:
    jieba.add_word(_word, freq=10**7)

_sandhi = ToneSandhi()
_PUNCTUATION = str.maketrans({"，": ",", "、": ",", "。": ".", "；": ";", "：": ":", "？": "?", "！": "!"})


def pinyin(text: str) -> list[list[str]]:
    """The syllables of `text`, word by word; a punctuation mark is a word of its own."""
    words = []
    pairs = [(p.word, p.flag) for p in jieba.posseg.lcut(text)]
    for word, tag in _sandhi.pre_merge_for_modify(pairs):
        if not re.fullmatch("[\u4e00-\u9fff]+", word):
            words.append([word.translate(_PUNCTUATION)])
            continue
        if word in READINGS:
            words.append(READINGS[word])
            continue
        syllables = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
        words.append(_sandhi.modified_tone(word, tag, syllables))
    return words


def phonemes(text: str) -> str:
    """`text` in the symbols of the speech model."""
    out = ""
    for word in pinyin(text):
        if re.fullmatch(r"[,.;:?!]", word[0]):
            out = out.rstrip() + word[0] + " "
        else:
            out += "".join(ZHG2P.py2ipa(s) for s in word) + " "
    return out.strip().replace(chr(815), "")
