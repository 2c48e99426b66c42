//! Sound as a WAV file, of which any part can be asked for.

use super::Sound;

/// Bytes of a sample on both channels.
const FRAME_BYTES: u64 = 4;

/// Length of the header in bytes.
pub const WAV_HEADER_LEN: usize = 44;

/// Header of a two-channel 16-bit file with `data_len` bytes of audio. Lengths beyond 4 GiB (37 hours) are written as
/// the largest, which players take for "to the end".
fn header(rate: u32, data_len: u64) -> [u8; WAV_HEADER_LEN] {
    const CHANNELS: u16 = 2;
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
    put(&(rate * FRAME_BYTES as u32).to_le_bytes());
    put(&(FRAME_BYTES as u16).to_le_bytes());
    put(&16u16.to_le_bytes());
    put(b"data");
    put(&length(data_len));
    header
}

/// Length of the whole file in bytes, of so many samples a channel.
pub fn wav_len(samples: u64) -> u64 {
    WAV_HEADER_LEN as u64 + samples * FRAME_BYTES
}

/// Fills `out` with the file's bytes from `offset`; returns how many there were. Fewer than asked for only at the end.
///
/// # Errors
/// As [`Sound::block`].
pub fn wav_read<S: Sound>(sound: &mut S, offset: u64, out: &mut [u8]) -> Result<usize, S::Error> {
    let end = wav_len(sound.samples());
    let wanted = usize::try_from(end.saturating_sub(offset)).unwrap_or(usize::MAX).min(out.len());
    let mut done = 0;
    while done < wanted {
        let at = offset + done as u64;
        done += if at < WAV_HEADER_LEN as u64 {
            let header = header(sound.rate(), sound.samples() * FRAME_BYTES);
            copy(&header[at as usize..], &mut out[done..wanted])
        } else {
            match read_audio(sound, at - WAV_HEADER_LEN as u64, &mut out[done..wanted])? {
                0 => break,
                n => n,
            }
        };
    }
    Ok(done)
}

fn read_audio<S: Sound>(sound: &mut S, at: u64, out: &mut [u8]) -> Result<usize, S::Error> {
    let block_bytes = sound.block_samples() * FRAME_BYTES;
    let skip = (at % block_bytes) as usize;
    let (left, right) = sound.block(at / block_bytes)?;
    let mut n = 0;
    // Begin and end may lie within a sample.
    for (i, byte) in out.iter_mut().enumerate() {
        let position = skip + i;
        let side = if position & 2 == 0 { left } else { right };
        let Some(sample) = side.get(position / FRAME_BYTES as usize) else { break };
        *byte = sample.to_le_bytes()[position & 1];
        n += 1;
    }
    Ok(n)
}

fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let n = from.len().min(to.len());
    to[..n].copy_from_slice(&from[..n]);
    n
}
