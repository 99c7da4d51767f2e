//! The frame of a page: everything it needs is inside.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::report::chart::STYLE as CHART_STYLE;

/// A page with `body`, with the style and the script of all pages.
pub fn document(title: &str, body: &Markup) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(include_str!("style.css"))) (PreEscaped(CHART_STYLE)) }
            }
            body {
                (body)
                script { (PreEscaped(include_str!("script.js"))) }
            }
        }
    };
    markup.into_string()
}

/// What every page is tested for.
#[cfg(test)]
pub mod check {
    /// Names of the elements that are closed wrongly or not at all; empty for a sound page.
    pub fn unbalanced(page: &str) -> Vec<String> {
        let (mut open, mut wrong) = (Vec::<String>::new(), Vec::new());
        let markup = page.replace(include_str!("script.js"), "");
        for tag in markup.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default()) {
            let name: String =
                tag.trim_start_matches('/').chars().take_while(|c| c.is_alphanumeric()).collect();
            if tag.starts_with('!') || ["meta", "br", "link"].contains(&name.as_str()) {
                continue;
            }
            if !tag.starts_with('/') {
                open.push(name);
            } else if open.pop().as_ref() != Some(&name) {
                wrong.push(name);
            }
        }
        wrong.extend(open);
        wrong
    }

    /// Ways in which the page asks for something outside of it.
    pub fn reached(page: &str) -> Vec<&'static str> {
        let ways = ["<link", "src=", "@import", "url(", "href=\"http", "fetch("];
        ways.into_iter().filter(|way| page.contains(way)).collect()
    }

    #[test]
    fn faults_are_found() {
        assert_eq!(unbalanced("<p><b></p>"), ["p", "p"]);
        assert_eq!(reached("<img src=x>"), ["src="]);
    }
}
