//! Columns over ranges of values.

use maud::{Markup, html};

use super::{Axis, Drawing, WIDTH, px, text_width};

/// Adjoining columns that rise from zero.
pub struct Histogram {
    /// What it shows, for readers who do not see it.
    pub label: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis; it starts at 0.
    pub y: Axis,
    /// Columns from left to right.
    pub columns: Vec<Column>,
    /// Place and name of a line across.
    pub mark: Option<(f64, String)>,
}

/// One column.
pub struct Column {
    /// Its ends on the horizontal axis.
    pub ends: (f64, f64),
    /// Its height on the vertical axis.
    pub value: f64,
    /// Its tooltip.
    pub tip: String,
}

const LEFT: f64 = 54.0;
const RIGHT: f64 = WIDTH - 26.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = TOP + 228.0;
/// Paper between two columns.
const GAP: f64 = 1.0;

impl Histogram {
    /// Draws the chart.
    pub fn draw(&self) -> Drawing {
        let body = html! {
            text class="title" x="4" y=(TOP - 16.0) { (self.y.title) }
            @for (value, label) in &self.y.ticks {
                @let y = self.y_at(*value);
                line class="grid" x1=(LEFT) x2=(RIGHT) y1=(px(y)) y2=(px(y)) {}
                text class="tick" x=(LEFT - 8.0) y=(px(y + 4.0)) text-anchor="end" { (label) }
            }
            @for column in &self.columns { (self.column(column)) }
            @for (value, label) in &self.x.ticks {
                @let x = px(self.x_at(*value));
                line class="axis" x1=(x) x2=(x) y1=(BOTTOM) y2=(BOTTOM + 4.0) {}
                text class="tick" x=(x) y=(BOTTOM + 18.0) text-anchor="middle" { (label) }
            }
            line class="axis" x1=(LEFT) x2=(RIGHT) y1=(BOTTOM) y2=(BOTTOM) {}
            text class="title" x=(RIGHT) y=(BOTTOM + 36.0) text-anchor="end" { (self.x.title) }
            @if let Some((value, name)) = &self.mark { (self.mark(*value, name)) }
        };
        Drawing { label: self.label.clone(), height: BOTTOM + 44.0, body }
    }

    fn x_at(&self, value: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * self.x.unit(value)
    }

    fn y_at(&self, value: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * self.y.unit(value)
    }

    /// A column; the whole of its height on the chart answers to the pointer.
    fn column(&self, column: &Column) -> Markup {
        let (from, to) = (self.x_at(column.ends.0), self.x_at(column.ends.1));
        let (top, width) = (self.y_at(column.value), (to - from - GAP).max(0.5));
        html! {
            g class="hit s0" {
                title { (column.tip) }
                rect class="bar" x=(px(from)) y=(px(top)) width=(px(width)) height=(px((BOTTOM - top).max(0.0))) {}
                rect class="area" x=(px(from)) y=(TOP) width=(px(to - from)) height=(px(BOTTOM - TOP)) {}
            }
        }
    }

    /// The line across, and its name above it.
    fn mark(&self, value: f64, name: &str) -> Markup {
        let x = self.x_at(value);
        let half = text_width(name) / 2.0;
        html! {
            g class="reference" {
                line class="line dashed" x1=(px(x)) x2=(px(x)) y1=(TOP) y2=(BOTTOM) {}
            }
            text class="note" x=(px(x.min(RIGHT - half).max(LEFT + half))) y=(TOP - 4.0)
                text-anchor="middle" { (name) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_adjoin_and_touch_the_axis() {
        let column = |from: f64, to: f64, value| Column { ends: (from, to), value, tip: format!("{from}") };
        let svg = Histogram {
            label: "events".into(),
            x: Axis::log("events", (1.0, 4.0)),
            y: Axis::linear("users", (0.0, 10.0), 5),
            columns: vec![column(1.0, 2.0, 10.0), column(2.0, 4.0, 0.0)],
            mark: Some((2.0, "median 2".into())),
        };
        // The plot is 480 wide and 228 high; on a logarithmic axis both columns take half of it.
        let svg = svg.draw().standalone();
        assert!(svg.contains(r#"<rect class="bar" x="54" y="34" width="239" height="228">"#), "{svg}");
        assert!(svg.contains(r#"<rect class="bar" x="294" y="262" width="239" height="0">"#), "{svg}");
        assert!(svg.contains(r#"<line class="line dashed" x1="294" x2="294""#) && svg.contains(">median 2<"));
    }
}
