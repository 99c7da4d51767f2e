//! Prints the data card of a data set on disk, or of synthetic data.
//!
//! ```text
//! cargo run -p seqrec-data --example data_card
//! cargo run -p seqrec-data --example data_card -- ml-1m path/to/ml-1m
//! cargo run -p seqrec-data --example data_card -- my-set.toml path/to/my-set
//! ```

use seqrec_data::{
    DataCard, Filter, Manifest, PrepareConfig, Sequences, SplitConfig, SyntheticConfig, UserRatio, load,
};

fn main() -> seqrec_data::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let prepare =
        PrepareConfig { filter: Filter::OnePass { item_min: 5, user_min: 5 }, ..PrepareConfig::default() };
    let (name, sequences, prepare) = match &arguments[..] {
        [manifest, folder] => {
            let manifest = if manifest.ends_with(".toml") {
                Manifest::from_path(manifest)?
            } else {
                Manifest::builtin(manifest)?
            };
            let sequences = load(&manifest, folder)?.prepare(&prepare)?;
            (manifest.name, sequences, prepare)
        }
        _ => {
            let made = SyntheticConfig::default().generate()?;
            ("synthetic".to_owned(), made.sequences, PrepareConfig::default())
        }
    };
    let protocol = SplitConfig::UserRatio(UserRatio::default());
    let (sequences, split) = protocol.apply(sequences)?;
    println!("{}", DataCard::new(&name, &sequences, &split, &prepare, &protocol));
    println!("\nmost frequent items");
    for item in 1..=sequences.num_items().min(5) as u32 {
        println!("{item:>6}  {}", describe(&sequences, item));
    }
    Ok(())
}

fn describe(sequences: &Sequences, item: u32) -> &str {
    let raw = sequences.item_ids().name(item);
    sequences.title(item).or(raw).unwrap_or("?")
}
