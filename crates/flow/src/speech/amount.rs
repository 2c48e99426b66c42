//! Numbers with digits behind their point, and money.

use types::leg::{Sound, Text};

use super::{Speaker, is_zh, speak};

/// Digits behind the point; more are no help to anybody who listens.
const PLACES: usize = 6;

/// A number of zero or more as it is written: `12`, `12.50`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Amount {
    whole: u32,
    /// The digits behind the point.
    places: String,
}

impl Amount {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (whole, places) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let fits = digits(whole) && digits(places) && places.len() <= PLACES && !whole.is_empty();
        fits.then(|| Some(Self { whole: whole.parse().ok()?, places: places.to_owned() }))?
    }

    /// Whether it has no more than fen behind its point.
    pub(crate) fn is_money(&self) -> bool {
        self.places.trim_end_matches('0').len() <= 2
    }

    /// 十二点五, twelve point five.
    pub(crate) fn number(&self, language: &Text) -> Vec<Sound> {
        speak(language, |s| {
            s.number(self.whole);
            if !self.places.is_empty() {
                s.word("num_point");
                self.places.bytes().for_each(|b| s.whole(u32::from(b - b'0')));
            }
        })
    }

    /// 十二元五角, twelve yuan and fifty fen. What is behind the fen is left out.
    pub(crate) fn money(&self, language: &Text) -> Vec<Sound> {
        let place = |at: usize| u32::from(self.places.as_bytes().get(at).map_or(0, |b| b - b'0'));
        let (jiao, fen) = (place(0), place(1));
        speak(language, |s| {
            if is_zh(language) { zh(s, (self.whole, jiao, fen)) } else { en(s, self.whole, jiao * 10 + fen) }
        })
    }
}

fn zh(s: &mut Speaker<'_>, (yuan, jiao, fen): (u32, u32, u32)) {
    if yuan > 0 || (jiao, fen) == (0, 0) {
        s.count(yuan);
        s.word("money_yuan");
    }
    if jiao > 0 {
        s.count(jiao);
        s.word("money_jiao");
    } else if yuan > 0 && fen > 0 {
        s.whole(0);
    }
    if fen > 0 {
        s.count(fen);
        s.word("money_fen");
    }
}

fn en(s: &mut Speaker<'_>, yuan: u32, fen: u32) {
    if yuan > 0 || fen == 0 {
        s.number(yuan);
        s.word("money_yuan");
    }
    if fen > 0 {
        if yuan > 0 {
            s.word("num_and");
        }
        s.number(fen);
        s.word("money_fen");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::speech::tests::text;

    #[test]
    fn amounts_are_said_as_a_native_speaker_says_them() {
        let (zh, en) = (Text::from("zh"), Text::from("en"));
        for (amount, chinese, english) in [
            ("0", "0 money_yuan", "0 money_yuan"),
            ("2", "liang money_yuan", "2 money_yuan"),
            ("12.50", "12 money_yuan 5 money_jiao", "12 money_yuan and 50 money_fen"),
            ("12.05", "12 money_yuan 0 5 money_fen", "12 money_yuan and 5 money_fen"),
            ("0.29", "liang money_jiao 9 money_fen", "29 money_fen"),
            ("105.2", "1 bai 0 5 money_yuan liang money_jiao", "1 hundred and 5 money_yuan and 20 money_fen"),
        ] {
            let said = Amount::parse(amount).unwrap();
            assert_eq!((text(said.money(&zh)), text(said.money(&en))), (chinese.into(), english.into()), "{amount}");
        }
        let half = Amount::parse("12.05").unwrap();
        assert_eq!((text(half.number(&zh)), text(half.number(&en))), ("12 point 0 5".into(), "12 point 0 5".into()));
        for bad in ["", "-1", "1.2.3", "1e3", ".5", "12元", "99999999999"] {
            assert_eq!(Amount::parse(bad), None, "{bad}");
        }
        assert!(!Amount::parse("1.005").unwrap().is_money() && Amount::parse("1.500").unwrap().is_money());
    }
}
