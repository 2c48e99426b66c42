//! One channel of 16-bit samples in a RIFF file.

/// The header of a file with one `fmt ` chunk of plain PCM and one `data` chunk, bytes.
const HEADER: usize = 44;

/// A file of one channel of 16-bit samples (RIFF WAVE, format 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wav(Vec<u8>);

impl Wav {
    /// Reads what a program wrote into a pipe: the lengths in its header may be of a file without end. None where it is no
    /// such sound.
    pub fn from_pipe(mut bytes: Vec<u8>) -> Option<Self> {
        let word = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let is = |at: usize, name: &[u8]| bytes.get(at..at + name.len()) == Some(name);
        let plain = bytes.len() >= HEADER && is(0, b"RIFF") && is(8, b"WAVEfmt ") && is(36, b"data");
        if !plain || (word(20)?, word(22)?, word(34)?) != (1, 1, 16) {
            return None;
        }
        bytes.truncate(HEADER + (bytes.len() - HEADER) / 2 * 2);
        let (all, data) = (u32::try_from(bytes.len() - 8).ok()?, u32::try_from(bytes.len() - HEADER).ok()?);
        bytes[4..8].copy_from_slice(&all.to_le_bytes());
        bytes[40..44].copy_from_slice(&data.to_le_bytes());
        let wav = Self(bytes);
        (wav.rate_hz() > 0).then_some(wav)
    }

    /// Samples a second, in Hz.
    pub fn rate_hz(&self) -> u32 {
        self.0.get(24..28).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
    }

    /// The samples.
    pub fn samples(&self) -> impl Iterator<Item = i16> + '_ {
        self.0[HEADER..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
    }

    /// How long it lasts, in seconds.
    pub fn seconds(&self) -> f64 {
        let samples = u32::try_from((self.0.len() - HEADER) / 2).unwrap_or(u32::MAX);
        f64::from(samples) / f64::from(self.rate_hz())
    }

    /// The file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piped(channels: u8, samples: &[u8]) -> Vec<u8> {
        let mut bytes = b"RIFF\x00\xf0\xff\x7fWAVEfmt \x10\0\0\0\x01\0".to_vec();
        bytes.extend([channels, 0]);
        bytes.extend(8_000_u32.to_le_bytes());
        bytes.extend(16_000_u32.to_le_bytes());
        bytes.extend(b"\x02\0\x10\0data\x00\xf0\xff\x7f");
        bytes.extend(samples);
        bytes
    }

    #[test]
    fn lengths_are_those_of_what_came() {
        let wav = Wav::from_pipe(piped(1, &[1, 0, 2, 0, 9])).unwrap();
        assert_eq!((wav.rate_hz(), wav.samples().collect::<Vec<_>>()), (8_000, vec![1, 2]));
        assert!((wav.seconds() - 2.0 / 8_000.0).abs() < 1e-9);
        let bytes = wav.into_bytes();
        assert_eq!((&bytes[4..8], &bytes[40..44]), (&40_u32.to_le_bytes()[..], &4_u32.to_le_bytes()[..]));
    }

    #[test]
    fn what_is_no_such_sound_is_refused() {
        assert_eq!(Wav::from_pipe(piped(2, &[0; 8])), None);
        assert_eq!(Wav::from_pipe(b"RIFF".to_vec()), None);
        assert_eq!(Wav::from_pipe(piped(1, &[])[..40].to_vec()), None);
    }
}
