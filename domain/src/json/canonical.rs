//! The canonical form (RFC 8785), written into one buffer: what a digest is over is written for each request.

use std::{cell::RefCell, cmp::Ordering, io};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::MOST_INTEGER;

/// The canonical form (RFC 8785) of `value`. A float that is no number becomes null; a JSON value holds none.
pub fn canonical(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let text = RefCell::new(Vec::with_capacity(1024));
    let formatter = Canonical { text: &text, objects: Vec::new(), members: Vec::new(), sorted: Vec::new() };
    value.serialize(&mut Serializer::with_formatter(Text(&text), formatter))?;
    String::from_utf8(text.into_inner()).map_err(serde::ser::Error::custom)
}

/// What has been written, for the writer and for the formatter, which puts members into their order.
struct Text<'a>(&'a RefCell<Vec<u8>>);

impl io::Write for Text<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes compact JSON with its members in the order of their names, and numbers as ECMAScript does.
struct Canonical<'a> {
    text: &'a RefCell<Vec<u8>>,
    /// Of each object that is open, where in `members` its own begin.
    objects: Vec<usize>,
    members: Vec<Member>,
    sorted: Vec<u8>,
}

/// Where in the text a member lies.
#[derive(Clone, Copy)]
struct Member {
    start: usize,
    /// Where its name ends, which is in quotes.
    name_end: usize,
    end: usize,
    /// Whether its name is ASCII without escapes, and so sorts alike in bytes and in UTF-16.
    is_plain: bool,
}

impl Canonical<'_> {
    fn written(&self) -> usize {
        self.text.borrow().len()
    }
}

impl Formatter for Canonical<'_> {
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.objects.push(self.members.len());
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        let start = self.written();
        self.members.push(Member { start, name_end: start, end: start, is_plain: false });
        Ok(())
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if let Some(member) = self.members.last_mut() {
            let text = self.text.borrow();
            member.name_end = text.len();
            member.is_plain = text[member.start..].iter().all(|byte| byte.is_ascii() && *byte != b'\\');
        }
        writer.write_all(b":")
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        let end = self.written();
        if let Some(member) = self.members.last_mut() {
            member.end = end;
        }
        Ok(())
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let first = self.objects.pop().unwrap_or_default();
        sort(&mut self.text.borrow_mut(), &mut self.members[first..], &mut self.sorted);
        self.members.truncate(first);
        writer.write_all(b"}")
    }

    fn write_i64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: i64) -> io::Result<()> {
        match value.unsigned_abs() {
            ..=MOST_INTEGER => write!(writer, "{value}"),
            _ => self.write_f64(writer, value as f64),
        }
    }

    fn write_u64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: u64) -> io::Result<()> {
        match value {
            ..=MOST_INTEGER => write!(writer, "{value}"),
            _ => self.write_f64(writer, value as f64),
        }
    }

    fn write_i128<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: i128) -> io::Result<()> {
        self.write_f64(writer, value as f64)
    }

    fn write_u128<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: u128) -> io::Result<()> {
        self.write_f64(writer, value as f64)
    }

    fn write_f32<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        self.write_f64(writer, value.into())
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        match value.is_finite() {
            true => writer.write_all(ryu_js::Buffer::new().format_finite(value).as_bytes()),
            false => Err(io::Error::other("what is no number has no canonical form")),
        }
    }

    fn write_number_str<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: &str) -> io::Result<()> {
        self.write_f64(writer, value.parse().map_err(io::Error::other)?)
    }

    fn write_raw_fragment<W: ?Sized + io::Write>(&mut self, _writer: &mut W, _fragment: &str) -> io::Result<()> {
        Err(io::Error::other("raw JSON has no canonical form"))
    }
}

/// Puts the members of an object, the last in `text`, into the order of their names.
fn sort(text: &mut Vec<u8>, members: &mut [Member], sorted: &mut Vec<u8>) {
    let order = |one: &Member, other: &Member| compare(text, one, other);
    if members.is_sorted_by(|one, other| order(one, other).is_le()) {
        return;
    }
    let start = members.iter().map(|member| member.start).min().unwrap_or_default();
    members.sort_by(order);
    sorted.clear();
    for member in &*members {
        sorted.extend_from_slice(&text[member.start..member.end]);
        sorted.push(b',');
    }
    sorted.pop();
    text.truncate(start);
    text.extend_from_slice(sorted);
}

/// The order of two names: that of their UTF-16 code units (RFC 8785, section 3.2.3).
fn compare(text: &[u8], one: &Member, other: &Member) -> Ordering {
    if one.is_plain && other.is_plain {
        let name = |member: &Member| &text[member.start + 1..member.name_end - 1];
        return name(one).cmp(name(other));
    }
    let name = |member: &Member| code_units(&text[member.start..member.name_end]);
    name(one).cmp(&name(other))
}

fn code_units(name: &[u8]) -> Vec<u16> {
    let name: String = serde_json::from_slice(name).unwrap_or_default();
    name.encode_utf16().collect()
}
