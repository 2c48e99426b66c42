//! The data keys of all tenants.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use store::{DataKey, Store};
use types::{Private, TenantId, Wall};

use crate::master::random;
use crate::{Error, KEY_LEN, Master};

/// A data key in clear.
type Clear = Private<[u8; KEY_LEN]>;

/// Data keys, unwrapped and at hand: whoever seals or opens never waits for them.
pub struct Keyring {
    store: Store,
    master: Arc<dyn Master>,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<u64, Clear>,
    newest: HashMap<TenantId, (u64, Wall)>,
}

impl Known {
    fn add(&mut self, row: &DataKey, key: Clear) {
        self.keys.insert(row.id, key);
        let newest = self.newest.entry(row.tenant).or_insert((row.id, row.made));
        if (row.made, row.id) > (newest.1, newest.0) {
            *newest = (row.id, row.made);
        }
    }
}

/// What a key is wrapped for: another tenant's row does not unwrap as this one's.
fn purpose(tenant: TenantId, id: u64) -> String {
    format!("recordings of {tenant}, key {id}")
}

fn unwrap(master: &dyn Master, row: &DataKey) -> Result<Clear, Error> {
    if row.master != master.name() {
        let (wanted, given) = (row.master.clone(), master.name().to_owned());
        return Err(Error::OtherMaster { tenant: row.tenant, wanted, given });
    }
    master.unwrap(row.wrapped.reveal(), &purpose(row.tenant, row.id))?.ok_or(Error::Damaged(row.tenant))
}

impl Keyring {
    /// Unwraps the keys of all tenants.
    ///
    /// # Errors
    /// A key was wrapped by another master or is damaged, or the database fails.
    pub async fn open(store: Store, master: Arc<dyn Master>) -> Result<Self, Error> {
        let mut known = Known::default();
        for tenant in store.tenants().await? {
            for row in store.list::<DataKey>(tenant.id).await? {
                let key = unwrap(&*master, &row)?;
                known.add(&row, key);
            }
        }
        Ok(Self { store, master, known: RwLock::new(known) })
    }

    /// Sees to it that a tenant has a key.
    ///
    /// # Errors
    /// The master or the database fails.
    pub async fn ensure(&self, tenant: TenantId, now: Wall) -> Result<(), Error> {
        if self.newest(tenant).is_none() { self.renew(tenant, now).await.map(drop) } else { Ok(()) }
    }

    /// Makes a new key for what is new of a tenant; its number. What is sealed under older ones stays readable.
    ///
    /// # Errors
    /// The master or the database fails.
    pub async fn renew(&self, tenant: TenantId, now: Wall) -> Result<u64, Error> {
        // Numbers are signed in the database, and need to be told apart only.
        let id = u64::from_le_bytes(random()?) >> 1;
        let key = random::<KEY_LEN>()?;
        let wrapped = Private::new(self.master.wrap(&key, &purpose(tenant, id))?);
        let row = DataKey { id, tenant, made: now, master: self.master.name().to_owned(), wrapped };
        self.store.insert(&row).await?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).add(&row, Private::new(key));
        Ok(id)
    }

    /// The newest key of a tenant, with its number.
    pub fn newest(&self, tenant: TenantId) -> Option<(u64, Clear)> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (id, _) = known.newest.get(&tenant)?;
        Some((*id, known.keys.get(id)?.clone()))
    }

    /// The key of a number.
    pub fn find(&self, id: u64) -> Option<Clear> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).keys.get(&id).cloned()
    }
}

/// Wraps all data keys by a new master; how many there were. One that was cut off is simply begun again with the same
/// two.
///
/// # Errors
/// A key unwraps by neither of them, a master or the database fails.
pub async fn wrap_anew(store: &Store, old: &dyn Master, new: &dyn Master) -> Result<usize, Error> {
    let mut wrapped = 0;
    for tenant in store.tenants().await? {
        for row in store.list::<DataKey>(tenant.id).await? {
            if row.master == new.name() {
                continue;
            }
            let key = unwrap(old, &row)?;
            let again = Private::new(new.wrap(key.reveal(), &purpose(row.tenant, row.id))?);
            store.put(&DataKey { master: new.name().to_owned(), wrapped: again, ..row }).await?;
            wrapped += 1;
        }
    }
    Ok(wrapped)
}

