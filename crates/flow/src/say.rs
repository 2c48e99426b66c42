//! What a node plays: one piece or a list of pieces. A piece is a prompt's id, or one of
//! `{"digits": "$caller"}`, `{"number": "$count"}`, `{"money": "$due"}`, `{"date": "$date"}`, `{"named": "$city"}`,
//! `{"music": "default"}`, `{"tone": "busy"}`, `{"silence_ms": 500}`. A variable that holds nothing that can be said so is
//! passed over.

use serde::Deserialize;
use serde_json::json;
use types::leg::{Sound, Text, Tone};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::check::Check;
use crate::problem::What;
use crate::speech::{Amount, Day};
use crate::value::Value;

/// More pieces than this in one playback are a mistake.
const PIECES_MAX: usize = 50;

/// One piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Prompt(Text),
    Special(Special),
}

/// A piece that is no prompt of its own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Special {
    /// Digit by digit, as telephone numbers are read.
    Digits(Value),
    /// As a number, with the digits behind its point.
    Number(Value),
    /// As an amount in yuan, fen behind its point.
    Money(Value),
    /// As a day, written 2026-11-23.
    Date(Value),
    /// The prompt that has this name.
    Named(Value),
    Music(Text),
    Tone(ToneName),
    SilenceMs(u32),
}

impl Special {
    /// Checks what stands there itself; what a variable holds is known in a call alone.
    fn check(&self, field: &str, check: &mut Check<'_>) {
        let (value, form, fits): (_, _, fn(&str) -> bool) = match self {
            Self::Digits(value) => (value, "0-9", |text| text.chars().any(|c| c.is_ascii_digit())),
            Self::Number(value) => (value, "12.5", |text| Amount::parse(text).is_some()),
            Self::Money(value) => (value, "12.50", |text| Amount::parse(text).is_some_and(|n| n.is_money())),
            Self::Date(value) => (value, "2026-11-23", |text| Day::parse(text).is_some()),
            Self::Named(value) => match value.reference() {
                Some(_) => (value, "", |_| true),
                None => return check.prompt(field, &value.to_text()),
            },
            Self::Music(_) | Self::Tone(_) | Self::SilenceMs(_) => return,
        };
        match value.reference() {
            Some(name) if !is_variable(name) => check.report(field, What::NoVariable(name.to_owned())),
            None if !fits(&value.to_text()) => check.report(field, What::NotSayable(value.to_text(), form)),
            _ => {}
        }
    }
}

/// Whether a variable can have this name.
fn is_variable(name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    name.chars().all(part) && name.chars().next().is_some_and(|c| !c.is_numeric())
}

/// Whether a prompt can have this name.
fn is_prompt_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ToneName {
    Ringback,
    Busy,
    Congestion,
    Comfort,
}

impl From<ToneName> for Tone {
    fn from(name: ToneName) -> Self {
        match name {
            ToneName::Ringback => Self::Ringback,
            ToneName::Busy => Self::Busy,
            ToneName::Congestion => Self::Congestion,
            ToneName::Comfort => Self::Comfort,
        }
    }
}

/// Pieces in order; may be none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub(crate) struct Say(pub(crate) Vec<Piece>);

impl TryFrom<serde_json::Value> for Say {
    type Error = String;
    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        match value {
            serde_json::Value::Array(items) => items.into_iter().map(piece).collect::<Result<_, _>>().map(Self),
            one => Ok(Self(vec![piece(one)?])),
        }
    }
}

impl ToSchema for Say {}

impl PartialSchema for Say {
    fn schema() -> RefOr<Schema> {
        let value = crate::value::shape();
        let special = |name: &str, of: serde_json::Value| json!({"type": "object", "required": [name], "additionalProperties": false, "properties": {name: of}});
        let pieces = json!([
            {"type": "string", "format": "prompt"},
            special("digits", value.clone()),
            special("number", value.clone()),
            special("money", value.clone()),
            special("date", value.clone()),
            special("named", value),
            special("music", json!({"type": "string"})),
            special("tone", json!({"type": "string", "enum": ["ringback", "busy", "congestion", "comfort"]})),
            special("silence_ms", json!({"type": "integer", "minimum": 0})),
        ]);
        let several = json!({"type": "array", "maxItems": PIECES_MAX, "items": {"anyOf": pieces}});
        crate::value::read_shape(json!({"anyOf": [{"anyOf": pieces}, several]}))
    }
}

fn piece(value: serde_json::Value) -> Result<Piece, String> {
    match value {
        serde_json::Value::String(id) => Ok(Piece::Prompt(id.into())),
        other => serde_json::from_value(other).map(Piece::Special).map_err(|e| e.to_string()),
    }
}

