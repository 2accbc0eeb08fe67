//! Writes the bundle behind “Try an example”: `cargo run -p scenario --example example_bundle www/demo.zip`.

#![allow(clippy::disallowed_methods, reason = "a tool of the developers writes its file")]

use std::error::Error;
use std::fs::File;
use std::io::Write;

use scenario::{Day, Fault, Platform};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const PINNED_APPS: &str = r#"{"certPinnedAppList":[
 {"action":1,"appName":"[Messenger]","app_domains":["media.messenger.example"],"isRegex":"false","mode":"tunnel","processName":"messenger.exe","rowID":"custom_3","tunnel_domains":["media.messenger.example"]}
],"status":"success","steering_config_name":"Example steering"}
"#;

const EXCEPTIONS: &str = r#"{"fail_close":{"domains":[],"ips":[]},"ips":[],"names":["media.meeting.example","*.meeting.example"],"protocols":{},"status":"success","steering_config_name":"Example steering"}
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name the file to write, such as www/demo.zip")?;
    let log = Day::new(25, Platform::Windows, 8.0, 17.0).log(Fault::PinnedNewHost, 15.5);
    // The client cuts its log by size; the newest part has no number.
    let (older, newest) = log.lines.split_at(log.lines.len() * 3 / 5);
    let text = |lines: &[String]| lines.join("\r\n") + "\r\n";
    let members = [
        ("nsdebuglog.log", text(newest)),
        ("nsdebuglog.1.log", text(older)),
        ("nsbypass.json", PINNED_APPS.to_owned()),
        ("nsexception.json", EXCEPTIONS.to_owned()),
    ];
    let mut zip = ZipWriter::new(File::create(path)?);
    for (name, text) in members {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(text.as_bytes())?;
    }
    zip.finish()?;
    Ok(())
}
