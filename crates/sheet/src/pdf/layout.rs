//! What stands where on which page.

use super::font::Font;
use super::{HEIGHT, WIDTH};
use crate::{Cell, Document, Table};

/// Points.
const EDGE: f32 = 34.0;
const TITLE: f32 = 14.0;
const SMALL: f32 = 8.0;
const FOOT: f32 = 7.0;
/// A table's letters, as large as there is room for.
const LARGEST: f32 = 8.5;
const SMALLEST: f32 = 4.5;
/// The height of a line against its letters.
const LEADING: f32 = 1.55;
/// Between two columns, against the letters.
const GAP: f32 = 1.2;
const INK: f32 = 0.1;
const FAINT: f32 = 0.42;
const SHADE: f32 = 0.955;
const RULE: f32 = 0.7;

/// Something on a page; the origin is at the lower left.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    Text { x: f32, y: f32, size: f32, gray: f32, text: String },
    Bar { x: f32, y: f32, width: f32, height: f32, gray: f32 },
}

struct Pen<'a> {
    font: &'a Font<'a>,
    pages: Vec<Vec<Piece>>,
    /// The top of what comes next.
    y: f32,
}

impl Pen<'_> {
    fn put(&mut self, piece: Piece) {
        if self.pages.is_empty() {
            self.pages.push(Vec::new());
        }
        if let Some(page) = self.pages.last_mut() {
            page.push(piece);
        }
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = HEIGHT - EDGE;
    }

    fn has_room(&self, height: f32) -> bool {
        self.y - height >= EDGE + SMALL * LEADING
    }

    fn text(&mut self, x: f32, size: f32, gray: f32, text: &str) {
        let y = self.y - size;
        self.put(Piece::Text { x, y, size, gray, text: text.to_owned() });
    }

    /// Words over the whole width, in as many lines as they take.
    fn paragraph(&mut self, size: f32, gray: f32, text: &str) {
        for line in wrapped(text, WIDTH - 2.0 * EDGE, |part| self.font.width(part, size)) {
            if !self.has_room(size * LEADING) {
                self.turn();
            }
            self.text(EDGE, size, gray, &line);
            self.y -= size * LEADING;
        }
    }

    fn table(&mut self, table: &Table) {
        let plan = Plan::of(table, self.font);
        let line = plan.size * LEADING;
        self.y -= line * 0.5;
        if !self.has_room(line * 6.0) {
            self.turn();
        }
        self.text(EDGE, SMALL + 1.5, INK, &table.name);
        self.y -= (SMALL + 1.5) * LEADING;
        self.head(table, &plan);
        for (at, row) in table.rows.iter().enumerate() {
            if !self.has_room(line) {
                self.turn();
                self.head(table, &plan);
            }
            if at % 2 == 1 {
                let (y, width) = (self.y - line, WIDTH - 2.0 * EDGE);
                self.put(Piece::Bar { x: EDGE, y, width, height: line, gray: SHADE });
            }
            for (cell, (left, width)) in row.iter().zip(&plan.columns) {
                let text = cell.text();
                let text = if matches!(cell, Cell::None) { "–".to_owned() } else { text };
                let own = self.font.width(&text, plan.size);
                let x = if cell.is_words() { *left } else { left + width - own };
                let y = self.y - plan.size * 1.2;
                self.put(Piece::Text { x, y, size: plan.size, gray: INK, text });
            }
            self.y -= line;
        }
        self.y -= line;
    }

    fn head(&mut self, table: &Table, plan: &Plan) {
        let line = plan.size * LEADING;
        for (at, (lines, (left, width))) in plan.head.iter().zip(&plan.columns).enumerate() {
            let words = table.rows.first().and_then(|row| row.get(at)).is_some_and(Cell::is_words);
            // All heads stand on the rule.
            let skip = plan.head_lines - lines.len();
            for (number, text) in lines.iter().enumerate() {
                let own = self.font.width(text, plan.size);
                let x = if words { *left } else { left + width - own };
                let y = self.y - line * (skip + number) as f32 - plan.size * 1.2;
                self.put(Piece::Text { x, y, size: plan.size, gray: FAINT, text: text.clone() });
            }
        }
        self.y -= line * plan.head_lines as f32;
        let y = self.y - 0.5;
        self.put(Piece::Bar { x: EDGE, y, width: WIDTH - 2.0 * EDGE, height: 0.6, gray: RULE });
        self.y -= 2.0;
    }
}

