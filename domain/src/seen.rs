//! What a reader sees of a text, and what stands in it unseen.

use serde_json::Value;

use crate::folding;

/// Shows what would not be seen: control, bidirectional and zero-width characters as their code point.
///
/// Line breaks and tabs stay where `text` is shown as a block, and joiners where their script needs them.
pub fn visible(text: &str) -> String {
    shown(text, |c| matches!(c, '\n' | '\t'))
}

/// The same in one line: nothing in it can pass for another line or column.
pub fn in_one_line(text: &str) -> String {
    shown(text, |_| false)
}

fn shown(text: &str, stays: impl Fn(char) -> bool) -> String {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let mut shown = String::with_capacity(text.len());
    for (c, hidden) in characters(text) {
        match hidden && !stays(c) {
            true => shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(c))),
            false => shown.push(c),
        }
    }
    shown
}

/// Whether a reason or a name says nothing to its reader: spaces and what is not seen.
pub fn says_nothing(text: &str) -> bool {
    folding::folded(text).is_empty()
}

/// How long a text is, in characters: a line break is one, whichever way a browser sends it.
pub fn length(text: &str) -> usize {
    text.chars().count() - text.matches("\r\n").count()
}

/// What keeps a text from being a name of at most `most` characters, as the end of a sentence that begins with it.
pub fn unfit_name(text: &str, most: usize) -> Option<String> {
    if says_nothing(text) || length(text) > most {
        return Some(format!("needs 1 to {most} characters"));
    }
    odd_spaces(text).or_else(|| hidden_in(text, |_| false))
}

/// What keeps a text that is compared (a customer's id, an address) from being plainly visible, as the end of a sentence
/// that begins with it: stricter than a name, as two such texts that look the same would be two.
pub fn unfit_id(text: &str) -> Option<String> {
    odd_spaces(text).or_else(|| {
        let hidden = text.chars().find(|c| is_hidden(*c) || c.is_whitespace() && *c != ' ');
        hidden.map(cannot_be_seen)
    })
}

fn odd_spaces(text: &str) -> Option<String> {
    let odd = text.trim() != text || text.contains("  ");
    odd.then(|| "begins or ends with a space, or has two in a row".to_owned())
}

/// What keeps a text of several lines, such as a purpose, from being shown as it is, as the end of a sentence.
pub fn unfit_text(text: &str, most: usize) -> Option<String> {
    if length(text) > most {
        return Some(format!("has more than {most} characters"));
    }
    hidden_in(text, |c| matches!(c, '\n' | '\r' | '\t'))
}

fn hidden_in(text: &str, stays: impl Fn(char) -> bool) -> Option<String> {
    let (hidden, _) = characters(text).find(|(c, hidden)| *hidden && !stays(*c))?;
    Some(cannot_be_seen(hidden))
}

fn cannot_be_seen(c: char) -> String {
    match c {
        '\n' | '\r' | '\t' => "has more than one line, or a tab".to_owned(),
        _ => format!("holds U+{:04X}, which cannot be seen", u32::from(c)),
    }
}

/// Each text in a value that holds what would not be seen, with its place, as a sentence: names of members are texts, too.
pub fn hidden_within(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, "", &mut found);
    found
}

