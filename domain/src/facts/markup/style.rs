//! Styles of which it is known that they hide nothing of a text, nor draw it as another.
//!
//! Letters are dark and backgrounds are light, however their elements lie within each other, and no size hangs on another.
//! What is drawn between lines could cover them, so that within a line only letters have a style.

use std::ops::RangeInclusive;

/// Fonts that draw a letter as that letter.
const FONTS: &str = "-apple-system, arial, blinkmacsystemfont, calibri, cambria, courier, courier new, georgia, helvetica, \
                     helvetica neue, inter, lato, lucida grande, lucida sans unicode, menlo, monospace, montserrat, open sans, \
                     palatino, poppins, roboto, sans-serif, segoe ui, serif, system-ui, tahoma, times, times new roman, \
                     trebuchet ms, ubuntu, verdana";

const COLOURS: [(&str, &str); 17] = [
    ("black", "000000"),
    ("blue", "0000ff"),
    ("dimgray", "696969"),
    ("gray", "808080"),
    ("green", "008000"),
    ("grey", "808080"),
    ("ivory", "fffff0"),
    ("lightgray", "d3d3d3"),
    ("lightgrey", "d3d3d3"),
    ("maroon", "800000"),
    ("navy", "000080"),
    ("purple", "800080"),
    ("red", "ff0000"),
    ("teal", "008080"),
    ("white", "ffffff"),
    ("whitesmoke", "f5f5f5"),
    ("yellow", "ffff00"),
];

/// How bright letters are at most, and backgrounds at least: the contrast of one to the other is 4.5 to 1, as WCAG wants it.
const DARK: f64 = 0.133;
const LIGHT: f64 = 0.774;

/// Whether all that a `style` says leaves the text of its element to be read where it stands.
pub fn hides_nothing(style: &str, is_within_a_line: bool) -> bool {
    let style = style.replace("&quot;", "\"").replace("&#39;", "'").to_ascii_lowercase();
    style.split(';').map(str::trim).filter(|one| !one.is_empty()).all(|one| {
        let Some((property, value)) = one.split_once(':') else { return false };
        let (property, value) = (property.trim(), value.trim());
        let value = value.strip_suffix("!important").map_or(value, str::trim);
        is_of_letters(property, value) || !is_within_a_line && is_of_a_block(property, value)
    })
}

fn is_of_letters(property: &str, value: &str) -> bool {
    let is_one_of = |known: &str| known.split(' ').any(|known| known == value);
    match property {
        "color" => value == "inherit" || brightness(value).is_some_and(|bright| bright <= DARK),
        "font-family" => value.split(',').map(unquoted).all(|font| FONTS.split(", ").any(|known| known == font)),
        "font-size" => {
            is_one_of("1em 1rem 100% small medium large x-large")
                || is_from(value, "px", 12.0..=28.0)
                || is_from(value, "pt", 9.0..=21.0)
        }
        "font-style" => is_one_of("normal italic oblique"),
        "font-weight" => is_one_of("normal bold bolder lighter 100 200 300 400 500 600 700 800 900"),
        "letter-spacing" => is_one_of("normal 0 0px"),
        "line-height" => {
            is_one_of("normal")
                || is_from(value, "", 1.0..=3.0)
                || is_from(value, "%", 100.0..=300.0)
                || is_from(value, "px", 12.0..=100.0)
        }
        "overflow-wrap" | "vertical-align" | "word-break" | "word-wrap" => is_one_of("normal baseline"),
        "text-decoration" => is_one_of("none underline line-through"),
        "text-transform" => is_one_of("none uppercase lowercase capitalize"),
        "-ms-text-size-adjust" | "-webkit-text-size-adjust" => is_one_of("none 100%"),
        _ => false,
    }
}

