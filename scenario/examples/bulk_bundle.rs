//! Writes a bundle of any size for measurements of time and memory:
//! `cargo run --release -p scenario --example bulk_bundle -- 300000000 2 bundle.zip` (bytes of text, members, file).
//!
//! The lines of [`scenario::busy_device`]; the same arguments give the same bytes.

#![allow(clippy::disallowed_methods, reason = "a tool of the developers writes its file")]

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};

use scenario::busy_device;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bytes, members, path] = arguments.as_slice() else { return Err("expected BYTES MEMBERS FILE".into()) };
    let (bytes, members): (u64, u64) = (bytes.parse()?, members.parse()?);
    let mut lines = busy_device(bytes);
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    // The newest part has no number, the oldest the highest.
    for part in (0..members).rev() {
        let name = if part == 0 { "nsdebuglog.log".to_owned() } else { format!("nsdebuglog.{part}.log") };
        zip.start_file(name, SimpleFileOptions::default().large_file(true))?;
        let mut left = bytes / members;
        for line in &mut lines {
            zip.write_all(line.as_bytes())?;
            left = left.saturating_sub(line.len() as u64);
            if left == 0 {
                break;
            }
        }
    }
    zip.finish()?;
    Ok(())
}
