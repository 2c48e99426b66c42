//! The rules of ARCHITECTURE.md as checks over `cargo metadata` and the source text.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

mod budget;
mod cycles;
mod layers;
mod paths;
mod prompts;
mod purity;
mod source;
mod words;

use source::Source;

/// Why the checks could not be made at all, as against a rule that is broken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TidyError {
    /// A file or folder could not be read.
    #[error("{path}: {error}")]
    Read { path: PathBuf, error: std::io::Error },
    /// `cargo metadata` failed or answered something else than expected.
    #[error("cargo metadata: {0}")]
    Metadata(String),
    /// A source file is not Rust that `syn` understands.
    #[error("{path}: {error}")]
    Syntax { path: PathBuf, error: syn::Error },
}

/// One broken rule at one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    /// The rule's short name.
    pub(crate) rule: &'static str,
    /// File or crate, with the line where there is one.
    pub(crate) place: String,
    /// What is wrong and what is asked for.
    pub(crate) message: String,
}

impl Finding {
    fn new(rule: &'static str, place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { rule, place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.place, self.message, self.rule)
    }
}

/// All findings and the figures the budgets are about.
pub(crate) struct Report {
    pub(crate) findings: Vec<Finding>,
    figures: budget::Figures,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tidy: {}; {} findings", self.figures, self.findings.len())
    }
}

/// A crate of the workspace as `cargo metadata` tells it.
pub(crate) struct Package {
    pub(crate) name: String,
    /// The folder of its Cargo.toml.
    pub(crate) dir: PathBuf,
    /// Names of the crates it needs to run or to build; what only tests need is not counted.
    pub(crate) dependencies: Vec<String>,
}

/// Runs every check on the workspace at `root`.
pub(crate) fn run(root: &Path) -> Result<Report, TidyError> {
    let packages = packages(&metadata(root)?)?;
    let mut findings = layers::check(&packages);
    let mut everything = Vec::new();
    for package in &packages {
        let sources = source::read_crate(root, package)?;
        if layers::is_pure(&package.name) {
            findings.extend(sources.iter().flat_map(purity::check));
        }
        findings.extend(cycles::check(&package.name, &sources));
        everything.extend(sources);
    }
    let (budget_findings, figures) = budget::check(&everything);
    findings.extend(budget_findings);
    findings.extend(words::check(root)?);
    findings.extend(prompts::check(root)?);
    findings.sort();
    Ok(Report { findings, figures })
}

fn metadata(root: &Path) -> Result<String, TidyError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| TidyError::Metadata(error.to_string()))?;
    if !output.status.success() {
        return Err(TidyError::Metadata(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn packages(metadata: &str) -> Result<Vec<Package>, TidyError> {
    let value: serde_json::Value =
        serde_json::from_str(metadata).map_err(|error| TidyError::Metadata(error.to_string()))?;
    let list = value["packages"].as_array().ok_or_else(|| TidyError::Metadata("no packages".into()))?;
    list.iter().map(package).collect()
}

fn package(value: &serde_json::Value) -> Result<Package, TidyError> {
    let text = |v: &serde_json::Value, what: &str| {
        v.as_str().map(str::to_owned).ok_or_else(|| TidyError::Metadata(format!("a package without {what}")))
    };
    let mut dir = PathBuf::from(text(&value["manifest_path"], "manifest_path")?);
    dir.pop();
    let mut dependencies = Vec::new();
    for dependency in value["dependencies"].as_array().into_iter().flatten() {
        if dependency["kind"].as_str() != Some("dev") {
            dependencies.push(text(&dependency["name"], "a dependency's name")?);
        }
    }
    Ok(Package { name: text(&value["name"], "name")?, dir, dependencies })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_gives_what_is_needed_to_run_and_leaves_out_what_only_tests_need() {
        let json = r#"{"packages": [{"name": "acd", "manifest_path": "/x/crates/acd/Cargo.toml", "dependencies": [
            {"name": "types", "kind": null}, {"name": "proptest", "kind": "dev"}, {"name": "cc", "kind": "build"}]}]}"#;
        let found = packages(json).unwrap();
        assert_eq!(found[0].dir, PathBuf::from("/x/crates/acd"));
        assert_eq!(found[0].dependencies, ["types", "cc"]);
    }

    #[test]
    fn this_repository_is_tidy_enough_to_be_checked() {
        let report = run(&crate::root()).unwrap();
        assert!(report.to_string().starts_with("tidy: "));
    }
}
