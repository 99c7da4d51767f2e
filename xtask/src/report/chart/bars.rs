//! Groups of bars that rise from zero.

use maud::{Markup, html};

use super::{Axis, Drawing, WIDTH, px, text_width};

/// Bars in groups, with a line to compare them with.
pub struct BarChart {
    /// What it shows, for readers who do not see it.
    pub label: String,
    /// Vertical axis; it starts at 0.
    pub y: Axis,
    /// Groups from left to right.
    pub groups: Vec<BarGroup>,
    /// Value and name of a line across all groups.
    pub line: Option<(f64, String)>,
}

/// Bars that belong together.
pub struct BarGroup {
    /// Lines below the group, each left out where the group is too narrow.
    pub captions: Vec<String>,
    /// Bars from left to right.
    pub bars: Vec<Bar>,
}

/// One bar.
pub struct Bar {
    /// Height on the axis.
    pub value: f64,
    /// Text above the bar, left out where the bar is too narrow.
    pub label: String,
    /// Its tooltip.
    pub tip: String,
}

const LEFT: f64 = 54.0;
const RIGHT: f64 = WIDTH - 26.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = TOP + 214.0;

impl BarChart {
    /// Draws the chart.
    pub fn draw(&self) -> Drawing {
        let lines = self.groups.iter().map(|group| group.captions.len()).max().unwrap_or(0);
        let body = html! {
            text class="title" x="4" y=(TOP - 16.0) { (self.y.title) }
            @for (value, label) in &self.y.ticks {
                @let y = self.y_at(*value);
                line class="grid" x1=(LEFT) x2=(RIGHT) y1=(px(y)) y2=(px(y)) {}
                text class="tick" x=(LEFT - 8.0) y=(px(y + 4.0)) text-anchor="end" { (label) }
            }
            @for (i, group) in self.groups.iter().enumerate() { (self.bars(i, group)) }
            line class="axis" x1=(LEFT) x2=(RIGHT) y1=(BOTTOM) y2=(BOTTOM) {}
            @if let Some((value, name)) = &self.line { (self.line(*value, name)) }
            @for (i, group) in self.groups.iter().enumerate() { (self.texts(i, group)) }
        };
        Drawing { label: self.label.clone(), height: BOTTOM + 12.0 + 16.0 * lines as f64, body }
    }

    fn y_at(&self, value: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * self.y.unit(value)
    }

    /// Left end of a group and the room of each of its bars.
    fn slots(&self, index: usize, group: &BarGroup) -> (f64, f64) {
        let room = (RIGHT - LEFT) / self.groups.len() as f64;
        let start = LEFT + room * (index as f64 + 0.12);
        (start, 0.76 * room / group.bars.len().max(1) as f64)
    }

    fn bars(&self, index: usize, group: &BarGroup) -> Markup {
        let (start, slot) = self.slots(index, group);
        let width = (0.85 * slot).min(64.0);
        html! {
            @for (i, bar) in group.bars.iter().enumerate() {
                @let left = start + slot * (i as f64 + 0.5) - width / 2.0;
                @let top = self.y_at(bar.value);
                g class="hit s0" {
                    title { (bar.tip) }
                    rect class="bar" x=(px(left)) y=(px(top)) rx="2"
                        width=(px(width)) height=(px((BOTTOM - top).max(0.0))) {}
                }
            }
        }
    }

    fn texts(&self, index: usize, group: &BarGroup) -> Markup {
        let (start, slot) = self.slots(index, group);
        let room = (RIGHT - LEFT) / self.groups.len() as f64;
        let middle = start + slot * group.bars.len() as f64 / 2.0;
        html! {
            @for (i, bar) in group.bars.iter().enumerate().filter(|(_, bar)| text_width(&bar.label) <= slot + 2.0) {
                text class="note" x=(px(start + slot * (i as f64 + 0.5))) y=(px(self.y_at(bar.value) - 6.0))
                    text-anchor="middle" { (bar.label) }
            }
            @for (i, caption) in group.captions.iter().enumerate().filter(|(_, text)| text_width(text) <= room) {
                text class="tick" x=(px(middle)) y=(px(BOTTOM + 18.0 + 16.0 * i as f64))
                    text-anchor="middle" { (caption) }
            }
        }
    }

    /// The line across all groups, and its name at the top right.
    fn line(&self, value: f64, name: &str) -> Markup {
        let y = px(self.y_at(value));
        let end = RIGHT - text_width(name) - 8.0;
        html! {
            g class="reference" {
                line class="line dashed" x1=(LEFT) x2=(RIGHT) y1=(y) y2=(y) {}
                line class="line dashed" x1=(px(end - 22.0)) x2=(px(end)) y1=(TOP - 20.0) y2=(TOP - 20.0) {}
            }
            text class="title" x=(RIGHT) y=(TOP - 16.0) text-anchor="end" { (name) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_give_way_before_they_overlap() {
        let chart = |bars: usize| {
            let bar = |i| Bar { value: i as f64, label: "wide".into(), tip: format!("bar {i}") };
            let group = BarGroup { captions: vec!["a seed".into()], bars: (0..bars).map(bar).collect() };
            let y = Axis::linear("share", (0.0, bars as f64), 5);
            BarChart { label: "shares".into(), y, groups: vec![group], line: None }.draw().standalone()
        };
        assert_eq!(chart(4).matches(">wide<").count(), 4);
        assert_eq!(chart(40).matches(">wide<").count(), 0);
        assert_eq!(chart(40).matches("class=\"bar\"").count(), 40);
    }
}
