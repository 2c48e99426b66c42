//! The font: Latin and all common Han signs. Only the signs that are used go into a file.

use std::collections::BTreeMap;
use std::io::Read;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use subsetter::GlyphRemapper;
use ttf_parser::Face;

use super::{Refs, squeezed};
use crate::Error;

/// `WenQuanYi` Micro Hei, Apache-2.0: see the folder's README.
static PACKED: &[u8] = include_bytes!("../../font/wqy-microhei.ttf.gz");
/// What the font is called within a file; six letters before the name say that it is a part.
const NAME: Name<'static> = Name(b"LTSHEE+WenQuanYiMicroHei");
const INFO: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// The units of a PDF's widths in one em.
const EM: f32 = 1000.0;

pub(super) fn unpacked() -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(PACKED).read_to_end(&mut bytes).map_err(|_| Error::Font("packed badly"))?;
    Ok(bytes)
}

pub(super) struct Font<'a> {
    bytes: &'a [u8],
    face: Face<'a>,
    parts: GlyphRemapper,
    /// Of each sign in use: its letter and width.
    used: BTreeMap<u16, (char, f32)>,
}

impl<'a> Font<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        let face = Face::parse(bytes, 0).map_err(|_| Error::Font("no such face"))?;
        Ok(Self { bytes, face, parts: GlyphRemapper::new(), used: BTreeMap::new() })
    }

    fn per_em(&self, units: f32) -> f32 {
        units * EM / f32::from(self.face.units_per_em())
    }

    fn advance(&self, letter: char) -> f32 {
        let glyph = self.face.glyph_index(letter).unwrap_or_default();
        self.per_em(f32::from(self.face.glyph_hor_advance(glyph).unwrap_or_default()))
    }

    /// How wide a text is at a size, points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.advance(letter)).sum::<f32>() * size / EM
    }

    /// The text as numbers of signs, which the file has from now on.
    pub(super) fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() * 2);
        for letter in text.chars() {
            let glyph = self.face.glyph_index(letter).unwrap_or_default();
            let part = self.parts.remap(glyph.0);
            if !self.used.contains_key(&part) {
                self.used.insert(part, (letter, self.advance(letter)));
            }
            out.extend(part.to_be_bytes());
        }
        out
    }

    /// Writes the font with the signs that are used.
    pub(super) fn write(self, pdf: &mut Pdf, refs: &mut Refs, id: Ref) -> Result<(), Error> {
        let (cid, descriptor, cmap, file) = (refs.next(), refs.next(), refs.next(), refs.next());
        pdf.type0_font(id)
            .base_font(NAME)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(cmap);
        let mut font = pdf.cid_font(cid);
        font.subtype(CidFontType::Type2).base_font(NAME).system_info(INFO).font_descriptor(descriptor);
        font.default_width(EM).cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = font.widths();
        for (part, (_, width)) in &self.used {
            widths.same(*part, *part, *width);
        }
        widths.finish();
        font.finish();
        let bounds = self.face.global_bounding_box();
        let [left, bottom, right, top] = [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max];
        let scaled = |units: i16| self.per_em(f32::from(units));
        let bounds = Rect::new(scaled(left), scaled(bottom), scaled(right), scaled(top));
        pdf.font_descriptor(descriptor)
            .name(NAME)
            .flags(FontFlags::SYMBOLIC)
            .bbox(bounds)
            .italic_angle(0.0)
            .ascent(scaled(self.face.ascender()))
            .descent(scaled(self.face.descender()))
            .cap_height(scaled(self.face.ascender()))
            .stem_v(80.0)
            .font_file2(file);
        let mut unicode = UnicodeCmap::new(Name(b"Custom"), INFO);
        for (part, (letter, _)) in &self.used {
            unicode.pair(*part, *letter);
        }
        pdf.cmap(cmap, &unicode.finish());
        let part = subsetter::subset(self.bytes, 0, &self.parts).map_err(|_| Error::Font("no part can be taken"))?;
        let length = part.len() as i32;
        let part = squeezed(&part);
        pdf.stream(file, &part).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
        Ok(())
    }
}
