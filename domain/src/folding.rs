//! Text as it is compared: what a reader takes for the same is the same.
//!
//! The tables beside this file are written, and checked against Unicode's own, by `domain/tests/folding.rs`: the
//! libraries that carry all of Unicode would make the client in the browser a quarter larger.

use std::{borrow::Cow, sync::LazyLock};

use crate::seen::{is_blank, is_invisible};

/// Text without what two writings of the same differ in: case, width, spaces and how many, composed or not, kinds of
/// apostrophes and hyphens, and characters that nobody sees. Accents stay.
pub fn folded(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase() && byte != b'`') {
        return text.into();
    }
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded.truncate(folded.trim_end().len());
    folded.into()
}

/// Folds `text` to the end of `into`, where a space follows none.
pub fn fold_into(text: &str, into: &mut String) {
    let start = into.len();
    let printable = text.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~') & (byte != b'`'));
    if printable && !text.starts_with(' ') && !text.contains("  ") {
        into.push_str(text);
        into[start..].make_ascii_lowercase();
        return;
    }
    text.chars().for_each(|c| fold_char(c, into));
    order_marks(into, start);
}

/// Folded text as words are looked for in it: without what stands on Latin, Greek and Cyrillic letters, such as accents,
/// which capitals and people in a hurry leave out.
pub fn without_accents(folded: &str) -> Cow<'_, str> {
    if !folded.contains(is_mark) {
        return folded.into();
    }
    let mut plain = String::with_capacity(folded.len());
    let mut letter = ' ';
    for c in folded.chars() {
        let mark = is_mark(c);
        if !mark {
            letter = c;
        }
        if !mark || letter >= '\u{530}' && !matches!(c, '\u{300}'..='\u{36f}') {
            plain.push(c);
        }
    }
    plain.into()
}

/// Text with the letter that each look-alike passes for, folded and without accents: `d0se`, `dоse` with a Cyrillic
/// letter and `dose` are one. `None` where nothing in it passes for something else.
pub fn unmasked(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut unmasked = false;
    let mut before = ' ';
    let mut letters = text.chars().filter(|c| !is_invisible(*c)).peekable();
    while let Some(c) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        let in_word = before.is_alphabetic() || next.is_alphabetic();
        let stands_for = match c {
            '0' if in_word => Some("o"),
            '1' | '|' if in_word => Some("l"),
            'I' if next.is_lowercase() => Some("l"),
            _ if c.is_ascii() => None,
            _ => passes_for(c),
        };
        unmasked |= stands_for.is_some();
        match stands_for {
            Some(letter) => plain.push_str(letter),
            None => plain.push(c),
        }
        before = c;
    }
    unmasked.then(|| without_accents(&folded(&plain)).into_owned())
}

/// Whether a reader may take one name for the other; what stands before, between and after its words makes no other name.
pub fn look_alike(one: &str, other: &str) -> bool {
    share_one(looks(one), looks(other))
}

/// Whether a reader may take one address of mail for the other.
pub fn addresses_look_alike(one: &str, other: &str) -> bool {
    let looks = |address: &str| [as_read(address), as_drawn(address)];
    share_one(looks(one), looks(other))
}

fn share_one(one: [String; 2], other: [String; 2]) -> bool {
    one.iter().zip(&other).any(|(one, other)| one == other)
}

/// What a name is read as, and its shapes: two that share either look alike.
pub fn looks(name: &str) -> [String; 2] {
    let between_words = |c: char| c == ' ' || c == '_' || matches!(c, '-' | '\u{2010}'..='\u{2015}');
    [as_read(name), as_drawn(name)].map(|look| bare(&look).replace(between_words, ""))
}

/// A name without punctuation at its edges, if there is more to it.
fn bare(name: &str) -> &str {
    let edge = |c: char| {
        c.is_ascii_punctuation()
            || matches!(c, ' ' | '\u{a1}'..='\u{bf}' | '\u{2010}'..='\u{205e}' | '\u{3001}'..='\u{3011}')
    };
    let bare = name.trim_matches(edge);
    if bare.is_empty() { name } else { bare }
}

/// A name in the letters that it passes for, in any case; digits within a word, too: `Br0wn` is `Brown`.
fn as_read(name: &str) -> String {
    let latin = in_latin(name);
    let mut read = String::with_capacity(latin.len());
    let mut before = ' ';
    let mut letters = latin.chars().filter(|c| !is_invisible(*c)).peekable();
    while let Some(c) = letters.next() {
        let in_word = before.is_alphabetic() || letters.peek().is_some_and(|next| next.is_alphabetic());
        read.push(match c {
            '0' if in_word => 'o',
            '1' | '|' if in_word => 'l',
            _ => c,
        });
        before = c;
    }
    without_accents(&folded(&read)).into_owned()
}

/// A name by its shapes: `Il1|` are one, and so are `0O` and `rn`, `m`.
fn as_drawn(name: &str) -> String {
    let mut drawn = String::with_capacity(name.len());
    for c in in_latin(name).chars() {
        match c {
            'I' | '1' | '|' => drawn.push('l'),
            '0' => drawn.push('O'),
            'm' => drawn.push_str("rn"),
            _ if is_invisible(c) => {}
            _ if c.is_ascii_graphic() => drawn.push(c),
            _ => fold_char(c, &mut drawn),
        }
    }
    drawn.truncate(drawn.trim_end().len());
    without_accents(&drawn).into_owned()
}

fn in_latin(name: &str) -> String {
    let mut latin = String::with_capacity(name.len());
    for c in name.chars() {
        match passes_for(c) {
            Some(letter) => latin.push_str(letter),
            None => latin.push(c),
        }
    }
    latin
}

/// Whether the characters after it are shown in another order than they are written in.
pub fn turns_around(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// Whether it combines with the letter before it.
fn is_mark(c: char) -> bool {
    let at = || MARKS.partition_point(|(_, last)| *last < c);
    !c.is_ascii() && MARKS.get(at()).is_some_and(|(first, _)| *first <= c)
}

/// The Latin letter or digit that a character passes for.
fn passes_for(c: char) -> Option<&'static str> {
    const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz";
    const DIGITS: &str = "123456789";
    let (all, first) = match c {
        '\u{1f150}'..='\u{1f169}' => (LETTERS, 0x1f150),
        '\u{1f170}'..='\u{1f189}' => (LETTERS, 0x1f170),
        '\u{1f1e6}'..='\u{1f1ff}' => (LETTERS, 0x1f1e6),
        '\u{24f5}'..='\u{24fd}' => (DIGITS, 0x24f5),
        '\u{2776}'..='\u{277e}' => (DIGITS, 0x2776),
        '\u{2780}'..='\u{2788}' => (DIGITS, 0x2780),
        '\u{278a}'..='\u{2792}' => (DIGITS, 0x278a),
        _ => return of(&LOOK_ALIKES, c),
    };
    let at = (u32::from(c) - first) as usize;
    all.get(at..=at)
}

/// Folds one character to the end of `into`; a space only after something else.
fn fold_char(c: char, into: &mut String) {
    match c {
        '`' => into.push('\''),
        _ if c.is_ascii_graphic() => into.push(c.to_ascii_lowercase()),
        _ if c.is_whitespace() || is_blank(c) => {
            if !into.is_empty() && !into.ends_with(' ') {
                into.push(' ');
            }
        }
        _ if is_invisible(c) => {}
        '\u{ac00}'..='\u{d7a3}' => into.extend(jamo(c)),
        _ => match of(&FOLDS, c) {
            Some(folded) => into.push_str(folded),
            None => into.push(c),
        },
    }
}

