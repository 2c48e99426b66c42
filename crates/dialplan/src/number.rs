//! What a dialled text is.

/// China's emergency numbers: police, fire, ambulance, traffic police. They can always be dialled.
pub const EMERGENCY: [&str; 4] = ["110", "119", "120", "122"];

/// Whether `number` is an emergency number.
pub fn is_emergency(number: &str) -> bool {
    EMERGENCY.contains(&number)
}

/// Whether `number` is a feature code such as `*50`.
pub fn is_feature_code(number: &str) -> bool {
    number.len() > 1 && number.starts_with('*') && number[1..].bytes().all(|b| b.is_ascii_digit())
}

/// The user part of a SIP or tel URI, or the text itself when it is none: `sip:1001@host` is `1001`.
pub fn strip_uri(text: &str) -> &str {
    let rest = ["sip:", "sips:", "tel:"].iter().find_map(|s| text.strip_prefix(s)).unwrap_or(text);
    let end = rest.find(['@', ';', '?']).unwrap_or(rest.len());
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dialled_text_is() {
        assert!(is_emergency("110") && !is_emergency("1100"));
        assert!(is_feature_code("*50") && !is_feature_code("*") && !is_feature_code("50") && !is_feature_code("*5a"));
        for (text, user) in [("sip:1001@h:5060", "1001"), ("tel:+8610;x=1", "+8610"), ("1001", "1001")] {
            assert_eq!(strip_uri(text), user);
        }
    }
}
