//! The text that a reader of HTML or Markdown sees, as far as words are looked for in it.
//!
//! It is read as browsers read it where it is plainly written. Of all else it is said that it may read otherwise: what
//! hides text, turns it around or draws it, references and elements that are not listed here, tags that are written oddly.

mod reference;
mod style;

use reference::reference;

/// Elements that leave what they hold where it stands, within a line, and cover nothing of another.
const IN_LINES: &str = "a abbr acronym b big cite code del dfn em font i ins kbd nobr q s samp small span strike strong \
                        sub sup time tt u var wbr";

/// Elements that begin lines or cells.
const LINES: &str = "address article aside blockquote body br center dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 \
                     header hr html li main nav ol p pre section table tbody td th thead tr ul";

/// Those of them that change the size of letters, by that of what they lie in.
const SIZES: &str = "big small sub sup";
const HEADINGS: &str = "h1 h2 h3 h4 h5 h6";

/// Attributes that change nothing of what is read.
const ATTRIBUTES: &str = "align border cellpadding cellspacing cite class colspan height href id lang name rel role start \
                          target title valign width";

/// A text in the ways in which it may be read.
pub(super) struct Read {
    /// As it is laid out; with nothing in place of each tag; and with a space.
    pub readings: [String; 3],
    /// Whether nothing of it may read otherwise.
    pub sure: bool,
    /// Whether a reader may pass over some of its words, by their size, their style or a line through them.
    pub passes_over: bool,
    /// What changes the size of letters and is open: within a line, and as a heading.
    sizes: [Option<String>; 2],
    /// Of each table that is open the row that is.
    rows: Vec<Row>,
    /// Whether something within a line stands out by its size, its style, a line through it, or a sheet of whoever shows it.
    stands_out: bool,
    /// Whether something that begins lines has a class: a sheet of whoever shows it may hide it, or set it within a line.
    has_class: bool,
    /// A word as it is read, and as it is if nothing begins a line.
    words: [Word; 2],
}

/// Whether a word is begun, whether there was a tag in it then, and whether one was ever between letters of one.
#[derive(Clone, Copy, Default)]
struct Word {
    is_begun: bool,
    is_cut: bool,
    cuts: bool,
}

impl Word {
    fn letter(&mut self, letter: char) {
        match letter {
            _ if letter.is_whitespace() => self.end(),
            _ if letter.is_alphanumeric() => {
                self.cuts |= self.is_cut;
                self.is_begun = true;
            }
            _ => {}
        }
    }

    fn end(&mut self) {
        *self = Self { cuts: self.cuts, ..Self::default() };
    }

    fn tag(&mut self) {
        self.is_cut = self.is_begun;
    }
}

/// The row of a table that is open. Lines of cells beside each other are read across, in another order than they are
/// written; several words may be several lines, by how wide the page is shown.
#[derive(Default)]
struct Row {
    /// Whether there was a row before it: what is a head then is drawn above that.
    is_later: bool,
    is_in_cell: bool,
    cells: usize,
    has_lines: bool,
    /// How many of its cells hold words, how many the last of them does, and whether one holds several.
    with_words: usize,
    words: usize,
    has_several: bool,
    in_word: bool,
}

impl Row {
    fn cell(&mut self) {
        *self = Self { is_later: true, is_in_cell: true, cells: self.cells + 1, words: 0, in_word: false, ..*self };
    }

    /// What stands in no cell is drawn before the table.
    fn letter(&mut self, letter: char) -> bool {
        // Scripts without cases are broken between any two letters.
        let begins = letter.is_alphabetic() && (!self.in_word || !letter.is_lowercase() && !letter.is_uppercase());
        self.in_word = letter.is_alphanumeric();
        if begins && self.cells > 0 {
            self.words += 1;
            self.with_words += usize::from(self.words == 1);
            self.has_several |= self.words > 1;
        }
        (self.is_in_cell || letter.is_whitespace()) && self.is_read_as_written()
    }

    fn is_read_as_written(&self) -> bool {
        (self.cells < 2 || !self.has_lines) && (self.with_words < 2 || !self.has_several)
    }
}

