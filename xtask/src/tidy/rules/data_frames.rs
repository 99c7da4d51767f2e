//! No data frame leaves `seqrec-data`.

use std::collections::BTreeSet;

use super::super::rule::{Rule, Violation};
use super::super::source::{SourceFile, Token, TokenKind};
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "data-frames",
    explanation: "No public signature of seqrec-data mentions a polars type: it hands out plain Rust \
                  values, so that nobody above it has to know polars.",
    check,
};

/// Names that mean polars however they came into scope.
const POLARS: [&str; 6] = ["polars", "DataFrame", "LazyFrame", "Series", "PolarsError", "PolarsResult"];

fn check(workspace: &Workspace) -> Vec<Violation> {
    let Some(data) = workspace.package("seqrec-data") else { return Vec::new() };
    let public_types: BTreeSet<&str> = data.sources.iter().flat_map(public_types).collect();
    data.sources.iter().flat_map(|source| check_file(source, &public_types)).collect()
}

fn check_file(source: &SourceFile, public_types: &BTreeSet<&str>) -> Vec<Violation> {
    let tokens = source.tokens();
    let mut polars = imported_types(tokens);
    polars.extend(POLARS);
    let mut violations = Vec::new();
    for index in (0..tokens.len()).filter(|&index| !source.is_test(index)) {
        let signature: Vec<&Token> = if is_public(tokens, index) {
            public_signature(&tokens[index + 1..])
        } else if tokens[index].is_ident("impl") {
            impl_header(&tokens[index..], public_types)
        } else {
            continue;
        };
        violations.extend(
            signature
                .into_iter()
                .filter(|token| token.kind == TokenKind::Ident && polars.contains(token.text.as_str()))
                .map(|token| {
                    let message = format!("`{}` in a public signature is a polars name", token.text);
                    Violation::at(source.path(), token.line, message)
                }),
        );
    }
    violations
}

/// `pub` without restriction: `pub(crate)` and the like are not public, a field `pub (A, B)` is.
fn is_public(tokens: &[Token], index: usize) -> bool {
    let restricted = match tokens.get(index + 1..) {
        Some([open, scope, ..]) => {
            open.is_punct("(") && ["crate", "self", "super", "in"].contains(&scope.text.as_str())
        }
        _ => false,
    };
    tokens[index].is_ident("pub") && !restricted
}

/// Types that `use polars::..` brings into the file.
fn imported_types(tokens: &[Token]) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for start in (0..tokens.len()).filter(|&index| tokens[index].is_ident("use")) {
        let path = until(&tokens[start + 1..], &[";"]);
        if !path.iter().find(|token| token.kind == TokenKind::Ident).is_some_and(|t| t.is_ident("polars")) {
            continue;
        }
        let is_leaf =
            |next: Option<&&Token>| next.is_none_or(|next| next.is_punct(",") || next.is_punct("}"));
        let leaves = path.iter().enumerate().filter(|&(index, _)| is_leaf(path.get(index + 1)));
        names.extend(leaves.map(|(_, token)| token.text.as_str()).filter(|name| is_type_name(name)));
    }
    names
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}

/// Names of the file's public types and traits.
fn public_types(source: &SourceFile) -> Vec<&str> {
    let tokens = source.tokens();
    (0..tokens.len())
        .filter(|&index| is_public(tokens, index) && !source.is_test(index))
        .filter_map(|index| match tokens.get(index + 1..)? {
            [keyword, name, ..] if ["struct", "enum", "type"].contains(&keyword.text.as_str()) => {
                Some(name.text.as_str())
            }
            _ => None,
        })
        .collect()
}

/// What callers see of the public item, field or import whose tokens after `pub` are `item`.
fn public_signature(item: &[Token]) -> Vec<&Token> {
    match keyword(item) {
        "use" | "type" => until(item, &[";"]),
        "fn" | "mod" => until(item, &["{", ";"]),
        // The fields of a struct carry their own `pub`.
        "struct" => until(item, &["{", ";", "("]),
        "const" | "static" => until(item, &["=", ";"]),
        "enum" => with_body(item, usize::MAX),
        "trait" => with_body(item, 1),
        _ => field(item),
    }
}

/// The keyword that says what `item` is; of a field, its first token.
fn keyword(item: &[Token]) -> &str {
    let qualifiers = ["async", "const", "extern", "unsafe"];
    let mut names = item.iter().filter(|token| token.kind == TokenKind::Ident);
    match names.find(|token| !qualifiers.contains(&token.text.as_str())) {
        Some(token) if token.is_ident("fn") || token.is_ident("trait") => &token.text,
        _ => item.first().map_or("", |token| &token.text),
    }
}

/// The header of `impl Trait for Type` where `Type` is public.
fn impl_header<'a>(item: &'a [Token], public_types: &BTreeSet<&str>) -> Vec<&'a Token> {
    let header = until(item, &["{", ";"]);
    let target = header.iter().skip_while(|token| !token.is_ident("for")).nth(1);
    if target.is_some_and(|target| public_types.contains(target.text.as_str())) { header } else { Vec::new() }
}

