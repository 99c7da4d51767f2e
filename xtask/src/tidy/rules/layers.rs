//! Direct dependencies follow the layers.

use super::super::layer::{Family, Layer};
use super::super::rule::{Rule, Violation};
use super::super::workspace::{Dependency, DependencyKind, Package, Workspace};

pub(in crate::tidy) const RULE: Rule = Rule {
    name: "layers",
    explanation: "A crate depends only on the layers below it, only seqrec-data names polars, and only \
                  seqrec-core and what stands on it names burn.",
    check,
};

fn check(workspace: &Workspace) -> Vec<Violation> {
    let mut violations = Vec::new();
    for package in &workspace.packages {
        for dependency in &package.manifest.dependencies {
            if let Some(fault) = fault(workspace, package, dependency) {
                let message = format!("{} {fault}", package.name());
                violations.push(Violation::at(&package.manifest.path, dependency.line, message));
            }
        }
    }
    violations
}

fn fault(workspace: &Workspace, package: &Package, dependency: &Dependency) -> Option<String> {
    let layer = Layer::of(package);
    let (name, table) = (&dependency.package, dependency.kind.table());
    if let Some(other) = workspace.package(name) {
        // A crate that names itself under dev-dependencies turns on a feature of its own for tests.
        let itself = other.name() == package.name() && dependency.kind == DependencyKind::Dev;
        let allowed = itself || layer.may_use(Layer::of(other), dependency.kind);
        return (!allowed).then(|| format!("may not have {name} under {table}"));
    }
    match Family::of(name)? {
        family if !layer.may_name(family) => Some(format!("may not name {name} (under {table})")),
        Family::Burn if !stands_on_core(layer, package) => {
            Some(format!("names {name} (under {table}) and does not stand on seqrec-core"))
        }
        _ => None,
    }
}

fn stands_on_core(layer: Layer, package: &Package) -> bool {
    matches!(layer, Layer::Core | Layer::Tool)
        || package.manifest.dependencies.iter().any(|dependency| {
            dependency.kind == DependencyKind::Normal && dependency.package == "seqrec-core"
        })
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::Fixture;
    use super::RULE;

    fn broken_by(package: &str, table: &str, dependency: &str) {
        let mut fixture = Fixture::clean();
        fixture.depend(package, table, dependency);
        fixture.assert_broken(RULE.name, &format!("crates/{package}/Cargo.toml"), dependency);
    }

    #[test]
    fn evaluation_knows_nobody() {
        broken_by("seqrec-eval", "dependencies", "burn");
        broken_by("seqrec-eval", "dev-dependencies", "polars");
        broken_by("seqrec-eval", "dev-dependencies", "seqrec-models");
    }

    #[test]
    fn data_and_core_do_not_know_each_other() {
        broken_by("seqrec-data", "dependencies", "burn");
        broken_by("seqrec-core", "dev-dependencies", "polars-core");
        broken_by("seqrec-core", "dev-dependencies", "seqrec-eval");
    }

    #[test]
    fn models_stand_on_the_core_alone() {
        broken_by("seqrec-models", "dependencies", "seqrec-eval");
        broken_by("seqrec-train", "dependencies", "seqrec-models");
        broken_by("seqrec-train", "build-dependencies", "polars");
    }

    #[test]
    fn tests_of_models_and_training_may_look_across() {
        let mut fixture = Fixture::clean();
        fixture.depend("seqrec-models", "dev-dependencies", "seqrec-train");
        fixture.depend("seqrec-models", "dev-dependencies", "seqrec-data");
        fixture.depend("seqrec-train", "dev-dependencies", "seqrec-models");
        fixture.depend("seqrec-core", "dev-dependencies", "seqrec-core");
        fixture.depend("xtask", "dependencies", "polars");
        fixture.assert_clean();
    }

    #[test]
    fn a_new_model_crate_needs_no_entry_here_and_uses_burn_through_the_core() {
        let mut fixture = Fixture::clean();
        fixture.add_library("stranger");
        fixture.depend("stranger", "dependencies", "seqrec-core");
        fixture.depend("stranger", "dependencies", "burn");
        fixture.assert_clean();

        let mut fixture = Fixture::clean();
        fixture.add_library("stranger");
        fixture.depend("stranger", "dependencies", "burn");
        fixture.assert_broken(RULE.name, "crates/stranger/Cargo.toml", "burn");
    }
}