/// HTML without its tags and comments, and with its character references read.
pub(super) fn html(text: &str) -> Read {
    let mut read = Read {
        readings: Default::default(),
        sure: true,
        passes_over: false,
        sizes: [None, None],
        rows: Vec::new(),
        stands_out: false,
        has_class: false,
        words: Default::default(),
    };
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(at);
        read.push(before);
        let end = match from.starts_with('<') {
            true => read.tag(from),
            false => {
                let (end, letter) = reference(from);
                read.sure &= letter.is_some();
                read.push(&letter.unwrap_or_default());
                end
            }
        };
        rest = &from[end..];
    }
    read.push(rest);
    // A letter between others may be drawn so that nobody reads it.
    let [as_it_is, in_one_line] = read.words.map(|word| word.cuts);
    read.sure &= !(read.stands_out && as_it_is || read.has_class && in_one_line);
    read
}

/// Text without the marks of Markdown, and whether that is all that it may be; `None` where it has none.
pub(super) fn without_marks(text: &str) -> Option<(String, bool)> {
    const MARKS: [char; 7] = ['*', '_', '~', '`', '\\', '[', ']'];
    text.contains(MARKS).then(|| {
        let (mut plain, mut sure) = (String::with_capacity(text.len()), true);
        let mut rest = text;
        while let Some(at) = rest.find(MARKS) {
            let (before, from) = rest.split_at(at);
            plain.push_str(before);
            // A picture may show anything.
            sure &= !(from.starts_with('[') && before.ends_with('!'));
            let goes_to = match () {
                () if from.starts_with("](") => Some(')'),
                () if from.starts_with("][") => Some(']'),
                () => None,
            };
            rest = &from[1..];
            let Some(close) = goes_to else { continue };
            if let Some(end) = rest[1..].find([close, '(', '[', '"', '\'', '\\', '<']) {
                match rest[1 + end..].strip_prefix(close) {
                    Some(after) => rest = after,
                    None => sure = false,
                }
            }
        }
        plain.push_str(rest);
        (plain, sure)
    })
}

impl Read {
    fn push(&mut self, text: &str) {
        for letter in text.chars() {
            if let Some(row) = self.rows.last_mut() {
                self.sure &= row.letter(letter);
            }
            self.words.iter_mut().for_each(|word| word.letter(letter));
        }
        self.readings.iter_mut().for_each(|reading| reading.push_str(text));
    }

    fn push_between(&mut self, as_laid_out: &str) {
        for (reading, between) in self.readings.iter_mut().zip([as_laid_out, "", " "]) {
            reading.push_str(between);
        }
    }

    /// Reads the tag or comment that `text` begins with, and gives where it ends.
    fn tag(&mut self, text: &str) -> usize {
        if text.starts_with("<!--") {
            self.push_between("");
            let end = text[2..].find("-->").map(|at| at + 5);
            // One that does not end is not read alike everywhere.
            self.sure &= end.is_some();
            let end = end.unwrap_or(text.len());
            return text.get(4..end).and_then(|comment| comment.find("--!>")).map_or(end, |at| at + 8);
        }
        let to_the_next = || text.find('>').map_or(text.len(), |end| end + 1);
        let begins = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
        match &text[1..] {
            after if begins(after) || after.strip_prefix('/').is_some_and(begins) => {}
            after if after.starts_with(['/', '!', '?']) => {
                self.push_between("");
                return to_the_next();
            }
            _ => {
                self.push("<");
                return 1;
            }
        }
        let (lines, end) = match plain_tag(text) {
            Some(tag) if is_one_of(IN_LINES, tag.name) => {
                self.stands_out |= tag.has_style || tag.has_class || is_one_of("big del s small strike", tag.name);
                self.passes_over |= self.stands_out;
                self.size(0, SIZES, &tag);
                self.words.iter_mut().for_each(Word::tag);
                if let Some(row) = self.rows.last_mut().filter(|_| is_one_of("wbr", tag.name)) {
                    row.in_word = false;
                }
                (false, tag.end)
            }
            Some(tag) if is_one_of(LINES, tag.name) => {
                self.has_class |= tag.has_class;
                self.passes_over |= tag.has_class;
                self.size(1, HEADINGS, &tag);
                self.row(&tag);
                self.words[0].end();
                self.words[1].tag();
                (true, tag.end)
            }
            other => {
                self.sure = false;
                (false, other.map_or_else(to_the_next, |tag| tag.end))
            }
        };
        self.push_between(if lines { " " } else { "" });
        end
    }

