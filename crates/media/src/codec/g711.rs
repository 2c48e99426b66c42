//! G.711 by tables that the compiler computes from the law (ITU-T G.711; A-law with the even bits inverted).

/// Linear sample of an A-law byte.
pub fn alaw_to_linear(byte: u8) -> i16 {
    ALAW_DECODE[byte as usize]
}

/// Linear sample of a µ-law byte.
pub fn ulaw_to_linear(byte: u8) -> i16 {
    ULAW_DECODE[byte as usize]
}

/// A-law byte nearest to a linear sample.
pub fn linear_to_alaw(sample: i16) -> u8 {
    // A-law keeps 13 bits: the sign and twelve of magnitude; negative values are mirrored around -1.
    let (magnitude, sign) = if sample >= 0 { (sample >> 4, 0xd5) } else { (!sample >> 4, 0x55) };
    ALAW_ENCODE[magnitude as usize] ^ sign
}

/// µ-law byte nearest to a linear sample.
pub fn linear_to_ulaw(sample: i16) -> u8 {
    // µ-law keeps 14 bits: the sign and thirteen of magnitude.
    let (magnitude, sign) = if sample >= 0 { (sample >> 2, 0xff) } else { (!sample >> 2, 0x7f) };
    ULAW_ENCODE[magnitude as usize] ^ sign
}

/// The byte of silence of A-law.
pub const ALAW_SILENCE: u8 = 0xd5;
/// The byte of silence of µ-law.
pub const ULAW_SILENCE: u8 = 0xff;

/// µ-law's bias, in 14-bit units: makes all segments powers of two.
const ULAW_BIAS: i32 = 33;

static ALAW_DECODE: [i16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let code = (i as u8) ^ 0x55;
        let exponent = ((code >> 4) & 7) as i32;
        let mantissa = (code & 15) as i32;
        let magnitude = match exponent {
            0 => (mantissa << 4) + 8,
            e => ((mantissa << 4) + 0x108) << (e - 1),
        };
        table[i] = if code & 0x80 != 0 { magnitude as i16 } else { -magnitude as i16 };
        i += 1;
    }
    table
};

static ULAW_DECODE: [i16; 256] = {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let code = !(i as u8);
        let exponent = ((code >> 4) & 7) as i32;
        let mantissa = (code & 15) as i32;
        let magnitude = ((((mantissa << 1) + ULAW_BIAS) << exponent) - ULAW_BIAS) << 2;
        table[i] = if code & 0x80 == 0 { magnitude as i16 } else { -magnitude as i16 };
        i += 1;
    }
    table
};

/// Segment and mantissa of each 11-bit magnitude (sample >> 4), before sign and inversion.
static ALAW_ENCODE: [u8; 2048] = {
    let mut table = [0; 2048];
    let mut i = 0;
    while i < 2048 {
        let magnitude = i as u32;
        table[i] = if magnitude < 16 {
            magnitude as u8
        } else {
            let exponent = 31 - magnitude.leading_zeros() - 3;
            ((exponent << 4) | ((magnitude >> (exponent - 1)) & 15)) as u8
        };
        i += 1;
    }
    table
};

/// Segment and mantissa of each 13-bit magnitude (sample >> 2), before sign and inversion.
static ULAW_ENCODE: [u8; 8192] = {
    let mut table = [0; 8192];
    let mut i = 0;
    while i < 8192 {
        let biased = i as u32 + ULAW_BIAS as u32;
        table[i] = if biased >= 8192 {
            0x7f
        } else {
            let exponent = 31 - biased.leading_zeros() - 5;
            ((exponent << 4) | ((biased >> (exponent + 1)) & 15)) as u8
        };
        i += 1;
    }
    table
};
