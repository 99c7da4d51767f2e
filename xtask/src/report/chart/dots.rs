//! Values on one axis, one a row, with their ranges.

use maud::{Markup, html};

use super::{Axis, Drawing, Marker, WIDTH, px};

/// One value a row, over a band that is to be hit.
pub struct DotChart {
    /// What it shows, for readers who do not see it.
    pub label: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Rows from the top.
    pub rows: Vec<DotRow>,
    /// Ends and name of the band.
    pub band: Option<((f64, f64), String)>,
}

/// A value with its range.
pub struct DotRow {
    /// Name at the left.
    pub name: String,
    /// Class that gives the colour.
    pub class: &'static str,
    /// Shape of the point.
    pub marker: Marker,
    /// The value.
    pub value: f64,
    /// Range around it.
    pub range: Option<(f64, f64)>,
    /// Further values, drawn small.
    pub singles: Vec<f64>,
    /// Text at the right.
    pub text: String,
    /// Its tooltip.
    pub tip: String,
}

const LEFT: f64 = 96.0;
const RIGHT: f64 = WIDTH - 132.0;
const TOP: f64 = 26.0;
const ROW: f64 = 34.0;

impl DotChart {
    /// Draws the chart.
    pub fn draw(&self) -> Drawing {
        let bottom = TOP + ROW * self.rows.len() as f64;
        let body = html! {
            @if let Some((ends, name)) = &self.band {
                @let (from, to) = (self.x_at(ends.0).max(LEFT), self.x_at(ends.1).min(RIGHT));
                rect class="band" x=(px(from)) y=(TOP) width=(px((to - from).max(1.0))) height=(px(bottom - TOP)) {}
                text class="note" x=(px(((from + to) / 2.0).clamp(LEFT + 60.0, RIGHT - 60.0))) y=(TOP - 8.0)
                    text-anchor="middle" { (name) }
            }
            @for (value, label) in &self.x.ticks {
                @let x = px(self.x_at(*value));
                line class="grid" x1=(x) x2=(x) y1=(TOP) y2=(px(bottom)) {}
                text class="tick" x=(x) y=(px(bottom + 18.0)) text-anchor="middle" { (label) }
            }
            line class="axis" x1=(LEFT) x2=(RIGHT) y1=(px(bottom)) y2=(px(bottom)) {}
            text class="title" x=(RIGHT) y=(px(bottom + 36.0)) text-anchor="end" { (self.x.title) }
            @for (i, row) in self.rows.iter().enumerate() { (self.row(row, TOP + ROW * (i as f64 + 0.5))) }
        };
        Drawing { label: self.label.clone(), height: bottom + 44.0, body }
    }

    fn x_at(&self, value: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * self.x.unit(value)
    }

    fn row(&self, row: &DotRow, y: f64) -> Markup {
        html! {
            text class="name" x="4" y=(px(y + 4.0)) { (row.name) }
            text class="value" x=(RIGHT + 14.0) y=(px(y + 4.0)) { (row.text) }
            g class={ "hit " (row.class) } {
                title { (row.tip) }
                @if let Some((from, to)) = row.range {
                    line class="range" x1=(px(self.x_at(from))) x2=(px(self.x_at(to))) y1=(px(y)) y2=(px(y)) {}
                }
                @for single in &row.singles {
                    @let x = px(self.x_at(*single));
                    line class="single" x1=(x) x2=(x) y1=(px(y - 7.0)) y2=(px(y + 7.0)) {}
                }
                (row.marker.draw(self.x_at(row.value), y, 5.5))
                rect class="area" x=(LEFT) y=(px(y - ROW / 2.0)) width=(px(RIGHT - LEFT)) height=(ROW) {}
            }
        }
    }
}
