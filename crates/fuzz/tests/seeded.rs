//! Every target on mutated seeds, for a bounded number of rounds. `FUZZ_SEED` and `FUZZ_ROUNDS` change the run; a failure
//! names its seed and round, and prints the input.

use fuzz::{Rng, TARGETS, mutate};

/// Rounds of a target that takes microseconds; together they take seconds in a debug build.
const ROUNDS: u64 = 50_000;
/// Rounds of one that plays whole calls.
const LONG_ROUNDS: u64 = 2_000;

fn run(name: &str, rounds: u64) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of that name");
    let from_env = |name: &str, default: u64| std::env::var(name).map_or(default, |value| value.parse().unwrap());
    let (seed, rounds) = (from_env("FUZZ_SEED", 1), from_env("FUZZ_ROUNDS", rounds));
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty(), "{name} has nothing to begin with");
    let check = |what: &str, input: &[u8]| {
        if let Err(panic) = std::panic::catch_unwind(|| (target.run)(input)) {
            println!("{name}: {what}, input:\n{}", input.escape_ascii());
            std::panic::resume_unwind(panic);
        }
    };
    for (place, input) in seeds.iter().enumerate() {
        check(&format!("seed {place}"), input);
    }
    for round in 0..rounds {
        let mut rng = Rng(seed.wrapping_mul(0x5851_f42d_4c95_7f2d) ^ round);
        check(&format!("FUZZ_SEED={seed}, round {round}"), &mutate(&mut rng, &seeds));
    }
}

#[test]
fn messages() {
    run("messages", ROUNDS);
}

#[test]
fn header_values() {
    run("values", ROUNDS);
}

#[test]
fn descriptions() {
    run("descriptions", ROUNDS);
}

#[test]
fn streams() {
    run("streams", ROUNDS);
}

#[test]
fn sequences_of_transactions() {
    run("sequences", LONG_ROUNDS);
}

#[test]
fn saved_dialogs() {
    run("dialogs", LONG_ROUNDS);
}
