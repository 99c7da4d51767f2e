//! Unsafe code only in the bodies of the fused operations, and no way around the lint elsewhere.

use super::super::rule::{Rule, Violation};
use super::super::source::TokenKind;
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "unsafe-code",
    explanation: "Only the fused operations of seqrec-core have unsafe code; the lint that denies it could be \
                  allowed in a file, this rule not.",
    check,
};

/// The only folder with unsafe code.
const FUSED: &str = "crates/seqrec-core/src/ops/";

fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in workspace.sources() {
        if source.path().starts_with(FUSED) {
            continue;
        }
        for token in source.tokens() {
            if token.kind == TokenKind::Ident && token.text == "unsafe" {
                violations.push(Violation::at(
                    source.path(),
                    token.line,
                    "only the fused operations may be `unsafe`",
                ));
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
    fn the_word_the_lint_and_the_fused_operations_are_fine() {
        let fixture = Fixture::clean();
        let text = "#![deny(unsafe_code)]\n// An unsafe path.\nconst A: &str = \"unsafe\";\n";
        fixture.write("xtask/src/a.rs", text);
        fixture.write(&format!("{}gemm.rs", super::FUSED), "fn f() {\n    unsafe { g() }\n}\n");
        fixture.assert_clean();
    }
}
