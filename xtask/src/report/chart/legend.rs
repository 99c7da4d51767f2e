//! The legend above a chart.

use maud::{Markup, html};

use super::{Marker, WIDTH, px, text_width};

/// One entry: class of the series, its name, its shape and whether its line is dashed.
pub struct Entry<'a> {
    pub class: &'a str,
    pub name: &'a str,
    pub marker: Marker,
    pub dashed: bool,
}

const ROW: f64 = 18.0;
const SWATCH: f64 = 22.0;
const GAP: f64 = 18.0;

/// Draws the entries from `left` on, in as many rows as they need. Returns the height as well.
pub fn legend(entries: &[Entry<'_>], left: f64) -> (Markup, f64) {
    let (mut x, mut y) = (left, 14.0);
    let mut places = Vec::with_capacity(entries.len());
    for entry in entries {
        let width = SWATCH + 6.0 + text_width(entry.name);
        if x > left && x + width > WIDTH - 8.0 {
            (x, y) = (left, y + ROW);
        }
        places.push((x, y));
        x += width + GAP;
    }
    let markup = html! {
        g class="legend" {
            @for (entry, &(x, y)) in entries.iter().zip(&places) {
                g class=(entry.class) {
                    line class=(if entry.dashed { "line dashed" } else { "line" })
                        x1=(px(x)) x2=(px(x + SWATCH)) y1=(px(y - 4.0)) y2=(px(y - 4.0)) {}
                    (entry.marker.draw(x + SWATCH / 2.0, y - 4.0, 4.0))
                }
                text x=(px(x + SWATCH + 6.0)) y=(px(y)) { (entry.name) }
            }
        }
    };
    (markup, if entries.is_empty() { 0.0 } else { y + 8.0 })
}
