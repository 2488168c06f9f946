//! Times in the reader's zone, and as they move on.

use domain::words::{self, Wall};
use js_sys::Date;
use web_sys::{Document, Element};

use crate::dom::all;

/// The database's clock at the moment, as a page that has just come tells it.
pub fn clock(page: &Document) -> Option<f64> {
    let now = page.query_selector("[data-now]").ok()??.get_attribute("data-now")?;
    Some(Date::parse(&now)).filter(|now| !now.is_nan())
}

/// Tells all times of a page, in milliseconds `now`. Says whether a time that is counted down ran out since `before`.
pub fn tell(page: &Document, before: f64, now: f64) -> bool {
    let mut ran_out = false;
    for time in all(page.query_selector_all("time[data-told]")) {
        let told = time.get_attribute("data-told").unwrap_or_default();
        let at = Date::parse(&time.get_attribute("datetime").unwrap_or_default());
        let until = ((at - now) / 1000.0) as i64;
        let (here, today) = (wall(at), Some(wall(now)));
        let text = match told.as_str() {
            "ago" => words::ago(-until),
            "due" => words::due(until),
            "left" => words::left(until),
            "moment" => words::moment(here, today),
            "dated-moment" => words::moment(here, None),
            "date" => words::date(here, today),
            "dated" => words::date(here, None),
            _ => continue,
        };
        if time.text_content().as_ref() != Some(&text) {
            time.set_text_content(Some(&text));
        }
        set(&time, "title", &words::exact(here));
        if told == "due" && until < 600 {
            set(&time, "class", "until-soon");
        }
        ran_out |= matches!(told.as_str(), "due" | "left") && before < at && at <= now;
    }
    ran_out
}

fn set(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        // Any value can be set.
        _ = element.set_attribute(name, value);
    }
}

fn wall(at: f64) -> Wall {
    let date = Date::new(&at.into());
    Wall {
        year: date.get_full_year() as i32,
        month: date.get_month() + 1,
        day: date.get_date(),
        hour: date.get_hours(),
        minute: date.get_minutes(),
        second: date.get_seconds(),
        offset: -(date.get_timezone_offset() as i32),
    }
}
