//! PDF: A4 across, the head on each page, the font's needed part embedded.

mod font;
mod layout;

use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use self::font::Font;
use self::layout::{Piece, pages};
use crate::{Document, Error};

/// A4 across, points.
const WIDTH: f32 = 842.0;
const HEIGHT: f32 = 595.0;
const FONT: Name<'static> = Name(b"F");
/// The bytes of a stream are squeezed so much.
const SQUEEZE: u8 = 6;

/// Numbers of objects, each once.
struct Refs(i32);

impl Refs {
    fn next(&mut self) -> Ref {
        self.0 += 1;
        Ref::new(self.0)
    }
}

/// The document as PDF.
///
/// # Errors
/// [`Error::Font`]: the font that ships is damaged.
pub fn pdf(document: &Document) -> Result<Vec<u8>, Error> {
    let bytes = font::unpacked()?;
    let mut font = Font::new(&bytes)?;
    let pages = pages(document, &font);
    let mut refs = Refs(0);
    let mut pdf = Pdf::new();
    let (catalog, tree, info, face) = (refs.next(), refs.next(), refs.next(), refs.next());
    pdf.catalog(catalog).pages(tree);
    pdf.document_info(info).title(TextStr(&document.title)).creator(TextStr("Lingtong"));
    let ids: Vec<(Ref, Ref)> = pages.iter().map(|_| (refs.next(), refs.next())).collect();
    pdf.pages(tree).kids(ids.iter().map(|(page, _)| *page)).count(ids.len() as i32);
    for (pieces, (id, stream)) in pages.iter().zip(&ids) {
        let mut page = pdf.page(*id);
        page.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(tree).contents(*stream);
        page.resources().fonts().pair(FONT, face);
        page.finish();
        let content = squeezed(&drawn(pieces, &mut font));
        pdf.stream(*stream, &content).filter(pdf_writer::Filter::FlateDecode);
    }
    font.write(&mut pdf, &mut refs, face)?;
    Ok(pdf.finish())
}

fn drawn(pieces: &[Piece], font: &mut Font<'_>) -> Vec<u8> {
    let mut content = Content::new();
    for piece in pieces {
        match piece {
            Piece::Text { x, y, size, gray, text } => {
                let glyphs = font.encode(text);
                content.set_fill_gray(*gray).begin_text().set_font(FONT, *size).next_line(*x, *y);
                content.show(Str(&glyphs)).end_text();
            }
            Piece::Bar { x, y, width, height, gray } => {
                content.set_fill_gray(*gray).rect(*x, *y, *width, *height).fill_nonzero();
            }
        }
    }
    content.finish().into_vec()
}

fn squeezed(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(SQUEEZE.into()));
    // Writing into memory does not fail.
    let _ = out.write_all(bytes);
    out.finish().unwrap_or_default()
}
