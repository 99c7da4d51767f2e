//! Indirect dependencies follow the layers too.

use std::collections::{HashMap, HashSet, VecDeque};

use super::super::layer::{Family, Layer};
use super::super::rule::{Rule, Violation};
use super::super::workspace::{DependencyKind, Package, Workspace};

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "reach",
    explanation: "Whoever uses seqrec-eval builds neither burn nor polars, through no chain of dependencies; \
                  seqrec-core and the models bring no polars, and seqrec-data brings no burn.",
    check,
};

fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in workspace.libraries() {
        let layer = Layer::of(package);
        let chains = match chains_from(package, workspace) {
            Ok(chains) => chains,
            Err(unlocked) => {
                let message = format!("{unlocked} is not in Cargo.lock, which is out of date");
                violations.push(Violation::of(&package.manifest.path, message));
                continue;
            }
        };
        for chain in chains {
            let end = chain.last().copied().unwrap_or_default();
            if Family::of(end).is_some_and(|family| !layer.may_reach(family)) {
                let message = format!("{} reaches {end}: {}", package.name(), chain.join(" -> "));
                violations.push(Violation::of(&package.manifest.path, message));
            }
        }
    }
    violations
}

/// The shortest chain from `package` to each first package of a family that it reaches through
/// others. What it names itself is the business of the rule on layers.
///
/// # Errors
///
/// The name of a dependency that the lock file lacks.
fn chains_from<'a>(package: &'a Package, workspace: &'a Workspace) -> Result<Vec<Vec<&'a str>>, &'a str> {
    let direct: HashSet<&str> = used_by(package).collect();
    let mut chains: HashMap<(&str, &str), Vec<&str>> = HashMap::new();
    let mut queue = VecDeque::new();
    let start = workspace.lockfile.package(package.name()).ok_or(package.name())?;
    chains.insert(start.id(), vec![package.name()]);
    queue.push_back(start);
    let mut found = Vec::new();
    while let Some(from) = queue.pop_front() {
        let chain = chains[&from.id()].clone();
        let member = workspace.package(&from.name);
        // The lock file lists the development dependencies of members; consumers do not build them.
        let used: Option<HashSet<&str>> = member.map(|member| used_by(member).collect());
        let locked: Vec<_> = workspace.lockfile.dependencies(from).collect();
        if let Some(used) = &used {
            let names: HashSet<&str> = locked.iter().map(|package| package.name.as_str()).collect();
            if let Some(missing) = used.difference(&names).min() {
                return Err(missing);
            }
        }
        for next in locked {
            let is_used = used.as_ref().is_none_or(|used| used.contains(next.name.as_str()));
            if !is_used || chains.contains_key(&next.id()) {
                continue;
            }
            let mut longer = chain.clone();
            longer.push(&next.name);
            chains.insert(next.id(), longer.clone());
            if Family::of(&next.name).is_none() {
                queue.push_back(next);
            } else if !direct.contains(next.name.as_str()) {
                found.push(longer);
            }
        }
    }
    Ok(found)
}

/// What a consumer of `package` builds with it.
fn used_by(package: &Package) -> impl Iterator<Item = &str> {
    package
        .manifest
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Dev)
        .map(|dependency| dependency.package.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::RULE;

    #[test]
    fn a_chain_through_a_foreign_crate_is_found_and_shown() {
        let mut fixture = Fixture::clean();
        fixture.lock("middle", &["polars"]);
        fixture.lock("helper", &["middle"]);
        fixture.depend("seqrec-eval", "dependencies", "helper");
        let messages = fixture.assert_broken_file(RULE.name, "crates/seqrec-eval/Cargo.toml");
        assert_eq!(messages, ["seqrec-eval reaches polars: seqrec-eval -> helper -> middle -> polars"]);
    }

    #[test]
    fn parts_of_a_family_count_as_the_family() {
        let mut fixture = Fixture::clean();
        fixture.lock("burn-tensor", &[]);
        fixture.lock("helper", &["burn-tensor"]);
        fixture.depend("seqrec-data", "build-dependencies", "helper");
        fixture.assert_broken_file(RULE.name, "crates/seqrec-data/Cargo.toml");
    }

    #[test]
    fn what_tests_need_reaches_no_consumer() {
        let mut fixture = Fixture::clean();
        fixture.lock("helper", &["polars"]);
        fixture.depend("seqrec-eval", "dev-dependencies", "helper");
        fixture.assert_clean();
    }

    #[test]
    fn a_stale_lock_file_is_not_trusted() {
        let mut fixture = Fixture::clean();
        fixture.depend("seqrec-eval", "dependencies", "helper");
        fixture.unlock("helper");
        let report = fixture.report();
        let broken = report.broken();
        assert!(broken.iter().all(|(rule, _)| *rule == RULE.name), "{report}");
        let message = "helper is not in Cargo.lock, which is out of date";
        assert!(broken[0].1.iter().any(|violation| violation.message == message), "{report}");
    }
}
