//! What every backend must do.

use types::TenantId;

use crate::{Blobs, Error, Key};

const ONE: TenantId = TenantId(1);
const OTHER: TenantId = TenantId(2);

/// Runs the whole suite on an empty backend.
///
/// # Panics
/// When the backend does not conform.
pub fn run(blobs: &dyn Blobs) {
    objects_are_kept_replaced_and_removed(blobs);
    ranges_are_cut_at_the_end(blobs);
    tenants_do_not_meet(blobs);
    lists_are_ordered_and_by_folder(blobs);
}

fn key(text: &str) -> Key {
    text.parse().expect("a key")
}

fn objects_are_kept_replaced_and_removed(blobs: &dyn Blobs) {
    let name = key("recordings/1.trk");
    assert!(matches!(blobs.get(ONE, &name), Err(Error::NotFound)));
    blobs.put(ONE, &name, b"first").expect("kept");
    blobs.put(ONE, &name, b"second").expect("replaced");
    assert_eq!(blobs.get(ONE, &name).expect("there"), b"second");
    assert!(matches!(blobs.get(ONE, &key("recordings")), Err(Error::NotFound)), "a folder is no object");
    assert!(matches!(blobs.get(ONE, &key("recordings/1.trk/below")), Err(Error::NotFound)));
    assert!(blobs.delete(ONE, &name).expect("removed"));
    assert!(!blobs.delete(ONE, &name).expect("was gone"));
    assert!(matches!(blobs.get(ONE, &name), Err(Error::NotFound)));
}

fn ranges_are_cut_at_the_end(blobs: &dyn Blobs) {
    let name = key("range");
    blobs.put(ONE, &name, b"0123456789").expect("kept");
    for (range, expected) in [(0..4, &b"0123"[..]), (4..4, b""), (8..100, b"89"), (9..10, b"9")] {
        assert_eq!(blobs.range(ONE, &name, range.clone()).expect("there"), (expected.to_vec(), 10), "{range:?}");
    }
    for range in [10..11, 11..12, u64::MAX - 1..u64::MAX] {
        assert!(matches!(blobs.range(ONE, &name, range), Err(Error::Range(10))));
    }
    assert!(matches!(blobs.range(ONE, &key("none"), 0..1), Err(Error::NotFound)));
    blobs.put(ONE, &key("empty"), b"").expect("kept");
    assert_eq!(blobs.range(ONE, &key("empty"), 0..1).expect("there"), (Vec::new(), 0));
    assert!(blobs.delete(ONE, &key("empty")).expect("removed") && blobs.delete(ONE, &name).expect("removed"));
}

fn tenants_do_not_meet(blobs: &dyn Blobs) {
    let name = key("same");
    blobs.put(ONE, &name, b"one").expect("kept");
    assert!(matches!(blobs.get(OTHER, &name), Err(Error::NotFound)));
    assert!(!blobs.delete(OTHER, &name).expect("nothing there"));
    assert_eq!(blobs.list(OTHER, None).expect("listed"), []);
    blobs.put(OTHER, &name, b"other").expect("kept");
    assert_eq!(blobs.get(ONE, &name).expect("there"), b"one");
    assert!(blobs.delete(OTHER, &name).expect("removed") && blobs.delete(ONE, &name).expect("removed"));
}

fn lists_are_ordered_and_by_folder(blobs: &dyn Blobs) {
    for name in ["b/2", "a/1", "b/1", "b/c/1", "bb/1"] {
        blobs.put(ONE, &key(name), name.as_bytes()).expect("kept");
    }
    let names = |folder: Option<&str>| -> Vec<String> {
        let listed = blobs.list(ONE, folder.map(key).as_ref()).expect("listed");
        listed.into_iter().map(|entry| entry.key.to_string()).collect()
    };
    assert_eq!(names(None), ["a/1", "b/1", "b/2", "b/c/1", "bb/1"]);
    assert_eq!(names(Some("b")), ["b/1", "b/2", "b/c/1"]);
    assert_eq!(names(Some("b/2")), ["b/2"]);
    assert!(names(Some("none")).is_empty());
    assert_eq!(blobs.list(ONE, Some(&key("b/c/1"))).expect("listed")[0].bytes, 5);
}
