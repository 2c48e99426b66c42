//! Estimate of how a leg sounds: the E-model with all parameters but delay, loss and codec at their defaults, of ITU-T
//! G.107 for narrowband codecs and of G.107.1 for wideband ones.
//!
//! The two have scales of their own. A listener who knows wideband audio gives the best narrowband call less than the
//! best wideband one, but each scale's best is near 4.4: scores are to be compared within a scale only.

use crate::codec::Codec;

/// What the model knows of a codec.
struct Scale {
    /// Rating of a perfect connection: Ro less the simultaneous impairments, of G.107 (93.2) or G.107.1 (129).
    perfect: f64,
    /// Equipment impairment without loss: Ie of G.113 table I.3, or Ie,WB of its appendix IV.
    equipment: f64,
    /// Robustness to random loss, percent: Bpl or Bpl,WB.
    robustness: f64,
}

/// The wideband scale reaches further than the narrowband one by this factor (G.107.1 section 6.2 and annex A).
const WIDEBAND_REACH: f64 = 1.29;
/// Mean one-way delay beyond which talkers begin to collide, in milliseconds.
const CONVERSATIONAL_MS: f64 = 177.3;

impl Scale {
    const fn of(codec: Codec) -> Self {
        match codec {
            // With the concealment of G.711 appendix I: ours is of that kind.
            Codec::Pcma | Codec::Pcmu => Self { perfect: 93.2, equipment: 0.0, robustness: 25.1 },
            // At 64 kbit/s.
            Codec::G722 => Self { perfect: 129.0, equipment: 13.0, robustness: 4.5 },
            // ITU-T gives no values for Opus. At 24 kbit/s it is no worse than G.722.2 at 18.25 kbit/s (5), and spare
            // copies make up for about half of what single losses cost; this is our estimate.
            Codec::Opus => Self { perfect: 129.0, equipment: 5.0, robustness: 10.0 },
        }
    }
}

/// The transmission rating R: 0 to 93.2 for narrowband codecs, 0 to 129 for wideband ones. `loss` is a share (0 to 1),
/// `delay_ms` one-way from mouth to ear.
pub fn r_factor(codec: Codec, loss: f64, delay_ms: f64) -> f64 {
    let Scale { perfect, equipment, robustness } = Scale::of(codec);
    let percent = loss.clamp(0.0, 1.0) * 100.0;
    let loss_impairment = equipment + (95.0 - equipment) * percent / (percent + robustness);
    let delay_impairment = 0.024 * delay_ms + 0.11 * (delay_ms - CONVERSATIONAL_MS).max(0.0);
    (perfect - loss_impairment - delay_impairment).clamp(0.0, perfect)
}

/// The mean opinion score that goes with it, 1.0 to 4.5 (G.107 annex B, G.107.1 annex A), on the codec's own scale.
pub fn mos(codec: Codec, loss: f64, delay_ms: f64) -> f64 {
    let reach = if codec.is_wideband() { WIDEBAND_REACH } else { 1.0 };
    let r = r_factor(codec, loss, delay_ms) / reach;
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).clamp(1.0, 4.5)
}
