//! The codecs we offer, in words of descriptions and in words of the media plane.

use std::net::SocketAddr;
use std::sync::Arc;

use media::codec::Codec;
use media::engine::SrtpPair;
use media::srtp::{SdesKey, Suite};
use ring::rand::{SecureRandom, SystemRandom};
use sdp::{Capabilities, CryptoPair};

/// What a leg can do, best first: A-law is what carriers in China and Europe speak; G.722 and Opus
/// sound better but cost a transcoding towards them, so they are taken only where the peer has
/// nothing else or the other side of the bridge speaks them too.
pub(crate) fn capabilities(address: SocketAddr) -> Capabilities {
    let codecs = vec![sdp::Codec::PCMA, sdp::Codec::PCMU, sdp::Codec::G722, sdp::Codec::OPUS];
    Capabilities { srtp: sdp::Srtp::WhenOffered, ..Capabilities::new(address, codecs) }
}

/// Moves the codec that the other side of the bridge speaks to the front, so that nothing has to be
/// transcoded between them.
pub(crate) fn prefer(capabilities: &mut Capabilities, codec: &sdp::Codec) {
    if let Some(at) = capabilities.codecs.iter().position(|c| c.name == codec.name && c.clock == codec.clock) {
        capabilities.codecs[..=at].rotate_right(1);
    }
}

/// The media plane's word for a codec.
pub(crate) fn engine_codec(codec: &sdp::Codec) -> Option<Codec> {
    match codec.name.as_ref() {
        "PCMA" => Some(Codec::Pcma),
        "PCMU" => Some(Codec::Pcmu),
        "G722" => Some(Codec::G722),
        "opus" => Some(Codec::Opus),
        _ => None,
    }
}

/// The media plane's keys.
pub(crate) fn srtp_pair(pair: &CryptoPair) -> Option<Arc<SrtpPair>> {
    let key =
        |crypto: &sdp::Crypto| media::srtp::parse_sdes(crypto.suite.as_str(), &format!("inline:{}", crypto.key)).ok();
    Some(Arc::new(SrtpPair { send: key(&pair.local)?, receive: key(&pair.remote)? }))
}

/// A key of our own for each suite that we speak, best first; none when the system has no randomness.
pub(crate) fn own_keys() -> Vec<sdp::Crypto> {
    let suites = [Suite::AesCm128HmacSha1_80, Suite::AesCm128HmacSha1_32];
    let key = |(index, suite): (usize, Suite)| {
        let mut random = [0; 46];
        SystemRandom::new().fill(&mut random).ok()?;
        let inline = SdesKey::from_random(suite, &random).to_inline();
        sdp::Crypto::parse(&format!("{} {} {inline}", index + 1, suite.name()))
    };
    suites.into_iter().enumerate().filter_map(key).collect()
}
