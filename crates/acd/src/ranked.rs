//! An ordered set that also tells how many elements stand before one.

/// Elements of one chunk; a chunk that grows beyond is halved. Moving 256 small keys is one short
/// `memmove`, and 50,000 waiting make some 300 chunks to count over.
const CHUNK_MAX: usize = 256;

/// A sorted list of sorted chunks, none of them empty.
#[derive(Debug, Clone)]
pub(crate) struct Ranked<K> {
    chunks: Vec<Vec<K>>,
    len: usize,
}

impl<K: Ord + Copy> Ranked<K> {
    pub(crate) const fn new() -> Self {
        Self { chunks: Vec::new(), len: 0 }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn first(&self) -> Option<K> {
        self.chunks.first().map(|chunk| chunk[0])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &K> {
        self.chunks.iter().flatten()
    }

    /// The chunk in which `key` is or belongs: the last that does not start after it.
    fn chunk_of(&self, key: &K) -> usize {
        self.chunks.partition_point(|chunk| chunk[0] <= *key).saturating_sub(1)
    }

    /// Adds `key`; false when it is there already.
    pub(crate) fn insert(&mut self, key: K) -> bool {
        if self.chunks.is_empty() {
            self.chunks.push(vec![key]);
            self.len = 1;
            return true;
        }
        let index = self.chunk_of(&key);
        let chunk = &mut self.chunks[index];
        let Err(at) = chunk.binary_search(&key) else { return false };
        chunk.insert(at, key);
        self.len += 1;
        if chunk.len() > CHUNK_MAX {
            let upper = chunk.split_off(CHUNK_MAX / 2);
            self.chunks.insert(index + 1, upper);
        }
        true
    }

    /// Takes `key` out; false when it was not there.
    pub(crate) fn remove(&mut self, key: &K) -> bool {
        if self.chunks.is_empty() {
            return false;
        }
        let index = self.chunk_of(key);
        let chunk = &mut self.chunks[index];
        let Ok(at) = chunk.binary_search(key) else { return false };
        chunk.remove(at);
        self.len -= 1;
        if chunk.is_empty() {
            self.chunks.remove(index);
        }
        true
    }

    /// How many stand before `key`, whether it is there or not.
    pub(crate) fn before(&self, key: &K) -> usize {
        if self.chunks.is_empty() {
            return 0;
        }
        let index = self.chunk_of(key);
        let at = self.chunks[index].partition_point(|other| other < key);
        self.chunks[..index].iter().map(Vec::len).sum::<usize>() + at
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
        #[test]
        fn it_is_an_ordered_set_that_counts(ops in prop::collection::vec((any::<bool>(), 0u16..700), 0..2500)) {
            let (mut set, mut model) = (Ranked::new(), BTreeSet::new());
            for (add, key) in ops {
                if add {
                    prop_assert_eq!(set.insert(key), model.insert(key));
                } else {
                    prop_assert_eq!(set.remove(&key), model.remove(&key));
                }
                prop_assert_eq!(set.len(), model.len());
                prop_assert_eq!(set.first(), model.first().copied());
                prop_assert_eq!(set.before(&key), model.range(..key).count());
            }
            prop_assert!(set.iter().eq(model.iter()));
        }
    }
}