#[cfg(test)]
mod tests {
    use directory::Tenant;

    use super::*;
    use crate::LocalMaster;

    const ONE: TenantId = TenantId(1);

    fn master(digit: char) -> LocalMaster {
        LocalMaster::parse(&digit.to_string().repeat(2 * KEY_LEN)).unwrap()
    }

    async fn store(dir: &std::path::Path) -> Store {
        let store = Store::open_sqlite(dir.join("store.db")).await.unwrap();
        if store.tenants().await.unwrap().is_empty() {
            for (id, name) in [(ONE, "one"), (TenantId(2), "two")] {
                let (name, title) = (name.into(), name.into());
                let tenant = Tenant { id, name, title, demo: false, utc_offset_min: 0 };
                store.put(&tenant).await.unwrap();
            }
        }
        store
    }

    #[tokio::test]
    async fn keys_are_found_again_old_ones_too() {
        let dir = tempfile::tempdir().unwrap();
        let ring = Keyring::open(store(dir.path()).await, Arc::new(master('a'))).await.unwrap();
        assert!(ring.newest(ONE).is_none());
        ring.ensure(ONE, Wall(1)).await.unwrap();
        ring.ensure(ONE, Wall(2)).await.unwrap();
        ring.ensure(TenantId(2), Wall(2)).await.unwrap();
        let (first, old) = ring.newest(ONE).unwrap();
        let second = ring.renew(ONE, Wall(3)).await.unwrap();
        let (newest, new) = ring.newest(ONE).unwrap();
        assert!(newest == second && second != first && old != new);
        let again = Keyring::open(store(dir.path()).await, Arc::new(master('a'))).await.unwrap();
        assert_eq!(again.newest(ONE).unwrap(), (second, new));
        assert_eq!(again.find(first).unwrap(), old);
        assert!(again.newest(TenantId(2)).unwrap().0 != second);
    }

    #[tokio::test]
    async fn a_new_master_wraps_the_same_keys() {
        let dir = tempfile::tempdir().unwrap();
        let ring = Keyring::open(store(dir.path()).await, Arc::new(master('a'))).await.unwrap();
        ring.ensure(ONE, Wall(1)).await.unwrap();
        ring.renew(ONE, Wall(2)).await.unwrap();
        let wrong = Keyring::open(store(dir.path()).await, Arc::new(master('b'))).await.err().unwrap();
        assert!(wrong.to_string().contains(master('a').name()), "{wrong}");
        let store = store(dir.path()).await;
        assert!(matches!(wrap_anew(&store, &master('c'), &master('b')).await, Err(Error::OtherMaster { .. })));
        assert_eq!(wrap_anew(&store, &master('a'), &master('b')).await.unwrap(), 2);
        assert_eq!(wrap_anew(&store, &master('a'), &master('b')).await.unwrap(), 0);
        let again = Keyring::open(store, Arc::new(master('b'))).await.unwrap();
        assert_eq!(again.newest(ONE), ring.newest(ONE));
    }

    #[tokio::test]
    async fn a_key_of_another_row_does_not_unwrap() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path()).await;
        let ring = Keyring::open(store.clone(), Arc::new(master('a'))).await.unwrap();
        ring.ensure(ONE, Wall(1)).await.unwrap();
        let row = store.list::<DataKey>(ONE).await.unwrap().remove(0);
        store.insert(&DataKey { id: 7, tenant: TenantId(2), ..row }).await.unwrap();
        let opened = Keyring::open(store, Arc::new(master('a'))).await;
        assert!(matches!(opened.err(), Some(Error::Damaged(TenantId(2)))));
    }

    #[test]
    fn what_is_no_master_key_is_refused() {
        for text in ["", "abc", &"g".repeat(64), &"a".repeat(65), &"é".repeat(32)] {
            assert!(LocalMaster::parse(text).is_err(), "{text}");
        }
        let made = LocalMaster::make().unwrap();
        assert!(LocalMaster::parse(&format!("{}\n", made.reveal())).is_ok());
    }
}
