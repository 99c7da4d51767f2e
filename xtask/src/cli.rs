use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use seqrec_core::Backend;
use seqrec_data::OnBadRows;

/// Train, evaluate, reproduce and serve sequential recommenders.
///
/// Start with `cargo xtask reproduce comirec-sa`: it fetches MovieLens-100K, trains ComiRec-SA and
/// writes a report with a verdict beside the original authors' figures.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a recipe from data to verdict and write a report
    #[command(arg_required_else_help = true)]
    Reproduce(Reproduce),
    /// Train a recipe's model for one seed, without comparing it to anything
    #[command(arg_required_else_help = true)]
    Train(Train),
    /// Train a recipe with other settings and compare their validation figures
    #[command(arg_required_else_help = true)]
    Tune(Tune),
    /// Evaluate the best checkpoint of a run again
    #[command(arg_required_else_help = true)]
    Eval(Eval),
    /// Write the report of a finished run again from its report.json
    #[command(arg_required_else_help = true)]
    Report(Report),
    /// Recommend items for a user of the data, or for a history given on the command line
    #[command(arg_required_else_help = true)]
    Recommend(Recommend),
    /// List, fetch, prepare, compare, describe and explore data sets
    #[command(subcommand, arg_required_else_help = true)]
    Data(DataCommand),
    /// Measure speed: beside the machine's limits, or beside other libraries (`bench peers`)
    Bench(Bench),
    /// Write a crate for a model of your own, with a recipe that trains it
    NewModel(NewModel),
    /// Check the architecture's rules by reading manifests and sources
    Tidy,
    /// Run everything that a change must pass: format, tidy, lints, tests, docs, a short run
    ///
    /// Tests run on every backend that this program was compiled with: flex in `cargo xtask ci`, all of
    /// them in `cargo xtask-all ci`.
    Ci,
}

/// Where the data comes from.
#[derive(Clone, Debug, Default, Args)]
pub struct DataSource {
    /// Folder with the data set's files [default: $SEQREC_DATA, then the cache, then the official address]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Read the data set's files themselves: neither use nor keep prepared data
    #[arg(long)]
    pub no_prepared: bool,
    /// What a row that breaks the format means: an error, or a row that is left out and counted
    #[arg(long, value_name = "POLICY", value_enum, default_value_t)]
    pub on_bad_rows: BadRowPolicy,
}

/// What a row that breaks the format means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum BadRowPolicy {
    /// An error with the line of the first and the number of the others
    #[default]
    Fail,
    /// It is left out; how many and why is told, with the first five
    Skip,
}

impl From<BadRowPolicy> for OnBadRows {
    fn from(policy: BadRowPolicy) -> Self {
        match policy {
            BadRowPolicy::Fail => Self::Fail,
            BadRowPolicy::Skip => Self::Skip,
        }
    }
}

/// On which data a recipe runs, with which changes, and where.
#[derive(Clone, Debug, Args)]
pub struct RecipeArgs {
    /// Data set instead of the recipe's own: a name from `data list`, `synthetic`, the path of a manifest
    /// or of a prepared folder
    #[arg(long, value_name = "NAME")]
    pub dataset: Option<String>,
    #[command(flatten)]
    pub source: DataSource,
    /// Where tensors live: flex, or ndarray and wgpu in `cargo xtask-ndarray` and `cargo xtask-wgpu`
    #[arg(long, default_value_t = Backend::default())]
    pub backend: Backend,
    /// Threads of the CPU backends [default: all cores]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Change any field of the recipe, for instance `--set model.interests=8`; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Folder of the run [default: the next free number below runs/RECIPE-DATASET/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Go on with a stopped run: its folder, or nothing for the latest one of this recipe and data set
    #[arg(long, value_name = "DIR", num_args = 0..=1)]
    pub resume: Option<Option<PathBuf>>,
}

