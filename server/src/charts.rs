//! Charts as SVG; the page shows the same figures as a table beside.

use axum::{
    Extension,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::view::Day;
use governance::{Actor, Error};
use plotters::prelude::*;
use serde::Deserialize;

use crate::House;

/// With a few labels for days: as many as have room beside each other.
const WIDE: ((u32, u32), usize) = ((960, 280), 8);
const NARROW: ((u32, u32), usize) = ((360, 280), 4);

#[derive(Deserialize)]
pub struct Look {
    theme: Option<String>,
    width: Option<String>,
}

/// Colours of a chart; one set for light, one for dark.
struct Palette {
    text: RGBColor,
    line: RGBColor,
    /// Allowed, needs approval, denied, everything else.
    bars: [RGBColor; 4],
}

const LIGHT: Palette = Palette {
    text: RGBColor(70, 74, 84),
    line: RGBColor(222, 224, 230),
    bars: [RGBColor(46, 125, 80), RGBColor(196, 130, 20), RGBColor(96, 102, 118), RGBColor(176, 181, 194)],
};
const DARK: Palette = Palette {
    text: RGBColor(186, 190, 202),
    line: RGBColor(52, 56, 66),
    bars: [RGBColor(92, 184, 134), RGBColor(226, 170, 74), RGBColor(150, 156, 172), RGBColor(88, 93, 107)],
};

/// Decisions per day of an agent, the last 30 days.
pub async fn decisions(
    State(house): State<House>,
    Extension(actor): Extension<Actor>,
    Path(file): Path<String>,
    Query(look): Query<Look>,
) -> Response {
    let Some(slug) = file.strip_suffix(".svg") else { return StatusCode::NOT_FOUND.into_response() };
    let days = match house.governance.days(&actor, slug).await {
        Ok(days) => days,
        Err(Error::NotFound) => return StatusCode::NOT_FOUND.into_response(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let palette = if look.theme.as_deref() == Some("dark") { &DARK } else { &LIGHT };
    let size = if look.width.as_deref() == Some("narrow") { NARROW } else { WIDE };
    match draw(&days, palette, size) {
        Ok(svg) => ([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response(),
        Err(error) => {
            tracing::error!(%error, "a chart cannot be drawn");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn draw(
    days: &[Day],
    palette: &Palette,
    (size, labels): ((u32, u32), usize),
) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let stacks: Vec<[u32; 4]> =
        days.iter().map(|d| [d.allowed, d.needs_approval, d.denied, d.shadowed + d.stopped + d.paused]).collect();
    let most = stacks.iter().map(|stack| stack.iter().sum::<u32>()).max().unwrap_or(0).max(4);
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(8)
            .x_label_area_size(28)
            .y_label_area_size(44)
            .build_cartesian_2d(0..days.len() as i32, 0..most + most.div_ceil(10))
            .map_err(|error| error.to_string())?;
        let label = |index: &i32| {
            let day = usize::try_from(*index).ok().and_then(|index| days.get(index));
            day.map(|day| day.date.format("%-d %b").to_string()).unwrap_or_default()
        };
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(palette.line)
            .axis_style(palette.line)
            .label_style(("sans-serif", 13).into_font().color(&palette.text))
            .x_labels(labels)
            .y_labels(5)
            .x_label_formatter(&label)
            .draw()
            .map_err(|error| error.to_string())?;
        let bars = stacks.iter().enumerate().flat_map(|(index, stack)| {
            let left = index as i32;
            let mut from = 0;
            std::array::from_fn::<_, 4, _>(|part| {
                let to = from + stack[part];
                let mut bar = Rectangle::new([(left, from), (left + 1, to)], palette.bars[part].filled());
                bar.set_margin(0, 0, 2, 2);
                from = to;
                bar
            })
        });
        chart.draw_series(bars).map_err(|error| error.to_string())?;
        area.present().map_err(|error| error.to_string())?;
    }
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_drawn_even_when_nothing_happened() {
        let day = |n| Day { date: chrono::NaiveDate::from_ymd_opt(2026, 11, n).unwrap(), ..Day::default() };
        let empty: Vec<Day> = (1..=30).map(day).collect();
        assert!(draw(&empty, &LIGHT, NARROW).unwrap().starts_with("<svg"));
        let busy: Vec<Day> = empty.into_iter().map(|d| Day { allowed: 3, denied: 2, ..d }).collect();
        let svg = draw(&busy, &DARK, WIDE).unwrap();
        assert!(svg.contains("1 Nov") && svg.matches("<rect").count() >= 60, "{svg}");
    }
}