/// The letters of a Hangul syllable (Unicode, section 3.12).
fn jamo(syllable: char) -> impl Iterator<Item = char> {
    let at = u32::from(syllable) - 0xac00;
    let letters = [0x1100 + at / 588, 0x1161 + at % 588 / 28, 0x11a7 + at % 28];
    letters.into_iter().filter(|letter| *letter != 0x11a7).filter_map(char::from_u32)
}

/// Puts marks on the same letter into one order, whichever they were written in.
fn order_marks(text: &mut String, start: usize) {
    if !text[start..].contains(is_mark) {
        return;
    }
    let mut letters: Vec<char> = text[start..].chars().collect();
    letters.chunk_by_mut(|one, next| is_mark(*one) && is_mark(*next)).for_each(<[char]>::sort_unstable);
    text.truncate(start);
    text.extend(letters);
}

type Table = LazyLock<Vec<(char, &'static str)>>;

/// What a character folds to, where that is something else: compatibility decomposition and full case folding.
static FOLDS: Table = LazyLock::new(|| table(include_str!("folding/folds.txt")));

/// The Latin letter or digit that a character passes for (UTS 39, confusables).
static LOOK_ALIKES: Table = LazyLock::new(|| table(include_str!("folding/look_alikes.txt")));

/// The first and the last of each stretch of characters that combine with the letter before them.
static MARKS: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let mut letters = include_str!("folding/marks.txt").chars().filter(|c| *c != '\n');
    std::iter::from_fn(|| letters.next().zip(letters.next())).collect()
});

