//! An S3 server over a folder, for the tests: `s3-server FOLDER ACCESS_KEY SECRET_KEY`. Says where it listens.

#[path = "../tests/server/mod.rs"]
mod server;

use std::io::Read as _;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, access, secret] = arguments.as_slice() else {
        eprintln!("usage: s3-server FOLDER ACCESS_KEY SECRET_KEY");
        std::process::exit(2);
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let endpoint = runtime.block_on(server::start(folder.as_ref(), access, secret));
    println!("s3 ready {endpoint}");
    // Ends with whoever started it.
    let _ = std::io::stdin().read(&mut [0]);
}