#[derive(Debug, Args)]
pub struct Reproduce {
    /// Name of a built-in recipe, or the path of a .toml file
    #[arg(value_name = "RECIPE", required_unless_present_any = ["list", "all"])]
    pub name: Option<String>,
    #[command(flatten)]
    pub recipe: RecipeArgs,
    /// Number of training seeds, counted up from the recipe's
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub seeds: u64,
    /// Strengths of the diversity step, separated by commas
    #[arg(long = "lambda", value_delimiter = ',', value_name = "LIST")]
    pub lambdas: Vec<f32>,
    /// Stop after a few hundred steps: shows that everything works, not how good it is
    #[arg(long)]
    pub quick: bool,
    /// Run all built-in recipes, one after the other; those whose data is not to be had are named
    #[arg(long, conflicts_with_all = ["name", "out", "resume"])]
    pub all: bool,
    /// List the built-in recipes with data, protocol, published figures and our last measured ones
    #[arg(long, exclusive = true)]
    pub list: bool,
}

#[derive(Debug, Args)]
pub struct Train {
    /// Name of a built-in recipe, or the path of a .toml file
    #[arg(value_name = "RECIPE")]
    pub name: String,
    #[command(flatten)]
    pub recipe: RecipeArgs,
    /// Training seed instead of the recipe's
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// The choices are those of the recipe's `[tune]` section and of `--choice`. Each trial is one
/// combination of them, trained for one seed and judged by the best validation of the recipe's monitored
/// figure; nothing is tested. Trials lie below runs/RECIPE-DATASET/tune/, or in --out.
#[derive(Debug, Args)]
pub struct Tune {
    /// Name of a built-in recipe, or the path of a .toml file
    #[arg(value_name = "RECIPE")]
    pub name: String,
    #[command(flatten)]
    pub recipe: RecipeArgs,
    /// Values to try for a field, for instance `--choice model.dropout=[0.2,0.5]`; repeatable
    #[arg(long = "choice", value_name = "KEY=[VALUE,...]")]
    pub choices: Vec<String>,
    /// Combinations at most, in a random order that the recipe's seed fixes [default: all]
    #[arg(long, value_name = "N")]
    pub trials: Option<usize>,
}

#[derive(Debug, Args)]
pub struct NewModel {
    /// Name in lower case, words joined by hyphens: `narm` makes crates/seqrec-narm with Narm and NarmConfig
    pub name: String,
}

/// A finished or stopped run.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// Folder of the run, as `reproduce` and `train` print it
    pub run: PathBuf,
    /// Which seed's model [default: the first]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub source: DataSource,
    /// Where tensors live: flex, ndarray or wgpu (those compiled in)
    #[arg(long, default_value_t = Backend::default())]
    pub backend: Backend,
}

#[derive(Debug, Args)]
pub struct Report {
    /// Folder of the run
    pub run: PathBuf,
    /// Also keep its figures in docs/results.toml, as the last measured ones of recipe and data set
    #[arg(long)]
    pub record: bool,
}

#[derive(Debug, Args)]
pub struct Eval {
    #[command(flatten)]
    pub run: RunArgs,
    /// Strengths of the diversity step, separated by commas
    #[arg(long = "lambda", value_delimiter = ',', default_value = "0", value_name = "LIST")]
    pub lambdas: Vec<f32>,
    /// Evaluate on the validation users instead of the test users
    #[arg(long)]
    pub valid: bool,
}

#[derive(Debug, Args)]
pub struct Recommend {
    #[command(flatten)]
    pub run: RunArgs,
    /// A user of the data set, by the id in its files
    #[arg(long, value_name = "ID", conflicts_with = "history")]
    pub user: Option<String>,
    /// Item ids as in the data set's files, oldest first, separated by commas; repeat for several histories
    #[arg(long, value_name = "IDS")]
    pub history: Vec<String>,
    /// Length of the list
    #[arg(short, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    pub n: u16,
    /// Leave out items that are in the history already
    #[arg(long)]
    pub unseen: bool,
    /// Strength of the diversity step
    #[arg(long, default_value_t = 0.0)]
    pub lambda: f32,
}