/// The tokens before the first of `ends` that stands outside of brackets.
fn until<'a>(tokens: &'a [Token], ends: &[&str]) -> Vec<&'a Token> {
    let mut depth = 0_usize;
    tokens
        .iter()
        .take_while(|token| {
            if token.kind != TokenKind::Punct {
                return true;
            }
            if depth == 0 && ends.contains(&token.text.as_str()) {
                return false;
            }
            match token.text.as_str() {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            true
        })
        .collect()
}

/// The header and the body in braces, without what is nested deeper than `levels` braces.
fn with_body(item: &[Token], levels: usize) -> Vec<&Token> {
    let mut depth = 0_usize;
    let mut seen = Vec::new();
    for token in item {
        if token.is_punct("{") {
            depth += 1;
        } else if token.is_punct("}") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                break;
            }
        } else if depth <= levels {
            seen.push(token);
        }
    }
    seen
}

/// `name: Type` up to its comma or the end of the struct.
fn field(tokens: &[Token]) -> Vec<&Token> {
    let mut depth = 0_usize;
    let mut before = "";
    tokens
        .iter()
        .take_while(|token| {
            let text = token.text.as_str();
            let arrow = std::mem::replace(&mut before, text) == "-" && text == ">";
            match text {
                _ if token.kind != TokenKind::Punct || arrow => {}
                "," | ")" | "}" | ";" if depth == 0 => return false,
                "(" | "[" | "{" | "<" => depth += 1,
                ")" | "]" | "}" | ">" => depth = depth.saturating_sub(1),
                _ => {}
            }
            true
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::RULE;

    const FILE: &str = "crates/seqrec-data/src/read.rs";

    fn breaks(text: &str, line: &str) {
        let fixture = Fixture::clean();
        fixture.write(FILE, text);
        fixture.assert_broken(RULE.name, FILE, line);
    }

    #[test]
    fn arguments_results_and_imports_are_public() {
        breaks("pub fn read() ->\n    Result<DataFrame> {}\n", "Result<DataFrame>");
        breaks("pub async fn read(rows: [LazyFrame; 2], n: u8) {}\n", "pub async");
        breaks("pub const fn read(rows: &Series) {}\n", "pub const");
        breaks("pub use polars::prelude;\n", "pub use");
        breaks("pub extern \"C\" fn read(rows: &Series) {}\n", "pub extern");
        breaks("pub const EMPTY: Option<Series> = None;\n", "pub const");
        breaks("pub type Rows = Vec<polars::prelude::Expr>;\n", "pub type");
    }

    #[test]
    fn fields_and_variants_are_public() {
        breaks("pub struct A {\n    rows: DataFrame,\n    pub map: Map<u8, DataFrame>,\n}\n", "pub map");
        breaks("pub struct A(\n    DataFrame,\n    pub DataFrame,\n);\n", "pub DataFrame");
        breaks("pub struct A(\n    u8,\n    pub (u8, DataFrame),\n);\n", "pub (");
        breaks("pub enum E {\n    A { n: u8 },\n    B { source: PolarsError },\n}\n", "B {");
    }

    #[test]
    fn methods_of_traits_are_public_and_their_bodies_are_not() {
        breaks(
            "pub trait T {\n    fn a(&self) { DataFrame::new() }\n    fn b(&self) -> DataFrame;\n}\n",
            "fn b",
        );
    }

    #[test]
    fn conversions_of_public_types_are_public() {
        breaks("pub struct A;\nimpl From<DataFrame> for A {}\n", "impl From");
    }

    #[test]
    fn types_imported_from_polars_are_known_by_name() {
        breaks(
            "use polars::prelude::{col, Schema, Field as Column};\npub fn f(col: u8) -> Column {}\n",
            "pub fn",
        );
        breaks("use polars::frame::Shape;\npub fn f() -> Shape {}\n", "pub fn");
    }

    #[test]
    fn what_stays_inside_may_use_data_frames() {
        let fixture = Fixture::clean();
        let text = "use polars::prelude::{DataFrame, col};\n\
                    pub(crate) fn a() -> DataFrame {}\n\
                    struct P { rows: DataFrame }\n\
                    impl From<DataFrame> for P {}\n\
                    pub fn b(col: &str) -> Column { let rows: DataFrame = a(); }\n\
                    pub struct TimeSeries { rows: DataFrame, pub n: fn(u8) -> u8, frame: DataFrame }\n\
                    impl TimeSeries { fn rows(&self) -> &DataFrame { &self.rows } }\n\
                    #[cfg(test)] mod tests { pub fn c() -> DataFrame {} }\n";
        fixture.write(FILE, text);
        fixture.assert_clean();
    }
}