fn is_of_a_block(property: &str, value: &str) -> bool {
    let is_one_of = |known: &str| known.split(' ').any(|known| known == value);
    let is_gap = |value: &str| value == "0" || is_from(value, "px", 0.0..=100.0);
    let each = |fits: &dyn Fn(&str) -> bool| value.split_ascii_whitespace().all(fits);
    match property {
        "background" | "background-color" => {
            is_one_of("none transparent") || brightness(value).is_some_and(|bright| bright >= LIGHT)
        }
        "border" | "border-bottom" | "border-left" | "border-right" | "border-top" => each(&|part| {
            let is_line = ["none", "0", "solid", "dashed", "dotted", "double"].contains(&part);
            is_line || is_from(part, "px", 0.0..=10.0) || brightness(part).is_some()
        }),
        "border-collapse" => is_one_of("collapse separate"),
        "border-radius" | "border-spacing" => each(&is_gap),
        "list-style" | "list-style-type" => is_one_of("none disc circle square decimal"),
        "margin" | "margin-bottom" | "margin-left" | "margin-right" | "margin-top" => {
            each(&|part| part == "auto" || is_gap(part))
        }
        "max-width" | "min-width" | "width" => {
            is_one_of("auto none") || is_from(value, "px", 0.0..=1000.0) || is_from(value, "%", 0.0..=100.0)
        }
        "padding" | "padding-bottom" | "padding-left" | "padding-right" | "padding-top" => each(&is_gap),
        "text-align" => is_one_of("left right center justify start end"),
        // Of a cell; within a line, one in another lifts words over those of other lines.
        "vertical-align" => is_one_of("bottom middle top"),
        _ => false,
    }
}

/// Whether it is a number of this unit within the range.
fn is_from(value: &str, unit: &str, range: RangeInclusive<f64>) -> bool {
    let number =
        value.strip_suffix(unit).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    number.and_then(|number| number.parse().ok()).is_some_and(|number| range.contains(&number))
}

fn unquoted(font: &str) -> &str {
    let font = font.trim();
    let within = |quote: char| font.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(font)
}

/// The relative luminance, from 0 for black to 1 for white; `None` where it is not plainly a colour.
fn brightness(colour: &str) -> Option<f64> {
    let named = COLOURS.iter().find(|(name, _)| *name == colour).map(|(_, hex)| *hex);
    let [red, green, blue] = match named.or_else(|| colour.strip_prefix('#')) {
        Some(hex) => of_hex(hex)?,
        None => {
            let parts = colour.strip_prefix("rgb(")?.strip_suffix(')')?.split(',');
            let parts: Vec<u8> = parts.map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
            parts.try_into().ok()?
        }
    }
    .map(|part| match f64::from(part) / 255.0 {
        dark if dark <= 0.040_45 => dark / 12.92,
        part => ((part + 0.055) / 1.055).powf(2.4),
    });
    Some(0.2126 * red + 0.7152 * green + 0.0722 * blue)
}

