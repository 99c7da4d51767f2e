//! Nothing is left for later.

use super::super::rule::{Rule, Violation};
use super::super::source::SourceFile;
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "unfinished",
    explanation: "Code is finished or not there: no placeholders, no notes to come back, and no test that is \
                  ignored without saying why.",
    check,
};

const PLACEHOLDERS: [&str; 2] = ["todo!", "unimplemented!"];
const NOTES: [&str; 3] = ["TODO", "FIXME", "XXX"];

fn check(workspace: &Workspace) -> Vec<Violation> {
    workspace.all_rust().flat_map(check_file).collect()
}

fn check_file(source: &SourceFile) -> Vec<Violation> {
    let mut violations = Vec::new();
    let line = |index: usize| source.tokens()[index].line;
    for pattern in PLACEHOLDERS {
        for index in source.find(&format!("{pattern}(")) {
            violations.push(Violation::at(
                source.path(),
                line(index),
                format!("`{pattern}` is a placeholder"),
            ));
        }
    }
    for pattern in ["#[ignore]", "#[ignore = \"\"]"] {
        for index in source.find(pattern) {
            violations.push(Violation::at(source.path(), line(index), "a test is ignored without a reason"));
        }
    }
    for comment in source.comments() {
        for (offset, text) in comment.text.lines().enumerate() {
            let words = text.split(|c: char| !c.is_alphanumeric());
            if let Some(note) = words.into_iter().find(|word| NOTES.contains(word)) {
                let message = format!("`{note}` is a note to come back");
                violations.push(Violation::at(source.path(), comment.line + offset, message));
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
    fn placeholders_notes_and_silent_ignores_are_found_everywhere() {
        for path in ["crates/seqrec-eval/src/a.rs", "crates/seqrec-eval/tests/a.rs", "xtask/src/a.rs"] {
            for code in [
                "todo!()",
                "unimplemented!(\"x\")",
                "#[ignore]",
                "#[ignore = \"\"]",
                "// TODO: more",
                "/* a\n   FIXME */",
            ] {
                let fixture = Fixture::clean();
                fixture.write(path, &format!("fn f() {{\n    {code}\n}}\n"));
                fixture.assert_broken(RULE.name, path, code.lines().next_back().unwrap());
            }
        }
    }

    #[test]
    fn a_reason_excuses_and_literals_are_no_notes() {
        let fixture = Fixture::clean();
        let text = "#[ignore = \"needs a GPU\"]\nfn f() { g(\"TODO todo!()\"); }\n// AUTODOC\n";
        fixture.write("crates/seqrec-eval/tests/a.rs", text);
        fixture.assert_clean();
    }
}
