//! What is known of an outside system that actions run on. Whatever nobody has said is not known, and left empty.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    agent_file::{IntegrationHead, MOST_NAME, is_slug},
    fault::Fault,
    seen::{in_one_line, unfit_name},
};

/// An integration, as an agent file describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Integration {
    pub slug: String,
    pub name: String,
    /// The version that is pinned.
    #[serde(default)]
    pub version: String,
    /// Who makes it, such as `Shopify`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub vendor: String,
    /// What of theirs, such as `Admin API`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub product: String,
    /// How its versions are numbered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbering: Option<Numbering>,
    /// The last day on which the pinned version is served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_ends: Option<NaiveDate>,
    /// Web addresses, by https.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub documentation: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub status_page: String,
    /// Which account or store of the shop, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
}

/// How a vendor numbers versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// `2026-10`: the first month of a quarter.
    Quarters,
    /// `2026-10-15`: the day of a revision.
    Dates,
    /// `3` or `v3.1`.
    Numbers,
    /// In words, or by no order.
    Names,
}

impl Numbering {
    pub const ALL: [Self; 4] = [Self::Quarters, Self::Dates, Self::Numbers, Self::Names];

    pub fn name(self) -> &'static str {
        match self {
            Self::Quarters => "quarters",
            Self::Dates => "dates",
            Self::Numbers => "numbers",
            Self::Names => "names",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|numbering| numbering.name() == name)
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Quarters => "by quarters, such as 2026-10",
            Self::Dates => "by dates, such as 2026-10-15",
            Self::Numbers => "by numbers, such as 3.1",
            Self::Names => "by names",
        }
    }

    /// Whether a version can be numbered so.
    pub fn fits(self, version: &str) -> bool {
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        match self {
            Self::Quarters => match version.split_once('-') {
                Some((year, month)) => year.len() == 4 && is_number(year) && matches!(month, "01" | "04" | "07" | "10"),
                None => false,
            },
            Self::Dates => version.len() == 10 && version.parse::<NaiveDate>().is_ok(),
            Self::Numbers => version.strip_prefix('v').unwrap_or(version).split('.').all(is_number),
            Self::Names => true,
        }
    }
}

/// The longest web address.
pub const MOST_LINK: usize = 500;

/// A web address that a page may link to: by https, of a plain host, without a name or password in it.
pub fn is_link(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let (place, path) = rest.find(['/', '?', '#']).map_or((rest, ""), |at| rest.split_at(at));
    let (host, port) = place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port)));
    let is_label = |label: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        !label.is_empty() && label.bytes().all(fits) && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_plain =
        |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}');
    text.len() <= MOST_LINK
        && host.split('.').count() > 1
        && host.split('.').all(is_label)
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
        && path.bytes().all(is_plain)
}

impl Integration {
    /// What cannot be kept of it as it is, in words.
    pub fn faults(&self) -> Vec<(Fault, String)> {
        let slug = in_one_line(&self.slug);
        let mut faults = Vec::new();
        if !is_slug(&self.slug) {
            let words = format!("`{}` is not a short name: lower-case letters, digits and hyphens", self.slug);
            faults.push((Fault::Slug, words));
        }
        let mut check = |kind: Fault, what: &str, fault: Option<String>| {
            faults.extend(fault.map(|fault| (kind, format!("the {what} of the integration `{slug}` {fault}"))));
        };
        check(Fault::Name, "name", unfit_name(&self.name, MOST_NAME));
        let said = |text: &str| (!text.is_empty()).then(|| unfit_name(text, MOST_NAME)).flatten();
        check(Fault::Version, "version", said(&self.version));
        check(Fault::Name, "vendor", said(&self.vendor));
        check(Fault::Name, "product", said(&self.product));
        check(Fault::Name, "account", said(&self.account));
        let link = |text: &str| {
            let words = || format!("is no web address: `https://`, a host, at most {MOST_LINK} plain characters");
            (!text.is_empty() && !is_link(text)).then(words)
        };
        check(Fault::Link, "documentation", link(&self.documentation));
        check(Fault::Link, "status page", link(&self.status_page));
        let numbered = self.numbering.filter(|by| !self.version.is_empty() && !by.fits(&self.version));
        check(Fault::Version, "version", numbered.map(|by| format!("is not numbered {}", by.words())));
        faults
    }

    /// What permissions can name: all else of it means nothing to them.
    pub fn head(&self) -> IntegrationHead {
        let Self { slug, name, version, .. } = self.clone();
        IntegrationHead { slug, name, version }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_address_by_https_is_a_link() {
        for good in [
            "https://status.example.com",
            "https://shop.example:8443/docs?x=1#y",
            "https://xn--bcher-kva.example/a%20b",
        ] {
            assert!(is_link(good), "{good}");
        }
        for bad in [
            "",
            "http://status.example.com",
            "HTTPS://status.example.com",
            "javascript:alert(1)",
            "https://",
            "https://localhost",
            "https://user@example.com",
            "https://example.com:0/",
            "https://example.com:port/",
            "https://exa mple.com",
            "https://example.com/a b",
            "https://example.com/\u{202e}",
            "https://bücher.example",
            "https://example.com/\"><script>",
            " https://example.com",
            "//example.com",
            "https://.example.com",
        ] {
            assert!(!is_link(bad), "{bad}");
        }
        assert!(!is_link(&format!("https://example.com/{}", "x".repeat(MOST_LINK))));
    }

    #[test]
    fn a_version_fits_how_its_vendor_numbers() {
        for (numbering, good, bad) in [
            (Numbering::Quarters, ["2026-10", "2027-01"], ["2026-11", "latest"]),
            (Numbering::Dates, ["2026-10-15", "2028-02-29"], ["2026-02-29", "2026-1-5"]),
            (Numbering::Numbers, ["3", "v3.1"], ["3.", "three"]),
        ] {
            assert!(good.iter().all(|version| numbering.fits(version)), "{numbering:?}");
            assert!(!bad.iter().any(|version| numbering.fits(version)), "{numbering:?}");
        }
        assert!(Numbering::Names.fits("Aurora"));
        assert!(Numbering::ALL.iter().all(|one| Numbering::parse(one.name()) == Some(*one)));
    }

    #[test]
    fn what_cannot_be_kept_is_said() {
        let head = Integration {
            slug: "shop".to_owned(),
            name: "Shop".to_owned(),
            version: "latest".to_owned(),
            vendor: "Sh\u{202e}op".to_owned(),
            numbering: Some(Numbering::Quarters),
            documentation: "javascript:alert(1)".to_owned(),
            ..Integration::default()
        };
        let faults = head.faults();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[2].1.ends_with("is not numbered by quarters, such as 2026-10"), "{faults:?}");
        let plain = Integration { slug: head.slug, name: head.name, ..Integration::default() };
        assert!(plain.faults().is_empty());
    }
}
