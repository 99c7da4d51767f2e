//! No backend is named outside of the one place.

use std::path::Path;

use super::super::rule::{Rule, Violation};
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "backends",
    explanation: "Only crates/seqrec-core/src/backend.rs turns a name into a device: all other code runs on \
                  every backend because it names none.",
    check,
};

/// The one place.
const HOME: &str = "crates/seqrec-core/src/backend.rs";

/// burn's constructors of a device, of which some have variants (`wgpu_options`).
const BACKENDS: [&str; 10] =
    ["cpu", "cuda", "flex", "libtorch", "metal", "ndarray", "rocm", "vulkan", "webgpu", "wgpu"];

fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in workspace.sources().filter(|source| source.path() != Path::new(HOME)) {
        for index in source.find("Device::") {
            let Some(name) = source.tokens().get(index + 3) else { continue };
            let stem = name.text.split('_').next().unwrap_or_default();
            if BACKENDS.contains(&stem) {
                let message = format!("`Device::{}` names a backend", name.text);
                violations.push(Violation::at(source.path(), name.line, message));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::{HOME, RULE};

    #[test]
    fn a_backend_named_elsewhere_is_found_in_tests_too() {
        for call in ["flex()", "ndarray()", "wgpu_options()", "wgpu(kind)", "cuda(0)", "vulkan(kind)"] {
            let path = "crates/seqrec-models/src/din.rs";
            let text = format!("#[cfg(test)]\nmod tests {{\n    fn f() {{ Device::{call}; }}\n}}\n");
            let fixture = Fixture::clean();
            fixture.write(path, &text);
            fixture.assert_broken(RULE.name, path, call);
        }
        let fixture = Fixture::clean();
        fixture.write("xtask/src/run.rs", "fn f() {\n    burn::tensor::Device::flex();\n}\n");
        fixture.assert_broken(RULE.name, "xtask/src/run.rs", "flex");
    }

    #[test]
    fn the_one_place_and_code_without_a_name_are_fine() {
        let fixture = Fixture::clean();
        fixture.write(HOME, "fn f() { Device::flex(); Device::wgpu_options(); }\n");
        fixture.write("xtask/src/run.rs", "fn f() { Device::default(); Backend::default().device(); }\n");
        fixture.assert_clean();
    }
}
