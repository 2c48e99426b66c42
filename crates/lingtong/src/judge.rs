//! `lingtong words` and `lingtong emotion`: what was said, judged, a text a line.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use quality::emotion::{Classifier, Example, Judge, Label, train};
use quality::words::{List, Matcher, shipped, shipped_list};
use serde_json::{Value, json};

/// The longest text that is judged, bytes: an hour of speech.
const MOST_BYTES: usize = 1 << 20;

/// Commands that look for sensitive words.
#[derive(Subcommand)]
pub(crate) enum Words {
    /// Read texts from standard input, one a line, and print the words found in each as a JSON object.
    Check {
        /// This list alone. May be given more than once; without it all that ship.
        #[arg(long = "list", value_name = "NAME")]
        lists: Vec<String>,
    },
    /// Print the lists that ship and their words, a JSON object for each.
    Lists,
}

/// How moods are judged: a text a line on standard input, a JSON object a line on standard output.
#[derive(Args)]
pub(crate) struct Emotion {
    #[command(subcommand)]
    command: Option<OfModels>,
    /// A model that `emotion train` has made, instead of the one that ships.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

/// Commands that look after models of moods.
#[derive(Subcommand)]
enum OfModels {
    /// Train a model on texts of one's own, one a line.
    Train {
        /// Texts that speak well.
        #[arg(long, value_name = "FILE")]
        good: PathBuf,
        /// Texts that speak ill.
        #[arg(long, value_name = "FILE")]
        ill: PathBuf,
        /// The model to be made.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Measure on labelled texts: in each line positive, neutral or negative, a tab, and the text.
    Eval {
        /// The texts.
        file: PathBuf,
    },
}

/// `lingtong words`.
pub(crate) fn words(command: Words) -> Result<(), String> {
    match command {
        Words::Lists => print_lists(),
        Words::Check { lists } => check(&lists),
    }
}

fn print_lists() -> Result<(), String> {
    for list in shipped() {
        let words: Vec<Value> =
            list.words.iter().map(|word| json!({"word": word.text, "category": word.category})).collect();
        print(&json!({"list": list.name, "words": words}))?;
    }
    Ok(())
}

fn check(names: &[String]) -> Result<(), String> {
    let named = |name: &String| {
        let known = || shipped().into_iter().map(|list| list.name).collect::<Vec<_>>().join(", ");
        shipped_list(name).ok_or_else(|| format!("--list {name}: no such list; there are {}", known()))
    };
    let lists: Vec<List> =
        if names.is_empty() { shipped() } else { names.iter().map(named).collect::<Result<_, _>>()? };
    let matcher = Matcher::new(&lists).map_err(|e| e.to_string())?;
    each_line(|text| {
        let hits: Vec<Value> = matcher
            .find(text)
            .iter()
            .map(|hit| json!({"word": hit.word, "start": hit.start, "end": hit.end, "category": hit.category, "by": hit.by.as_str()}))
            .collect();
        json!({"hits": hits})
    })
}

/// `lingtong emotion`.
pub(crate) fn emotion(wanted: &Emotion) -> Result<(), String> {
    if let Some(OfModels::Train { good, ill, out }) = &wanted.command {
        return train_model(good, ill, out);
    }
    let judge = Judge::new(classifier(wanted.model.as_deref())?);
    if let Some(OfModels::Eval { file }) = &wanted.command {
        return evaluate(&judge, file);
    }
    each_line(|text| {
        let mood = judge.mood(text);
        json!({"label": mood.label.as_str(), "emotion": mood.emotion.as_str(), "score": rounded(mood.score)})
    })
}

fn classifier(model: Option<&Path>) -> Result<Classifier, String> {
    let Some(path) = model else { return Ok(Classifier::shipped()) };
    let bytes = std::fs::read(path).map_err(|e| format!("the model {} can't be read: {e}", path.display()))?;
    Classifier::read(&bytes).map_err(|e| format!("{}: {e}", path.display()))
}

fn train_model(good: &Path, ill: &Path, out: &Path) -> Result<(), String> {
    let mut examples = examples(good, true)?;
    examples.extend(self::examples(ill, false)?);
    let model = train(&examples);
    let right = examples.iter().filter(|e| model.good(&e.text).is_some_and(|good| (good > 0.5) == e.good)).count();
    std::fs::write(out, model.to_bytes()).map_err(|e| format!("{} can't be written: {e}", out.display()))?;
    print(&json!({"texts": examples.len(), "fits": rounded(right as f32 / examples.len().max(1) as f32)}))
}

fn examples(path: &Path, good: bool) -> Result<Vec<Example>, String> {
    let text = read(path)?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let examples: Vec<Example> = lines.map(|line| Example { text: line.to_owned(), good }).collect();
    if examples.is_empty() { Err(format!("{}: there is no text in it", path.display())) } else { Ok(examples) }
}

fn evaluate(judge: &Judge, file: &Path) -> Result<(), String> {
    const LABELS: [Label; 3] = [Label::Positive, Label::Neutral, Label::Negative];
    let mut counts = [[0_u32; 3]; 3];
    for (number, line) in read(file)?.lines().enumerate() {
        let place = |label: &str| LABELS.iter().position(|l| l.as_str() == label);
        let Some((row, text)) = line.split_once('\t').and_then(|(label, text)| Some((place(label)?, text))) else {
            return Err(format!(
                "{} line {}: positive, neutral or negative, a tab and a text are expected",
                file.display(),
                number + 1
            ));
        };
        let label = judge.mood(text).label;
        counts[row][LABELS.iter().position(|l| *l == label).unwrap_or_default()] += 1;
    }
    let all: u32 = counts.iter().flatten().sum();
    let right: u32 = (0..LABELS.len()).map(|i| counts[i][i]).sum();
    for (row, label) in LABELS.iter().enumerate() {
        let said: u32 = (0..LABELS.len()).map(|i| counts[i][row]).sum();
        let of = |n: u32| if n == 0 { Value::Null } else { json!(rounded(counts[row][row] as f32 / n as f32)) };
        let judged: serde_json::Map<String, Value> =
            LABELS.iter().zip(counts[row]).map(|(l, n)| (l.as_str().to_owned(), json!(n))).collect();
        let texts: u32 = counts[row].iter().sum();
        print(
            &json!({"label": label.as_str(), "texts": texts, "judged": judged, "recall": of(texts), "precision": of(said)}),
        )?;
    }
    print(&json!({"texts": all, "accuracy": rounded(right as f32 / all.max(1) as f32)}))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{} can't be read: {e}", path.display()))
}

/// Three places are more than a mood has.
fn rounded(share: f32) -> f64 {
    (f64::from(share) * 1000.0).round() / 1000.0
}

/// An answer for each line, as it comes: another program may write and read in turns.
fn each_line(mut answer: impl FnMut(&str) -> Value) -> Result<(), String> {
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line.map_err(|e| format!("line {} of standard input can't be read: {e}", number + 1))?;
        if line.len() > MOST_BYTES {
            return Err(format!("line {} is {} bytes long, of {MOST_BYTES} at most", number + 1, line.len()));
        }
        print(&answer(&line))?;
    }
    Ok(())
}

fn print(answer: &Value) -> Result<(), String> {
    writeln!(std::io::stdout().lock(), "{answer}").map_err(|e| format!("the answer can't be written: {e}"))
}
