//! Elements that several pages have.

use maud::{Markup, html};

use crate::report::plots::Plot;

/// A label with a value, for the head of a page.
pub fn fact(label: &str, value: &str) -> Markup {
    html! { div { dt { (label) } dd { (value) } } }
}

/// Labels with values, one a row.
pub fn pairs(pairs: &[(String, String)]) -> Markup {
    html! {
        dl class="pairs" {
            @for (label, value) in pairs { div { dt { (label) } dd { (value) } } }
        }
    }
}

/// A chart with its title and caption.
pub fn figure(plot: &Plot) -> Markup {
    html! {
        figure id=(plot.name) { h3 { (plot.title) } (plot.drawing.inline()) figcaption { (plot.caption) } }
    }
}