fn of_hex(hex: &str) -> Option<[u8; 3]> {
    let digits: Vec<u8> =
        hex.chars().map(|digit| digit.to_digit(16).map(|digit| digit as u8)).collect::<Option<_>>()?;
    match digits[..] {
        [r, g, b] => Some([r, g, b].map(|digit| 17 * digit)),
        [r, r2, g, g2, b, b2] => Some([16 * r + r2, 16 * g + g2, 16 * b + b2]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::html, DARK, LIGHT};

    /// The body of an order's mail as shop systems write it.
    const MAIL: &str = r##"<table width="100%" cellpadding="0" style="border-collapse: collapse; background-color:#F7F7F7;">
        <tr><td align="center" style="padding:24px 16px;font-family:&quot;Helvetica Neue&quot;, Arial, sans-serif !important;">
        <h1 style="margin:0 0 12px;font-size:28px;line-height:1.3;color:#1a1a2e;text-align:left">Your order</h1>
        <p style='margin: 0; color: rgb(68, 68, 68); font-size: 16px; line-height: 24px;'>Hi <b style="font-weight:600">Omar</b>,
        see <a href="https://shop.example/o/1" style="color:#0b57d0; text-decoration:underline">your order</a>.</p>
        <ul style="list-style-type:disc;padding-left:20px;"><li style="color:#555">Shirt</li></ul>
        <p style="font-size:9pt;color:#666666;border-top:1px solid #ddd;max-width:600px"></p></td></tr></table>"##;

    #[test]
    fn an_ordinary_mail_of_a_shop_is_read_for_sure() {
        let read = html(MAIL);
        assert!(read.sure, "{}", read.readings[0]);
        assert!(read.readings[0].contains("Hi Omar,"), "{}", read.readings[0]);
        for tag in ["<p style>", "<p style=''>", "<p style=\"color : BLACK ; ; \">", "<hr style=border:0>", "</p>"] {
            assert!(html(tag).sure, "{tag}");
        }
    }

    #[test]
    fn a_style_that_could_hide_or_change_what_is_read_is_not_known() {
        for style in [
            "display:none",
            "display:block",
            "visibility:hidden",
            "opacity:0",
            "position:absolute",
            "left:-999px",
            "clip:rect(0,0,0,0)",
            "overflow:hidden",
            "transform:scale(0)",
            "word-break:break-all",
            "word-wrap:break-word",
            "vertical-align:super",
            "content:'x'",
            "direction:rtl",
            "unicode-bidi:bidi-override",
            "text-indent:-999px",
            "mso-hide:all",
            "float:right",
            "height:0",
            "max-height:0",
            "color:white",
            "color:#fff",
            "color:#fefefe",
            "color:yellow",
            "color:#777",
            "color:red",
            "color:transparent",
            "color:rgba(0,0,0,0)",
            "color:#0000",
            "color:rgb(0,0)",
            "color:rgb(0 0 0 / 0)",
            "color:var(--x)",
            "color:",
            "background:black",
            "background-color:#333",
            "background:#ccc",
            "background:#ddd",
            "background:rgba(255,255,255,.5)",
            "background:#ffff",
            "background:url(x)",
            "background:white url(x)",
            "font-size:0",
            "font-size:0px",
            "font-size:1px",
            "font-size:.1px",
            "font-size:8px",
            "font-size:11px",
            "font-size:48px",
            "font-size:500px",
            "font-size:6pt",
            "font-size:36pt",
            "font-size:1vw",
            "font-size:xx-small",
            "font-size:1e1px",
            "font-size:-16px",
            "font-size:0.5em",
            "font-size:smaller",
            "font-size:calc(1px)",
            "font:0/0 a",
            "font-family:Wingdings",
            "font-family:'Arial",
            "font-family:arial;font-family:symbol",
            "font-family:",
            "line-height:0",
            "line-height:0.1",
            "line-height:5px",
            "letter-spacing:-1em",
            "letter-spacing:2px",
            "letter-spacing:50px",
            "word-spacing:-9px",
            "margin:-20px",
            "margin-left:9999px",
            "padding:1px 9999px",
            "text-transform:full-size-kana",
            "white-space:nowrap",
            "width:99999px",
            "color:black;display:none",
            "color:black;/*",
            "color:black}",
            "color:bl\\61 ck",
            "color&colon;black",
            "col/**/or:black",
            "color",
        ] {
            assert!(!html(&format!("<p style=\"{style}\">")).sure, "{style}");
        }
        for style in [
            "vertical-align:middle",
            "background:#fff",
            "border:40px solid #fff",
            "border:1px solid #fff",
            "padding:9px",
            "width:9px",
        ] {
            assert!(!html(&format!("<span style='{style}'>")).sure, "{style} within a line");
        }
        const { assert!((LIGHT + 0.05) / (DARK + 0.05) >= 4.5) };
        assert!(!html("<p style=\"color:black\" style=\"display:none\">").sure);
        assert!(!html("<p style = display:none>").sure);
        assert!(!html("<p style=line-height:12px>x<br><mark>&nbsp;</mark>").sure, "it is drawn over the line above");
        assert!(!html("<p style=color:black").sure, "it does not end");
    }

    #[test]
    fn what_stands_out_stands_within_no_word() {
        for (text, sure) in [
            ("law<b>x</b>suit", true),
            ("law<span style=''>x</span>suit", true),
            ("law<span style=\"font-size:12px\">x</span>suit", false),
            ("law<span style=\"font-size:12px\">&#120;</span>suit", false),
            ("law<span style=\"font-size:12px\">.</span>suit", false),
            ("law<b><i style=color:#666>\u{200b}x</i></b>suit", false),
            ("<b style=color:#666>x</b>lawsuit", false),
            ("law<span class=hidden>x</span>suit", false),
            ("<b class=name>law</b>s <span class=\"name\">suit</span>", false),
            ("<b class=name>law</b> <span class=\"name\">suit</span>", true),
            ("law<s>x</s>suit", false),
            ("law<DEL>x</del>suit", false),
            ("law<small>x</small>suit", false),
            ("law<div class=hidden>x</div>suit", false),
            ("<p>law</p><p id=x>and order</p><p>suit</p>", false),
            ("<p class=x>law</p>\n<p class=x>suit</p>", true),
            ("<p style=color:#000>law</p><p>suit</p>", true),
            ("see <a style=color:#000>your order</a>, <s>29</s> <b>19</b>.<br><b>Yours", true),
            ("the 10<sup>th</sup>", true),
        ] {
            assert_eq!(html(text).sure, sure, "{text}");
        }
    }

    #[test]
    fn cells_of_several_lines_beside_each_other_are_not_known() {
        let across = "<table><tr><td align=right>We will file a law<br>Thank you and good</td>\
                      <td>suit against you<br> bye</td></tr></table>";
        for (text, sure) in [
            (across, false),
            (&*across.to_uppercase(), false),
            ("<table><tr><td>a<td>b<p>c", false),
            ("<table><tr><td><div>a</div><div>b</div><td>c", false),
            ("<table><tr><td>suit</td></tr>law</table>", false),
            ("<table><tr><td>suit</td>law</tr></table>", false),
            ("<table><tr><td>suit</td></tr><p>law</p></table>", false),
            ("<table><tfoot><tr><td>suit</tfoot><tr><td>law", false),
            ("<table><tr><td>suit</tr><thead><tr><td>law", false),
            ("<table><tr><td>suit</tr><caption>law", false),
            ("<table><thead><tr><th>law</thead><tbody><tr><td>suit</tbody></table>", true),
            ("<table><tr><td><table><tr><td>a</table></td><td>b", false),
            ("<table><td>a<br>b<td>c", false),
            ("<table><tr><td width=1 align=right>good law</td><td width=1>day suit</td></tr></table>", false),
            ("<table><tr><td>Your order<td>Shirt", false),
            ("<table><tr><td>Shirt<td>Your&#32;order", false),
            ("<table><tr><td>good<wbr>law<td>suit", false),
            ("<table><tr><td>good-law<td>suit", false),
            ("<table><tr><td>就医<td>疗", false),
            ("<table><tr><td>law<td rowspan=2>suit", false),
            ("<table><tr><td>Blue shirt<td>2<td>$ 29.00<tr><td>Item<td>Each<td>Price</table>A few words", true),
            ("<table><tr><td>law<b>suit</b></td><td>1st</td></tr><tr><td>Dear Omar Anderson", true),
            ("<table align=left><tr><td>a", false),
            ("<table align=center><tr><td>a<br>b</td></tr><tr><td>c<p>d", true),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table><p>e<br>f", true),
            ("<table><tr><td><table><tr><td>a</td><td>b</td></tr></table><p>c", true),
        ] {
            assert_eq!(html(text).sure, sure, "{text}");
        }
    }

    #[test]
    fn sizes_within_sizes_are_not_known() {
        for (text, sure) in [
            ("<small>a</small> <small>b</small> <sub>c</sub>", true),
            ("<h1>a <small>b</small></h1><h2>c</h2>", true),
            ("<small><small>x", false),
            ("<sub><big>x", false),
            ("<small></sub><Small>x", false),
            ("<h6><div><h6>x", false),
            ("<h1></h2><h3>x", false),
        ] {
            assert_eq!(html(text).sure, sure, "{text}");
        }
    }
}
