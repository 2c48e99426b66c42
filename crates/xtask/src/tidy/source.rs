//! Rust files of the workspace, parsed, with the parts that only tests use taken away.

use std::fs;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;

use super::{Package, TidyError};

/// One file of production code.
pub(crate) struct Source {
    /// Path from the root of the repository, for messages.
    pub(crate) place: String,
    /// Where the file stands in its crate's module tree; empty for the crate's root.
    pub(crate) module: Vec<String>,
    /// Lines of production code: the file's lines less its tests.
    pub(crate) lines: usize,
    /// The parsed file without its tests.
    pub(crate) file: syn::File,
    /// Modules in files of their own that only tests use.
    test_modules: Vec<String>,
}

/// Reads `src/` of a crate. Files that hold nothing but tests (`tests.rs`, `tests/`) are left out.
pub(super) fn read_crate(root: &Path, package: &Package) -> Result<Vec<Source>, TidyError> {
    let src = package.dir.join("src");
    let mut sources = Vec::new();
    for path in rust_files(&src)? {
        let text = read(&path)?;
        let inside = path.strip_prefix(&src).unwrap_or(&path);
        let place = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let source = parse(&text, place, module_of(inside));
        sources.push(source.map_err(|error| TidyError::Syntax { path: path.clone(), error })?);
    }
    Ok(without_test_modules(sources))
}

/// Leaves out the files that another file declares as `#[cfg(test)] mod name;`.
fn without_test_modules(mut sources: Vec<Source>) -> Vec<Source> {
    let mut test_only = Vec::new();
    for source in &sources {
        for name in &source.test_modules {
            test_only.push([&source.module[..], std::slice::from_ref(name)].concat());
        }
    }
    sources.retain(|source| !test_only.iter().any(|module| source.module.starts_with(module)));
    sources
}

/// Parses one file's text.
pub(super) fn parse(text: &str, place: String, module: Vec<String>) -> syn::Result<Source> {
    let mut file = syn::parse_file(text)?;
    let mut test_lines = 0;
    let mut test_modules = Vec::new();
    if is_test_only(&file.attrs) {
        file.items.clear();
        test_lines = text.lines().count();
    }
    file.items.retain(|item| {
        let only_tests = is_test_only(attributes(item));
        if only_tests {
            test_lines += lines_of(item.span());
            if let syn::Item::Mod(syn::ItemMod { ident, content: None, .. }) = item {
                test_modules.push(ident.to_string());
            }
        }
        !only_tests
    });
    let lines = text.lines().count().saturating_sub(test_lines);
    Ok(Source { place, module, lines, file, test_modules })
}

/// How many lines a span covers.
pub(super) fn lines_of(span: proc_macro2::Span) -> usize {
    span.end().line + 1 - span.start().line
}

fn is_test_only(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            let tokens = list.tokens.to_string().replace(' ', "");
            tokens == "test" || tokens.starts_with("all(test,") || tokens.starts_with("any(test,")
        }
        _ => false,
    })
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Const(i) => &i.attrs,
        syn::Item::Enum(i) => &i.attrs,
        syn::Item::Fn(i) => &i.attrs,
        syn::Item::Impl(i) => &i.attrs,
        syn::Item::Macro(i) => &i.attrs,
        syn::Item::Mod(i) => &i.attrs,
        syn::Item::Static(i) => &i.attrs,
        syn::Item::Struct(i) => &i.attrs,
        syn::Item::Trait(i) => &i.attrs,
        syn::Item::Type(i) => &i.attrs,
        syn::Item::Use(i) => &i.attrs,
        _ => &[],
    }
}

/// `a/b.rs` and `a/b/mod.rs` are `[a, b]`; `lib.rs` and `main.rs` are the root.
fn module_of(inside: &Path) -> Vec<String> {
    let mut module: Vec<String> =
        inside.with_extension("").components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| last == "mod") || matches!(&module[..], [one] if one == "lib" || one == "main")
    {
        module.pop();
    }
    module
}

fn rust_files(dir: &Path) -> Result<Vec<PathBuf>, TidyError> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(dir) = open.pop() {
        for path in entries(&dir)? {
            let stem = path.file_stem().unwrap_or_default();
            if stem == "tests" {
                continue;
            }
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The entries of a folder, sorted.
pub(super) fn entries(dir: &Path) -> Result<Vec<PathBuf>, TidyError> {
    let failed = |error| TidyError::Read { path: dir.to_path_buf(), error };
    let mut paths = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<String, TidyError> {
    fs::read_to_string(path).map_err(|error| TidyError::Read { path: path.to_path_buf(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_place_in_the_module_tree() {
        for (path, module) in [
            ("lib.rs", &[][..]),
            ("main.rs", &[]),
            ("queue.rs", &["queue"]),
            ("queue/offer.rs", &["queue", "offer"]),
            ("queue/mod.rs", &["queue"]),
            ("bin/lib.rs", &["bin", "lib"]),
        ] {
            assert_eq!(module_of(Path::new(path)), module, "{path}");
        }
    }

    #[test]
    fn tests_count_neither_as_lines_nor_as_code() {
        let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        let source = parse(text, "x.rs".into(), vec![]).unwrap();
        assert_eq!(source.lines, 2);
        assert_eq!(source.file.items.len(), 1);
    }

    #[test]
    fn only_production_files_are_read() {
        let dir = tempfile::tempdir().unwrap();
        let src = dir.path().join("src");
        fs::create_dir_all(src.join("queue/tests")).unwrap();
        for path in ["lib.rs", "queue/offer.rs", "queue/tests.rs", "queue/tests/more.rs", "queue/rig.rs", "notes.txt"] {
            fs::write(src.join(path), "").unwrap();
        }
        fs::write(src.join("queue.rs"), "mod offer;\n#[cfg(test)]\nmod rig;\n#[cfg(test)]\nmod tests;\n").unwrap();
        let package = Package { name: "x".into(), dir: dir.path().to_path_buf(), dependencies: vec![] };
        let places: Vec<_> = read_crate(dir.path(), &package).unwrap().into_iter().map(|s| s.place).collect();
        assert_eq!(places, ["src/lib.rs", "src/queue/offer.rs", "src/queue.rs"]);
    }
}
