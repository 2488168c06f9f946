//! References to characters, as browsers read them.

use std::{collections::BTreeMap, sync::LazyLock};

use super::beginning;

/// The named references that browsers read without a semicolon, too, for U+00A0 to U+00FF.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 \
                     acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde \
                     Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute \
                     Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde \
                     auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute \
                     ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

static WITHOUT_SEMICOLON: LazyLock<BTreeMap<&str, char>> = LazyLock::new(|| {
    let others = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("AMP", '&'), ("LT", '<'), ("GT", '>')];
    let others = others.into_iter().chain([("QUOT", '"'), ("COPY", '©'), ("REG", '®')]);
    LATIN.split(' ').zip('\u{a0}'..).chain(others).collect()
});

/// What browsers take the numbers 128 to 159 for.
const WINDOWS: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";

/// The character reference that `text` begins with: where it ends, and what it stands for; `None` for a name that is not
/// known here.
pub fn reference(text: &str) -> (usize, Option<String>) {
    let after = &text[1..];
    let and = || (1, Some("&".to_owned()));
    let letter = |(end, c): (usize, char)| (end, Some(c.to_string()));
    if let Some(number) = after.strip_prefix('#') {
        return numbered(number).map_or_else(and, |(end, c)| letter((end + 2, c)));
    }
    let name = beginning(after, |c| c.is_ascii_alphanumeric());
    match after[name.len()..].starts_with(';') {
        // No name is that short.
        true if name.len() < 2 => and(),
        true => (name.len() + 2, named(name)),
        false => begins_with_a_name(name).map_or_else(and, |(end, c)| letter((end + 1, c))),
    }
}

/// A number as browsers read it, with a semicolon or without, and where it ends.
fn numbered(text: &str) -> Option<(usize, char)> {
    let (prefix, digits, radix) = match text.strip_prefix(['x', 'X']) {
        Some(hex) => (1, beginning(hex, |c| c.is_ascii_hexdigit()), 16),
        None => (0, beginning(text, |c| c.is_ascii_digit()), 10),
    };
    if digits.is_empty() {
        return None;
    }
    let end = prefix + digits.len();
    let closed = usize::from(text[end..].starts_with(';'));
    let digits = digits.trim_start_matches('0');
    let code = if digits.len() > 8 { 0 } else { u32::from_str_radix(digits, radix).unwrap_or_default() };
    let letter = match code {
        0 => None,
        0x80..=0x9f => WINDOWS.chars().nth((code - 0x80) as usize),
        _ => char::from_u32(code),
    };
    Some((end + closed, letter.unwrap_or(char::REPLACEMENT_CHARACTER)))
}

/// The longest name that browsers read at the beginning of `text` although no semicolon ends it, and where it ends.
fn begins_with_a_name(text: &str) -> Option<(usize, char)> {
    let letter = |end: usize| Some((end, *WITHOUT_SEMICOLON.get(text.get(..end)?)?));
    (2..=6).rev().find_map(letter)
}

/// What a name with a semicolon stands for, as far as it is known.
fn named(name: &str) -> Option<String> {
    if let Some(letter) = WITHOUT_SEMICOLON.get(name) {
        return Some(letter.to_string());
    }
    let letter = match name {
        "ldquo" | "rdquo" => "\"",
        "apos" | "rsquo" | "lsquo" => "'",
        "ensp" | "emsp" | "thinsp" => " ",
        "hyphen" | "dash" | "ndash" | "mdash" | "minus" => "-",
        "zwnj" | "zwj" | "lrm" | "rlm" | "ZeroWidthSpace" => "",
        "hellip" => "…",
        "bull" => "•",
        "euro" => "€",
        "trade" => "™",
        "oelig" => "œ",
        "OElig" => "Œ",
        "inodot" | "imath" => "ı",
        _ => return accented(name),
    };
    Some(letter.to_owned())
}

/// `scaron` is an s, as words are looked for without accents.
fn accented(name: &str) -> Option<String> {
    let (letter, accent) = name.split_at_checked(1)?;
    let accents = ["acute", "grave", "circ", "uml", "tilde", "cedil", "caron", "macr", "ogon", "breve", "dot", "strok"];
    accents.contains(&accent).then(|| letter.to_owned())
}
