//! The command line.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use config::Draft;

use crate::centre::{Wanted, Where};
use crate::tenant::OfTenant;

/// A complete, self-hosted call centre.
#[derive(Parser)]
#[command(name = "lingtong", version = crate::version::FULL, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    #[command(after_help = SERVE_HELP)]
    Serve(Box<Serve>),
    /// Make a centre what YAML files say: all that they name, or nothing where something is wrong.
    #[command(after_help = FILES_HELP)]
    Apply {
        #[command(flatten)]
        wanted: Wanted,
        /// Change nothing; print what would change.
        #[arg(long)]
        dry_run: bool,
    },
    /// Print in what a centre differs from YAML files; exit status 2 when it does.
    #[command(after_help = FILES_HELP)]
    Diff(Wanted),
    /// Print a centre as YAML that `apply` takes. Passwords are not among it.
    Export {
        #[command(flatten)]
        place: Where,
        /// This kind of resource alone. May be given more than once.
        #[arg(long = "kind", value_name = "KIND", value_parser = crate::centre::kind)]
        kinds: Vec<resource::Kind>,
    },
    /// Print the JSON schema of the documents that `apply` takes.
    Schema,
    /// Look into SIP.
    #[command(subcommand)]
    Sip(Sip),
    /// Run a day of calls through the centre in virtual time and print its figures as JSON.
    Simulate {
        /// Calls of customers.
        #[arg(long, default_value_t = 20_000)]
        calls: u32,
        /// Agents, 1 to 2,000.
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=2000))]
        agents: u32,
        /// The seed of all chance: the same seed gives the same day.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// A JSON file that says when callers come and how long they talk.
        #[arg(long, value_name = "FILE")]
        day: Option<PathBuf>,
    },
    /// Reckon what a centre takes, as JSON: seats, lines, bandwidth, disk.
    #[command(subcommand)]
    Plan(crate::plan::Plan),
    /// Speak a text into a WAV file; print how long it lasts and what it cost, as JSON.
    Tts(crate::tts::Tts),
    /// Find sensitive words in what was said.
    #[command(subcommand)]
    Words(crate::judge::Words),
    /// Tell the mood of what was said: texts from standard input, one a line.
    Emotion(crate::judge::Emotion),
    /// Run a day through the centre's real flows, queues and agents in virtual time, as they are and with a draft applied,
    /// also while the server runs; print both days' figures as one JSON object.
    Rehearse(Box<crate::rehearse::Rehearse>),
    /// Run a recorded day once more, under the policy that it had and under that of a file, also while the server runs, and
    /// print what differs, as JSON.
    #[command(after_help = REPLAY_HELP)]
    Replay(crate::replay::Replay),
    /// Copy a data folder into one file, also while the server runs: settings, journal, recordings, keys.
    Backup {
        /// The file to be made; a tar archive that only its owner may read.
        file: PathBuf,
        /// The server's data folder.
        #[arg(long, value_name = "DIR", default_value = "./data")]
        data: PathBuf,
        /// Leave the recordings out.
        #[arg(long)]
        no_recordings: bool,
    },
    /// Make a data folder of a backup, once every file in it has been found as it was written.
    Restore {
        /// What `lingtong backup` has made.
        file: PathBuf,
        /// The folder to be made; it may be there, and empty.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Look after the journal of a server that does not run.
    #[command(subcommand)]
    Journal(Journal),
    /// Look into the archive of recordings.
    #[command(subcommand)]
    Archive(crate::archive::ArchiveCommand),
    /// Look after the keys under which recordings are sealed.
    #[command(subcommand)]
    Keys(crate::keys::Keys),
    /// Look after users, also while the server runs.
    #[command(subcommand)]
    User(User),
    /// Look after what is made from the journal, of a server that does not run.
    #[command(subcommand)]
    Projection(Projection),
}

