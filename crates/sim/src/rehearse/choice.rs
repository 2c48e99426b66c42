//! What a caller does where it is asked, by what callers did before.

use std::collections::BTreeMap;

use types::leg::Text;

use crate::rng::Rng;

/// What a caller does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Presses this key.
    Press(char),
    /// Says and does nothing.
    Silence,
    /// Presses a key that is not asked for.
    Wrong,
    /// Hangs up.
    Leave,
}

/// A number for a place in a flow and a caller, the same in every run.
pub(super) fn fingerprint(seed: u64, parts: &[&str], numbers: &[u64]) -> u64 {
    // FNV-1a; SplitMix64 behind it does the mixing.
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed;
    let mut eat = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    for part in parts {
        part.bytes().for_each(&mut eat);
        eat(0xff);
    }
    numbers.iter().flat_map(|n| n.to_le_bytes()).for_each(&mut eat);
    hash
}

/// What the caller does where one of these keys is asked for. Without a record all keys are alike; a key that is new beside
/// others is pressed as often as one of those on average.
pub(super) fn choose(keys: &str, recorded: Option<&BTreeMap<Text, u64>>, rng: &mut Rng) -> Choice {
    let key_of = |outlet: &str| {
        let mut chars = outlet.chars();
        chars.next().filter(|_| chars.next().is_none())
    };
    let mut options: Vec<(Choice, f64)> = Vec::new();
    let any = |rng: &mut Rng| keys.chars().nth(rng.below(keys.chars().count().max(1))).map(Choice::Press);
    for (outlet, count) in recorded.into_iter().flatten() {
        let choice = match &**outlet {
            "" => Choice::Leave,
            "timeout" => Choice::Silence,
            "invalid" => Choice::Wrong,
            "agreed" => Choice::Press('1'),
            "refused" => Choice::Press('2'),
            // Which key it was is not kept.
            "done" => match any(rng) {
                Some(choice) => choice,
                None => continue,
            },
            other => match key_of(other).filter(|key| keys.contains(*key)) {
                Some(key) => Choice::Press(key),
                None => continue,
            },
        };
        options.push((choice, *count as f64));
    }
    let pressed: Vec<f64> = options.iter().filter(|(c, _)| matches!(c, Choice::Press(_))).map(|(_, n)| *n).collect();
    let usual = if pressed.is_empty() { 1.0 } else { pressed.iter().sum::<f64>() / pressed.len() as f64 };
    let by_word =
        recorded.is_some_and(|ways| ["done", "agreed", "refused"].iter().any(|word| ways.contains_key(*word)));
    if !by_word {
        let new = keys.chars().filter(|key| !options.iter().any(|(c, _)| *c == Choice::Press(*key)));
        options.extend(new.map(|key| (Choice::Press(key), usual)).collect::<Vec<_>>());
    }
    let weights: Vec<f64> = options.iter().map(|(_, weight)| *weight).collect();
    options.get(rng.weighted(&weights)).map_or(Choice::Silence, |(choice, _)| *choice)
}

/// A key that is none of these.
pub(super) fn wrong_key(keys: &str) -> Option<char> {
    "9876543210*#".chars().find(|key| !keys.contains(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(keys: &str, recorded: &[(&str, u64)]) -> BTreeMap<String, usize> {
        let recorded: BTreeMap<Text, u64> = recorded.iter().map(|(outlet, n)| (Text::from(*outlet), *n)).collect();
        let mut rng = Rng::new(5);
        let mut seen = BTreeMap::new();
        for _ in 0..10_000 {
            let choice = choose(keys, Some(&recorded).filter(|r| !r.is_empty()), &mut rng);
            *seen.entry(format!("{choice:?}")).or_default() += 1;
        }
        seen
    }

    #[test]
    fn callers_do_what_callers_did() {
        let seen = shares("12", &[("1", 60), ("2", 20), ("timeout", 10), ("invalid", 5), ("", 5)]);
        for (choice, share) in
            [("Press('1')", 6000), ("Press('2')", 2000), ("Silence", 1000), ("Wrong", 500), ("Leave", 500)]
        {
            assert!(seen[choice].abs_diff(share) < 200, "{choice}: {seen:?}");
        }
    }

    #[test]
    fn without_a_record_all_keys_are_alike_and_a_new_key_is_as_one_of_the_others() {
        let seen = shares("123", &[]);
        assert!(seen.len() == 3 && seen.values().all(|n| n.abs_diff(3333) < 200), "{seen:?}");
        let seen = shares("13", &[("1", 30), ("2", 40), ("timeout", 30)]);
        // 2 is not offered any more, 3 is new.
        assert!(seen.len() == 3 && seen["Press('3')"].abs_diff(3333) < 200, "{seen:?}");
    }

    #[test]
    fn an_answer_whose_key_is_not_kept_is_any_of_those_asked_for() {
        let seen = shares("123", &[("done", 50), ("timeout", 50)]);
        assert!(seen["Silence"].abs_diff(5000) < 200 && seen.len() == 4, "{seen:?}");
        assert_eq!(shares("12", &[("agreed", 7)]).len(), 1);
    }
}
