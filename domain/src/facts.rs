//! What is known of a request beyond its own words, and from where.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use crate::{
    action::WordLists,
    folding::{fold_into, folded, turns_around, unmasked, without_accents},
    money::Money,
    permission::Field,
    request::Ask,
    window::{Usage, Window},
};

mod markup;

/// What the brand (a synced list, a person) says of a customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandFacts {
    #[serde(default)]
    pub orders: Option<u32>,
    #[serde(default)]
    pub lifetime_value: Option<Money>,
    #[serde(default)]
    pub open_complaints: Option<u32>,
}

/// What was read beside the request, in the same transaction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// `None`: the brand does not know this customer.
    pub brand: Option<BrandFacts>,
    /// Complaints about this customer in Reins' own record that nobody has resolved.
    pub recorded_complaints: u32,
    /// Whether another customer was served under the same trigger.
    pub other_customer_under_trigger: bool,
    /// Whether a request of this agent with this action and template has succeeded.
    pub kind_has_succeeded: bool,
    /// A window that is not in here is unknown.
    pub windows: BTreeMap<Window, Usage>,
}

/// What a request touches: topics that are declared, or that the brand's words give away.
pub struct Topics<'a> {
    folded: BTreeSet<Cow<'a, str>>,
    /// There may be more without declared topics, without the output, or where text may read otherwise than it is written.
    pub complete: bool,
}

impl<'a> Topics<'a> {
    pub fn of(ask: &'a Ask, words: &'a Words) -> Self {
        let mut topics: BTreeSet<_> = ask.topics.iter().flatten().map(|topic| as_word(topic)).collect();
        let mut readable = true;
        if !words.0.is_empty() {
            let mut text = Text(String::with_capacity(1024));
            text.add(ask.output.as_deref().unwrap_or_default());
            text.add_all(&ask.arguments);
            readable = !text.0.contains('\n');
            words.find(text.0.trim_end(), &mut topics);
        }
        Self { folded: topics, complete: readable && ask.topics.is_some() && ask.carries(Field::Output) }
    }

    pub fn contains(&self, topic: &str) -> bool {
        self.folded.contains(as_word(topic).as_ref())
    }
}

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

    /// Adds the topics of the words that begin somewhere in `text`.
    fn find<'a>(&'a self, text: &str, topics: &mut BTreeSet<Cow<'a, str>>) {
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
/// A line break, which folding leaves none of, stands for text that may read otherwise.
struct Text(String);

impl Text {
    fn add(&mut self, text: &str) {
        self.add_marked(text);
        if text.contains(['<', '&']) {
            let read = markup::html(text);
            for (at, reading) in read.readings.iter().enumerate() {
                if !read.readings[..at].contains(reading) {
                    self.add_marked(reading);
                }
            }
            self.is_sure(read.sure);
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

    fn add_all(&mut self, value: &serde_json::Value) {
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

/// The strictest of what is known; `None` is unknown.
///
/// The agent's word joins in when the rule trusts it; otherwise it can only make things stricter.
pub struct Strictest<'a> {
    pub ask: &'a Ask,
    pub facts: &'a Facts,
    pub trust_agent: bool,
}

impl Strictest<'_> {
    /// Whether this is at most the customer's first order.
    pub fn first_order(&self) -> Option<bool> {
        let said = self.ask.customer.as_ref().and_then(|c| c.orders);
        self.weigh(said.map(|n| n <= 1), self.brand(|brand| brand.orders).map(|n| n <= 1))
    }

    /// Whether the customer is worth more than `limit`; another currency is unknown.
    pub fn worth_over(&self, limit: Money) -> Option<bool> {
        let over = |value: Money| (value.currency == limit.currency).then_some(value.minor > limit.minor);
        let said = self.ask.customer.as_ref().and_then(|c| c.lifetime_value);
        self.weigh(said.and_then(over), self.brand(|brand| brand.lifetime_value).and_then(over))
    }

    pub fn open_complaint(&self) -> Option<bool> {
        if self.facts.recorded_complaints > 0 {
            return Some(true);
        }
        let said = self.ask.customer.as_ref().and_then(|c| c.open_complaints);
        self.weigh(said.map(|n| n > 0), self.brand(|brand| brand.open_complaints).map(|n| n > 0))
    }

    fn brand<T>(&self, fact: impl Fn(&BrandFacts) -> Option<T>) -> Option<T> {
        self.facts.brand.as_ref().and_then(fact)
    }

    /// `true` is the strict side; a trusted or a brand's `false` is needed for `false`.
    fn weigh(&self, said: Option<bool>, brand: Option<bool>) -> Option<bool> {
        match (said, brand) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (_, Some(false)) => Some(false),
            (Some(false), None) if self.trust_agent => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
