//! Lines and points over two axes.

use maud::{Markup, html};

use super::legend::{Entry, legend};
use super::marker::points;
use super::{Axis, Drawing, Marker, WIDTH, px, text_width};

/// A chart of one or more series.
pub struct XyChart {
    /// What it shows, for readers who do not see it.
    pub label: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// Series, the first drawn lowest.
    pub series: Vec<Series>,
    /// What the pointer picks out.
    pub hover: Hover,
}

/// What the pointer picks out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hover {
    /// All points above one place of the horizontal axis.
    Column,
    /// A single point.
    Point,
}

/// Points that belong together, joined by a line.
pub struct Series {
    /// Name in the legend.
    pub name: String,
    /// Class that gives the colour.
    pub class: &'static str,
    /// Shape of the points.
    pub marker: Marker,
    /// Whether the line is dashed.
    pub dashed: bool,
    /// The points by rising position along the line.
    pub points: Vec<Point>,
}

/// A point of a series.
pub struct Point {
    /// Value on the horizontal axis.
    pub x: f64,
    /// Value on the vertical axis.
    pub y: f64,
    /// Head of its tooltip, shared by points above the same place.
    pub head: String,
    /// Its own line of the tooltip.
    pub tip: String,
    /// Text beside the point, left out where there is no room.
    pub label: Option<String>,
    /// Whether a ring sets it apart.
    pub ring: bool,
}

const LEFT: f64 = 54.0;
const RIGHT: f64 = WIDTH - 26.0;
const PLOT_HEIGHT: f64 = 236.0;
/// Points of a longer series are drawn as a line only.
const MOST_MARKERS: usize = 40;

/// A chart with its place on the canvas.
struct Placed<'a> {
    chart: &'a XyChart,
    top: f64,
}

impl XyChart {
    /// Draws the chart.
    pub fn draw(&self) -> Drawing {
        let entries: Vec<_> = self.series.iter().map(Series::entry).collect();
        let (legend, height) = legend(&entries, LEFT);
        let placed = Placed { chart: self, top: height + 26.0 };
        let body = html! {
            (legend)
            (placed.axes())
            @for series in &self.series { (placed.series(series)) }
            (placed.labels())
            (placed.hover())
        };
        Drawing { label: self.label.clone(), height: placed.bottom() + 44.0, body }
    }
}

impl Series {
    fn entry(&self) -> Entry<'_> {
        Entry { class: self.class, name: &self.name, marker: self.marker, dashed: self.dashed }
    }

    /// The points that can be drawn.
    fn finite(&self) -> impl Iterator<Item = &Point> {
        self.points.iter().filter(|point| point.x.is_finite() && point.y.is_finite())
    }
}

