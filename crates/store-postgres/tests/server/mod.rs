//! A PostgreSQL of the test's own: made in a temporary folder, on a free port, gone when dropped.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Where Debian puts it.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Its user there; the server refuses to run as root.
const USER: &str = "postgres";

pub(crate) struct Server {
    bin: PathBuf,
    dir: TempDir,
    port: u16,
}

impl Server {
    /// Starts one, or says why not and answers with none where PostgreSQL is not installed.
    pub(crate) fn start() -> Option<Self> {
        let Some(bin) = newest() else {
            testkit::tool_missing(format_args!("PostgreSQL: none in {DEBIAN}; install the package postgresql"));
            return None;
        };
        let dir = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let port = testkit::free_ports(1);
        let server = Self { bin, dir, port };
        if is_root() {
            // The server's user must own the folder; it may not be readable by others.
            run(Command::new("chown").arg(USER).arg(server.dir.path()));
        }
        fs::set_permissions(server.dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let data = server.data();
        let initdb = ["-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"];
        run(server.command("initdb").args(initdb).arg(&data));
        let sockets = server.dir.path().display();
        let options = format!("-p {} -c listen_addresses=127.0.0.1 -k {sockets} -c fsync=off", server.port);
        let log = server.dir.path().join("log");
        run(server.command("pg_ctl").args(["-w", "-o", &options, "-l"]).arg(log).arg("-D").arg(&data).arg("start"));
        Some(server)
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// One of its programs, run as a user who is not root.
    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // The folder of the test may not be that user's to enter.
        command.current_dir("/");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.data();
        drop(
            self.command("pg_ctl").args(["-m", "immediate", "-D"]).arg(data).arg("stop").stdout(Stdio::null()).status(),
        );
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn newest() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    versions.filter(|path| path.join("bin/initdb").exists()).max_by_key(|path| version(path)).map(|p| p.join("bin"))
}

fn run(command: &mut Command) {
    // A daemon inherits the descriptors: it must not hold the test's own output open.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = status.unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(status.success(), "{command:?}: {status}");
}
