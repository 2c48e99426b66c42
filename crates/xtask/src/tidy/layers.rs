//! The layer table: which of our crates may depend on which.

use super::{Finding, Package};

const RULE: &str = "layers";

/// A line of the table in ARCHITECTURE.md.
struct Layer {
    /// The crates of this line.
    crates: &'static [&'static str],
    /// The row the line belongs to; `DEV` for what only developers run.
    row: u8,
    /// Rows whose crates these may use.
    rows: &'static [u8],
    /// Crates these may use besides, by name.
    besides: &'static [&'static str],
}

const DEV: u8 = 9;

/// Backends of the ports. Only the binary names them, so that nothing else can come to rely on one of them.
const ADAPTERS: &[&str] = &["store-postgres", "bus-nats", "blob-s3", "speech-local", "speech-cloud"];

const fn layer(
    row: u8,
    crates: &'static [&'static str],
    rows: &'static [u8],
    besides: &'static [&'static str],
) -> Layer {
    Layer { crates, row, rows, besides }
}

const TABLE: &[Layer] = &[
    layer(0, &["types"], &[], &[]),
    layer(1, &["sdp"], &[0], &[]),
    layer(1, &["sip", "media"], &[0], &["sdp"]),
    layer(2, &["acd", "flow", "call", "dialplan", "directory", "plan", "sheet", "timetable", "alert"], &[0], &[]),
    layer(2, &["conversation", "customer", "ticket", "quality", "dialer", "intent", "evidence"], &[0], &[]),
    layer(2, &["planning"], &[0], &["acd", "flow"]),
    layer(3, &["journal", "store", "blob", "speech"], &[0, 2], &[]),
    layer(3, &["resource", "vault"], &[0, 2], &["store"]),
    layer(4, &["net"], &[0, 1], &[]),
    layer(4, &["lookup"], &[0, 2], &["net"]),
    layer(4, &["mail", "webhook"], &[0], &[]),
    layer(4, ADAPTERS, &[0, 3], &[]),
    layer(5, &["center"], &[0, 2], &[]),
    layer(5, &["sim"], &[0, 2], &["center"]),
    layer(6, &["config"], &[0], &[]),
    layer(6, &["rehearsal"], &[0, 2, 3, 5], &[]),
    layer(6, &["archive"], &[0, 1, 2, 3], &[]),
    layer(6, &["node"], &[0, 2, 3, 4, 5], &[]),
    layer(6, &["courier"], &[0, 2, 3, 4], &[]),
    layer(6, &["api"], &[0, 2, 3, 5], &["node", "rehearsal"]),
    layer(7, &["lingtong"], &[0, 1, 2, 3, 4, 5, 6], &[]),
    layer(DEV, &["testkit", "xtask", "fuzz"], &[0, 1, 2, 3, 4, 5, 6, 7], &["testkit"]),
];

fn line_of(name: &str) -> Option<&'static Layer> {
    TABLE.iter().find(|layer| layer.crates.contains(&name))
}

/// Whether the crate has to be free of clocks, sockets, threads and a runtime: rows 0 to 2, and `center`.
pub(super) fn is_pure(name: &str) -> bool {
    name == "center" || line_of(name).is_some_and(|layer| layer.row <= 2)
}

/// Crates that bring a clock, a socket or a runtime by themselves.
const IMPURE_DEPENDENCIES: &[&str] =
    &["async-std", "axum", "crossbeam", "hyper", "io-uring", "mio", "rayon", "sea-orm", "smol", "socket2", "tokio"];

/// Holds every crate's dependencies against the table.
pub(super) fn check(packages: &[Package]) -> Vec<Finding> {
    packages.iter().flat_map(check_one).collect()
}

fn check_one(package: &Package) -> Vec<Finding> {
    let Some(layer) = line_of(&package.name) else {
        let message = "is in no line of the layer table: give it one here and in ARCHITECTURE.md";
        return vec![Finding::new(RULE, &package.name, message)];
    };
    let mut findings = Vec::new();
    for dependency in &package.dependencies {
        if let Some(theirs) = line_of(dependency) {
            let hidden = ADAPTERS.contains(&dependency.as_str()) && layer.row < 7;
            let allowed = layer.besides.contains(&dependency.as_str()) || layer.rows.contains(&theirs.row);
            if hidden || !allowed {
                let message = format!("row {} may not use `{dependency}` of row {}", layer.row, theirs.row);
                findings.push(Finding::new(RULE, &package.name, message));
            }
        } else if is_pure(&package.name) && IMPURE_DEPENDENCIES.contains(&dependency.as_str()) {
            let message = format!("is to be free of I/O and may not use `{dependency}`");
            findings.push(Finding::new(RULE, &package.name, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(name: &str, dependencies: &[&str]) -> Vec<String> {
        let dependencies = dependencies.iter().map(|d| d.to_string()).collect();
        let package = Package { name: name.into(), dir: "/x".into(), dependencies };
        check(&[package]).into_iter().map(|f| f.message).collect()
    }

    #[test]
    fn a_crate_may_use_the_rows_of_its_line() {
        for (name, dependencies) in [
            ("sip", &["types", "sdp", "memchr"][..]),
            ("center", &["types", "acd", "flow", "call"]),
            ("sim", &["center", "acd"]),
            ("node", &["center", "net", "journal", "tokio"]),
            ("lingtong", &["api", "node", "store-postgres", "tokio"]),
            ("testkit", &["lingtong", "sip"]),
        ] {
            assert!(messages(name, dependencies).is_empty(), "{name}: {:?}", messages(name, dependencies));
        }
    }

    #[test]
    fn every_other_row_is_a_finding() {
        for (name, dependency) in [
            ("types", "sip"),
            ("call", "sip"),
            ("acd", "flow"),
            ("media", "sip"),
            ("center", "net"),
            ("center", "journal"),
            ("net", "call"),
            ("api", "net"),
            ("node", "store-postgres"),
            ("node", "api"),
            ("lingtong", "testkit"),
        ] {
            assert_eq!(messages(name, &[dependency]).len(), 1, "{name} -> {dependency}");
        }
    }

    #[test]
    fn a_runtime_or_a_socket_library_in_a_pure_crate_is_a_finding() {
        assert_eq!(messages("flow", &["tokio"]), ["is to be free of I/O and may not use `tokio`"]);
        assert_eq!(messages("center", &["socket2"]).len(), 1);
        assert!(messages("net", &["socket2"]).is_empty());
    }

    #[test]
    fn a_crate_that_the_table_does_not_know_is_a_finding() {
        assert_eq!(messages("helper", &[]).len(), 1);
    }
}
