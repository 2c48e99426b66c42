//! Nobody gives rights that they don't have, or changes users and roles that have more.

use directory::{Permission, Permissions, Role};

use crate::book::Book;
use crate::content::Spec;
use crate::kind::Kind;
use crate::problem::{Problem, What};

/// What is refused to someone of these rights, of the users and roles that a request touches.
pub(crate) fn beyond<'a>(
    rights: Permissions,
    before: &Book,
    wanted: &Book,
    touched: impl IntoIterator<Item = &'a (Kind, String)>,
) -> Vec<Problem> {
    let judged = |key: &'a (Kind, String)| {
        let gives = match key.0 {
            Kind::User => "roles",
            Kind::Role => "permissions",
            _ => return None,
        };
        let field = if !rights.include(rights_of(before, key)) {
            ""
        } else if !rights.include(rights_of(wanted, key)) {
            gives
        } else {
            return None;
        };
        Some(Problem { kind: key.0, name: key.1.clone(), field: field.to_owned(), what: What::BeyondRights })
    };
    touched.into_iter().filter_map(judged).collect()
}

/// Whether somebody who can sign in may do everything, and so give others what they may do.
pub(crate) fn has_administrator(book: &Book) -> bool {
    book.iter().any(|(key, entry)| {
        let can = matches!(&entry.spec, Spec::User(user) if !user.disabled) && !entry.secrets.is_empty();
        can && rights_of(book, key).include(Permissions::all())
    })
}

/// What a user may do, or what a role permits; nothing for what is not there.
fn rights_of(book: &Book, key: &(Kind, String)) -> Permissions {
    match book.get(key).map(|entry| &entry.spec) {
        Some(Spec::Role(role)) => role.permissions.iter().filter_map(|name| Permission::parse(name)).collect(),
        Some(Spec::User(user)) => {
            let mut all = Permissions::default();
            for name in &user.roles {
                match Role::parse(name) {
                    Some(Role::Custom(name)) => all.extend(rights_of(book, &(Kind::Role, name.to_string())).iter()),
                    Some(built_in) => all.extend(built_in.permissions().iter()),
                    None => {}
                }
            }
            all
        }
        _ => Permissions::default(),
    }
}
