//! Recipes are the runner's.

use super::super::rule::{Rule, Violation};
use super::super::source::TokenKind;
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "recipes",
    explanation: "Nothing below xtask reads a recipe file: a library is configured by values.",
    check,
};

fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in workspace.library_sources() {
        for (index, token) in source.tokens().iter().enumerate() {
            if token.kind == TokenKind::Text && !source.is_test(index) && names_recipes(&token.text) {
                let message = format!("\"{}\" names the folder of the recipes", token.text);
                violations.push(Violation::at(source.path(), token.line, message));
            }
        }
    }
    violations
}

fn names_recipes(literal: &str) -> bool {
    literal == "recipes" || literal.ends_with("/recipes") || literal.contains("recipes/")
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::RULE;

    const FILE: &str = "crates/seqrec-models/src/din.rs";

    #[test]
    fn a_path_into_the_recipes_is_found() {
        for path in ["recipes/din.toml", "../recipes", "xtask/recipes/", "recipes"] {
            let fixture = Fixture::clean();
            fixture.write(FILE, &format!("fn f() {{\n    open(\"{path}\");\n}}\n"));
            fixture.assert_broken(RULE.name, FILE, path);
        }
    }

    #[test]
    fn speaking_of_recipes_is_allowed() {
        let fixture = Fixture::clean();
        fixture.write(FILE, "// See recipes/din.toml.\nconst A: &str = \"no such recipes\";\n");
        fixture.assert_clean();
    }
}
