//! What is asked for, and what would come of it.

use std::collections::{BTreeMap, BTreeSet};

use directory::{LENGTH_SETTING, PasswordPolicy, Permissions};
use serde_json::Value;
use store::Guard;

use crate::assemble::{Parts, assemble};
use crate::book::{Book, Entry, Resource};
use crate::check::{House, Judge};
use crate::content::Spec;
use crate::kind::Kind;
use crate::lower::Ids;
use crate::problem::{Problem, What};
use crate::rank::{beyond, has_administrator};
use crate::refs::{missing_in_flow, used_by, users};
use crate::rows::Rows;
use crate::secrets::{SecretFailed, Secrets};
use crate::shipped::shipped_prompts;
use crate::spec::Secret;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The changes; all of them happen, or none.
    pub edits: Vec<Edit>,
    /// Resources of the kinds that occur in the changes, and are not named there, go.
    pub prune: bool,
    /// What whoever asks may do: nobody gives more than that.
    pub rights: Permissions,
}

impl Request {
    /// That these resources be what they say. For what is only tried: it gives nobody anything, so all may be asked for.
    pub fn trial(resources: impl IntoIterator<Item = Resource>) -> Self {
        let edit = |Resource { kind, name, spec }| Edit { kind, name, expect: Expect::Any, wish: Wish::Put(spec) };
        Self { edits: resources.into_iter().map(edit).collect(), prune: false, rights: Permissions::all() }
    }
}

/// One change.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The kind of resource.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// How it must stand for the change to happen.
    pub expect: Expect,
    /// What shall become of it.
    pub wish: Wish,
}

/// How a resource must stand before it is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    /// In any way.
    #[default]
    Any,
    /// Not at all.
    Absent,
    /// As in this revision.
    Revision(String),
}

/// What shall become of a resource.
#[derive(Clone, Debug)]
pub enum Wish {
    /// It says this.
    Put(Value),
    /// It goes.
    Delete,
}

/// What a change does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It comes to be.
    Create,
    /// It says something else.
    Update,
    /// It goes.
    Delete,
}

impl Action {
    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// One resource that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// How.
    pub action: Action,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The fields that differ, of an update.
    pub fields: Vec<String>,
}

/// What has to be known beside the rows.
pub struct Known<'a> {
    /// Named values given at the start of the server, which win over stored ones.
    pub given: &'a BTreeMap<String, String>,
    /// Makes what is kept of secrets.
    pub secrets: &'a dyn Secrets,
    /// Makes ids.
    pub fresh: &'a mut dyn FnMut() -> u64,
}

/// What would come of a request.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The rows that shall be.
    pub rows: Rows,
    /// The same by name.
    pub book: Book,
    /// What differs from before.
    pub changes: Vec<Change>,
    /// Existing resources that refer to what changes.
    pub affects: Vec<(Kind, String)>,
    /// What the center is made of then.
    pub parts: Parts,
}

type Key = (Kind, String);

/// Thinks a request through. Takes long where it sets passwords: each is hashed.
///
/// # Errors
/// All that is wrong with it.
pub fn plan(rows: &Rows, request: &Request, known: Known<'_>) -> Result<Plan, Vec<Problem>> {
    let before = rows.book().map_err(|problem| vec![problem])?;
    let (wanted, mut problems) = wanted(&before, request);
    let mut changed = Vec::new();
    for (key, entry) in &wanted {
        match before.get(key) {
            None => changed.push((Action::Create, key, entry, Vec::new())),
            Some(old) => {
                let fields = differing(rows, key, old, entry, known.secrets);
                if !fields.is_empty() {
                    changed.push((Action::Update, key, entry, fields));
                }
            }
        }
    }
    let gone: Vec<&Key> = before.keys().filter(|key| !wanted.contains_key(*key)).collect();
    let house = House { tenant: &rows.tenant.name, passwords: password_policy(&wanted) };
    for (_, (_, name), entry, _) in &changed {
        problems.extend(Judge::judge(house, name, &entry.spec));
    }
    problems.extend(loose_ends(&wanted, &changed.iter().map(|(_, key, ..)| *key).collect::<Vec<_>>(), &gone));
    problems.extend(collisions(&wanted));
    // Also a password that is the right one already: the answer would say so.
    let tried =
        wanted.iter().filter(|(_, entry)| matches!(&entry.spec, Spec::User(user) if user.password != Secret::Keep));
    let touched = changed.iter().map(|(_, key, ..)| *key).chain(gone.iter().copied()).chain(tried.map(|(key, _)| key));
    problems.extend(beyond(request.rights, &before, &wanted, touched.collect::<BTreeSet<_>>()));
    if !problems.is_empty() {
        return Err(problems);
    }
    let failed = |e: SecretFailed| vec![of(&(Kind::Tenant, rows.tenant.name.to_string()), "", What::Refused(e.0))];
    let mut after = rows.clone();
    let mut ids = Ids::of(rows, known.fresh);
    for (kind, name) in gone.iter().copied() {
        after.remove(*kind, name);
        ids.forget(*kind, name);
    }
    for (_, (_, name), entry, _) in &changed {
        after.set(name, &entry.spec, &mut ids, known.secrets).map_err(failed)?;
    }
    let parts = assemble(&after, known.given)?;
    let book = after.book().map_err(|problem| vec![problem])?;
    if let (true, Some(key)) = (has_administrator(&before) && !has_administrator(&book), blamed(&changed, &gone)) {
        return Err(vec![of(key, "", What::LastAdministrator)]);
    }
    let named = |action, key: &Key, fields| Change { action, kind: key.0, name: key.1.clone(), fields };
    let mut changes: Vec<Change> = gone.iter().map(|key| named(Action::Delete, key, Vec::new())).collect();
    changes.extend(changed.iter().map(|(action, key, _, fields)| named(*action, key, fields.clone())));
    let affects = affected(&before, &changes);
    Ok(Plan { rows: after, book, changes, affects, parts })
}