impl Say {
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it never ends by itself.
    pub(crate) fn is_endless(&self) -> bool {
        self.0.iter().any(|piece| {
            matches!(
                piece,
                Piece::Special(
                    Special::Music(_) | Special::Tone(ToneName::Ringback | ToneName::Busy | ToneName::Congestion)
                )
            )
        })
    }

    /// Checks that its prompts exist, and that it ends.
    pub(crate) fn check(&self, field: &str, check: &mut Check<'_>) {
        if self.0.len() > PIECES_MAX {
            check.report(field, What::OutOfRange(0, PIECES_MAX as i64));
        }
        if self.is_endless() {
            check.report(field, What::Endless);
        }
        self.check_prompts(field, check);
    }

    pub(crate) fn check_prompts(&self, field: &str, check: &mut Check<'_>) {
        for piece in &self.0 {
            match piece {
                Piece::Prompt(id) => check.prompt(field, id),
                Piece::Special(Special::Music(name)) => check.music(field, name),
                Piece::Special(special) => special.check(field, check),
            }
        }
    }

    /// Adds its sounds. `value` gives what a variable holds.
    pub(crate) fn sounds(&self, language: &Text, value: &dyn Fn(&Value) -> Value, out: &mut Vec<Sound>) {
        for piece in &self.0 {
            match piece {
                Piece::Prompt(id) => out.push(Sound::Prompt { language: language.clone(), id: id.clone() }),
                Piece::Special(Special::Digits(digits)) => {
                    out.extend(crate::speech::digits(language, &value(digits).to_text()));
                }
                Piece::Special(Special::Number(number)) => {
                    out.extend(Amount::parse(&value(number).to_text()).iter().flat_map(|n| n.number(language)));
                }
                Piece::Special(Special::Money(money)) => {
                    out.extend(Amount::parse(&value(money).to_text()).iter().flat_map(|n| n.money(language)));
                }
                Piece::Special(Special::Date(date)) => {
                    out.extend(Day::parse(&value(date).to_text()).iter().flat_map(|day| day.sounds(language)));
                }
                Piece::Special(Special::Named(name)) => {
                    let id = value(name).to_text();
                    if is_prompt_name(&id) {
                        out.push(Sound::Prompt { language: language.clone(), id });
                    }
                }
                Piece::Special(Special::Music(name)) => out.push(Sound::Music(name.clone())),
                Piece::Special(Special::Tone(tone)) => out.push(Sound::Tone((*tone).into())),
                Piece::Special(Special::SilenceMs(ms)) => out.push(Sound::Silence(*ms)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::nodes::testing::{check, problems};

    fn plays(pieces: &str) -> String {
        format!(
            r#"{{"s": {{"kind": "set", "values": {{"due": "12.50", "day": "2026-11-23", "city": "goodbye", "no": "上海"}},
                 "outlets": {{"done": "p"}}}},
               "p": {{"kind": "play", "prompt": {pieces}, "outlets": {{"done": "h"}}}}, "h": {{"kind": "hangup"}}}}"#
        )
    }

    #[test]
    fn variables_are_spoken_by_what_they_are() {
        let flow = plays(
            r#"[{"money": "$due"}, {"number": "$due"}, {"date": "$day"}, {"named": "$city"}, {"money": "$no"},
                {"date": "$no"}, {"named": "$no"}, {"number": 7}]"#,
        );
        let said = "num_12 money_yuan num_5 money_jiao num_12 num_point num_5 num_0 num_2 num_0 num_2 num_6 date_year \
                    num_11 date_month num_23 date_day goodbye num_7";
        check(&flow, "done", &format!("answer, play {said}, hangup normal"));
    }

    #[test]
    fn what_cannot_be_said_is_told_while_it_is_drawn() {
        for (piece, told) in [
            (r#"{"money": "12.345"}"#, "something like 12.50"),
            (r#"{"number": "many"}"#, "something like 12.5"),
            (r#"{"date": "23.11.2026"}"#, "something like 2026-11-23"),
            (r#"{"digits": "none"}"#, "something like 0-9"),
            (r#"{"money": "$a b"}"#, "can't be a variable"),
        ] {
            let found = problems(&plays(piece));
            assert!(found.iter().any(|one| one.contains("prompt") && one.contains(told)), "{piece}: {found:?}");
        }
        assert_eq!(problems(&plays(r#"[{"money": "12.5"}, {"date": "2026-11-23"}, {"named": "goodbye"}]"#)), [""; 0]);
    }
}