#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// List the data sets, and which of them are on this machine
    List,
    /// Find or download a data set and verify its checksums
    Fetch(DataArgs),
    /// Filter and order a data set by a recipe, and keep it as Parquet files
    Prepare(Prepare),
    /// Compare two prepared folders to the last row
    Compare(Compare),
    /// Filter and split a data set by a recipe, and write it in the ComiRec authors' text format
    Export(Export),
    /// Describe a data set as a recipe prepares it
    Card(Card),
    /// Show what a data set looks like: a summary here, and a page with plots
    ///
    /// Lengths of sequences, popularity of items, repeats, categories, growth and sparsity over time, gaps
    /// between events. All events count, held-out ones included, unless --recipe asks for those that a recipe
    /// keeps. Writes explore.html, which needs no other file, and the same numbers as explore.json.
    #[command(after_help = EXPLORE_EXAMPLES)]
    Explore(Explore),
    /// Write docs/datasets.md from the manifests of all data sets
    Docs,
}

const EXPLORE_EXAMPLES: &str = "\
Examples:
  cargo xtask data explore ml-100k
  cargo xtask data explore ml-1m --recipe comirec-sa --out ml-1m-filtered
  cargo xtask data explore synthetic --recipe comirec-sa --set data.synthetic.users=200
  cargo xtask data explore shop.toml --data-dir files";

#[derive(Debug, Args)]
pub struct DataArgs {
    /// A name from `data list`, or the path of a manifest
    pub dataset: String,
    /// Folder with the data set's files [default: $SEQREC_DATA, then the cache, then the official address]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Card {
    /// A name from `data list`, `synthetic`, or the path of a manifest or of a prepared folder
    pub dataset: String,
    #[command(flatten)]
    pub source: DataSource,
    /// The recipe whose filter and split apply
    #[arg(long, default_value = "comirec-sa")]
    pub recipe: String,
    /// Change any field of the recipe, as in `reproduce`
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Explore {
    /// A name from `data list`, `synthetic`, or the path of a manifest
    pub dataset: String,
    #[command(flatten)]
    pub source: DataSource,
    /// Count only what this recipe keeps: its threshold of ratings and its filter of rare users and items
    #[arg(long)]
    pub recipe: Option<String>,
    /// Change any field of the recipe, for instance `--set data.prepare.min_rating=4`; repeatable
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "recipe")]
    pub sets: Vec<String>,
    /// Folder to write [default: runs/explore/NAME]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Prepare {
    #[command(flatten)]
    pub card: Card,
    /// Folder to write; must not exist or be empty [default: the one that training looks for]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Partition the events of --out by a hash of the user
    #[arg(long, value_name = "N", default_value_t = 1, requires = "out")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub partitions: u32,
}

#[derive(Debug, Args)]
pub struct Compare {
    /// A prepared folder
    pub left: PathBuf,
    /// Another one; rows may be spread over its files in another way
    pub right: PathBuf,
}

#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    pub card: Card,
    /// Folder to write; must not exist or be empty
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Bench {
    #[command(subcommand)]
    pub command: Option<BenchCommand>,
    /// Only benchmarks whose name matches this regular expression
    pub filter: Option<String>,
    /// Measure each for a moment only
    #[arg(long)]
    pub quick: bool,
}

#[derive(Debug, Subcommand)]
pub enum BenchCommand {
    /// Take turns with PyTorch, torch-rechub and RecBole on the same shapes, data and threads
    ///
    /// Sets up a Python 3.11 environment below runs/peers at the first call (gigabytes).
    Peers(Peers),
}

#[derive(Debug, Args)]
pub struct Peers {
    /// Only cases (or, with --quality, recipes) whose name contains this
    pub filter: Option<String>,
    /// Turns of each pair
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub rounds: u32,
    /// Repetitions of one turn
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub repetitions: u32,
    /// Measure the time to RecBole's quality on --dataset instead of single steps
    #[arg(long)]
    pub quality: bool,
    /// Data set of --quality
    #[arg(long, default_value = "ml-100k", value_name = "NAME")]
    pub dataset: String,
    #[command(flatten)]
    pub source: DataSource,
    /// Seconds after which RecBole is stopped at the end of an epoch; the same command goes on from there
    #[arg(long, default_value_t = 3600, value_name = "SECONDS")]
    pub budget: u32,
    /// The Python that makes the environment; RecBole's packages exist for 3.11
    #[arg(long, default_value = "python3")]
    pub python: String,
}
