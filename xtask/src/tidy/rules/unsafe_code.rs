//! No unsafe code, and no way around the lint.

use super::super::rule::{Rule, Violation};
use super::super::source::TokenKind;
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "unsafe-code",
    explanation: "There is no unsafe code; the lint that denies it could be allowed in a file, this rule not.",
    check,
};

fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in workspace.sources() {
        for token in source.tokens() {
            if token.kind == TokenKind::Ident && token.text == "unsafe" {
                violations.push(Violation::at(source.path(), token.line, "`unsafe` is not used here"));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::RULE;

    #[test]
    fn an_unsafe_block_is_found() {
        let fixture = Fixture::clean();
        let path = "crates/seqrec-eval/src/fast.rs";
        fixture.write(path, "fn f() {\n    unsafe { g() }\n}\n");
        fixture.assert_broken(RULE.name, path, "g()");
    }

    #[test]
    fn the_word_and_the_lint_are_fine() {
        let fixture = Fixture::clean();
        let text = "#![deny(unsafe_code)]\n// An unsafe path.\nconst A: &str = \"unsafe\";\n";
        fixture.write("xtask/src/a.rs", text);
        fixture.assert_clean();
    }
}
