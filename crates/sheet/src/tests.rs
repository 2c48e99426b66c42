use std::io::Read;

use crate::{Cell, Document, Table, csv, pdf, xlsx};

/// 2026-03-02 09:30 on the wall clock.
const MOMENT: i64 = 1_772_443_800_000;

fn document(rows: usize) -> Document {
    let row = vec![
        Cell::Moment(MOMENT),
        Cell::Text("=HYPERLINK(\"x\")".into()),
        Cell::Count(1_234),
        Cell::Share(0.955),
        Cell::Span(3_723_400.0),
        Cell::None,
    ];
    let head = ["时段", "队列", "接起", "服务水平", "平均处理", "放弃率"].map(str::to_owned).to_vec();
    Document {
        title: "报表：队列".into(),
        notes: vec!["2026-03-02, 陈堃".into()],
        tables: vec![Table { name: "合计/[1]".into(), head, rows: vec![row; rows] }],
        foot: vec!["服务水平：目标时间内接起 ÷ 进入队列。".into()],
        made: MOMENT,
    }
}

#[test]
fn csv_opens_in_a_spreadsheet_and_runs_nothing() {
    let text = String::from_utf8(csv(&document(1))).unwrap();
    assert!(text.starts_with("\u{feff}报表：队列\r\n\"2026-03-02, 陈堃\"\r\n\r\n"));
    assert!(text.contains("时段,队列,接起,服务水平,平均处理,放弃率\r\n"));
    assert!(text.contains("2026-03-02 09:30,\"'=HYPERLINK(\"\"x\"\")\",1234,95.5%,1:02:03,\r\n"));
    for bad in ["=1", "+1", "-1", "@a", "\ta", "\ra"] {
        let table = Table { rows: vec![vec![Cell::Text(bad.into())]], ..Table::default() };
        let text = String::from_utf8(csv(&Document { tables: vec![table], ..Document::default() })).unwrap();
        assert!(text.contains(&format!("'{bad}")), "{text:?}");
    }
}

#[test]
fn days_are_told_in_the_gregorian_calendar() {
    for (at, text) in [
        (0, "1970-01-01 00:00"),
        (951_782_400_000, "2000-02-29 00:00"),
        (951_868_799_999, "2000-02-29 23:59"),
        (4_107_542_400_000, "2100-03-01 00:00"),
        (-1, "1969-12-31 23:59"),
    ] {
        assert_eq!(Cell::Moment(at).text(), text);
    }
}

fn part(book: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_workbook_has_numbers_a_fixed_head_and_no_formula() {
    let book = xlsx(&document(2)).unwrap();
    let sheet = part(&book, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<v>1234</v>") && sheet.contains("<v>0.955</v>"), "{sheet}");
    // 1:02:03.4 of a day.
    assert!(sheet.contains("<v>0.0430"), "{sheet}");
    assert!(sheet.contains("state=\"frozen\""), "{sheet}");
    assert!(!sheet.contains("<f>"), "{sheet}");
    assert!(part(&book, "xl/sharedStrings.xml").contains("=HYPERLINK"));
    assert!(part(&book, "xl/workbook.xml").contains("name=\"合计1\""));
    assert!(part(&book, "xl/styles.xml").contains("[h]:mm:ss"));
}

#[test]
fn a_pdf_has_all_rows_on_as_many_pages_as_it_takes_and_stays_small() {
    let one = pdf(&document(5)).unwrap();
    assert!(one.starts_with(b"%PDF-1."));
    assert!(one.len() < 60_000, "{} bytes: the whole font is in it", one.len());
    let pages = |bytes: &[u8]| bytes.windows(11).filter(|part| part == b"/Type /Page").count() - 1;
    assert_eq!(pages(&one), 1);
    let many = pdf(&document(400)).unwrap();
    assert!(pages(&many) > 8, "{}", pages(&many));
}