/// A line is a stretch of characters: its first one, then what stands for each in turn, between tabs; nothing where a
/// character stands for itself. In the order of the characters.
fn table(lines: &'static str) -> Vec<(char, &'static str)> {
    let of_line = |line: &'static str| {
        let first = line.chars().next().unwrap_or_default();
        let stand_ins = line[first.len_utf8().min(line.len())..].split('\t');
        (first..=char::MAX).zip(stand_ins).filter(|(_, stand_in)| !stand_in.is_empty())
    };
    lines.lines().flat_map(of_line).collect()
}

fn of(table: &Table, c: char) -> Option<&'static str> {
    let at = table.binary_search_by_key(&c, |(from, _)| *from).ok()?;
    table.get(at).map(|(_, to)| *to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_writings_of_the_same_fold_to_one() {
        for (one, other) in [
            ("omar_anderson_3203", " OMAR_Anderson_3203\u{a0}"),
            ("h1", "Ｈ１"),
            ("omar", "o\u{200b}m\u{ad}a\u{202e}r\u{fe0f}"),
            ("réclamation", "RE\u{301}CLAMATION"),
            ("strasse", "Straße"),
            ("strasse", "STRAẞE"),
            ("won't", "won’t"),
            ("won't", "won`t"),
            ("side-effect", "side\u{2011}effect"),
            ("side effect", "Side \n\u{2003}\u{3164}effect"),
            ("ﬁne…", "fine..."),
            ("한글", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}"),
            ("ậ", "a\u{302}\u{323}"),
            ("ΟΔΟΣ", "οδος"),
            ("𝐥𝐚𝐰", "law"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        for (one, other) in [("josé", "jose"), ("a b", "ab"), ("omar", "0mar"), ("か", "が")] {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
    }

    #[test]
    fn accents_fall_for_words_alone() {
        for (text, plain) in [("İade", "iade"), ("ΙΑΤΡΌΣ", "ιατροσ"), ("ıade", "iade"), ("Réclamation", "reclamation")]
        {
            assert_eq!(without_accents(&folded(text)), plain);
        }
        assert_eq!(without_accents(&folded("が")), folded("が"), "a mark that makes another letter stays");
    }

    #[test]
    fn what_passes_for_a_letter_is_read_as_that() {
        for text in ["dоse", "d0se", "dοse", "dѳse", "Dо\u{301}se"] {
            assert_eq!(unmasked(text).as_deref(), Some("dose"), "{text}");
        }
        assert_eq!(unmasked("Iawsuit, 1awsuit, ӏawsuit").as_deref(), Some("lawsuit, lawsuit, lawsuit"));
        assert_eq!(unmasked("Іnjury").as_deref(), Some("injury"));
        assert_eq!(unmasked("In 10 days, $100|€90 a dose"), Some("ln 10 days, $100|€90 a dose".to_owned()));
        assert_eq!(unmasked("A dose of été, 10 days"), None);
    }

    #[test]
    fn names_that_look_the_same_are_alike() {
        for (one, other) in [
            ("Support", "ѕuppоrt"),
            ("Lead", "lead "),
            ("Bill", "BiIl"),
            ("Ana", "Αna"),
            ("Modern", "Modem"),
            ("Refunds", "Ｒefunds"),
            ("Ada", "ᴀda"),
            ("Ada", "Ada."),
            ("Ada", "“Ada”"),
            ("ada@example.com", "аda@example.com"),
            ("Bob Brown", "Bob Br0wn"),
            ("Alice", "a1ice"),
            ("Return refund", "Return-refund"),
            ("Return refund", "ReturnRefund"),
            ("Look up", "look\u{2013}up"),
        ] {
            assert!(look_alike(one, other), "{one} {other}");
        }
        for (one, other) in [("Ana", "Anna"), ("Support", "Supports"), ("Mail", "Mall"), ("", "a"), ("!", "?")] {
            assert!(!look_alike(one, other), "{one} {other}");
        }
    }
}
