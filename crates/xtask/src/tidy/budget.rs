//! How long files and functions may be. The median is much the same everywhere; the tail is what hurts.

use std::fmt;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::source::lines_of;
use super::{Finding, Source};

const RULE: &str = "budget";

/// Lines of production code in a file.
const FILE_LINES_MAX: usize = 1_500;
/// The same, for nine files of ten.
const FILE_LINES_P90: usize = 900;
/// Lines of a function that fit a screen.
const FUNCTION_LINES_SCREEN: usize = 70;
/// Lines no function may exceed.
const FUNCTION_LINES_MAX: usize = 120;
/// Share of functions that may be longer than a screen, in percent.
const LONG_FUNCTIONS_PERCENT: usize = 4;

/// What was measured, for the closing line.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    files: usize,
    file_lines: usize,
    file_p90: usize,
    file_max: usize,
    functions: usize,
    functions_long: usize,
    function_max: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} files, {} lines (90th percentile {}, longest {}); {} functions, {} over {} lines (longest {})",
            self.files,
            self.file_lines,
            self.file_p90,
            self.file_max,
            self.functions,
            self.functions_long,
            FUNCTION_LINES_SCREEN,
            self.function_max
        )
    }
}

/// Measures all files together, since two of the budgets are shares.
pub(super) fn check(sources: &[Source]) -> (Vec<Finding>, Figures) {
    let mut findings = Vec::new();
    let functions: Vec<Function> = sources.iter().flat_map(functions).collect();
    let mut lengths: Vec<usize> = sources.iter().map(|s| s.lines).collect();
    lengths.sort_unstable();
    let figures = Figures {
        files: lengths.len(),
        file_lines: lengths.iter().sum(),
        file_p90: percentile_90(&lengths),
        file_max: lengths.last().copied().unwrap_or(0),
        functions: functions.len(),
        functions_long: functions.iter().filter(|f| f.lines > FUNCTION_LINES_SCREEN).count(),
        function_max: functions.iter().map(|f| f.lines).max().unwrap_or(0),
    };
    for source in sources.iter().filter(|s| s.lines > FILE_LINES_MAX) {
        let message = format!("{} lines of production code, at most {FILE_LINES_MAX}", source.lines);
        findings.push(Finding::new(RULE, &source.place, message));
    }
    for function in functions.iter().filter(|f| f.lines > FUNCTION_LINES_MAX) {
        let message = format!("`{}` has {} lines, at most {FUNCTION_LINES_MAX}", function.name, function.lines);
        findings.push(Finding::new(RULE, &function.place, message));
    }
    if figures.file_p90 > FILE_LINES_P90 {
        let message = format!("one file in ten has over {} lines, at most {FILE_LINES_P90}", figures.file_p90);
        findings.push(Finding::new(RULE, "workspace", message));
    }
    if figures.functions_long * 100 > figures.functions * LONG_FUNCTIONS_PERCENT {
        let message = format!(
            "{} of {} functions are over {FUNCTION_LINES_SCREEN} lines, at most {LONG_FUNCTIONS_PERCENT} %",
            figures.functions_long, figures.functions
        );
        findings.push(Finding::new(RULE, "workspace", message));
    }
    (findings, figures)
}

fn percentile_90(sorted: &[usize]) -> usize {
    sorted.get((sorted.len() * 9).div_ceil(10).saturating_sub(1)).copied().unwrap_or(0)
}

struct Function {
    name: String,
    place: String,
    lines: usize,
}

fn functions(source: &Source) -> Vec<Function> {
    let mut collector = Collector { place: &source.place, found: Vec::new() };
    collector.visit_file(&source.file);
    collector.found
}

struct Collector<'a> {
    place: &'a str,
    found: Vec<Function>,
}