fn of(key: &Key, field: &str, what: What) -> Problem {
    Problem { kind: key.0, name: key.1.clone(), field: field.to_owned(), what }
}

/// The settings as they shall be, and what is wrong with the wishes by themselves.
fn wanted(before: &Book, request: &Request) -> (Book, Vec<Problem>) {
    let (mut wanted, mut problems, mut named) = (before.clone(), Vec::new(), BTreeSet::new());
    for edit in &request.edits {
        let key = (edit.kind, edit.name.clone());
        if !named.insert(key.clone()) {
            problems.push(of(&key, "name", What::Twice));
            continue;
        }
        let old = before.get(&key);
        match (&edit.expect, old) {
            (Expect::Absent, Some(_)) => problems.push(of(&key, "", What::Exists)),
            (Expect::Revision(_), None) => problems.push(of(&key, "", What::Absent)),
            (Expect::Revision(read), Some(now)) if *read != now.revision() => {
                problems.push(of(&key, "", What::Conflict));
            }
            _ => {}
        }
        let fixed = edit.kind == Kind::Tenant && (old.is_none() || matches!(edit.wish, Wish::Delete));
        match &edit.wish {
            _ if fixed => problems.push(of(&key, "", What::Fixed)),
            Wish::Delete if old.is_none() => problems.push(of(&key, "", What::Absent)),
            Wish::Delete => drop(wanted.remove(&key)),
            Wish::Put(value) => match Spec::parse(edit.kind, &edit.name, value) {
                Ok(spec) => {
                    let secrets = old.map_or_else(Vec::new, |old| old.secrets.clone());
                    wanted.insert(key, Entry { spec, secrets });
                }
                Err(problem) => problems.push(problem),
            },
        }
    }
    if request.prune {
        let kinds: BTreeSet<Kind> = named.iter().map(|(kind, _)| *kind).collect();
        wanted.retain(|key, _| key.0 == Kind::Tenant || !kinds.contains(&key.0) || named.contains(key));
    }
    (wanted, problems)
}

/// The fields in which two contents differ. A password that is set to what it is already does not.
fn differing(rows: &Rows, (_, name): &Key, old: &Entry, new: &Entry, secrets: &dyn Secrets) -> Vec<String> {
    let (was, is) = (old.spec.to_json(), new.spec.in_order().to_json());
    let empty = serde_json::Map::new();
    let (was, is) = (was.as_object().unwrap_or(&empty), is.as_object().unwrap_or(&empty));
    let fields: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let mut differ: Vec<String> = fields.into_iter().filter(|f| was.get(*f) != is.get(*f)).cloned().collect();
    let kept = old.secrets.first().map(|(_, kept)| kept.reveal().as_str());
    let mut secret = |field: &str, wish: &Secret, same: &dyn Fn(&str) -> bool| {
        let differs = match wish {
            Secret::Keep => false,
            Secret::Clear => kept.is_some(),
            Secret::Set(text) => !same(text.reveal()),
        };
        if differs {
            differ.push(field.to_owned());
        }
    };
    match &new.spec {
        Spec::User(user) => {
            let guard = guard_of(rows, name);
            let is_kept = |text: &str| kept.is_some_and(|hash| secrets.is_password(text, hash));
            let given = guard.and_then(|guard| guard.given_hash.as_ref());
            // What was good for one sign-in was given already, also when the person has chosen another since.
            let was_given = |text: &str| given.is_some_and(|hash| secrets.is_password(text, hash.reveal()));
            let stays = !user.one_time_password;
            secret("password", &user.password, &|text| is_kept(text) || !stays && was_given(text));
            if stays
                && guard.is_some_and(|guard| guard.one_time_password)
                && matches!(&user.password, Secret::Set(text) if is_kept(text.reveal()))
            {
                differ.push("one_time_password".to_owned());
            }
        }
        Spec::Device(device) => secret("secret", &device.secret, &|text| {
            kept.is_some_and(|kept| secrets.device(name, &rows.tenant.name, text).sha256.reveal().as_ref() == kept)
        }),
        Spec::MailServer(server) => secret("password", &server.password, &|text| kept == Some(text)),
        Spec::AlertSubscription(told) => secret("secret", &told.secret, &|text| kept == Some(text)),
        Spec::Secret(spec) => secret("value", &spec.value, &|text| kept == Some(text)),
        Spec::Trunk(trunk) => secret("secret", &trunk.secret, &|text| kept == Some(text)),
        _ => {}
    }
    differ
}

