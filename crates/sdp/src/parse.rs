//! Reads a description. Unknown lines and attributes are kept or skipped, never refused.

use std::net::IpAddr;

use crate::error::SdpError;
use crate::session::{
    Address, Attribute, Connection, MAX_BYTES, MAX_FORMATS, MAX_LINES, MAX_MEDIA, Media, MediaKind, Origin, Session,
};

impl Session {
    /// Reads a description. Bytes that are not UTF-8 are replaced: names in GBK must not cost a call.
    ///
    /// # Errors
    /// See [`SdpError`].
    pub fn parse(body: &[u8]) -> Result<Self, SdpError> {
        if body.len() > MAX_BYTES {
            return Err(SdpError::TooLarge);
        }
        let text = String::from_utf8_lossy(body);
        let mut lines = text.split(['\n', '\r']).map(str::trim_end).filter(|line| !line.is_empty());
        if lines.next().and_then(|line| line.strip_prefix("v=")).map(str::trim) != Some("0") {
            return Err(SdpError::NotSdp);
        }
        let mut session = Session::default();
        for (count, line) in lines.enumerate() {
            if count >= MAX_LINES {
                return Err(SdpError::TooMany);
            }
            session.line(line)?;
        }
        Ok(session)
    }

    fn line(&mut self, line: &str) -> Result<(), SdpError> {
        let mut chars = line.chars();
        let (Some(kind), Some('=')) = (chars.next(), chars.next()) else { return Err(SdpError::Line) };
        let value = chars.as_str();
        match (kind, self.media.last_mut()) {
            ('m', _) => {
                if self.media.len() >= MAX_MEDIA {
                    return Err(SdpError::TooMany);
                }
                self.media.push(media(value)?);
            }
            ('c', Some(media)) if media.connection.is_none() => media.connection = Some(connection(value)?),
            ('c', None) => self.connection = Some(connection(value)?),
            ('b', Some(media)) => media.bandwidth.push(value.to_owned()),
            ('b', None) => self.bandwidth.push(value.to_owned()),
            ('a', Some(media)) => media.attributes.push(attribute(value)),
            ('a', None) => self.attributes.push(attribute(value)),
            ('o', None) => self.origin = origin(value)?,
            ('s', None) => self.name = if value == "-" { String::new() } else { value.to_owned() },
            ('t', None) if self.timing.is_empty() => self.timing = timing(value),
            // i, u, e, p, r, z, k, and whatever comes one day.
            _ => {}
        }
        Ok(())
    }
}

fn timing(value: &str) -> String {
    let plain = value.trim();
    if plain == "0 0" { String::new() } else { plain.to_owned() }
}

fn attribute(value: &str) -> Attribute {
    match value.split_once(':') {
        Some((name, value)) => Attribute { name: name.to_owned(), value: Some(value.to_owned()) },
        None => Attribute { name: value.to_owned(), value: None },
    }
}

fn address(net: &str, kind: &str, address: &str) -> Option<Address> {
    let v6 = match kind {
        "IP4" => false,
        "IP6" => true,
        _ => return None,
    };
    if net != "IN" || address.is_empty() {
        return None;
    }
    if let Ok(ip) = address.parse::<IpAddr>() {
        return Some(Address::Ip(ip));
    }
    let name_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    address.bytes().all(name_byte).then(|| Address::Name { name: address.to_owned(), v6 })
}

fn origin(value: &str) -> Result<Origin, SdpError> {
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    // A user name with spaces in it breaks the grammar, and is seen.
    let [username @ .., id, version, net, kind, host] = &words[..] else { return Err(SdpError::Origin) };
    let username = if username.is_empty() { "-".to_owned() } else { username.join("_") };
    Ok(Origin {
        username,
        session_id: (*id).to_owned(),
        version: (*version).to_owned(),
        address: address(net, kind, host).ok_or(SdpError::Origin)?,
    })
}

fn connection(value: &str) -> Result<Connection, SdpError> {
    let mut words = value.split_ascii_whitespace();
    let (Some(net), Some(kind), Some(rest), None) = (words.next(), words.next(), words.next(), words.next()) else {
        return Err(SdpError::Connection);
    };
    let (host, suffix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let address = address(net, kind, host).ok_or(SdpError::Connection)?;
    Ok(Connection { address, suffix: suffix.to_owned() })
}

fn media(value: &str) -> Result<Media, SdpError> {
    let mut words = value.split_ascii_whitespace();
    let (Some(kind), Some(ports), Some(protocol)) = (words.next(), words.next(), words.next()) else {
        return Err(SdpError::Media);
    };
    let (port, port_count) = match ports.split_once('/') {
        Some((port, count)) => (port, Some(count.parse().map_err(|_| SdpError::Media)?)),
        None => (ports, None),
    };
    let formats: Vec<String> = words.map(str::to_owned).collect();
    if formats.len() > MAX_FORMATS {
        return Err(SdpError::TooMany);
    }
    Ok(Media {
        kind: MediaKind::from(kind),
        port: port.parse().map_err(|_| SdpError::Media)?,
        port_count,
        protocol: protocol.to_owned(),
        formats,
        connection: None,
        bandwidth: Vec::new(),
        attributes: Vec::new(),
    })
}