impl Collector<'_> {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let start = signature.span().start().line;
        let lines = lines_of(block.span()) + block.span().start().line - start;
        self.found.push(Function {
            name: signature.ident.to_string(),
            place: format!("{}:{start}", self.place),
            lines,
        });
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item_fn(&mut self, f: &'ast syn::ItemFn) {
        self.add(&f.sig, &f.block);
        visit::visit_item_fn(self, f);
    }

    fn visit_impl_item_fn(&mut self, f: &'ast syn::ImplItemFn) {
        self.add(&f.sig, &f.block);
        visit::visit_impl_item_fn(self, f);
    }

    fn visit_trait_item_fn(&mut self, f: &'ast syn::TraitItemFn) {
        if let Some(block) = &f.default {
            self.add(&f.sig, block);
        }
        visit::visit_trait_item_fn(self, f);
    }
}

#[cfg(test)]
mod tests {
    use super::super::source;
    use super::*;

    fn file(lines: usize) -> Source {
        source::parse(&"const _: () = ();\n".repeat(lines), "f.rs".into(), vec![]).unwrap()
    }

    fn function(lines: usize) -> Source {
        let text = format!("fn long(\n) {{\n{}}}\n", "    x();\n".repeat(lines - 3));
        source::parse(&text, "f.rs".into(), vec![]).unwrap()
    }

    fn messages(sources: &[Source]) -> Vec<String> {
        check(sources).0.into_iter().map(|f| f.message).collect()
    }

    #[test]
    fn a_file_over_the_wall_is_a_finding() {
        let mut sources: Vec<Source> = (0..20).map(|_| file(10)).collect();
        sources.push(file(FILE_LINES_MAX));
        assert!(messages(&sources).is_empty());
        sources.push(file(FILE_LINES_MAX + 1));
        assert_eq!(messages(&sources), ["1501 lines of production code, at most 1500"]);
    }

    #[test]
    fn too_many_long_files_are_a_finding() {
        let short = || (0..17).map(|_| file(10));
        let long = |n| (0..n).map(|_| file(FILE_LINES_P90 + 1));
        assert!(messages(&short().chain(long(1)).collect::<Vec<_>>()).is_empty());
        assert_eq!(messages(&short().chain(long(3)).collect::<Vec<_>>()).len(), 1);
    }

    #[test]
    fn a_function_counts_from_its_signature_to_its_closing_brace() {
        assert_eq!(functions(&function(12))[0].lines, 12);
        let text = "/// Docs.\n#[inline]\nfn f() {\n    x();\n}\n";
        assert_eq!(functions(&source::parse(text, "f.rs".into(), vec![]).unwrap())[0].lines, 3);
    }

    #[test]
    fn a_function_over_the_wall_is_a_finding_wherever_it_stands() {
        let mut sources: Vec<Source> = (0..60).map(|_| function(10)).collect();
        sources.push(function(FUNCTION_LINES_MAX));
        assert!(messages(&sources).is_empty());
        let body = "        x();\n".repeat(FUNCTION_LINES_MAX);
        for text in [
            format!("fn f() {{\n{body}}}"),
            format!("impl S {{\n    fn f() {{\n{body}    }}\n}}"),
            format!("trait T {{\n    fn f() {{\n{body}    }}\n}}"),
            format!("mod m {{\n    fn f() {{\n{body}    }}\n}}"),
        ] {
            let mut all: Vec<Source> = (0..60).map(|_| function(10)).collect();
            all.push(source::parse(&text, "g.rs".into(), vec![]).unwrap());
            assert_eq!(messages(&all), ["`f` has 122 lines, at most 120"], "{text}");
        }
    }

    #[test]
    fn too_many_functions_over_a_screen_are_a_finding() {
        let all = |long: usize| {
            let short = (0..100 - long).map(|_| function(10));
            short.chain((0..long).map(|_| function(FUNCTION_LINES_SCREEN + 1))).collect::<Vec<_>>()
        };
        assert!(messages(&all(4)).is_empty());
        assert_eq!(messages(&all(5)), ["5 of 100 functions are over 70 lines, at most 4 %"]);
    }
}
