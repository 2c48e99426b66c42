//! A file of settings whose mistakes are told with their lines.

use std::path::{Path, PathBuf};

use resource::{Problem, Request, Resource};

use crate::centre::text_of;

/// What a file wants to be otherwise.
pub(super) struct Draft {
    path: PathBuf,
    documents: Vec<Document>,
}

struct Document {
    resource: Resource,
    /// Its first line, from 1.
    line: usize,
    text: String,
}

impl Draft {
    /// Reads a file in the form of `lingtong apply`.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let text = text_of(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, String> {
        let mut documents = Vec::new();
        for (line, part) in split(text) {
            // Lines are counted from the file's first, also in what the reader says.
            let padded = format!("{}{part}", "\n".repeat(line - 1));
            let wrong = |e: serde_yaml_ng::Error| match e.location() {
                Some(_) => format!("{}: {e}", path.display()),
                None => format!("{}: line {line}: {e}", path.display()),
            };
            let read: Option<Resource> = serde_yaml_ng::from_str(&padded).map_err(wrong)?;
            documents.extend(read.map(|resource| Document { resource, line, text: part }));
        }
        if documents.is_empty() {
            return Err(format!("{}: names nothing that would be otherwise", path.display()));
        }
        Ok(Self { path: path.to_owned(), documents })
    }

    /// All of it as one wish.
    pub(super) fn request(&self) -> Request {
        Request::trial(self.documents.iter().map(|document| document.resource.clone()))
    }

    /// What is wrong, a line for each, with its place in the file.
    pub(super) fn told(&self, problems: &[Problem]) -> String {
        let told = |problem: &Problem| {
            let of = |document: &&Document| {
                (document.resource.kind, &document.resource.name) == (problem.kind, &problem.name)
            };
            match self.documents.iter().find(of) {
                Some(document) => {
                    format!("{}: line {}: {problem}", self.path.display(), document.line_of(&problem.field))
                }
                None => format!("{}: {problem}", self.path.display()),
            }
        };
        problems.iter().map(told).collect::<Vec<_>>().join("\n")
    }
}

impl Document {
    /// The line of a field such as `overflow[0].queue`; that of the nearest one around it where it is not written.
    fn line_of(&self, field: &str) -> usize {
        let lines: Vec<&str> = self.text.lines().collect();
        let keys = field.split('.').map(|key| key.split('[').next().unwrap_or(key));
        let mut at =
            lines.iter().position(|line| !line.trim().is_empty() && !line.starts_with(['-', '#'])).unwrap_or(0);
        for key in keys.filter(|key| !key.is_empty()) {
            let is_key = |line: &&str| {
                // In the flow style a field stands within a line.
                let bare = line.trim_start_matches([' ', '-', '{']);
                bare.starts_with(&format!("{key}:"))
                    || line.contains(&format!(" {key}: "))
                    || line.contains(&format!("{{{key}: "))
            };
            let Some(further) = lines[at..].iter().position(is_key) else { break };
            at += further;
        }
        self.line + at
    }
}

/// The documents of a text, each with its first line from 1.
fn split(text: &str) -> Vec<(usize, String)> {
    let mut all = vec![(1, String::new())];
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with("---") {
            all.push((number, String::new()));
        }
        if let Some((_, part)) = all.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use resource::{Kind, What};

    const FILE: &str = "# what we think of\nkind: queue\nname: sales\nspec:\n  wrap_up_s: 10\n---\n---\n\
                        kind: queue\nname: support\nspec:\n  overflow:\n    - after_s: 10\n      queue: nobody\n";

    fn parse(text: &str) -> Result<Draft, String> {
        Draft::parse(Path::new("f.yaml"), text)
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        let draft = parse(FILE).unwrap();
        for (name, field, line) in [
            ("sales", "wrap_up_s", 5),
            ("sales", "", 2),
            ("support", "overflow[0].queue", 13),
            ("support", "title.zh", 8),
        ] {
            let problem = Problem { kind: Kind::Queue, name: name.into(), field: field.into(), what: What::Missing };
            let said = draft.told(&[problem]);
            assert!(said.starts_with(&format!("f.yaml: line {line}: queue {name}")), "{said}");
        }
    }

    #[test]
    fn a_text_that_is_no_resource_is_told_with_its_line() {
        for (text, said) in [
            (format!("{FILE}---\nkind: ghost\nname: a\nspec: {{}}\n"), "line 1"),
            (format!("{FILE}---\nkind: queue\nname: a\nspec: {{}}\nextra: 1\n"), "extra"),
            ("kind: [\n".to_owned(), "line"),
            ("---\n# nothing\n".to_owned(), "nothing"),
        ] {
            let error = parse(&text).err().unwrap();
            assert!(error.starts_with("f.yaml: ") && error.contains(said), "{error}");
        }
    }
}
