//! Writes a file in the format of Taobao UserBehavior, to try things at the official size.
//!
//! ```sh
//! cargo run --example generate_taobao -- data/taobao/UserBehavior.csv
//! ```
//!
//! A second argument sets the number of rows; the default is the official 100,150,807 (3.6 GB).
//! Users, items, categories and the shares of the behaviours are the official ones; who did what is
//! drawn at random, items with a long tail.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const ROWS: u64 = 100_150_807;
const USERS: u64 = 987_994;
const ITEMS: f64 = 4_162_024.0;
const CATEGORIES: u64 = 9_439;
/// 25 November to 3 December 2017 in China.
const TIMES: std::ops::Range<u64> = 1_511_539_200..1_512_316_800;
/// Upper ends of the behaviours' shares.
const BEHAVIOURS: [(f64, &str); 4] = [(0.8958, "pv"), (0.9510, "cart"), (0.9799, "fav"), (1.0, "buy")];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: generate_taobao FILE [ROWS]")?;
    let rows = arguments.next().map_or(Ok(ROWS), |rows| rows.parse())?;
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let mut uniform = || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;

    // A name that no reader looks for until the file is whole.
    let unfinished = Path::new(&path).with_extension("unfinished");
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
    for row in 0..rows {
        let user = 1 + row * USERS / ROWS;
        // The item of rank r comes with a weight of about 1 / sqrt(r).
        let item = 1 + (ITEMS * uniform().powi(2)) as u64;
        let category = item.wrapping_mul(2_654_435_761) % CATEGORIES;
        let draw = uniform();
        let behaviour = BEHAVIOURS.iter().find(|(end, _)| draw < *end).map_or("buy", |(_, name)| name);
        let time = TIMES.start + (uniform() * (TIMES.end - TIMES.start) as f64) as u64;
        writeln!(file, "{user},{item},{category},{behaviour},{time}")?;
    }
    file.into_inner()?.sync_all()?;
    std::fs::rename(unfinished, &path)?;
    println!("{rows} rows written to {path}");
    Ok(())
}
