//! A table as an element.

use maud::{Markup, html};

use crate::report::tables::{Cell, Table, Tone};

/// The table, inside a box that scrolls where the page is too narrow for it.
pub fn table(table: &Table) -> Markup {
    let align = |i: usize| if table.columns[i].numeric { "number" } else { "text" };
    html! {
        div class="scroll" {
            table {
                thead {
                    tr { @for (i, column) in table.columns.iter().enumerate() {
                        th scope="col" class=(align(i)) { (column.title) }
                    } }
                }
                tbody {
                    @for row in &table.rows {
                        tr { @for (i, cell) in row.iter().enumerate() {
                            @if i == 0 { th scope="row" { (content(cell)) } }
                            @else { td class=(align(i)) { (content(cell)) } }
                        } }
                    }
                }
            }
        }
    }
}

/// Class of a tone.
pub fn class_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "plain",
        Tone::Good => "good",
        Tone::Low => "low",
        Tone::High => "high",
        Tone::Muted => "muted",
    }
}

fn content(cell: &Cell) -> Markup {
    html! {
        span class=(class_of(cell.tone)) { (cell.text) }
        @for note in &cell.notes { sup { a href={ "#note-" (note) } { (note) } } }
        @if let Some(sub) = &cell.sub { span class="sub" { (sub) } }
    }
}