impl Placed<'_> {
    fn bottom(&self) -> f64 {
        self.top + PLOT_HEIGHT
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * self.chart.x.unit(value)
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom() - PLOT_HEIGHT * self.chart.y.unit(value)
    }

    fn place(&self, point: &Point) -> (f64, f64) {
        (self.x(point.x), self.y(point.y))
    }

    fn axes(&self) -> Markup {
        let (top, bottom) = (self.top, self.bottom());
        html! {
            @for (value, label) in &self.chart.y.ticks {
                @let y = self.y(*value);
                line class="grid" x1=(LEFT) x2=(RIGHT) y1=(px(y)) y2=(px(y)) {}
                text class="tick" x=(px(LEFT - 8.0)) y=(px(y + 4.0)) text-anchor="end" { (label) }
            }
            @for (value, label) in &self.chart.x.ticks {
                @let x = self.x(*value);
                line class="axis" x1=(px(x)) x2=(px(x)) y1=(px(bottom)) y2=(px(bottom + 4.0)) {}
                text class="tick" x=(px(x)) y=(px(bottom + 18.0)) text-anchor="middle" { (label) }
            }
            line class="axis" x1=(LEFT) x2=(RIGHT) y1=(px(bottom)) y2=(px(bottom)) {}
            text class="title" x="4" y=(px(top - 10.0)) { (self.chart.y.title) }
            text class="title" x=(RIGHT) y=(px(bottom + 36.0)) text-anchor="end" { (self.chart.x.title) }
        }
    }

    fn series(&self, series: &Series) -> Markup {
        let path: Vec<_> = series.finite().map(|point| self.place(point)).collect();
        let marked = path.len() <= MOST_MARKERS;
        html! {
            g class=(series.class) {
                polyline class=(if series.dashed { "line dashed" } else { "line" }) points=(points(&path)) {}
                @if marked { @for &(x, y) in &path { (series.marker.draw(x, y, 3.2)) } }
                @for point in series.finite().filter(|point| point.ring) {
                    @let (x, y) = self.place(point);
                    circle class="ring" cx=(px(x)) cy=(px(y)) r="7" {}
                }
            }
        }
    }

    /// Labels of points, each at the first side where it covers nothing.
    fn labels(&self) -> Markup {
        let mut taken = self.ink();
        let mut placed = Vec::new();
        for point in self.chart.series.iter().flat_map(Series::finite) {
            let Some(label) = &point.label else { continue };
            let (x, y) = self.place(point);
            let half = text_width(label) / 2.0;
            let (beside, corner) = (half + 9.0, half + 5.0);
            let sides =
                [(beside, 0.0), (-corner, 12.0), (corner, -12.0), (0.0, 14.0), (-beside, 0.0), (0.0, -14.0)];
            let free = sides.iter().map(|(dx, dy)| Area::around(x + dx, y + dy, half, 6.0)).find(|area| {
                area.inside(LEFT, RIGHT, self.top - 4.0, self.bottom())
                    && !taken.iter().any(|other| other.meets(area))
            });
            if let Some(area) = free {
                placed.push((area, label));
                taken.push(area);
            }
        }
        html! {
            @for (area, label) in &placed {
                text class="note" x=(px(area.x)) y=(px(area.y + 4.0)) text-anchor="middle" { (label) }
            }
        }
    }

    /// Points and lines, as areas that a label must not cover.
    fn ink(&self) -> Vec<Area> {
        const STEPS: u32 = 24;
        let mut areas = Vec::new();
        for series in &self.chart.series {
            let path: Vec<_> = series.finite().map(|point| self.place(point)).collect();
            areas.extend(path.iter().map(|&(x, y)| Area::around(x, y, 4.0, 4.0)));
            for ends in path.windows(2) {
                let [(x0, y0), (x1, y1)] = [ends[0], ends[1]];
                let along = (1..STEPS).map(|i| f64::from(i) / f64::from(STEPS));
                areas.extend(along.map(|t| Area::around(x0 + t * (x1 - x0), y0 + t * (y1 - y0), 1.0, 1.0)));
            }
        }
        areas
    }

    fn hover(&self) -> Markup {
        match self.chart.hover {
            Hover::Column => self.columns(),
            Hover::Point => html! {
                @for point in self.chart.series.iter().flat_map(Series::finite) {
                    @let (x, y) = self.place(point);
                    g class="hit" {
                        title { (point.head) "\n" (point.tip) }
                        circle class="halo" cx=(px(x)) cy=(px(y)) r="9" {}
                    }
                }
            },
        }
    }

    fn columns(&self) -> Markup {
        let mut at: Vec<&Point> = self.chart.series.iter().flat_map(Series::finite).collect();
        at.sort_by(|a, b| a.x.total_cmp(&b.x));
        let columns: Vec<&[&Point]> = at.chunk_by(|a, b| a.x == b.x).collect();
        let centres: Vec<f64> = columns.iter().map(|column| self.x(column[0].x)).collect();
        html! {
            @for (i, column) in columns.iter().enumerate() {
                @let from = if i == 0 { LEFT } else { (centres[i - 1] + centres[i]) / 2.0 };
                @let to = centres.get(i + 1).map_or(RIGHT, |next| (centres[i] + next) / 2.0);
                g class="hit" {
                    title { (column[0].head) @for point in *column { "\n" (point.tip) } }
                    line class="cross" x1=(px(centres[i])) x2=(px(centres[i]))
                        y1=(px(self.top)) y2=(px(self.bottom())) {}
                    rect class="area" x=(px(from)) y=(px(self.top))
                        width=(px((to - from).max(0.0))) height=(px(PLOT_HEIGHT)) {}
                }
            }
        }
    }
}

/// An area of the canvas: centre and half extents.
#[derive(Debug, Clone, Copy)]
struct Area {
    x: f64,
    y: f64,
    half_width: f64,
    half_height: f64,
}

impl Area {
    fn around(x: f64, y: f64, half_width: f64, half_height: f64) -> Self {
        Self { x, y, half_width, half_height }
    }

    fn meets(&self, other: &Self) -> bool {
        (self.x - other.x).abs() < self.half_width + other.half_width
            && (self.y - other.y).abs() < self.half_height + other.half_height
    }

    fn inside(&self, left: f64, right: f64, top: f64, bottom: f64) -> bool {
        self.x - self.half_width >= left
            && self.x + self.half_width <= right
            && self.y - self.half_height >= top
            && self.y + self.half_height <= bottom
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(points: Vec<(f64, f64)>, hover: Hover) -> XyChart {
        let points = points.into_iter().map(|(x, y)| Point {
            x,
            y,
            head: format!("x {x}"),
            tip: format!("y {y}"),
            label: Some(format!("label {x}")),
            ring: false,
        });
        XyChart {
            label: "a chart".into(),
            x: Axis::linear("x", (0.0, 10.0), 5),
            y: Axis::linear("y", (0.0, 10.0), 5),
            series: vec![Series {
                name: "one".into(),
                class: "s0",
                marker: Marker::Circle,
                dashed: false,
                points: points.collect(),
            }],
            hover,
        }
    }

    #[test]
    fn what_is_no_number_is_not_drawn() {
        let svg = chart(vec![(1.0, 2.0), (2.0, f64::NAN), (3.0, 4.0)], Hover::Column).draw().standalone();
        assert!(!svg.contains("NaN"));
        assert_eq!(svg.matches("class=\"hit\"").count(), 2);
    }

    #[test]
    fn labels_without_room_are_left_out() {
        let crowd = (0..9).map(|i| (5.0 + 0.01 * f64::from(i), 5.0)).collect();
        let svg = chart(crowd, Hover::Point).draw().standalone();
        let shown = svg.matches("class=\"note\"").count();
        assert!((1..=4).contains(&shown), "{shown} labels");
        assert_eq!(svg.matches("class=\"halo\"").count(), 9);
    }
}