fn collect(value: &Value, place: &str, found: &mut Vec<String>) {
    let check =
        |text: &str, place: &str| unfit_text(text, usize::MAX).map(|fault| format!("`{}` {fault}", in_one_line(place)));
    match value {
        Value::String(text) => found.extend(check(text, place)),
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                collect(value, &format!("{place}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, value) in members {
                let place = format!("{place}/{}", crate::schema::escape(name));
                found.extend(check(name, &place));
                collect(value, &place, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The characters of a text, and whether each would not be seen where it stands.
fn characters(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    std::iter::from_fn(move || {
        let c = letters.next()?;
        let after = letters.peek().copied().unwrap_or(' ');
        let hidden = is_hidden(c) && !belongs(before, c, after);
        before = c;
        Some((c, hidden))
    })
}

/// Controls, what Unicode lists as Default_Ignorable_Code_Point, and what is drawn as a space or a line and is none.
fn is_hidden(c: char) -> bool {
    c.is_control() || is_invisible(c) || is_blank(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

/// What is not drawn at all: controls but spaces, line breaks and tabs, and the ignorable.
pub(crate) fn is_invisible(c: char) -> bool {
    if c.is_ascii_graphic() || c == ' ' {
        return false;
    }
    let ignorable = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    ignorable || c.is_control() && !c.is_whitespace()
}

/// What is drawn as a space and is none.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
}

/// Whether a character that is not seen makes of its neighbours what their readers write: `علی‌رضا`, `क्‍ष`, a family.
fn belongs(before: char, c: char, after: char) -> bool {
    match c {
        '\u{200c}' => joins(before) && joins(after),
        '\u{200d}' => joins(before) && joins(after) || is_picture(before) && is_picture(after),
        '\u{fe0e}' | '\u{fe0f}' => is_picture(before) || matches!(before, '#' | '*' | '0'..='9') && after == '\u{20e3}',
        // Another form of the ideograph before.
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            matches!(before, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
        }
        _ => false,
    }
}

/// Letters and marks of scripts whose letters take other shapes beside each other: Arabic, Syriac, N'Ko, those of India
/// and its neighbours, Khmer, Mongolian.
fn joins(c: char) -> bool {
    matches!(c,
        '\u{620}'..='\u{74f}' | '\u{750}'..='\u{77f}' | '\u{7c0}'..='\u{7ff}' | '\u{860}'..='\u{8ff}'
        | '\u{900}'..='\u{df4}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17b3}' | '\u{17b6}'..='\u{17dd}'
        | '\u{1820}'..='\u{18aa}')
}

/// Pictures, and what comes between them and a joiner: the colour of a skin, and that it is a picture at all.
fn is_picture(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21ff}'
        | '\u{2300}'..='\u{23ff}' | '\u{24c2}' | '\u{25a0}'..='\u{27bf}' | '\u{2900}'..='\u{297f}'
        | '\u{2b00}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{fe0f}'
        | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_hidden_is_shown() {
        for (text, shown) in [
            ("pay\u{202e}0001$\u{200b}!\u{7}", "pay⟨U+202E⟩0001$⟨U+200B⟩!⟨U+0007⟩"),
            ("omar\u{200d}", "omar⟨U+200D⟩"),
            ("om\u{200c}ar", "om⟨U+200C⟩ar"),
            ("omar\u{fe0f}", "omar⟨U+FE0F⟩"),
            ("علی\u{200c}", "علی⟨U+200C⟩"),
            ("1\u{fe0f}", "1⟨U+FE0F⟩"),
            ("\u{1b}[2J", "⟨U+001B⟩[2J"),
            ("\u{2066}a\u{2069}", "⟨U+2066⟩a⟨U+2069⟩"),
        ] {
            assert_eq!(visible(text), shown);
            assert!(unfit_name(text, 100).is_some(), "{shown}");
        }
        assert_eq!(visible("a\n\tb"), "a\n\tb");
        assert_eq!(in_one_line("a\n\tb\r"), "a⟨U+000A⟩⟨U+0009⟩b⟨U+000D⟩");
    }

    #[test]
    fn names_are_taken_as_their_people_write_them() {
        for name in [
            "علی\u{200c}رضا",
            "क्\u{200d}ष",
            "श\u{94d}\u{200c}र",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦 Family",
            "❤\u{fe0f}\u{200d}🔥",
            "👩🏽\u{200d}💻 Ana",
            "1\u{fe0f}\u{20e3}",
            "葛\u{e0100}城",
            "山田\u{3000}太郎",
            "Ömer Şahin",
            "שרה",
            "O'Neil-Smith, Jr.",
        ] {
            assert_eq!((unfit_name(name, 100), visible(name).as_str()), (None, name));
        }
        for name in ["", " ", "\u{200b}", "\u{3164}", " Ana", "Ana ", "A  na", "A\nna", "A\tna", "Ana\r\n", "\u{ad}"] {
            assert!(unfit_name(name, 100).is_some(), "{name:?}");
        }
        assert_eq!(unfit_name("A\nb", 9).as_deref(), Some("has more than one line, or a tab"));
        assert_eq!(unfit_name(&"x".repeat(10), 9).as_deref(), Some("needs 1 to 9 characters"));
    }

    #[test]
    fn a_line_break_is_one_character() {
        assert_eq!((length("a\r\nb\n"), length("\r")), (4, 1));
        assert!(says_nothing("\u{200b}\r\n \u{2060}") && !says_nothing("."));
    }

    #[test]
    fn every_text_of_a_value_is_looked_at() {
        let value = json!({"a": ["b", {"c\u{202e}": "two\nlines", "d": "e\u{200b}"}], "n": 1});
        assert_eq!(
            hidden_within(&value),
            ["`/a/1/c⟨U+202E⟩` holds U+202E, which cannot be seen", "`/a/1/d` holds U+200B, which cannot be seen",]
        );
    }

    #[test]
    fn only_what_is_plainly_visible_is_an_id() {
        for text in ["omar_anderson_3203", "Ömer Şahin", "#W1", "王芳", "a b", "o'neil+x@example.com", "josé"] {
            assert_eq!(unfit_id(text), None, "{text}");
        }
        for text in [
            "omar ",
            " omar",
            "o  mar",
            "omar\n",
            "o\tmar",
            "omar\u{a0}",
            "omar\u{200b}",
            "om\u{ad}ar",
            "\u{202e}omar",
            "omar\u{fe0f}",
            "omar\u{2800}",
            "omar\u{3164}",
            "om\u{2028}ar",
            "omar\u{e0041}",
            "omar\u{7f}",
            "\u{feff}omar",
        ] {
            assert!(unfit_id(text).is_some(), "{text:?}");
        }
        assert_eq!(unfit_id("o\u{200b}").as_deref(), Some("holds U+200B, which cannot be seen"));
    }
}
