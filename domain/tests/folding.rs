//! The tables of `domain::folding` are Unicode's. `REINS_WRITE_TABLES=1` writes them anew, after a change of either.

use unicode_normalization::{
    UnicodeNormalization,
    char::{canonical_combining_class, is_combining_mark},
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/folding");

/// Every character of which tables speak: neither ASCII nor a Hangul syllable, which is taken apart by its number.
fn characters() -> impl Iterator<Item = char> {
    ('\u{80}'..=char::MAX).filter(|c| !matches!(c, '\u{ac00}'..='\u{d7a3}'))
}

/// One way of writing what is written in several.
fn punctuation(c: char) -> Option<char> {
    Some(match c {
        '`'
        | '\u{b4}'
        | '\u{2b9}'
        | '\u{2bb}'
        | '\u{2bc}'
        | '\u{2bd}'
        | '\u{2c8}'
        | '\u{2ca}'
        | '\u{2cb}'
        | '\u{374}'
        | '\u{55a}'
        | '\u{5f3}'
        | '\u{7f4}'
        | '\u{2018}'..='\u{201b}'
        | '\u{2032}'
        | '\u{2035}'
        | '\u{a78c}'
        | '\u{ff07}'
        | '\u{ff40}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{58a}'
        | '\u{5be}'
        | '\u{2d7}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2043}'
        | '\u{2212}'
        | '\u{2e3a}'
        | '\u{2e3b}'
        | '\u{fe31}'
        | '\u{fe32}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}' => '-',
        _ => return None,
    })
}

fn fold(text: &str) -> String {
    let mapped: String = text.nfd().map(|c| punctuation(c).unwrap_or(c)).nfkd().collect();
    let mapped = mapped.chars().map(|c| punctuation(c).unwrap_or(c));
    let once: String =
        mapped.flat_map(char::to_lowercase).flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    if once == text { once } else { fold(&once) }
}

/// A line for each stretch of characters, as `domain::folding` reads it.
fn lines(stand_ins: impl Iterator<Item = (char, String)>) -> String {
    let mut lines = String::new();
    let mut last = None;
    for (c, stand_in) in stand_ins {
        match last.map(|last| u32::from(c) - u32::from(last)) {
            Some(steps @ 1..=2) => lines.push_str(&"\t".repeat(steps as usize)),
            Some(_) => lines.extend(['\n', c]),
            None => lines.push(c),
        }
        lines.push_str(&stand_in);
        last = Some(c);
    }
    lines + "\n"
}

fn folds() -> String {
    let seen = |c: &char| !c.is_whitespace() && !domain::folding::folded(&c.to_string()).is_empty();
    let folds = characters().filter(seen).map(|c| (c, fold(&c.to_string())));
    lines(folds.filter(|(c, folded)| *folded != c.to_string()))
}

/// Capitals as tall as small letters; there is none for x.
const SMALL_CAPITALS: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡ\0ʏᴢ";

fn look_alikes() -> String {
    let in_small = |c: char| SMALL_CAPITALS.chars().zip('a'..='z').find(|(capital, _)| *capital == c);
    let drawn = |text: &str| -> String {
        let letters = unicode_security::skeleton(text).filter(|c| canonical_combining_class(*c) == 0);
        letters.map(|c| in_small(c).map_or(c, |(_, letter)| letter)).collect()
    };
    let letter_of = |c: char| {
        let letter = drawn(&c.to_string());
        // A capital without serifs is drawn like an l; which letter it is, its small one says.
        match letter == "l" && drawn(&c.to_lowercase().to_string()) == "i" {
            true => "i".to_owned(),
            false => letter,
        }
    };
    let is_letter = |letter: &str| !letter.is_empty() && letter.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let folds_to = |c: char, letter: &str| {
        let folded = fold(&c.to_string());
        folded.chars().filter(|c| canonical_combining_class(*c) == 0).eq(letter.to_lowercase().chars())
    };
    lines(characters().map(|c| (c, letter_of(c))).filter(|(c, letter)| is_letter(letter) && !folds_to(*c, letter)))
}

fn marks() -> String {
    let mut stretches: Vec<(char, char)> = Vec::new();
    for c in characters().filter(|c| canonical_combining_class(*c) != 0 || is_combining_mark(*c)) {
        match stretches.last_mut() {
            Some((_, last)) if u32::from(*last) + 1 == u32::from(c) => *last = c,
            _ => stretches.push((c, c)),
        }
    }
    stretches.into_iter().fold(String::new(), |lines, (first, last)| lines + &format!("{first}{last}\n"))
}

#[test]
fn the_tables_are_those_of_unicode() {
    for (name, table) in [("marks", marks()), ("folds", folds()), ("look_alikes", look_alikes())] {
        let path = format!("{FOLDER}/{name}.txt");
        if std::env::var_os("REINS_WRITE_TABLES").is_some() {
            std::fs::write(&path, &table).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap() == table, "{name}.txt is not what Unicode says");
    }
}

#[test]
fn folding_is_stable_and_the_same_for_composed_and_decomposed() {
    for c in ('\0'..=char::MAX).map(|c| format!("x{c}x")) {
        let folded = domain::folding::folded(&c);
        assert_eq!(domain::folding::folded(&folded), folded, "{c:?}");
        assert_eq!(domain::folding::folded(&c.nfd().collect::<String>()), folded, "{c:?}");
        assert_eq!(domain::folding::folded(&c.nfc().collect::<String>()), folded, "{c:?}");
    }
}