/// Commands that look after users. A password that is not given is made up, printed, and good for one sign-in.
#[derive(Subcommand)]
pub(crate) enum User {
    /// Add a user.
    Add {
        /// The user's name.
        name: String,
        #[command(flatten)]
        of: OfTenant,
        /// agent, supervisor, quality, operator, admin, auditor, or a role of the tenant's own.
        #[arg(long = "role", value_name = "ROLE", required = true, value_delimiter = ',')]
        roles: Vec<String>,
        /// The number of the agent that the user is.
        #[arg(long, value_name = "NUMBER")]
        agent: Option<String>,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Give a user a new password.
    Passwd {
        /// The user's name.
        name: String,
        #[command(flatten)]
        of: OfTenant,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
        /// Also forget the second factor: the app is lost.
        #[arg(long)]
        forget_second_factor: bool,
    },
    /// Sign a user out everywhere, and let it in no more.
    Disable {
        /// The user's name.
        name: String,
        #[command(flatten)]
        of: OfTenant,
    },
    /// Let a user in again.
    Enable {
        /// The user's name.
        name: String,
        #[command(flatten)]
        of: OfTenant,
    },
}

/// Commands that look after the lists made from the journal.
#[derive(Subcommand)]
pub(crate) enum Projection {
    /// Make interactions, callbacks, survey answers and dispositions in the database anew from the journal.
    Rebuild {
        /// The server's data folder.
        #[arg(long, value_name = "DIR", default_value = "./data")]
        data: PathBuf,
    },
}

/// Commands that look after the journal.
#[derive(Subcommand)]
pub(crate) enum Journal {
    /// Report what is damaged; changes nothing.
    Inspect {
        /// The server's data folder.
        #[arg(long, value_name = "DIR", default_value = "./data")]
        data: PathBuf,
    },
    /// Take damaged bytes out; the damaged files are kept beside the mended ones.
    Repair {
        /// The server's data folder.
        #[arg(long, value_name = "DIR", default_value = "./data")]
        data: PathBuf,
    },
}

/// Commands that look into SIP.
#[derive(Subcommand)]
pub(crate) enum Sip {
    /// Read one datagram from a file and print, as JSON, whether it is well formed and how a server would answer.
    Parse {
        /// The file with the raw bytes.
        file: PathBuf,
    },
}

/// What `apply --help` and `diff --help` say below the flags.
const FILES_HELP: &str = "\
A file holds documents, each with a kind, a name and what it says:

    kind: queue
    name: sales
    spec:
      title: {zh: 销售, en: Sales}
      members: ['1001', '1002']

`lingtong export` prints them, `lingtong schema` describes them. A password or secret that is not given stays.";

/// What `replay --help` says below the flags.
const REPLAY_HELP: &str = "\
The same customers come at the same moments and the same agents sit there; queues, skills, priorities and strategies are
those of the file. What nobody recorded is assumed: talks last as long as they did, whoever gave up gives up after the same
wait, and how long the others would have waited is drawn from the patience of those who gave up. The lines `calibration` say
how far the replay of the day's own policy is from what truly happened.

    lingtong export --kind queue > draft.yaml      and change it, then
    lingtong replay --day 2026-03-02 --policy draft.yaml --table --plot draft.svg";

/// What `serve --help` says below the flags.
const SERVE_HELP: &str = "\
Standard output says `lingtong ready http=… sip=…` once calls are accepted. The log goes to standard error as JSON lines;
the variable RUST_LOG says how much of it: info, debug, or node=debug,info.
SIGTERM lets calls end, for five minutes at most, and takes no new ones; a second SIGINT ends at once.

A first look:    lingtong serve --demo
A telephone in the network and a browser with HTTPS:
                 lingtong serve --sip 0.0.0.0:5060 --https 0.0.0.0:8443";

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "give an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080".to_owned())
}

