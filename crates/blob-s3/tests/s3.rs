//! The suite on a real S3 server, in this process.

mod server;

use blob::{Blobs, Error};
use blob_s3::{Place, S3};
use tokio::runtime::Runtime;
use types::Private;

fn place(endpoint: &str, folder: &str) -> Place {
    Place {
        endpoint: Some(endpoint.to_owned()),
        region: "us-east-1".to_owned(),
        bucket: "calls".to_owned(),
        folder: folder.to_owned(),
        access_key: "lingtong".to_owned(),
        secret_key: Private::new("a secret of the test".to_owned()),
    }
}

fn with_server(run: impl FnOnce(&Runtime, &str)) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("calls")).unwrap();
    let runtime = Runtime::new().unwrap();
    let endpoint = runtime.block_on(server::start(dir.path(), "lingtong", "a secret of the test"));
    run(&runtime, &endpoint);
}

#[test]
fn s3_conforms() {
    with_server(|runtime, endpoint| {
        blob::conformance::run(&S3::new(&place(endpoint, ""), runtime.handle().clone()).unwrap());
    });
}

#[test]
fn a_folder_in_a_bucket_conforms_and_sees_nothing_else() {
    with_server(|runtime, endpoint| {
        let whole = S3::new(&place(endpoint, ""), runtime.handle().clone()).unwrap();
        whole.put(&"others/file".parse().unwrap(), &mut &b"theirs"[..]).unwrap();
        let ours = S3::new(&place(endpoint, "/our/folder/"), runtime.handle().clone()).unwrap();
        blob::conformance::run(&ours);
        assert!(ours.list("others", None, 9).unwrap().is_empty());
        assert_eq!(whole.head(&"our/folder/again".parse().unwrap()).unwrap(), 5);
    });
}

#[test]
fn a_server_that_refuses_or_is_not_there_is_told_apart() {
    with_server(|runtime, endpoint| {
        let wrong = Place { secret_key: Private::new("another".to_owned()), ..place(endpoint, "") };
        let wrong = S3::new(&wrong, runtime.handle().clone()).unwrap();
        let refused = wrong.put(&"a".parse().unwrap(), &mut &b"x"[..]).unwrap_err();
        assert!(matches!(refused, Error::Denied(_)) && !refused.can_retry(), "{refused}");
        let gone = S3::new(&place("http://127.0.0.1:1", ""), runtime.handle().clone()).unwrap();
        let gone = gone.put(&"a".parse().unwrap(), &mut &b"x"[..]).unwrap_err();
        assert!(gone.can_retry(), "{gone}");
        assert!(S3::new(&place(endpoint, "a/../b"), runtime.handle().clone()).is_err());
    });
}