/// Where the columns of a table stand, and how large its letters are.
struct Plan {
    size: f32,
    /// Left edge and width of each.
    columns: Vec<(f32, f32)>,
    head: Vec<Vec<String>>,
    head_lines: usize,
}

impl Plan {
    fn of(table: &Table, font: &Font<'_>) -> Self {
        let widest_word = |text: &String| text.split(' ').map(|word| font.width(word, 1.0)).fold(0.0, f32::max);
        // Of letters one point high.
        let needs: Vec<f32> = (0..table.head.len())
            .map(|at| {
                let cells = table.rows.iter().filter_map(|row| row.get(at));
                cells.map(|cell| font.width(&cell.text(), 1.0)).fold(widest_word(&table.head[at]), f32::max) + GAP
            })
            .collect();
        let (all, room) = (needs.iter().sum::<f32>(), WIDTH - 2.0 * EDGE);
        let size = (room / all.max(1.0)).clamp(SMALLEST, LARGEST);
        // What is left over goes to all columns alike.
        let spare = ((room - all * size) / table.head.len().max(1) as f32).max(0.0);
        let mut left = EDGE;
        let columns: Vec<(f32, f32)> = needs
            .iter()
            .map(|need| {
                let column = (left, need * size + spare - GAP * size * 0.5);
                left += need * size + spare;
                column
            })
            .collect();
        let head: Vec<Vec<String>> = table
            .head
            .iter()
            .zip(&columns)
            .map(|(text, (_, width))| wrapped(text, *width, |part| font.width(part, size)))
            .collect();
        let head_lines = head.iter().map(Vec::len).max().unwrap_or(1);
        Self { size, columns, head, head_lines }
    }
}

/// The lines of a text: broken at spaces, and before any sign of a script without them.
fn wrapped(text: &str, width: f32, measure: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut word = String::new();
    let add = |line: &mut String, word: &mut String, lines: &mut Vec<String>| {
        if !line.is_empty() && measure(&format!("{line}{}", word.trim_end())) > width {
            lines.push(std::mem::take(line).trim_end().to_owned());
        }
        line.push_str(word);
        word.clear();
    };
    for letter in text.chars() {
        word.push(letter);
        // No line begins with such a stop.
        if letter == ' ' || ('\u{4e00}'..='\u{9fff}').contains(&letter) || "，。；：、）".contains(letter) {
            add(&mut line, &mut word, &mut lines);
        }
    }
    add(&mut line, &mut word, &mut lines);
    lines.push(line.trim_end().to_owned());
    lines
}

/// All pages of a document.
pub(super) fn pages(document: &Document, font: &Font<'_>) -> Vec<Vec<Piece>> {
    let mut pen = Pen { font, pages: Vec::new(), y: HEIGHT - EDGE };
    pen.paragraph(TITLE, INK, &document.title);
    document.notes.iter().for_each(|note| pen.paragraph(SMALL, FAINT, note));
    document.tables.iter().for_each(|table| pen.table(table));
    document.foot.iter().for_each(|text| pen.paragraph(FOOT, FAINT, text));
    let many = pen.pages.len();
    let mut pages = pen.pages;
    for (at, page) in pages.iter_mut().enumerate() {
        let text = format!("{} / {many}", at + 1);
        let x = WIDTH - EDGE - font.width(&text, FOOT);
        page.push(Piece::Text { x, y: EDGE - FOOT, size: FOOT, gray: FAINT, text });
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_and_between_han_signs() {
        let measure = |text: &str| text.chars().count() as f32;
        assert_eq!(wrapped("answered in target", 10.0, measure), ["answered", "in target"]);
        assert_eq!(wrapped("服务水平公式", 4.0, measure), ["服务水平", "公式"]);
        assert_eq!(wrapped("short", 10.0, measure), ["short"]);
        assert_eq!(wrapped("unbreakable", 4.0, measure), ["unbreakable"]);
    }
}
