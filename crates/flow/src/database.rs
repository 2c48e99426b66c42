//! Databases that flows look into: how one is reached, and what it is asked.

use serde::{Deserialize, Serialize};
use types::leg::Text;
use utoipa::ToSchema;

use crate::value::Value;

/// How a connection to a database is secured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DatabaseTls {
    /// By TLS with a certificate that an authority of this machine vouches for.
    #[default]
    Verify,
    /// By TLS with any certificate.
    Require,
    /// Not at all.
    Off,
}

/// How a database is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// A PostgreSQL server.
    Postgres {
        /// A name or an address.
        host: Text,
        /// TCP.
        port: u16,
        /// Its name there.
        database: Text,
        /// Who signs in.
        user: Text,
        /// The secret that is the password; none where the server asks for none.
        secret: Option<Text>,
        /// How the connection is secured.
        tls: DatabaseTls,
    },
    /// A SQLite file of the tenant's folder.
    Sqlite {
        /// Its path within the folder.
        file: Text,
    },
}

impl Database {
    /// The secret that is its password.
    pub const fn secret(&self) -> Option<&Text> {
        match self {
            Self::Postgres { secret, .. } => secret.as_ref(),
            Self::Sqlite { .. } => None,
        }
    }
}

/// What is asked of a database: a statement with places for values, and the values. They are bound, so that nothing in
/// them can be taken for a piece of the statement.
#[derive(Clone, Debug, PartialEq)]
pub struct DatabaseQuestion {
    /// The database's name.
    pub database: Text,
    /// The statement's texts; between each two of them is a value's place.
    pub texts: Vec<String>,
    /// The values, one fewer.
    pub values: Vec<Value>,
}

impl DatabaseQuestion {
    /// The statement with the mark before the number of each value, from 1: `$1` for PostgreSQL.
    pub fn statement(&self, mark: char) -> String {
        let mut statement = String::new();
        for (at, text) in self.texts.iter().enumerate() {
            if at > 0 {
                statement.push_str(&format!("{mark}{at}"));
            }
            statement.push_str(text);
        }
        statement
    }
}

/// What can be wrong with a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is no single SELECT.
    NoSelect,
    /// A value's place is in a text, a name or a comment, where it would be none.
    Quoted,
}

/// Where a statement's reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Code,
    Quotes(char),
    Line,
    Block,
}

/// Judges the texts of a statement: it has to be one SELECT that stands by itself, with its values in its code.
pub(crate) fn judge<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<(), Fault> {
    let (mut within, mut depth, mut first) = (Within::Code, 0_i32, true);
    let mut words = String::new();
    for text in texts {
        if !first && within != Within::Code {
            return Err(Fault::Quoted);
        }
        first = false;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let next = letters.peek().copied();
            within = match (within, letter, next) {
                (Within::Code, '\'' | '"', _) => Within::Quotes(letter),
                (Within::Code, '-', Some('-')) => Within::Line,
                (Within::Code, '/', Some('*')) => Within::Block,
                (Within::Quotes(quote), _, _) if letter == quote => Within::Code,
                (Within::Line, '\n', _) => Within::Code,
                (Within::Block, '*', Some('/')) => {
                    letters.next();
                    Within::Code
                }
                (Within::Code, _, _) => {
                    depth += i32::from(letter == '(') - i32::from(letter == ')');
                    if letter == ';' || depth < 0 {
                        return Err(Fault::NoSelect);
                    }
                    words.push(letter);
                    Within::Code
                }
                (other, _, _) => other,
            };
        }
    }
    let verb = words.split(|c: char| !c.is_ascii_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
    let reads = ["select", "with"].iter().any(|known| verb.eq_ignore_ascii_case(known));
    let ends = matches!(within, Within::Code | Within::Line);
    if reads && ends && depth == 0 { Ok(()) } else { Err(Fault::NoSelect) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_select_with_its_values_in_its_code() {
        for good in [
            &["SELECT name FROM customers WHERE phone = ", ""][..],
            &["with a as (select 1 -- it's\n) select * from a where \"odd;name\" = ", " and b <> 'it''s; so'"],
            &["/* who */ select ", " -- the end"],
        ] {
            assert_eq!(judge(good.iter().copied()), Ok(()), "{good:?}");
        }
        for (bad, fault) in [
            (&["delete from customers"][..], Fault::NoSelect),
            (&["select 1; drop table customers"], Fault::NoSelect),
            (&["select 1) as q; select (2"], Fault::NoSelect),
            (&["select (1"], Fault::NoSelect),
            (&["select 'open"], Fault::NoSelect),
            (&[""], Fault::NoSelect),
            (&["select * from c where phone = '", "'"], Fault::Quoted),
            (&["select 1 /* ", " */"], Fault::Quoted),
            (&["select 1 -- ", ""], Fault::Quoted),
        ] {
            assert_eq!(judge(bad.iter().copied()), Err(fault), "{bad:?}");
        }
    }

    #[test]
    fn values_have_numbered_places() {
        let (texts, values) = (vec!["a = ".into(), " or b = ".into(), String::new()], vec![Value::Number(1); 2]);
        let question = DatabaseQuestion { database: "crm".into(), texts, values };
        assert_eq!(question.statement('$'), "a = $1 or b = $2");
    }
}
