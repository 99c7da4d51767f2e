//! Shapes that keep series apart without colour.

use maud::{Markup, html};

use super::px;

/// Shape of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// Filled circle.
    Circle,
    /// Filled square.
    Square,
    /// Filled square on its corner.
    Diamond,
    /// Filled triangle.
    Triangle,
}

impl Marker {
    /// Shape of the `index`-th series; repeats after four.
    pub fn nth(index: usize) -> Self {
        [Self::Circle, Self::Square, Self::Triangle, Self::Diamond][index % 4]
    }

    /// The shape around `(x, y)`, as wide as a circle of radius `r`.
    pub fn draw(self, x: f64, y: f64, r: f64) -> Markup {
        let corners = match self {
            Self::Circle => return html! { circle class="mark" cx=(px(x)) cy=(px(y)) r=(r) {} },
            Self::Square => {
                let h = 0.89 * r;
                vec![(x - h, y - h), (x + h, y - h), (x + h, y + h), (x - h, y + h)]
            }
            Self::Diamond => {
                let h = 1.25 * r;
                vec![(x, y - h), (x + h, y), (x, y + h), (x - h, y)]
            }
            Self::Triangle => vec![(x, y - 1.2 * r), (x + 1.1 * r, y + 0.8 * r), (x - 1.1 * r, y + 0.8 * r)],
        };
        html! { polygon class="mark" points=(points(&corners)) {} }
    }
}

/// Corners as SVG wants them.
pub fn points(corners: &[(f64, f64)]) -> String {
    corners.iter().map(|&(x, y)| format!("{},{}", px(x), px(y))).collect::<Vec<_>>().join(" ")
}
