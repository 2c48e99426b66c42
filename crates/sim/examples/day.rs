//! Prints days' figures: `day CALLS AGENTS FIRST_SEED LAST_SEED TROUBLE`.

fn main() {
    let mut args = std::env::args().skip(1).map(|a| a.parse::<u64>().expect("a number"));
    let mut next = |default| args.next().unwrap_or(default);
    let (calls, agents, first) = (next(3_000), next(30), next(1));
    let (last, trouble) = (next(first), next(1));
    for seed in first..=last {
        let mut options = sim::Options::new(calls as u32, agents as u32, seed);
        options.trouble = trouble as f64;
        println!("{}", sim::simulate(&options).to_json());
    }
}
