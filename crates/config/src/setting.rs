//! `--set KEY=VALUE`: named values that flows refer to.

/// The keys there are, with what each is for.
pub const KNOWN_SETTINGS: [(&str, &str); 1] =
    [("demo.bridge_target", "the SIP address that the demo's numbers 95004 to 95006 bridge to")];

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
    Ok(())
}