fn guard_of<'a>(rows: &'a Rows, username: &str) -> Option<&'a Guard> {
    let user = rows.users.iter().find(|login| &*login.user.username == username)?;
    rows.guards.iter().find(|guard| guard.user == user.user.id)
}

/// References that lead nowhere, and what cannot go since others refer to it.
fn loose_ends(wanted: &Book, changed: &[&Key], gone: &[&Key]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for key in changed {
        let Some(entry) = wanted.get(*key) else { continue };
        for (field, kind, name) in entry.spec.refs() {
            // Values are also given at the start of the server, and prompts also ship with it; who reads a flow knows
            // them all.
            if !matches!(kind, Kind::Setting | Kind::Prompt)
                && !wanted.contains_key(&(kind, name.clone()))
                && entry.spec.kind() != Kind::Flow
            {
                problems.push(of(key, &field, What::NotFound(kind, name)));
            }
        }
        if let Spec::Flow(flow) = &entry.spec {
            let canary = flow.canary.as_ref().map(|canary| ("canary.definition", &canary.definition));
            for (field, definition) in [("definition", &flow.definition)].into_iter().chain(canary) {
                let missing = missing_in_flow(wanted, definition).into_iter();
                problems.extend(missing.map(|found| of(key, field, What::Flow(Box::new(found)))));
            }
        }
    }
    for key in gone {
        // What ships under its name is heard instead.
        if key.0 == Kind::Prompt && shipped_prompts().contains_key(&*key.1) {
            continue;
        }
        let users = users(wanted, key.0, &key.1);
        problems.extend(users.into_iter().map(|((kind, name), field)| of(key, "", What::InUse(kind, name, field))));
    }
    problems
}

/// Two queues with one number.
fn collisions(wanted: &Book) -> Vec<Problem> {
    let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for (key, entry) in wanted {
        let Spec::Queue(queue) = &entry.spec else { continue };
        let Some(number) = &queue.number else { continue };
        if let Some(first) = numbers.insert(number, &key.1) {
            problems.push(of(key, "number", What::Taken(Kind::Queue, first.to_owned())));
        }
    }
    problems
}

/// What the tenant asks of passwords.
fn password_policy(book: &Book) -> PasswordPolicy {
    let said = match book.get(&(Kind::Setting, LENGTH_SETTING.to_owned())).map(|entry| &entry.spec) {
        Some(Spec::Setting(setting)) => setting.value.as_u64(),
        _ => None,
    };
    said.and_then(|length| PasswordPolicy::with_length(length as usize)).unwrap_or_default()
}

/// The user or role by whose change the last administrator went.
fn blamed<'a>(changed: &[(Action, &'a Key, &Entry, Vec<String>)], gone: &[&'a Key]) -> Option<&'a Key> {
    let all = changed.iter().map(|(_, key, ..)| *key).chain(gone.iter().copied());
    all.into_iter().find(|key| matches!(key.0, Kind::User | Kind::Role))
}

fn affected(before: &Book, changes: &[Change]) -> Vec<(Kind, String)> {
    let mut affected = BTreeSet::new();
    for change in changes.iter().filter(|change| change.action != Action::Create) {
        affected.extend(used_by(before, change.kind, &change.name));
    }
    affected.retain(|key| !changes.iter().any(|change| change.kind == key.0 && change.name == key.1));
    affected.into_iter().collect()
}

impl Rows {
    /// What refers to a resource.
    ///
    /// # Errors
    /// See [`Rows::book`].
    pub fn used_by(&self, kind: Kind, name: &str) -> Result<Vec<(Kind, String)>, Problem> {
        Ok(used_by(&self.book()?, kind, name))
    }
}
