//! Tags and branches of our own: 64 bits in hexadecimal, so that one read gives the table's key back.

use crate::header::via::BRANCH_MAGIC;

const DIGITS: &[u8; 16] = b"0123456789abcdef";
const HEX_LEN: usize = 16;
const BRANCH_LEN: usize = BRANCH_MAGIC.len() + HEX_LEN;

/// A text of fixed length on the stack.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Short<const N: usize>([u8; N]);

impl<const N: usize> Short<N> {
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only ASCII is put in")
    }
}

fn write_hex(out: &mut [u8], value: u64) {
    for (place, digit) in out.iter_mut().enumerate() {
        *digit = DIGITS[(value >> (60 - 4 * place) & 15) as usize];
    }
}

/// A tag on the wire.
pub(crate) fn tag_text(tag: u64) -> Short<HEX_LEN> {
    let mut text = [0; HEX_LEN];
    write_hex(&mut text, tag);
    Short(text)
}

/// A branch on the wire.
pub(crate) fn branch_text(branch: u64) -> Short<BRANCH_LEN> {
    let mut text = [0; BRANCH_LEN];
    text[..BRANCH_MAGIC.len()].copy_from_slice(BRANCH_MAGIC.as_bytes());
    write_hex(&mut text[BRANCH_MAGIC.len()..], branch);
    Short(text)
}

/// A tag of ours back; `None` for what we can't have made.
pub(crate) fn read_tag(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if bytes.len() != HEX_LEN {
        return None;
    }
    bytes.iter().try_fold(0u64, |value, byte| {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        Some(value << 4 | u64::from(digit))
    })
}

/// A branch of ours back.
pub(crate) fn read_branch(text: &str) -> Option<u64> {
    read_tag(text.strip_prefix(BRANCH_MAGIC)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_write_we_read() {
        for value in [0, 1, 0x0123_4567_89ab_cdef, u64::MAX] {
            assert_eq!(read_tag(tag_text(value).as_str()), Some(value));
            assert_eq!(read_branch(branch_text(value).as_str()), Some(value));
        }
        assert_eq!(branch_text(0xab).as_str(), "z9hG4bK00000000000000ab");
        for strange in ["", "1928301774", "000000000000000G", "00000000000000AB", "z9hG4bK"] {
            assert_eq!((read_tag(strange), read_branch(strange)), (None, None));
        }
    }
}
