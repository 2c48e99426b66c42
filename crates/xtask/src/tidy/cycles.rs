//! Modules of a crate that use each other in a circle can be neither understood nor tested apart.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{self, NamedPath};
use super::{Finding, Source};

const RULE: &str = "cycles";

/// For each top module the top modules it uses, with the first place where it does.
type Graph = BTreeMap<String, BTreeMap<String, String>>;

/// Looks for circles among the top modules of a crate.
pub(super) fn check(crate_name: &str, sources: &[Source]) -> Vec<Finding> {
    let graph = graph(sources);
    circles(&graph)
        .into_iter()
        .map(|circle| {
            let uses = uses_within(&graph, &circle);
            let message = format!("the modules {} use each other in a circle: {uses}", circle.join(", "));
            Finding::new(RULE, crate_name, message)
        })
        .collect()
}

/// The uses that make up a circle, for whoever has to open it.
fn uses_within(graph: &Graph, circle: &[String]) -> String {
    let mut uses = Vec::new();
    for from in circle {
        for (to, place) in graph[from].iter().filter(|(to, _)| circle.contains(to)) {
            uses.push(format!("{from} → {to} ({place})"));
        }
    }
    uses.join(", ")
}

fn graph(sources: &[Source]) -> Graph {
    let modules: BTreeSet<&String> = sources.iter().filter_map(|s| s.module.first()).collect();
    let mut graph: Graph = modules.iter().map(|m| ((*m).clone(), BTreeMap::new())).collect();
    let reexports = reexports(sources, &graph);
    for source in sources {
        let Some(top) = source.module.first() else { continue };
        for path in paths::all(&source.file.items) {
            let Some(name) = name_in_root(&source.module, &path) else { continue };
            let used = if graph.contains_key(&name) { Some(&name) } else { reexports.get(&name) };
            if let Some(used) = used.filter(|used| *used != top) {
                let place = || format!("{}:{}", source.place, path.line);
                graph.entry(top.clone()).or_default().entry(used.clone()).or_insert_with(place);
            }
        }
    }
    graph
}

/// Names that the crate's root passes on from its modules: using one is using the module it comes from.
fn reexports(sources: &[Source], graph: &Graph) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for source in sources.iter().filter(|s| s.module.is_empty()) {
        let uses: Vec<syn::Item> =
            source.file.items.iter().filter(|item| matches!(item, syn::Item::Use(_))).cloned().collect();
        for path in paths::all(&uses) {
            let segments: Vec<&String> = path.segments.iter().skip_while(|s| *s == "self" || *s == "crate").collect();
            if let [module, .., name] = segments[..]
                && graph.contains_key(module)
            {
                found.insert(name.clone(), module.clone());
            }
        }
    }
    found
}

/// The name a path takes from the crate's root, if it goes there by `crate::` or by enough `super::`.
fn name_in_root(module: &[String], path: &NamedPath) -> Option<String> {
    let mut depth = module.len() + path.inline.len();
    let mut segments = path.segments.iter();
    let mut next = segments.next()?;
    if next == "crate" {
        return segments.next().cloned();
    }
    if next == "self" {
        next = segments.next()?;
    }
    if next != "super" {
        return None;
    }
    while next == "super" {
        depth = depth.checked_sub(1)?;
        next = segments.next()?;
    }
    (depth == 0).then(|| next.clone())
}

/// The groups of modules that can reach each other.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reach: BTreeMap<&String, BTreeSet<&String>> = graph.keys().map(|m| (m, reachable(graph, m))).collect();
    let mut seen: BTreeSet<&String> = BTreeSet::new();
    let mut found = Vec::new();
    for module in graph.keys() {
        if seen.contains(module) {
            continue;
        }
        let circle: Vec<&String> =
            reach[module].iter().copied().filter(|other| reach[*other].contains(module)).collect();
        if circle.len() > 1 {
            seen.extend(circle.iter().copied());
            found.push(circle.into_iter().cloned().collect());
        }
    }
    found
}

fn reachable<'g>(graph: &'g Graph, from: &String) -> BTreeSet<&'g String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&String> = graph.get(from).into_iter().flat_map(|uses| uses.keys()).collect();
    while let Some(module) = open.pop() {
        if found.insert(module) {
            open.extend(graph.get(module).into_iter().flat_map(|uses| uses.keys()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::*;

    fn messages(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files
            .iter()
            .map(|(module, text)| {
                let module = module.split('/').filter(|m| !m.is_empty()).map(str::to_owned).collect();
                source::parse(text, "x.rs".into(), module).unwrap()
            })
            .collect();
        check("x", &sources).into_iter().map(|f| f.message.split(':').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_line_of_modules_is_fine() {
        let files = [
            ("", "mod a; mod b; mod c;"),
            ("a", "use crate::b::B;"),
            ("b", "use super::c::C;"),
            ("c", "use std::fmt;"),
        ];
        assert!(messages(&files).is_empty());
    }

    #[test]
    fn circles_are_found_however_the_path_is_written() {
        for (one, two) in [
            ("use crate::b::B;", "use crate::a::A;"),
            ("use super::b::B;", "fn f() { crate::a::f(); }"),
            ("fn f() { vec![super::b::f()] }", "use crate::{a::A, c};"),
            ("mod inner { use super::super::b::B; }", "use crate::a;"),
            ("use crate::B;", "use crate::a::A;"),
        ] {
            let files = [("", "mod a; mod b; pub use b::B;"), ("a", one), ("b", two)];
            assert_eq!(messages(&files), ["the modules a, b use each other in a circle"], "{one} {two}");
        }
    }

    #[test]
    fn the_uses_of_a_circle_are_named_with_their_places() {
        let a = source::parse("\nuse crate::b::B;", "a.rs".into(), vec!["a".into()]).unwrap();
        let b = source::parse("use crate::a::A;", "b.rs".into(), vec!["b".into()]).unwrap();
        let found = check("x", &[a, b]);
        assert!(found[0].message.ends_with("circle: a → b (a.rs:2), b → a (b.rs:1)"), "{}", found[0].message);
    }

    #[test]
    fn a_longer_circle_through_files_below_is_found() {
        let files = [
            ("a/deep", "use crate::b::B;"),
            ("a", "mod deep;"),
            ("b", "use crate::c::C;"),
            ("c", "use crate::a::A;"),
            ("d", "use crate::a::A;"),
        ];
        assert_eq!(messages(&files), ["the modules a, b, c use each other in a circle"]);
    }

    #[test]
    fn a_parent_and_its_children_are_one_module_and_tests_do_not_count() {
        let files = [
            ("a", "mod deep; use deep::D;"),
            ("a/deep", "use super::A;"),
            ("b", "use crate::a::A;\n#[cfg(test)]\nmod tests { use crate::c::C; }"),
            ("c", "use crate::b::B;"),
        ];
        assert!(messages(&files).is_empty());
    }
}
