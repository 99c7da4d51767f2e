//! Files stay short.

use super::super::rule::{Rule, Violation};
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "file-length",
    explanation: "No source has more than 500 lines: one concept, one file.",
    check,
};

const MAX_LINES: usize = 500;

fn check(workspace: &Workspace) -> Vec<Violation> {
    workspace
        .sources()
        .filter(|source| source.line_count() > MAX_LINES)
        .map(|source| {
            let message = format!("{} lines, at most {MAX_LINES} are allowed", source.line_count());
            Violation::at(source.path(), MAX_LINES + 1, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::{MAX_LINES, RULE};

    const FILE: &str = "crates/seqrec-core/src/long.rs";

    #[test]
    fn one_line_too_many_is_too_many() {
        let fixture = Fixture::clean();
        fixture.write(FILE, &"// line\n".repeat(MAX_LINES));
        fixture.assert_clean();
        fixture.write(FILE, &("// line\n".repeat(MAX_LINES) + "// last\n"));
        fixture.assert_broken(RULE.name, FILE, "// last");
    }
}
