//! How Han characters sound: what recognition mistakes for one another.

use pinyin::ToPinyin;

/// The syllable of a Han character without its tone; of one with several readings the commonest.
pub(crate) fn syllable(letter: char) -> Option<&'static str> {
    letter.to_pinyin().map(|pinyin| pinyin.plain())
}

/// Syllables that many speakers and most recognisers don't tell apart become one: zh/z, ch/c, sh/s, n/l, f/h before u,
/// and the nasal ends an/ang, en/eng, in/ing.
pub(crate) fn near(syllable: &str) -> String {
    let (start, rest) = match syllable {
        s if s.starts_with("zh") => ("z", &s[2..]),
        s if s.starts_with("ch") => ("c", &s[2..]),
        s if s.starts_with("sh") => ("s", &s[2..]),
        s if s.starts_with('n') => ("l", &s[1..]),
        s if s.starts_with("fu") => ("h", &s[1..]),
        s => ("", s),
    };
    let rest = match rest {
        r if r.ends_with("ang") || r.ends_with("eng") || r.ends_with("ing") => &r[..r.len() - 1],
        r => r,
    };
    format!("{start}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_is_alike() {
        assert_eq!(syllable('诉'), Some("su"));
        assert_eq!(syllable('a'), None);
        for (a, b) in [("shu", "su"), ("zheng", "zen"), ("ning", "lin"), ("lang", "nan"), ("fu", "hu")] {
            assert_eq!(near(a), near(b), "{a} {b}");
        }
        assert_ne!(near("tou"), near("tu"));
    }
}
