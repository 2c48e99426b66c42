//! What every backend must do. A backend's test calls [`run`] with an empty place.

use std::io::Read;

use crate::{Blobs, Error, Key, Listed};

/// Above what is put in one piece by backends that put large objects in parts.
const LARGE: usize = 20 << 20;

/// Runs all of it.
///
/// # Panics
/// At the first thing that is not as it must be.
pub fn run(blobs: &dyn Blobs) {
    what_was_put_is_there_whole_and_in_parts(blobs);
    what_is_put_again_is_replaced(blobs);
    what_is_not_there_is_said(blobs);
    a_list_is_in_order_and_goes_on_where_it_ended(blobs);
    large_objects_are_kept_as_they_come(blobs);
    a_body_that_breaks_leaves_what_was_there(blobs);
    what_is_deleted_is_gone(blobs);
}

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

fn put(blobs: &dyn Blobs, name: &str, body: &[u8]) {
    assert_eq!(blobs.put(&key(name), &mut &*body).unwrap(), body.len() as u64, "{name}");
}

fn get(blobs: &dyn Blobs, name: &str, from: u64, to: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    blobs.get(&key(name), from..to).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn what_was_put_is_there_whole_and_in_parts(blobs: &dyn Blobs) {
    let body: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
    put(blobs, "parts/one", &body);
    assert_eq!(blobs.head(&key("parts/one")).unwrap(), 100_000);
    for (from, to) in [(0, 100_000), (0, 1), (99_999, 100_000), (65_530, 65_550), (7, 99_000)] {
        assert_eq!(get(blobs, "parts/one", from, to), body[from as usize..to as usize], "{from}..{to}");
    }
    assert_eq!(get(blobs, "parts/one", 99_990, 200_000), body[99_990..], "what is behind the end is left out");
    assert_eq!(get(blobs, "parts/one", 100_000, 100_001), b"");
    assert_eq!(get(blobs, "parts/one", 200_000, 300_000), b"");
    assert_eq!(get(blobs, "parts/one", 5, 5), b"");
    put(blobs, "parts/empty", b"");
    assert_eq!(blobs.head(&key("parts/empty")).unwrap(), 0);
    assert_eq!(get(blobs, "parts/empty", 0, 10), b"");
}

fn what_is_put_again_is_replaced(blobs: &dyn Blobs) {
    put(blobs, "again", b"a longer text");
    put(blobs, "again", b"short");
    assert_eq!(get(blobs, "again", 0, 100), b"short");
    assert_eq!(blobs.head(&key("again")).unwrap(), 5);
}

fn what_is_not_there_is_said(blobs: &dyn Blobs) {
    put(blobs, "there/below", b"x");
    for name in ["nothing", "there/no", "there/below/it"] {
        assert!(matches!(blobs.head(&key(name)), Err(Error::NotFound(k)) if k == key(name)), "{name}");
    }
    for range in [0..10, 5..5] {
        assert!(matches!(blobs.get(&key("nothing"), range), Err(Error::NotFound(_))));
    }
}

fn a_list_is_in_order_and_goes_on_where_it_ended(blobs: &dyn Blobs) {
    let names = ["list/a-b/1", "list/a.b", "list/a/1", "list/a/10", "list/a/2", "list/ab", "list/b/c/d"];
    for name in names.iter().rev() {
        put(blobs, name, name.as_bytes());
    }
    put(blobs, "lists", b"not below it");
    let told = |found: Vec<Listed>| found.into_iter().map(|l| (l.key.to_string(), l.bytes)).collect::<Vec<_>>();
    let expected: Vec<_> = names.iter().map(|name| ((*name).to_owned(), name.len() as u64)).collect();
    assert_eq!(told(blobs.list("list", None, 100).unwrap()), expected);
    assert_eq!(told(blobs.list("list/a", None, 100).unwrap()), expected[2..5]);
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = blobs.list("list", after.as_ref(), 2).unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 2);
        after = Some(last.key.clone());
        seen.extend(told(page));
    }
    assert_eq!(seen, expected);
    assert_eq!(blobs.list("list/none", None, 100).unwrap(), []);
    assert!(told(blobs.list("", None, 100).unwrap()).contains(&("lists".to_owned(), 12)));
}

fn large_objects_are_kept_as_they_come(blobs: &dyn Blobs) {
    let body: Vec<u8> = (0..LARGE as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    // In pieces of odd lengths, as they come from whoever makes them.
    let mut pieces = Pieces { rest: &body };
    assert_eq!(blobs.put(&key("large"), &mut pieces).unwrap(), LARGE as u64);
    assert_eq!(blobs.head(&key("large")).unwrap(), LARGE as u64);
    assert!(get(blobs, "large", 0, LARGE as u64) == body, "a large object came back different");
    let middle = 8 << 20;
    assert_eq!(get(blobs, "large", middle - 3, middle + 3), body[middle as usize - 3..middle as usize + 3]);
}

fn a_body_that_breaks_leaves_what_was_there(blobs: &dyn Blobs) {
    put(blobs, "broken", b"what was there");
    for length in [1_000, LARGE] {
        let bytes = vec![1; length];
        let mut body = Breaking { rest: &bytes };
        assert!(matches!(blobs.put(&key("broken"), &mut body), Err(Error::Source(_))), "{length}");
        assert_eq!(get(blobs, "broken", 0, 100), b"what was there", "{length}");
    }
}

fn what_is_deleted_is_gone(blobs: &dyn Blobs) {
    put(blobs, "gone/a", b"1");
    put(blobs, "gone/b", b"2");
    blobs.delete(&key("gone/a")).unwrap();
    assert!(matches!(blobs.head(&key("gone/a")), Err(Error::NotFound(_))));
    blobs.delete(&key("gone/a")).unwrap();
    let left = blobs.list("gone", None, 10).unwrap();
    assert_eq!(left.iter().map(|l| l.key.as_str()).collect::<Vec<_>>(), ["gone/b"]);
}

struct Pieces<'a> {
    rest: &'a [u8],
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = out.len().min(self.rest.len()).min(7_919);
        out[..n].copy_from_slice(&self.rest[..n]);
        self.rest = &self.rest[n..];
        Ok(n)
    }
}

struct Breaking<'a> {
    rest: &'a [u8],
}

impl Read for Breaking<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        match self.rest.read(out)? {
            0 => Err(std::io::Error::other("the cable was pulled")),
            n => Ok(n),
        }
    }
}
