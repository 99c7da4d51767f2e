//! All randomness comes from the run's seed.

use super::super::rule::{Rule, Violation};
use super::super::workspace::Workspace;

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "randomness",
    explanation: "Everything random is drawn from a generator derived from the run's seed; generators of \
                  burn, the thread or the operating system would make runs irreproducible.",
    check,
};

/// Code that draws from, or seeds, another generator.
const FOREIGN: [&str; 15] = [
    "::random(",
    "::random::<",
    ".random_like(",
    "Distribution::",
    "rand::rng",
    "thread_rng",
    "ThreadRng",
    "OsRng",
    "SysRng",
    "from_entropy",
    "from_os_rng",
    "getrandom",
    "Device::seed(",
    "device.seed(",
    "device().seed(",
];

fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for source in workspace.sources() {
        for pattern in FOREIGN {
            for index in source.find(pattern) {
                let message = format!("`{pattern}` is a generator that no seed of ours fixes");
                violations.push(Violation::at(source.path(), source.tokens()[index].line, message));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::RULE;

    const FILE: &str = "crates/seqrec-core/src/init.rs";

    #[test]
    fn every_other_generator_is_found() {
        for code in [
            "Tensor::random([2], d, device)",
            "Tensor::<2>::random([2], d, device)",
            "rand::random::<u8>()",
            "x.random_like(d)",
            "d(Distribution::Default)",
            "rand::rng()",
            "rand::thread_rng()",
            "ChaCha8Rng::from_entropy()",
            "StdRng::from_os_rng()",
            "self.device.seed(7)",
            "x.device().seed(7)",
        ] {
            let fixture = Fixture::clean();
            fixture.write(FILE, &format!("fn f() {{\n    {code};\n}}\n"));
            fixture.assert_broken(RULE.name, FILE, code);
        }
    }

    #[test]
    fn generators_derived_from_the_seed_are_fine() {
        let fixture = Fixture::clean();
        let text = "fn f(seed: Seed) { let mut rng = seed.rng(Stream::Init, 0); rng.random::<f32>(); \
                    NegativeDistribution::new(); config.seed(); }\n";
        fixture.write(FILE, text);
        fixture.assert_clean();
    }
}
