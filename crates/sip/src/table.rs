//! Things in slabs, named by an index and a generation. Each is boxed: they are large, and a slab doubles its room as it
//! grows and never gives any back.

use slab::Slab;

/// A name of the form index and generation.
pub(crate) trait Key: Copy {
    fn make(index: u32, generation: u32) -> Self;
    fn parts(self) -> (u32, u32);
}

/// A slab whose keys never name a later thing in the same place.
#[derive(Debug)]
pub(crate) struct Table<K, T> {
    slots: Slab<(u32, Box<T>)>,
    generation: u32,
    key: std::marker::PhantomData<K>,
}

impl<K: Key, T> Table<K, T> {
    pub(crate) fn new() -> Self {
        Self { slots: Slab::new(), generation: 0, key: std::marker::PhantomData }
    }

    pub(crate) fn insert(&mut self, value: T) -> K {
        self.generation = self.generation.wrapping_add(1);
        let index = self.slots.insert((self.generation, Box::new(value)));
        K::make(u32::try_from(index).expect("limits keep tables under 2^32 entries"), self.generation)
    }

    pub(crate) fn get(&self, key: K) -> Option<&T> {
        let (index, generation) = key.parts();
        self.slots.get(index as usize).filter(|slot| slot.0 == generation).map(|slot| &*slot.1)
    }

    pub(crate) fn get_mut(&mut self, key: K) -> Option<&mut T> {
        let (index, generation) = key.parts();
        self.slots.get_mut(index as usize).filter(|slot| slot.0 == generation).map(|slot| &mut *slot.1)
    }

    pub(crate) fn remove(&mut self, key: K) -> Option<T> {
        self.get(key)?;
        Some(*self.slots.remove(key.parts().0 as usize).1)
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, &T)> {
        self.slots.iter().map(|(index, (generation, value))| (K::make(index as u32, *generation), &**value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handle::CallHandle;

    #[test]
    fn an_old_key_does_not_name_the_new_tenant_of_its_place() {
        let mut table: Table<CallHandle, &str> = Table::new();
        let first = table.insert("first");
        assert_eq!(table.remove(first), Some("first"));
        let second = table.insert("second");
        assert_eq!((first.index, table.get(first), table.get(second)), (second.index, None, Some(&"second")));
        assert_eq!((table.remove(first), table.len()), (None, 1));
    }
}
