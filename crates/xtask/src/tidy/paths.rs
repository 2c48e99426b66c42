//! Every path a file names (`std::time::Instant::now`), whether in a `use`, in an expression or inside a macro call.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::spanned::Spanned;

/// One path with the line it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamedPath {
    /// Its segments, `use` groups multiplied out; a glob is the segment `*`.
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
    /// The inline modules around it, from the file inward.
    pub(super) inline: Vec<String>,
}

/// All paths of the items, with those inside inline modules.
pub(super) fn all(items: &[syn::Item]) -> Vec<NamedPath> {
    let mut found = Vec::new();
    collect(items, &mut Vec::new(), &mut found);
    found
}

fn collect(items: &[syn::Item], inline: &mut Vec<String>, found: &mut Vec<NamedPath>) {
    for item in items {
        match item {
            syn::Item::Use(item) => use_tree(&item.tree, &mut Vec::new(), inline, found),
            syn::Item::Mod(syn::ItemMod { ident, content: Some((_, items)), .. }) => {
                inline.push(ident.to_string());
                collect(items, inline, found);
                inline.pop();
            }
            other => tokens(other.to_token_stream(), inline, found),
        }
    }
}

fn use_tree(tree: &syn::UseTree, prefix: &mut Vec<String>, inline: &[String], found: &mut Vec<NamedPath>) {
    let mut leaf = |name: String, line: usize| {
        let segments = prefix.iter().cloned().chain([name]).collect();
        found.push(NamedPath { segments, line, inline: inline.to_vec() });
    };
    match tree {
        syn::UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            use_tree(&path.tree, prefix, inline, found);
            prefix.pop();
        }
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                use_tree(tree, prefix, inline, found);
            }
        }
        syn::UseTree::Name(name) => leaf(name.ident.to_string(), name.span().start().line),
        syn::UseTree::Rename(rename) => leaf(rename.ident.to_string(), rename.span().start().line),
        syn::UseTree::Glob(glob) => leaf("*".into(), glob.span().start().line),
    }
}

/// Reads paths off the tokens, so that those inside macro calls are seen too.
fn tokens(stream: TokenStream, inline: &[String], found: &mut Vec<NamedPath>) {
    let mut segments: Vec<String> = Vec::new();
    let mut line = 0;
    // How many of the two colons before the next segment have been seen.
    let mut colons = 0;
    let mut close = |segments: &mut Vec<String>, line: usize| {
        if segments.len() > 1 {
            found.push(NamedPath { segments: std::mem::take(segments), line, inline: inline.to_vec() });
        }
        segments.clear();
    };
    let mut groups = Vec::new();
    for token in stream {
        match token {
            TokenTree::Ident(ident) => {
                if colons != 2 {
                    close(&mut segments, line);
                    line = ident.span().start().line;
                }
                segments.push(ident.to_string());
                colons = 0;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' && !segments.is_empty() => colons += 1,
            other => {
                close(&mut segments, line);
                colons = 0;
                if let TokenTree::Group(group) = other {
                    groups.push(group.stream());
                }
            }
        }
    }
    close(&mut segments, line);
    for group in groups {
        tokens(group, inline, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<String> {
        let file = syn::parse_file(text).unwrap();
        all(&file.items).into_iter().map(|p| p.segments.join("::")).collect()
    }

    #[test]
    fn use_groups_are_multiplied_out() {
        let found = named("use std::{thread, time::{Instant as Clock, self}}; use crate::a::*;");
        assert_eq!(found, ["std::thread", "std::time::Instant", "std::time::self", "crate::a::*"]);
    }

    #[test]
    fn paths_in_bodies_types_and_macro_calls_are_seen() {
        let found = named("fn f(x: a::B) -> c::D { assert!(e::f() > 1); match x { g::H::I => 1, _ => y } }");
        for path in ["a::B", "c::D", "e::f", "g::H::I"] {
            assert!(found.contains(&path.to_string()), "{path} in {found:?}");
        }
    }

    #[test]
    fn a_type_annotation_is_no_path() {
        assert_eq!(named("struct S { a: b, c: d }"), [""; 0]);
    }

    #[test]
    fn a_path_knows_its_line_and_the_inline_modules_around_it() {
        let file = syn::parse_file("mod m {\n  fn f() {\n    a::b();\n  }\n}").unwrap();
        let found = all(&file.items);
        assert_eq!(found[0], NamedPath { segments: vec!["a".into(), "b".into()], line: 3, inline: vec!["m".into()] });
    }
}
