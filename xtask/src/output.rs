//! Standard output that may be closed by its reader, as `| head` does.

use std::io::{ErrorKind, Write as _};

/// Writes `text` to standard output; ends the process quietly if nobody reads it any more.
pub fn write(text: std::fmt::Arguments<'_>) {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_fmt(text).and_then(|()| stdout.flush()) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            eprintln!("error: standard output: {error}");
            std::process::exit(1);
        }
    }
}

/// `println!` through [`write()`].
macro_rules! say {
    () => {
        $crate::output::write(format_args!("\n"))
    };
    ($($part:tt)+) => {
        $crate::output::write(format_args!("{}\n", format_args!($($part)+)))
    };
}
pub(crate) use say;