/// Flags of `serve`. What a flag says wins over the file.
#[derive(Args)]
pub(crate) struct Serve {
    /// A YAML file of settings.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where everything is kept [default: ./data].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// This node's number, 0 to 1023 [default: 0].
    #[arg(long)]
    node: Option<u16>,
    /// HTTP [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR:PORT", value_parser = address)]
    http: Option<SocketAddr>,
    /// HTTPS. Without --tls-cert, with a certificate made here, of which browsers warn.
    #[arg(long, value_name = "ADDR:PORT", value_parser = address)]
    https: Option<SocketAddr>,
    /// SIP over UDP and TCP [default: 0.0.0.0:5060; 127.0.0.1:5060 in the demo].
    #[arg(long, value_name = "ADDR:PORT", value_parser = address)]
    sip: Option<SocketAddr>,
    /// SIP over TLS. Without --tls-cert, with a certificate made here.
    #[arg(long, value_name = "ADDR:PORT", value_parser = address)]
    sips: Option<SocketAddr>,
    /// UDP ports for media [default: 40000-59999]; taken ports are skipped.
    #[arg(long, value_name = "LO-HI")]
    rtp: Option<String>,
    /// The address that session descriptions name [default: the one the call came in at].
    #[arg(long, value_name = "ADDR")]
    media_ip: Option<IpAddr>,
    /// Media threads [default: one a core].
    #[arg(long, value_name = "N")]
    media_threads: Option<usize>,
    /// Certificate chain, PEM. Read again when it changes; no restart needed.
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// Private key, PEM.
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// A name for which an authority is asked for a certificate by ACME. It comes to port 443 of that name, which has to
    /// lead to --https. May be given more than once.
    #[arg(long = "acme-domain", value_name = "NAME")]
    acme_domains: Option<Vec<String>>,
    /// A mail address that the authority may write to.
    #[arg(long, value_name = "MAIL")]
    acme_contact: Option<String>,
    /// The authority's directory [default: that of Let's Encrypt].
    #[arg(long, value_name = "URL")]
    acme_directory: Option<String>,
    /// PEM certificate by which an authority is known that the system does not trust.
    #[arg(long, value_name = "FILE")]
    acme_root: Option<PathBuf>,
    /// A TURN server that relays browsers' sound where no way leads here, such as turn:turn.example.com:3478?transport=tcp.
    /// May be given more than once.
    #[arg(long = "turn-url", value_name = "URL")]
    turn_urls: Option<Vec<String>>,
    /// The secret that the TURN server knows as well, of which short-lived passwords are made.
    #[arg(long, value_name = "FILE")]
    turn_secret_file: Option<PathBuf>,
    /// Browsers take no other way than the TURN server.
    #[arg(long)]
    turn_only: bool,
    /// File with the master key (64 hexadecimal digits) that wraps the keys of recordings; else LINGTONG_MASTER_KEY holds
    /// it, else one is made in the data folder.
    #[arg(long, value_name = "FILE")]
    master_key_file: Option<PathBuf>,
    /// Folder with a folder of each company's name: the SQLite files that its flows may look into. Without it there are
    /// none.
    #[arg(long, value_name = "DIR")]
    database_files: Option<PathBuf>,
    /// A named value, such as demo.bridge_target=sip:agent@127.0.0.1:26060. May be given more than once.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = config::parse_setting)]
    set: Vec<(String, String)>,
    /// Set up the demo tenant, with passwords that everyone knows. Listens on loopback unless told otherwise.
    /// A start without this does not serve it, even where it was set up before.
    #[arg(long)]
    demo: bool,
}

impl Serve {
    /// The flags as a draft.
    pub(crate) fn draft(self) -> Draft {
        Draft {
            data: self.data,
            node: self.node,
            demo: self.demo.then_some(true),
            http: self.http,
            https: self.https,
            sip: self.sip,
            sips: self.sips,
            rtp: self.rtp,
            media_ip: self.media_ip,
            media_threads: self.media_threads,
            tls_cert: self.tls_cert,
            tls_key: self.tls_key,
            acme_domains: self.acme_domains,
            acme_contact: self.acme_contact,
            acme_directory: self.acme_directory,
            acme_root: self.acme_root,
            turn_urls: self.turn_urls,
            turn_secret_file: self.turn_secret_file,
            turn_only: self.turn_only.then_some(true),
            master_key_file: self.master_key_file,
            database_files: self.database_files,
            settings: self.set.into_iter().collect(),
        }
    }
}
