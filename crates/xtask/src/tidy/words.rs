//! Words that do not belong into a finished tree: work left undone, and paths of somebody's own machine.

use std::path::{Path, PathBuf};

use super::source::entries;
use super::{Finding, TidyError};

const RULE: &str = "words";

/// The words, each split in two so that this file does not hold them itself.
const WORDS: &[(&str, &str)] = &[("TO", "DO"), ("FIX", "ME"), ("unimplemented", "!"), ("/wo", "rk/"), ("todo", "!(")];
/// In package-lock.json: the address of whichever registry the writer had set up.
const LOCK_WORD: (&str, &str) = ("\"resol", "ved\": \"http");

/// Folders that hold nothing of ours.
const SKIPPED: &[&str] = &[".git", "target", "node_modules", "dist", "data"];
/// What is read: sources and documents.
const EXTENSIONS: &[&str] =
    &["css", "html", "js", "json", "md", "mjs", "py", "rs", "sh", "sql", "toml", "ts", "tsx", "yaml", "yml"];

/// Reads every source and document under `root`.
pub(super) fn check(root: &Path) -> Result<Vec<Finding>, TidyError> {
    let mut findings = Vec::new();
    for path in files(root)? {
        // A file that is not UTF-8 (a fixture of raw bytes) holds none of these words.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let place = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if path.file_name().is_some_and(|name| name == "package-lock.json") {
            let word = format!("{}{}", LOCK_WORD.0, LOCK_WORD.1);
            if text.contains(&word) {
                let message = "names a registry: write it with `npm install --omit-lockfile-registry-resolved`";
                findings.push(Finding::new(RULE, place, message));
            }
            continue;
        }
        findings.extend(check_text(&place, &text));
    }
    Ok(findings)
}

fn check_text(place: &str, text: &str) -> Vec<Finding> {
    let words: Vec<String> = WORDS.iter().map(|(a, b)| format!("{a}{b}")).collect();
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        for word in words.iter().filter(|word| holds_word(line, word)) {
            findings.push(Finding::new(RULE, format!("{place}:{}", number + 1), format!("holds `{word}`")));
        }
    }
    findings
}

/// Whether `word` stands in `line` by itself, not as part of a longer one.
fn holds_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let joined_before = word.starts_with(is_part) && before.is_some_and(is_part);
        let joined_after = word.ends_with(is_part) && after.is_some_and(is_part);
        !joined_before && !joined_after
    })
}

fn files(root: &Path) -> Result<Vec<PathBuf>, TidyError> {
    let mut found = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(dir) = open.pop() {
        for path in entries(&dir)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_symlink() || SKIPPED.contains(&&*name) {
                continue;
            }
            let extension = path.extension().and_then(|e| e.to_str());
            // Scripts such as `run` and `check` carry no extension.
            if path.is_dir() {
                open.push(path);
            } else if extension.is_none_or(|e| EXTENSIONS.contains(&e)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_a_finding_with_its_line() {
        for (a, b) in WORDS {
            let found = check_text("x.rs", &format!("fine\n// {a}{b} later\n"));
            assert_eq!(found.len(), 1, "{a}{b}");
            assert_eq!(found[0].place, "x.rs:2");
        }
    }

    #[test]
    fn part_of_a_longer_word_is_none() {
        let todo = ["TO", "DO"].concat();
        for line in [format!("M{todo}"), format!("{todo}S_LEFT"), format!("a{todo}b")] {
            assert!(check_text("x.rs", &line).is_empty(), "{line}");
        }
        assert_eq!(check_text("x.rs", &format!("({todo}: x)")).len(), 1);
    }

    #[test]
    fn sources_scripts_and_lock_files_are_read_and_nothing_built() {
        let dir = tempfile::tempdir().unwrap();
        let word = ["FIX", "ME"].concat();
        let lock = ["{\"resol", "ved\": \"https://example.org/x.tgz\"}"].concat();
        for (path, text) in [
            ("run", word.as_str()),
            ("src/a.rs", &word),
            ("web/b.tsx", &word),
            ("web/package-lock.json", &lock),
            ("target/c.rs", &word),
            ("web/node_modules/x/d.js", &word),
            ("picture.png", &word),
        ] {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let places: Vec<_> = check(dir.path()).unwrap().into_iter().map(|f| f.place).collect();
        assert_eq!(places, ["run:1", "src/a.rs:1", "web/b.tsx:1", "web/package-lock.json"]);
    }
}
