//! Estimate of how a leg sounds: the E-model (ITU-T G.107) with all parameters but delay, loss and codec at their
//! defaults.

use crate::codec::Codec;

/// Basic transmission rating: what the E-model gives for a perfect connection.
const R0: f64 = 93.2;
/// Mean one-way delay beyond which talkers begin to collide, in milliseconds.
const CONVERSATIONAL_MS: f64 = 177.3;

/// Equipment impairment and robustness to random loss with concealment. G.711: ITU-T G.113 table I.4 (with Appendix I
/// concealment). G.722 and Opus are wideband, which this narrowband scale cannot credit: they are rated as G.711, Opus
/// as a bit sturdier, since it carries spare copies.
fn impairment(codec: Codec) -> (f64, f64) {
    match codec {
        Codec::Pcma | Codec::Pcmu => (0.0, 25.1),
        Codec::G722 => (0.0, 25.1),
        Codec::Opus => (0.0, 30.0),
    }
}

/// The transmission rating R, 0 to 93.2. `loss` is a share (0 to 1), `delay_ms` one-way from mouth to ear.
pub fn r_factor(codec: Codec, loss: f64, delay_ms: f64) -> f64 {
    let (equipment, robustness) = impairment(codec);
    let percent = loss.clamp(0.0, 1.0) * 100.0;
    let loss_impairment = equipment + (95.0 - equipment) * percent / (percent + robustness);
    let delay_impairment = 0.024 * delay_ms + 0.11 * (delay_ms - CONVERSATIONAL_MS).max(0.0);
    (R0 - loss_impairment - delay_impairment).clamp(0.0, R0)
}

/// The mean opinion score that goes with it, 1.0 to 4.4 (G.107 annex B).
pub fn mos(codec: Codec, loss: f64, delay_ms: f64) -> f64 {
    let r = r_factor(codec, loss, delay_ms);
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).clamp(1.0, 4.5)
}