    fn row(&mut self, tag: &Tag<'_>) {
        let name = tag.name.to_ascii_lowercase();
        match (name.as_str(), tag.closes) {
            ("table", true) => {
                self.rows.pop();
            }
            (name, closes) => {
                if let Some(row) = self.rows.last_mut() {
                    let is_later = row.is_later;
                    match name {
                        "thead" | "tbody" | "tr" => *row = Row { is_later: is_later || name == "tr", ..Row::default() },
                        "td" | "th" if closes => row.is_in_cell = false,
                        "td" | "th" => row.cell(),
                        _ => row.has_lines = true,
                    }
                    self.sure &= match name {
                        "thead" => closes || !is_later,
                        "tbody" | "tr" | "td" | "th" => row.is_read_as_written(),
                        _ => row.is_in_cell && row.is_read_as_written(),
                    };
                }
                if name == "table" {
                    self.rows.push(Row::default());
                }
            }
        }
    }

    /// One within another makes letters as small or as large as nobody reads them.
    fn size(&mut self, place: usize, names: &str, tag: &Tag<'_>) {
        let Some(open) = self.sizes.get_mut(place).filter(|_| is_one_of(names, tag.name)) else { return };
        match (&open, tag.closes) {
            (Some(name), true) if name.eq_ignore_ascii_case(tag.name) => *open = None,
            (_, true) => {}
            (Some(_), false) => self.sure = false,
            (None, false) => *open = Some(tag.name.to_owned()),
        }
    }
}

fn is_one_of(names: &str, name: &str) -> bool {
    names.split(' ').any(|one| one.eq_ignore_ascii_case(name))
}

fn beginning(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    &text[..end]
}

struct Tag<'a> {
    name: &'a str,
    closes: bool,
    has_style: bool,
    /// By which a sheet of whoever shows it may find it.
    has_class: bool,
    /// Where it ends.
    end: usize,
}

/// The tag that `text` begins with; `None` where it is written oddly, or may change what is read.
fn plain_tag(text: &str) -> Option<Tag<'_>> {
    let closing = text.strip_prefix("</");
    let closes = closing.is_some();
    let begins = closing.or_else(|| text.strip_prefix('<'))?;
    let name = beginning(begins, |c| c.is_ascii_alphanumeric());
    let (mut rest, mut has_style, mut has_class) = (&begins[name.len()..], false, false);
    loop {
        let attribute = rest.trim_ascii_start();
        if let Some(after) = attribute.strip_prefix('>').or_else(|| attribute.strip_prefix("/>")) {
            return Some(Tag { name, closes, has_style, has_class, end: text.len() - after.len() });
        }
        let known = beginning(attribute, |c| c.is_ascii_alphanumeric() || c == '-');
        let is_data = known.starts_with("data-") || known.starts_with("aria-");
        let is_style = known.eq_ignore_ascii_case("style");
        if attribute.len() == rest.len() || !(is_data || is_style || is_one_of(ATTRIBUTES, known)) {
            return None;
        }
        rest = &attribute[known.len()..];
        if let Some(begins) = rest.trim_ascii_start().strip_prefix('=') {
            let (value, after) = value(begins.trim_ascii_start())?;
            if is_style && !style::hides_nothing(value, is_one_of(IN_LINES, name)) {
                return None;
            }
            // It floats, beside what comes next.
            if name.eq_ignore_ascii_case("table") && known.eq_ignore_ascii_case("align") && value != "center" {
                return None;
            }
            has_style |= is_style && !value.is_empty();
            has_class |= is_one_of("class id", known) && !value.is_empty();
            rest = after;
        }
    }
}

/// The value of an attribute that `text` begins with, and what follows it.
fn value(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next()?;
    if matches!(quote, '"' | '\'') {
        return text[1..].split_once(quote);
    }
    let value = beginning(text, |c| !c.is_ascii_whitespace() && c != '>');
    let plain = !value.is_empty() && !value.contains(['"', '\'', '<', '=', '`']);
    plain.then(|| text.split_at(value.len()))
}
