//! The prompt bank is whole: a clip for each line of the text lists, and none besides.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::source::entries;
use super::{Finding, TidyError};

const RULE: &str = "prompts";

/// Languages with a text list and a folder of clips.
const LANGUAGES: [&str; 2] = ["en", "zh"];
/// The bank is cloned with the repository and held in memory: it stays small.
const BANK_BYTES_MAX: u64 = 4 << 20;

/// Compares the text lists with the clips under `root/prompts`.
pub(super) fn check(root: &Path) -> Result<Vec<Finding>, TidyError> {
    let prompts = root.join("prompts");
    let mut findings = Vec::new();
    let mut bytes = 0;
    for language in LANGUAGES {
        let list = prompts.join(format!("texts.{language}.tsv"));
        let text = fs::read_to_string(&list).map_err(|error| TidyError::Read { path: list, error })?;
        let wanted = ids(&text);
        let mut found = BTreeSet::new();
        for path in entries(&prompts.join(language))? {
            if path.extension().is_some_and(|e| e == "opus") {
                bytes += fs::metadata(&path).map_err(|error| TidyError::Read { path: path.clone(), error })?.len();
                found.insert(path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
            }
        }
        findings.extend(differences(language, &wanted, &found));
    }
    if bytes > BANK_BYTES_MAX {
        let message = format!("the clips take {bytes} bytes, at most {BANK_BYTES_MAX}");
        findings.push(Finding::new(RULE, "prompts", message));
    }
    Ok(findings)
}

fn ids(text: &str) -> BTreeSet<String> {
    text.lines().filter_map(|line| line.split_once('\t')).map(|(id, _)| id.to_owned()).collect()
}

fn differences(language: &str, wanted: &BTreeSet<String>, found: &BTreeSet<String>) -> Vec<Finding> {
    let place = |id: &str| format!("prompts/{language}/{id}.opus");
    let missing = wanted
        .difference(found)
        .map(|id| Finding::new(RULE, place(id), "is in the text list but has no clip: make it with tools/prompts"));
    let stray =
        found.difference(wanted).map(|id| Finding::new(RULE, place(id), "is in no text list: remove it or list it"));
    missing.chain(stray).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bank(texts: &str, clips: &[&str]) -> Vec<Finding> {
        let dir = tempfile::tempdir().unwrap();
        let prompts = dir.path().join("prompts");
        for language in LANGUAGES {
            fs::create_dir_all(prompts.join(language)).unwrap();
            fs::write(prompts.join(format!("texts.{language}.tsv")), texts).unwrap();
            fs::write(prompts.join(language).join("manifest.tsv"), "").unwrap();
            for clip in clips {
                fs::write(prompts.join(language).join(format!("{clip}.opus")), "sound").unwrap();
            }
        }
        check(dir.path()).unwrap()
    }

    #[test]
    fn a_missing_and_a_stray_clip_are_findings() {
        assert!(bank("goodbye\tBye.\n", &["goodbye"]).is_empty());
        let places: Vec<String> = bank("goodbye\tBye.\nclosed\tClosed.\n", &["goodbye", "old"])
            .into_iter()
            .map(|finding| finding.place)
            .collect();
        let expected =
            ["prompts/en/closed.opus", "prompts/en/old.opus", "prompts/zh/closed.opus", "prompts/zh/old.opus"];
        assert_eq!(places, expected);
    }
}
