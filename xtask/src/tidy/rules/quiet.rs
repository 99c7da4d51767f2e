//! Libraries do not print.

use super::super::rule::{Rule, Violation};
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "quiet",
    explanation: "Nothing below xtask prints to the terminal: progress and logs go through `tracing` or a \
                  callback, so that a library is fit for a server.",
    check,
};

const MACROS: [&str; 5] = ["print", "println", "eprint", "eprintln", "dbg"];

/// Without arguments these are the process's streams; `Command::stdout` takes one.
const STREAMS: [&str; 2] = ["stdout()", "stderr()"];

fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in workspace.library_sources() {
        let mut report = |index: usize, what: String| {
            if !source.is_test(index) {
                let message = format!("`{what}` writes to the terminal");
                violations.push(Violation::at(source.path(), source.tokens()[index].line, message));
            }
        };
        for name in MACROS {
            for bracket in ["(", "[", "{"] {
                for index in source.find(&format!("{name}!{bracket}")) {
                    report(index, format!("{name}!"));
                }
            }
        }
        for call in STREAMS {
            for index in source.find(call) {
                report(index, call.to_owned());
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::RULE;

    const FILE: &str = "crates/seqrec-train/src/fit.rs";

    #[test]
    fn every_way_to_print_is_found() {
        for code in [
            "print!(\"a\")",
            "println!{}",
            "std::eprint! (\"a\")",
            "eprintln![]",
            "dbg!(x)",
            "io::stdout().lock()",
            "let mut e = stderr();",
        ] {
            let fixture = Fixture::clean();
            fixture.write(FILE, &format!("fn f() {{\n    {code};\n}}\n"));
            fixture.assert_broken(RULE.name, FILE, code);
        }
    }

    #[test]
    fn documentation_tests_and_names_do_not_print() {
        let fixture = Fixture::clean();
        let text = "//! println!(\"in an example\");\n\
                    fn f(print: bool, blueprint: bool) -> bool { print != blueprint }\n\
                    fn g(c: &mut Command) { c.stdout(Stdio::piped()); write!(c, \"println!()\"); }\n\
                    #[cfg(test)]\nmod tests {\n    fn t() { println!(\"seen\"); }\n}\n";
        fixture.write(FILE, text);
        fixture.write("crates/seqrec-train/tests/it.rs", "fn main() { println!(); }\n");
        fixture.write("xtask/src/show.rs", "fn main() { println!(); }\n");
        fixture.assert_clean();
    }
}
