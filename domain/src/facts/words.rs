//! Finding the brand's words in text, wherever a reader would see them.

use std::{borrow::Cow, collections::BTreeSet};

use super::markup;
use crate::{
    action::WordLists,
    folding::{fold_into, folded, turns_around, unmasked, without_accents},
};

/// A topic or a word of a list, as it is looked for: two that are the same so are the same.
pub fn as_word(text: &str) -> Cow<'_, str> {
    match folded(text) {
        Cow::Borrowed(text) => text.into(),
        Cow::Owned(text) => without_accents(&text).into_owned().into(),
    }
}

/// The brand's word lists, folded, by the byte that a word begins with: at most places in a text, no word does.
#[derive(Clone, Debug, Default)]
pub struct Words(Vec<Vec<Word>>);

#[derive(Clone, Debug)]
struct Word {
    word: String,
    /// Whether it counts only where it also ends.
    whole: bool,
    topic: String,
}

impl From<&WordLists> for Words {
    fn from(lists: &WordLists) -> Self {
        let mut words = Self::default();
        lists.iter().for_each(|(topic, list)| words.add(topic, list));
        words
    }
}

impl Words {
    /// A word in quotation marks, such as `"ill"`, counts as a whole word only; any other as the beginning of one, too.
    pub fn add(&mut self, topic: &str, list: &[String]) {
        self.0.resize_with(256, Vec::new);
        for entry in list {
            let folded = as_word(entry);
            let quoted = folded.strip_prefix('"').and_then(|entry| entry.strip_suffix('"')).map(str::trim);
            let (word, whole) = quoted.map_or((folded.as_ref(), false), |quoted| (quoted, true));
            for word in [Some(word.to_owned()), unmasked(word)].into_iter().flatten() {
                if let Some(first) = word.bytes().next() {
                    self.0[usize::from(first)].push(Word { word, whole, topic: as_word(topic).into_owned() });
                }
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the topics of the words that begin somewhere in `text`.
    pub(super) fn find<'a>(&'a self, text: &Text, topics: &mut BTreeSet<Cow<'a, str>>) {
        let passes_over = text.0.contains(PASSES_OVER);
        let text = text.0.trim_end();
        if passes_over {
            let phrases = self.0.iter().flatten().filter(|word| word.word.contains(' '));
            topics.extend(
                phrases.filter(|phrase| holds_apart(text, &phrase.word)).map(|phrase| Cow::from(&*phrase.topic)),
            );
        }
        for (at, byte) in text.bytes().enumerate() {
            let words = self.0.get(usize::from(byte)).map(Vec::as_slice).unwrap_or_default();
            if words.is_empty() || !may_begin(text, at) {
                continue;
            }
            for Word { word, whole, topic } in words {
                let Some(rest) = text[at..].strip_prefix(word.as_str()) else { continue };
                if !whole || !rest.starts_with(char::is_alphanumeric) {
                    topics.insert(topic.into());
                }
            }
        }
    }
}

/// Texts as words are looked for in them, in every way that a reader may read them, one after the other.
///
/// A line break, which folding leaves none of, stands for text that may read otherwise, and `PASSES_OVER` for text of which
/// a reader may pass over some words.
pub(super) struct Text(String);

const PASSES_OVER: char = '\r';

/// Whether a text has the words of a phrase, one after the other, whatever stands between them.
fn holds_apart(text: &str, phrase: &str) -> bool {
    phrase.split(' ').try_fold(text, |rest, word| Some(rest.split_once(word)?.1)).is_some()
}

impl Text {
    pub(super) fn new() -> Self {
        Self(String::with_capacity(1024))
    }

    /// Whether nothing of it may read otherwise.
    pub(super) fn is_read_surely(&self) -> bool {
        !self.0.contains('\n')
    }

    pub(super) fn add(&mut self, text: &str) {
        self.add_marked(text);
        if text.contains(['<', '&']) {
            let read = markup::html(text);
            for (at, reading) in read.readings.iter().enumerate() {
                if !read.readings[..at].contains(reading) {
                    self.add_marked(reading);
                }
            }
            self.is_sure(read.sure);
            if read.passes_over {
                self.0.push(PASSES_OVER);
            }
        }
    }

    fn add_marked(&mut self, text: &str) {
        self.add_one(text);
        if let Some((plain, sure)) = markup::without_marks(text) {
            self.add_one(&plain);
            self.is_sure(sure);
        }
    }

    fn is_sure(&mut self, sure: bool) {
        if !sure {
            self.0.push('\n');
        }
    }

    /// A word with a soft hyphen or a line break in it reads the same to a customer, so it counts the same.
    fn add_one(&mut self, text: &str) {
        if !self.0.is_empty() && !self.0.ends_with(' ') {
            self.0.push(' ');
        }
        let start = self.0.len();
        fold_into(text, &mut self.0);
        if !text.is_ascii() {
            let folded = self.0.split_off(start);
            self.0.push_str(&without_accents(&folded));
            self.is_sure(!text.contains(turns_around));
        }
        if let Some(unmasked) = unmasked(text) {
            self.0.push(' ');
            self.0.push_str(&unmasked);
        }
    }

    pub(super) fn add_all(&mut self, value: &serde_json::Value) {
        use serde_json::Value;
        match value {
            Value::String(text) => self.add(text),
            Value::Array(values) => values.iter().for_each(|v| self.add_all(v)),
            Value::Object(members) => members.values().for_each(|v| self.add_all(v)),
            _ => {}
        }
    }
}

/// Whether a word may begin at this place in `text`, or one from before goes on there.
///
/// Scripts without cases are often written without spaces: there, and after a digit (`50mg`), a word may begin anywhere.
fn may_begin(text: &str, at: usize) -> bool {
    let (Some(before), Some(next)) = (text[..at].chars().next_back(), text[at..].chars().next()) else { return true };
    !(before.is_lowercase() && next.is_lowercase() || before.is_numeric() && next.is_numeric())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::Topics, *};

    fn found(arguments: serde_json::Value, output: &str, words: &[&str]) -> bool {
        let ask = json!({"action": "message.send", "arguments": arguments, "output": output});
        let words = WordLists::from([("Topic".to_owned(), words.iter().map(|word| (*word).to_owned()).collect())]);
        Topics::of(&serde_json::from_value(ask).unwrap(), &Words::from(&words)).contains("topic")
    }

    #[test]
    fn a_word_is_found_where_a_reader_would_see_it() {
        for (text, word) in [
            ("Take one dose a day.", "dose"),
            ("DOSES", "Dose"),
            ("the Side\n  effect", "side effect"),
            ("do\u{200b}se", "dose"),
            ("do\u{ad}se", "dose"),
            ("50mg", "mg"),
            ("(dose)", "dose"),
            ("overdose, then a dose", "dose"),
            ("xno no no", "no no"),
            ("请就医治疗", "医"),
            ("see医", "医"),
            ("call us@911", "@911"),
            ("ÉTÉ", "été"),
            ("un l’avocat", "l'avocat"),
            ("we won’t refund", "won't refund"),
            ("ma re\u{301}clamation", "réclamation"),
            ("MA RECLAMATION", "réclamation"),
            ("İade", "iade"),
            ("Straße", "STRASSE"),
            ("a side\u{2011}effect", "side-effect"),
            ("a law\u{fe0f}suit", "lawsuit"),
            ("a ｌａｗｓｕｉｔ", "lawsuit"),
            ("a 𝐥𝐚𝐰𝐬𝐮𝐢𝐭", "lawsuit"),
            ("a lаwsuit", "lawsuit"),
            ("a Iawsuit", "lawsuit"),
            ("a d0se", "dose"),
            ("врaч", "врач"),
            ("<p>law<b>suit</b></p>", "lawsuit"),
            ("<p>A<br>dose</p>", "dose"),
            ("a &#100;os&#x65;", "dose"),
            ("law&shy;suit", "lawsuit"),
            ("won&rsquo;t refund", "won't refund"),
            ("r&eacute;clamation", "réclamation"),
            ("side&nbsp;effect", "side effect"),
            ("do<!-- > -->se", "dose"),
            ("I am ill.", "\"ill\""),
            ("1 < 2 dose", "dose"),
            ("law<b title=\">\">suit</b>", "lawsuit"),
            ("<p>a</p><p>law<b class=x>suit</b></p>", "lawsuit"),
            ("<p class='big'>A</p>\n<div>law<a href=\"x>y\">suit</a></div>", "lawsuit"),
            ("law<!-->suit", "lawsuit"),
            ("law<!-- a --!>suit", "lawsuit"),
            ("&#108awsuit", "lawsuit"),
            ("l&#97wsuit", "lawsuit"),
            ("l&#x61wsuit", "lawsuit"),
            ("won&#146;t refund", "won't refund"),
            ("law&shysuit", "lawsuit"),
            ("r&eacuteclamation", "réclamation"),
            ("law**suit**", "lawsuit"),
            ("law\\suit", "lawsuit"),
            ("law[suit](x)", "lawsuit"),
            ("law[suit][1]", "lawsuit"),
            ("law*<b>suit</b>*", "lawsuit"),
            ("a 🅻🅰🆆🆂🆄🅸🆃", "lawsuit"),
            ("a 🅛🅐🅦🅢🅤🅘🅣", "lawsuit"),
            ("a 🇱🇦🇼🇸🇺🇮🇹", "lawsuit"),
            ("a ʟᴀᴡsᴜɪᴛ", "lawsuit"),
            ("a \u{abae}awsuit", "lawsuit"),
            ("call ❾❶❶", "911"),
            ("l\u{1dc4}awsuit", "lawsuit"),
            ("la\u{20dd}wsuit", "lawsuit"),
            ("law\u{fe20}suit", "lawsuit"),
            ("law\u{488}suit", "lawsuit"),
            ("small <s>x</s> claims", "small claims"),
            ("small <span class=hidden>x</span> claims", "small claims"),
            ("small <div class=hidden>x</div> claims", "small claims"),
        ] {
            assert!(found(json!({}), text, &[word]), "{word} in {text}");
        }
    }

    #[test]
    fn a_word_is_not_found_within_another() {
        for (text, word) in [
            ("will", "ill"),
            ("overdose", "dose"),
            ("1911", "911"),
            ("do se", "dose"),
            ("all", ""),
            ("illness", "\"ill\""),
            ("Lilly", "ill"),
            ("a small <b>x</b> claims", "small claims"),
            ("claims of a<br><s>court</s>", "small claims"),
        ] {
            assert!(!found(json!({}), text, &[word]), "{word} in {text}");
        }
    }

    fn is_readable(output: &str) -> bool {
        let ask = json!({"action": "message.send", "arguments": {}, "topics": [], "output": output});
        let words = WordLists::from([("medical".to_owned(), Vec::new())]);
        Topics::of(&serde_json::from_value(ask).unwrap(), &Words::from(&words)).complete
    }

    #[test]
    fn what_cannot_be_read_surely_may_touch_anything() {
        for output in [
            "law&NoBreak;suit",
            "law&af;suit",
            "l&acy;wsuit",
            "law<span hidden>x</span>suit",
            "law<span style='display:none'>x</span>suit",
            "law<style>x</style>suit",
            "law<script>x</script>suit",
            "<bdo dir=\"rtl\">tiuswal</bdo>",
            "<p dir=rtl>!</p>",
            "&#x202e;tiuswal",
            "law<b a\"b>suit",
            "law<b title=a\">suit",
            "law<b title=\">suit",
            "law<!-- suit",
            "a <img alt=lawsuit>",
            "la[w](\"a)\")suit",
            "![](x)",
        ] {
            assert!(!is_readable(output), "{output}");
        }
        for output in [
            "Tom & Jerry, R&D; 1 < 2, a <3, https://x.com/?a=1&currency=2",
            "<!doctype html><html lang=en><body><p class=\"a b\" data-x=1>Your order&nbsp;is <b>on its way</b>.<br/></p>",
            "**Thanks**, [your order](https://x.com/a_b?c=d) is `sent`.",
            "a \\ b &amp; c &ndash; d&hellip;",
        ] {
            assert!(is_readable(output), "{output}");
        }
    }

    #[test]
    fn every_text_of_the_arguments_is_searched() {
        for arguments in [json!({"text": "a dose"}), json!({"parts": [1, {"body": ["", "a dose"]}]})] {
            assert!(found(arguments.clone(), "", &["dose"]), "{arguments}");
        }
        assert!(!found(json!({"dose": 1}), "", &["dose"]), "a name is not a text");
    }

    #[test]
    fn all_topics_are_known_only_with_declared_topics_and_an_output() {
        for (members, known) in [
            (json!({"topics": [], "output": "Hello."}), true),
            (json!({"topics": []}), false),
            (json!({"output": "Hello."}), false),
            (json!({"topics": [], "output": " "}), false),
            (json!({"topics": [], "output": "\u{202e}esod"}), false),
        ] {
            let mut ask = json!({"action": "message.send", "arguments": {}});
            ask.as_object_mut().unwrap().extend(members.as_object().cloned().unwrap_or_default());
            let ask = serde_json::from_value(ask).unwrap();
            assert_eq!(
                Topics::of(&ask, &Words::from(&WordLists::from([("medical".to_owned(), Vec::new())]))).complete,
                known,
                "{members}"
            );
        }
    }
}
