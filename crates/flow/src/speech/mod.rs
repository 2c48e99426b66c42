//! Digits, numbers, amounts, days, positions and waits as sequences of recorded pieces, the way a Chinese or an
//! English speaker says them. Any language other than `zh` is composed the English way.

mod amount;
mod day;

use std::sync::{Arc, LazyLock};

use types::leg::{Sound, Text};

pub(crate) use amount::Amount;
pub(crate) use day::Day;

/// Recorded digits, `digit_1` being 幺 in Chinese.
static DIGITS: LazyLock<[Text; 10]> = LazyLock::new(|| std::array::from_fn(|n| format!("digit_{n}").into()));
/// Recorded numbers, 0 to 100.
static NUMBERS: LazyLock<[Text; 101]> = LazyLock::new(|| std::array::from_fn(|n| format!("num_{n}").into()));

/// Beyond these, numbers are read digit by digit: 一亿 in Chinese, a million in English.
const ZH_MAX: u32 = 99_999_999;
const EN_MAX: u32 = 999_999;

struct Speaker<'a> {
    language: &'a Text,
    sounds: Vec<Sound>,
}

impl Speaker<'_> {
    fn id(&mut self, id: Text) {
        self.sounds.push(Sound::Prompt { language: self.language.clone(), id });
    }

    fn word(&mut self, id: &str) {
        self.id(Arc::from(id));
    }

    /// 0 to 100, recorded whole.
    fn whole(&mut self, n: u32) {
        self.id(NUMBERS[n as usize].clone());
    }

    /// Chinese below 10,000; `inner`: something was said before, so ten is 一十 and a gap is 零.
    fn zh_section(&mut self, n: u32, inner: bool) {
        let (thousands, hundreds, rest) = (n / 1000, n / 100 % 10, n % 100);
        if thousands > 0 {
            self.zh_digit(thousands);
            self.word("num_qian");
        }
        if hundreds > 0 {
            self.whole(hundreds);
            self.word("num_bai");
        } else if thousands > 0 && rest > 0 {
            self.whole(0);
        }
        let inner = inner || thousands > 0 || hundreds > 0;
        if rest == 0 {
            return;
        }
        if rest < 10 && hundreds > 0 {
            self.whole(0);
        }
        if inner && (10..20).contains(&rest) {
            self.whole(1);
        }
        self.whole(rest);
    }

    /// Before 千 and 万, two is 两.
    fn zh_digit(&mut self, n: u32) {
        if n == 2 { self.word("num_liang") } else { self.whole(n) }
    }

    fn zh(&mut self, n: u32) {
        let (wan, rest) = (n / 10_000, n % 10_000);
        if wan > 0 {
            if wan < 10 {
                self.zh_digit(wan)
            } else {
                self.zh_section(wan, false)
            }
            self.word("num_wan");
            if rest > 0 && rest < 1000 {
                self.whole(0);
            }
        }
        self.zh_section(rest, wan > 0);
    }

    /// English below 1,000.
    fn en_section(&mut self, n: u32, inner: bool) {
        let (hundreds, rest) = (n / 100, n % 100);
        if hundreds > 0 {
            self.whole(hundreds);
            self.word("num_hundred");
        }
        if rest > 0 {
            if inner || hundreds > 0 {
                self.word("num_and");
            }
            self.whole(rest);
        }
    }

    fn en(&mut self, n: u32) {
        let (thousands, rest) = (n / 1000, n % 1000);
        if thousands > 0 {
            self.en_section(thousands, false);
            self.word("num_thousand");
        }
        self.en_section(rest, thousands > 0);
    }

    fn digits(&mut self, digits: &str) {
        for digit in digits.chars().filter_map(|c| c.to_digit(10)) {
            self.id(DIGITS[digit as usize].clone());
        }
    }

    fn number(&mut self, n: u32) {
        match (n, is_zh(self.language)) {
            (0..=100, _) => self.whole(n),
            (..=ZH_MAX, true) => self.zh(n),
            (..=EN_MAX, false) => self.en(n),
            _ => self.digits(&n.to_string()),
        }
    }

    /// Before a measure word (位, 分钟), two is 两.
    fn count(&mut self, n: u32) {
        if n == 2 && is_zh(self.language) { self.word("num_liang") } else { self.number(n) }
    }
}

fn is_zh(language: &str) -> bool {
    language == "zh"
}

