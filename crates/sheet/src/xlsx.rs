//! XLSX: figures as numbers, so that they can be reckoned with.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

use crate::{Cell, Document, Error, Table};

/// Days from the beginning of a spreadsheet's calendar to 1970-01-01.
const EPOCH_DAYS: f64 = 25_569.0;
const DAY_MS: f64 = 86_400_000.0;
/// Letters of a tab's name at most.
const TAB_LETTERS: usize = 31;
/// Signs that a tab's name may not have.
const NOT_IN_TAB: &[char] = &['[', ']', ':', '*', '?', '/', '\\', '\''];
/// Widths of columns, letters.
const NARROW: usize = 10;
const WIDE: usize = 32;
/// A4.
const PAPER: u8 = 9;

struct Looks {
    title: Format,
    head: Format,
    count: Format,
    share: Format,
    span: Format,
    moment: Format,
    faint: Format,
}

impl Looks {
    fn new() -> Self {
        Self {
            title: Format::new().set_bold().set_font_size(14),
            head: Format::new()
                .set_bold()
                .set_border_bottom(FormatBorder::Thin)
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            count: Format::new().set_num_format("#,##0"),
            share: Format::new().set_num_format("0.0%"),
            span: Format::new().set_num_format("[h]:mm:ss"),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm").set_align(FormatAlign::Left),
            faint: Format::new().set_font_color(0x0064_7282),
        }
    }
}

/// The document as a workbook: a tab for each table, its head fixed, lengths of time and shares as numbers.
///
/// # Errors
/// [`Error::Workbook`]: more than the format takes.
pub fn xlsx(document: &Document) -> Result<Vec<u8>, Error> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_timestamp(document.made.div_euclid(1_000))?;
    book.set_properties(&DocProperties::new().set_title(document.title.as_str()).set_creation_datetime(&made));
    let looks = Looks::new();
    for table in &document.tables {
        tab(book.add_worksheet(), document, table, &looks)?;
    }
    Ok(book.save_to_buffer()?)
}

fn tab(sheet: &mut Worksheet, document: &Document, table: &Table, looks: &Looks) -> Result<(), Error> {
    sheet.set_name(tab_name(&table.name))?;
    sheet.set_landscape().set_paper_size(PAPER).set_print_fit_to_pages(1, 0);
    sheet.write_string_with_format(0, 0, &document.title, &looks.title)?;
    let mut row = 1;
    for note in &document.notes {
        sheet.write_string(row, 0, note)?;
        row += 1;
    }
    let head = row + 1;
    for (column, name) in (0..).zip(&table.head) {
        sheet.write_string_with_format(head, column, name, &looks.head)?;
        let cells = table.rows.iter().filter_map(|row| row.get(usize::from(column)));
        let width = cells.map(letters).chain([letters(&Cell::Text(name.clone()))]).max().unwrap_or_default();
        sheet.set_column_width(column, width.clamp(NARROW, WIDE) as f64)?;
    }
    sheet.set_freeze_panes(head + 1, 1)?;
    sheet.set_repeat_rows(head, head)?;
    row = head + 1;
    for cells in &table.rows {
        for (column, cell) in (0..).zip(cells) {
            let number = |value: f64, look| (value, look);
            let (value, look) = match cell {
                Cell::None => continue,
                // A string stays one, whatever it begins with.
                Cell::Text(text) => {
                    sheet.write_string(row, column, text)?;
                    continue;
                }
                Cell::Count(count) => number(*count as f64, &looks.count),
                Cell::Share(share) => number(*share, &looks.share),
                Cell::Span(ms) => number(ms / DAY_MS, &looks.span),
                Cell::Moment(at) => number(*at as f64 / DAY_MS + EPOCH_DAYS, &looks.moment),
            };
            sheet.write_number_with_format(row, column, value, look)?;
        }
        row += 1;
    }
    for (line, text) in (row + 1..).zip(&document.foot) {
        sheet.write_string_with_format(line, 0, text, &looks.faint)?;
    }
    Ok(())
}

/// How wide a cell is, in narrow letters.
fn letters(cell: &Cell) -> usize {
    cell.text().chars().map(|letter| if letter.is_ascii() { 1 } else { 2 }).sum::<usize>() + 1
}

fn tab_name(name: &str) -> String {
    name.chars().filter(|letter| !NOT_IN_TAB.contains(letter)).take(TAB_LETTERS).collect()
}
