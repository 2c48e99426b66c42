//! The header of the WAV file.

/// Length of the header in bytes.
pub const WAV_HEADER_LEN: usize = 44;

/// Header of a two-channel 16-bit file with `data_len` bytes of audio. Lengths beyond 4 GiB (37 hours) are written as
/// the largest, which players take for "to the end".
pub(super) fn header(rate: u32, data_len: u64) -> [u8; WAV_HEADER_LEN] {
    const CHANNELS: u16 = 2;
    const FRAME_BYTES: u16 = CHANNELS * 2;
    let length = |n: u64| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
    let mut header = [0; WAV_HEADER_LEN];
    let mut at = 0;
    let mut put = |bytes: &[u8]| {
        header[at..at + bytes.len()].copy_from_slice(bytes);
        at += bytes.len();
    };
    put(b"RIFF");
    put(&length(data_len.saturating_add(WAV_HEADER_LEN as u64 - 8)));
    put(b"WAVEfmt ");
    put(&16u32.to_le_bytes());
    put(&1u16.to_le_bytes());
    put(&CHANNELS.to_le_bytes());
    put(&rate.to_le_bytes());
    put(&(rate * u32::from(FRAME_BYTES)).to_le_bytes());
    put(&FRAME_BYTES.to_le_bytes());
    put(&16u16.to_le_bytes());
    put(b"data");
    put(&length(data_len));
    header
}
