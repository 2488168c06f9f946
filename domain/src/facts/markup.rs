//! The text that a reader of HTML sees, as far as words are looked for in it.

/// Text without its tags and comments, each of which leaves `between`, and with its character references read.
pub(super) fn text(html: &str, between: &str) -> String {
    let mut seen = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(at);
        seen.push_str(before);
        let read = if from.starts_with('<') { tag(from).map(|end| (end, between.to_owned())) } else { reference(from) };
        let (end, stands_for) = read.unwrap_or_else(|| (1, from[..1].to_owned()));
        seen.push_str(&stands_for);
        rest = &from[end..];
    }
    seen.push_str(rest);
    seen
}

/// Where the tag or comment ends that `text` begins with.
fn tag(text: &str) -> Option<usize> {
    if text.starts_with("<!--") {
        return Some(text.find("-->").map_or(text.len(), |end| end + 3));
    }
    let opens = text[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    opens.then(|| text.find('>').map_or(text.len(), |end| end + 1))
}

/// Where the character reference ends that `text` begins with, and what it stands for.
fn reference(text: &str) -> Option<(usize, String)> {
    let name: &str = text[1..].split(|c: char| !c.is_ascii_alphanumeric() && c != '#').next()?;
    let closed = usize::from(text[1 + name.len()..].starts_with(';'));
    Some((1 + name.len() + closed, stands_for(name)?))
}

fn stands_for(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return code.ok().and_then(char::from_u32).map(String::from);
    }
    let letter = match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" | "ldquo" | "rdquo" => "\"",
        "apos" | "rsquo" | "lsquo" => "'",
        "nbsp" | "ensp" | "emsp" | "thinsp" => " ",
        "hyphen" | "dash" | "ndash" | "mdash" | "minus" => "-",
        "shy" | "zwnj" | "zwj" | "lrm" | "rlm" | "ZeroWidthSpace" => "",
        "szlig" => "ß",
        "aelig" => "æ",
        "AElig" => "Æ",
        "oelig" => "œ",
        "OElig" => "Œ",
        "inodot" | "imath" => "ı",
        _ => return accented(name),
    };
    Some(letter.to_owned())
}

/// `eacute` is an e, as words are looked for without accents.
fn accented(name: &str) -> Option<String> {
    let (letter, accent) = name.split_at_checked(1)?;
    let accents = [
        "acute", "grave", "circ", "uml", "tilde", "cedil", "ring", "caron", "slash", "macr", "ogon", "breve", "dot",
        "strok",
    ];
    accents.contains(&accent).then(|| letter.to_owned())
}
