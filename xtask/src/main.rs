//! The runner: recipes, commands, reports.
//!
//! `cargo xtask` lists the commands.

mod cli;
mod commands;
mod data;
mod error;
mod files;
mod models;
mod output;
mod prepared;
mod progress;
mod recipe;
mod report;
mod results;
mod run;
mod tidy;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let cli = cli::Cli::parse();
    match commands::run(cli) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            match error {
                error::RunError::Interrupted { .. } => std::process::ExitCode::from(130),
                _ => std::process::ExitCode::FAILURE,
            }
        }
    }
}
