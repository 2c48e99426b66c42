//! Writes a description.

use std::fmt;
use std::net::IpAddr;

use crate::session::{Address, Attribute, Connection, Media, Session};

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Ip(IpAddr::V4(ip)) => write!(f, "IN IP4 {ip}"),
            Address::Ip(IpAddr::V6(ip)) => write!(f, "IN IP6 {ip}"),
            Address::Name { name, v6 } => write!(f, "IN IP{} {name}", if *v6 { 6 } else { 4 }),
        }
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}:{value}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

impl fmt::Display for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |text: &'_ str, empty: &'static str| if text.is_empty() { empty.to_owned() } else { text.to_owned() };
        let origin = &self.origin;
        write!(f, "v=0\r\no={} {} {} {}\r\n", origin.username, origin.session_id, origin.version, origin.address)?;
        write!(f, "s={}\r\n", or(&self.name, "-"))?;
        connection(f, self.connection.as_ref())?;
        lines(f, 'b', &self.bandwidth)?;
        write!(f, "t={}\r\n", or(&self.timing, "0 0"))?;
        lines(f, 'a', &self.attributes)?;
        self.media.iter().try_for_each(|media| media_lines(f, media))
    }
}

fn connection(f: &mut fmt::Formatter<'_>, connection: Option<&Connection>) -> fmt::Result {
    match connection {
        Some(Connection { address, suffix }) => write!(f, "c={address}{suffix}\r\n"),
        None => Ok(()),
    }
}

fn lines(f: &mut fmt::Formatter<'_>, kind: char, values: &[impl fmt::Display]) -> fmt::Result {
    values.iter().try_for_each(|value| write!(f, "{kind}={value}\r\n"))
}

fn media_lines(f: &mut fmt::Formatter<'_>, media: &Media) -> fmt::Result {
    write!(f, "m={} {}", media.kind.as_str(), media.port)?;
    if let Some(count) = media.port_count {
        write!(f, "/{count}")?;
    }
    write!(f, " {}", media.protocol)?;
    media.formats.iter().try_for_each(|format| write!(f, " {format}"))?;
    f.write_str("\r\n")?;
    connection(f, media.connection.as_ref())?;
    lines(f, 'b', &media.bandwidth)?;
    lines(f, 'a', &media.attributes)
}
