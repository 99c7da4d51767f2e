//! Small charts as SVG, without scripts.
//!
//! A chart takes its colours from classes that [`STYLE`] defines for light and dark. It is drawn
//! once and used twice: inline in a page, or as a file of its own.

mod axis;
mod bars;
mod dots;
mod histogram;
mod legend;
mod marker;
mod xy;

use maud::{Markup, PreEscaped, html};

pub use axis::{Axis, padded};
pub use bars::{Bar, BarChart, BarGroup};
pub use dots::{DotChart, DotRow};
pub use histogram::{Column, Histogram};
pub use marker::Marker;
pub use xy::{Hover, Point, Series, XyChart};

/// Width of every chart in user units; a page scales it.
pub const WIDTH: f64 = 560.0;

/// Colours and type of the charts.
pub const STYLE: &str = include_str!("style.css");

/// A finished chart.
pub struct Drawing {
    /// What it shows, for readers who do not see it.
    label: String,
    height: f64,
    body: Markup,
}

impl Drawing {
    /// The chart as an element of a page that carries [`STYLE`].
    pub fn inline(&self) -> Markup {
        let view = format!("0 0 {WIDTH} {}", px(self.height));
        html! { svg class="chart" viewBox=(view) role="img" aria-label=(self.label) { (self.body) } }
    }

    /// The chart as a file.
    pub fn standalone(&self) -> String {
        let (width, height) = (px(WIDTH), px(self.height));
        let markup = html! {
            svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label=(self.label)
                viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) {
                style { (PreEscaped(STYLE)) }
                rect class="paper" width=(width) height=(height) {}
                (self.body)
            }
        };
        markup.into_string()
    }
}

/// A coordinate with as many decimals as can be seen.
fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Width of `text` at the size of the charts, roughly: a sans-serif letter is half as wide as high.
fn text_width(text: &str) -> f64 {
    6.3 * text.chars().count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short() {
        assert_eq!([12.0, 12.34, -0.26].map(px), ["12", "12.3", "-0.3"]);
    }

    #[test]
    fn a_file_carries_its_style_and_an_inline_chart_does_not() {
        let drawing = Drawing { label: "a < b".into(), height: 10.0, body: html! { g {} } };
        assert!(drawing.standalone().contains("xmlns") && drawing.standalone().contains(".chart"));
        assert!(!drawing.inline().into_string().contains("<style"));
        assert!(drawing.inline().into_string().contains("a &lt; b"));
    }
}
