//! Where in China a number belongs: by its area code, or by the first seven digits of a mobile number.

use std::sync::LazyLock;

/// A place a line, Chinese and English. See `data/README.md`.
const PLACES: &str = include_str!("../data/places.tsv");
/// The digits of a landline number behind its 0, and the line of its place.
const AREA_CODES: &str = include_str!("../data/area-codes.tsv");
/// Where, among the first seven digits of mobile numbers, another place begins; in words of [`WORD`] bytes.
const MOBILE: &[u8] = include_bytes!("../data/mobile.bin");
const WORD: usize = 4;
/// The lowest seven digits that [`MOBILE`] knows.
const FIRST: u32 = 1_300_000;
/// Bits of a word that name the place.
const PLACE_BITS: u32 = 9;
/// Digits of a mobile number, and how many of them tell the place.
const MOBILE_DIGITS: usize = 11;
const TELLING_DIGITS: usize = 7;
/// Digits of an area code with its 0, at most, and of a landline number with its area code, at least.
const AREA_DIGITS: usize = 8;
const LANDLINE_DIGITS: usize = 10;

/// A place in China.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Province and city in Chinese.
    pub zh: &'static str,
    /// City and province in English.
    pub en: &'static str,
}

struct Table {
    places: Vec<Place>,
    /// By digits behind the 0.
    areas: std::collections::HashMap<&'static str, usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let pairs = |text: &'static str| text.lines().filter_map(|line| line.split_once('\t'));
    Table {
        places: pairs(PLACES).map(|(zh, en)| Place { zh, en }).collect(),
        areas: pairs(AREA_CODES).filter_map(|(code, line)| Some((code, line.parse().ok()?))).collect(),
    }
});

/// Where a number as a carrier or a person writes it belongs; none for service numbers, other countries, and what nobody
/// has told us of. A mobile number's place is where it was given out, not where it is.
pub fn place_of(number: &str) -> Option<Place> {
    let plain: String = number.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let abroad =
        plain.starts_with('+') && !plain.starts_with("+86") || plain.starts_with("00") && !plain.starts_with("0086");
    let bare = ["+86", "0086"].iter().find_map(|code| plain.strip_prefix(code));
    if abroad || !plain.strip_prefix('+').unwrap_or(&plain).bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let national = bare.unwrap_or(&plain);
    let trimmed = national.strip_prefix('0').unwrap_or(national);
    if trimmed.len() == MOBILE_DIGITS && trimmed.starts_with('1') && !trimmed.starts_with("10") {
        return mobile(trimmed);
    }
    // Within the country an area code begins with 0, or it would be a local number.
    let whole = bare.is_some() || national.starts_with('0');
    if !whole || trimmed.len() + 1 < LANDLINE_DIGITS {
        return None;
    }
    let longest = trimmed.len().min(AREA_DIGITS);
    let line = (2..=longest).rev().find_map(|digits| TABLE.areas.get(&trimmed[..digits]))?;
    TABLE.places.get(*line).copied()
}

fn mobile(number: &str) -> Option<Place> {
    let digits: u32 = number[..TELLING_DIGITS].parse().ok()?;
    let at = digits.checked_sub(FIRST)?;
    let word = |index: usize| {
        let bytes = MOBILE[index * WORD..][..WORD].try_into().unwrap_or_default();
        u32::from_le_bytes(bytes)
    };
    let (mut low, mut high) = (0, MOBILE.len() / WORD);
    while low < high {
        let middle = low.midpoint(high);
        if word(middle) >> PLACE_BITS <= at { low = middle + 1 } else { high = middle }
    }
    let place = word(low.checked_sub(1)?) & ((1 << PLACE_BITS) - 1);
    TABLE.places.get(place as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_belong_to_their_places_however_they_are_written() {
        for (number, zh, en) in [
            ("01062881234", "北京市", "Beijing"),
            ("+861062881234", "北京市", "Beijing"),
            ("021-6288 1234", "上海市", "Shanghai"),
            ("0755-86012345", "广东省深圳市", "Shenzhen, Guangdong"),
            ("008675586012345", "广东省深圳市", "Shenzhen, Guangdong"),
            ("13800100500", "北京市", "Beijing"),
            ("+8613800100500", "北京市", "Beijing"),
            ("013800100500", "北京市", "Beijing"),
        ] {
            assert_eq!(place_of(number), Some(Place { zh, en }), "{number}");
        }
        assert_eq!(place_of("13812345678").map(|p| p.zh), Some("江苏省连云港市"));
    }

    #[test]
    fn numbers_without_a_place_have_none() {
        for number in [
            "",
            "95588",
            "1001",
            "4008001234",
            "62881234",
            "+14155550123",
            "0014155550123",
            "alice",
            "+86",
            "0",
            "10086",
            "+86张三李四王五赵六",
        ] {
            assert_eq!(place_of(number), None, "{number}");
        }
    }

    #[test]
    fn every_prefix_leads_to_a_place() {
        assert!(TABLE.areas.values().all(|line| *line < TABLE.places.len()));
        assert_eq!(MOBILE.len() % WORD, 0);
        assert!(TABLE.places.iter().all(|place| !place.zh.is_empty() && !place.en.is_empty()));
    }
}
