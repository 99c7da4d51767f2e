//! `cargo xtask bench`: our own figures beside the machine's limits, and beside other libraries.

mod criterion;
mod pairs;
mod peers;
mod process;
mod quality;

use crate::{
    cli::{Bench, BenchCommand},
    error::Result,
};

/// `cargo xtask bench`.
pub fn run(args: Bench) -> Result<()> {
    match args.command {
        None => criterion::run(args.filter.as_deref(), args.quick),
        Some(BenchCommand::Peers(args)) if args.quality => quality::run(&args),
        Some(BenchCommand::Peers(args)) => peers::run(&args),
    }
}
