//! `--set KEY=VALUE`: named values, for flows to refer to and for what a tenant can choose.

use types::register::DigestChoice;

/// The keys there are, with what each is for.
pub const KNOWN_SETTINGS: [(&str, &str); 2] = [
    ("demo.bridge_target", "the SIP address that the demo's numbers 95004 to 95006 bridge to"),
    (DigestChoice::SETTING, "how telephones prove their password: md5, sha256 or both"),
];

/// Splits and checks `KEY=VALUE`.
///
/// # Errors
/// When there is no `=`, the key is unknown, or the value does not fit the key.
pub fn parse_setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is not KEY=VALUE"))?;
    check(key, value)?;
    Ok((key.to_owned(), value.to_owned()))
}

pub(crate) fn check(key: &str, value: &str) -> Result<(), String> {
    if !KNOWN_SETTINGS.iter().any(|(known, _)| *known == key) {
        let known: Vec<&str> = KNOWN_SETTINGS.iter().map(|(k, _)| *k).collect();
        return Err(format!("there is no setting `{key}`; there are: {}", known.join(", ")));
    }
    if key == "demo.bridge_target" && !(value.starts_with("sip:") || value.starts_with("sips:")) {
        return Err(format!("{key}: `{value}` is no SIP address such as sip:agent@127.0.0.1:26060"));
    }
    if key == DigestChoice::SETTING && DigestChoice::parse(value).is_none() {
        return Err(format!("{key}: `{value}` is none of {}", DigestChoice::NAMES.join(", ")));
    }
    Ok(())
}
