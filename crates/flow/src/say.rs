//! What a node plays: one piece or a list of pieces. A piece is a prompt's id, or one of
//! `{"digits": "$caller"}`, `{"number": "$count"}`, `{"music": "default"}`, `{"tone": "busy"}`,
//! `{"silence_ms": 500}`.

use serde::Deserialize;
use serde_json::json;
use types::leg::{Sound, Text, Tone};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::check::Check;
use crate::problem::What;
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
    /// As a number.
    Number(Value),
    Music(Text),
    Tone(ToneName),
    SilenceMs(u32),
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
            special("number", value),
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
                Piece::Special(_) => {}
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
                    if let Some(n) = value(number).to_number().and_then(|n| u32::try_from(n).ok()) {
                        out.extend(crate::speech::number(language, n));
                    }
                }
                Piece::Special(Special::Music(name)) => out.push(Sound::Music(name.clone())),
                Piece::Special(Special::Tone(tone)) => out.push(Sound::Tone((*tone).into())),
                Piece::Special(Special::SilenceMs(ms)) => out.push(Sound::Silence(*ms)),
            }
        }
    }
}