fn speak(language: &Text, say: impl FnOnce(&mut Speaker<'_>)) -> Vec<Sound> {
    let mut speaker = Speaker { language, sounds: Vec::new() };
    say(&mut speaker);
    speaker.sounds
}

/// Digit by digit, as telephone and agent numbers are read; in Chinese, one is 幺. What is no digit is left out.
pub fn digits(language: &Text, digits: &str) -> Vec<Sound> {
    speak(language, |s| s.digits(digits))
}

/// A number: 一百零五, one hundred and five.
pub fn number(language: &Text, n: u32) -> Vec<Sound> {
    speak(language, |s| s.number(n))
}

/// So many of something, before its measure word: 两条, two messages.
pub fn count(language: &Text, n: u32) -> Vec<Sound> {
    speak(language, |s| s.count(n))
}

/// A place in the queue, `n` being 1 for the next one. Chinese tells how many are before: 您前面还有两位客户在等待.
pub fn position(language: &Text, n: u32) -> Vec<Sound> {
    speak(language, |s| {
        let said = if is_zh(language) { n.saturating_sub(1) } else { n.max(1) };
        if said == 0 {
            return s.word("comfort");
        }
        s.word("position_prefix");
        s.count(said);
        s.word("position_suffix");
    })
}

/// The expected wait: 预计等待时间约两分钟. Zero is "less than a minute".
pub fn wait(language: &Text, minutes: u32) -> Vec<Sound> {
    speak(language, |s| {
        if minutes == 0 {
            return s.word("less_than_a_minute");
        }
        s.word("wait_prefix");
        s.count(minutes);
        s.word(if minutes == 1 { "minute_suffix" } else { "minutes_suffix" });
    })
}

/// Who serves: 工号1001为您服务.
pub fn agent_number(language: &Text, number: &str) -> Vec<Sound> {
    speak(language, |s| {
        s.word("agent_number_prefix");
        s.digits(number);
        s.word("agent_number_suffix");
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The sounds as one line, without the common prefixes.
    pub(super) fn text(sounds: Vec<Sound>) -> String {
        let word = |sound| match sound {
            Sound::Prompt { id, .. } => id.replace("num_", "").replace("digit_", "d"),
            other => format!("{other:?}"),
        };
        sounds.into_iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn numbers_are_said_as_a_native_speaker_says_them() {
        let (zh, en) = (Text::from("zh"), Text::from("en"));
        for (n, chinese, english) in [
            (0, "0", "0"),
            (2, "2", "2"),
            (10, "10", "10"),
            (99, "99", "99"),
            (100, "100", "100"),
            (101, "1 bai 0 1", "1 hundred and 1"),
            (110, "1 bai 1 10", "1 hundred and 10"),
            (115, "1 bai 1 15", "1 hundred and 15"),
            (222, "2 bai 22", "2 hundred and 22"),
            (1000, "1 qian", "1 thousand"),
            (1001, "1 qian 0 1", "1 thousand and 1"),
            (1010, "1 qian 0 1 10", "1 thousand and 10"),
            (1100, "1 qian 1 bai", "1 thousand 1 hundred"),
            (2345, "liang qian 3 bai 45", "2 thousand 3 hundred and 45"),
            (20_000, "liang wan", "20 thousand"),
            (10_010, "1 wan 0 1 10", "10 thousand and 10"),
            (120_000, "12 wan", "1 hundred and 20 thousand"),
            (105_000, "10 wan 5 qian", "1 hundred and 5 thousand"),
            (1_000_000, "1 bai wan", "d1 d0 d0 d0 d0 d0 d0"),
            (100_000_000, "d1 d0 d0 d0 d0 d0 d0 d0 d0", "d1 d0 d0 d0 d0 d0 d0 d0 d0"),
        ] {
            assert_eq!((text(number(&zh, n)), text(number(&en, n))), (chinese.into(), english.into()), "{n}");
        }
    }

    #[test]
    fn positions_waits_and_agents() {
        let (zh, en) = (Text::from("zh"), Text::from("en"));
        for (sounds, expected) in [
            (position(&zh, 1), "comfort"),
            (position(&zh, 3), "position_prefix liang position_suffix"),
            (position(&en, 1), "position_prefix 1 position_suffix"),
            (position(&en, 2), "position_prefix 2 position_suffix"),
            (wait(&zh, 0), "less_than_a_minute"),
            (wait(&zh, 2), "wait_prefix liang minutes_suffix"),
            (wait(&en, 1), "wait_prefix 1 minute_suffix"),
            (wait(&en, 12), "wait_prefix 12 minutes_suffix"),
            (agent_number(&zh, "1001"), "agent_number_prefix d1 d0 d0 d1 agent_number_suffix"),
            (digits(&zh, "+86-10"), "d8 d6 d1 d0"),
        ] {
            assert_eq!(text(sounds), expected);
        }
    }
}
