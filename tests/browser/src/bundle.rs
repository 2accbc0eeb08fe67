//! Bundles that a test tells line by line: what the log says when, and which files lie beside it.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use anyhow::Result;
use tempfile::NamedTempFile;
use zip::write::{FileOptions, SimpleFileOptions};
use zip::{AesMode, ZipWriter};

use crate::visit::Visit;

/// A log of one day, and the files beside it.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    clock: String,
    lines: Vec<(String, String)>,
    files: Vec<(String, String)>,
}

impl Bundle {
    /// An hour from 15:00 to 16:00 on a Windows device, with a working tunnel and a mail program that polls every minute.
    #[must_use]
    pub fn of_a_quiet_hour() -> Self {
        let mut bundle = Self::default()
            .at("15:00:00")
            .says("Config setting STA user agent: Windows NT 11.0 x64;Netskope ST Agent 126.0.0.2400;DEVICE-0001")
            .says("nsTunnel DTLS SSL connected to the gslbgw server: gateway-nrt1.example.com(192.0.2.35):443 successfully");
        for minute in 0..60 {
            bundle = bundle.at(&format!("15:{minute:02}:30")).steers("mail.exe", "mail.example.net");
        }
        bundle
    }

    /// The same hour, in which much goes wrong between 15:33 and 15:35: programs that try and try again, one that is blocked,
    /// names that would deceive on a screen or run in a spreadsheet, and lines that name the user.
    #[must_use]
    pub fn of_a_troubled_hour() -> Self {
        let mut bundle = Self::of_a_quiet_hour()
            .at("15:00:02")
            .says("nsImpersonate Current user: Alice.Sample")
            .says("downloader url:https://addon-sampletenant.goskope.com/v1/branding")
            .at("15:05:10")
            .steers("chat.exe", "files.chat.example")
            .steers("chat.exe", "img.chat.example");
        for host in ["chat.example", "api.chat.example", "ws.chat.example"] {
            bundle = bundle.at("15:33:03").retries(6, "chat.exe", host);
        }
        bundle
            .at("15:33:01")
            .retries(5, "=cmd|calc.exe", "sheet.example.org")
            .at("15:33:02")
            .retries(4, "photo\u{202e}gpj.exe", "picture.example.net")
            .at("15:34:00")
            .retries(9, "slack.exe", "wss-primary.slack.com")
            .at("15:34:03")
            .repeats(6, "BypassAppMgr Dropping connection from process: drive.exe, host: api.drive.example")
            .at("15:34:04")
            .repeats(
                3,
                "BypassAppMgr bypassing flow to exception host: media.meeting.example, process: meeting.exe, \
                 Dest IP: 198.51.100.9, Dest Port: 443, Src IP: 192.0.2.7, Src Port: 50123",
            )
            .at("15:34:20")
            .says_as(
                "error",
                "cache.cpp:7",
                "C:\\Users\\alice.sample\\cache.db of alice.sample@corp.example on DEVICE-0001 of sampletenant is stale",
            )
            .at("15:34:50")
            .says_as("warning", "odd.cpp:3", "what is \u{202e}odd is written out")
    }

    /// The time of what is told next.
    #[must_use]
    pub fn at(mut self, clock: &str) -> Self {
        clock.clone_into(&mut self.clock);
        self
    }

    #[must_use]
    pub fn says(self, message: &str) -> Self {
        self.says_as("info", "source.cpp:1", message)
    }

    /// A line of that level, written by that place of the client's source.
    #[must_use]
    pub fn says_as(mut self, level: &str, source: &str, message: &str) -> Self {
        let line = format!("2025/11/06 {}.409 stAgentSvc p17fc tb44 {level} {source} {message}", self.clock);
        self.lines.push((self.clock.clone(), line));
        self
    }

    #[must_use]
    pub fn steers(self, process: &str, host: &str) -> Self {
        let flow = format!(
            "nsTunnel DTLS [sessId 1] Tunneling flow from addr: 192.0.2.7:50123, process: {process} to host: {host}, \
             addr: 198.51.100.4:443 to nsProxy"
        );
        self.says_as("info", "tunnel.cpp:1148", &flow)
    }

    /// A program that tries a host every six seconds.
    #[must_use]
    pub fn retries(self, times: usize, process: &str, host: &str) -> Self {
        self.every_six_seconds(times, |bundle| bundle.steers(process, host))
    }

    /// A message that comes every six seconds.
    #[must_use]
    pub fn repeats(self, times: usize, message: &str) -> Self {
        self.every_six_seconds(times, |bundle| bundle.says(message))
    }

    fn every_six_seconds(mut self, times: usize, tell: impl Fn(Self) -> Self) -> Self {
        let (minute, first) = self.clock.split_at(6);
        let (minute, first) = (minute.to_owned(), first.parse().unwrap_or(0));
        for second in (first..60).step_by(6).take(times) {
            self = tell(self.at(&format!("{minute}{second:02}")));
        }
        self
    }

    #[must_use]
    pub fn with_file(mut self, name: &str, text: &str) -> Self {
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    /// As “Save Logs” writes it.
    pub fn zipped(&self) -> Result<NamedTempFile> {
        self.written(SimpleFileOptions::default())
    }

    /// As `zipped`, encrypted.
    pub fn locked(&self, password: &str) -> Result<NamedTempFile> {
        self.written(SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, password))
    }

    fn written(&self, options: FileOptions<'_, '_, ()>) -> Result<NamedTempFile> {
        let mut lines = self.lines.clone();
        lines.sort_by(|one, other| one.0.cmp(&other.0));
        let mut log = String::new();
        for (_, line) in lines {
            writeln!(log, "{line}")?;
        }
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in [("nsdebuglog.log", log.as_str())].into_iter().chain(self.beside()) {
            zip.start_file(name, options)?;
            zip.write_all(text.as_bytes())?;
        }
        file(".zip", &zip.finish()?.into_inner())
    }

    fn beside(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

/// A file whose name ends like that.
pub fn file(end: &str, content: &[u8]) -> Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().suffix(end).tempfile()?;
    file.write_all(content)?;
    Ok(file)
}

impl Visit {
    /// Opens the bundle, and waits until it is read. Its file is to be kept as long as the page may read it again.
    pub async fn read(&self, bundle: &Bundle) -> Result<NamedTempFile> {
        let file = bundle.zipped()?;
        self.choose("file-input", file.path()).await?;
        self.everything_is_read().await?;
        Ok(file)
    }

    /// As `read`, and says that it broke at 15:34.
    pub async fn read_broken(&self, bundle: &Bundle) -> Result<NamedTempFile> {
        let file = self.read(bundle).await?;
        self.find("incident-at").await?.send_keys("15:34").await?;
        self.text_where("incident-window", |text| text == "Incident window: Nov 6, 2025 15:32:00 – 15:36:00").await?;
        // The answer takes the place of the one before part by part, and what somebody begins in the old one is lost.
        self.text_where("signals", |text| text.contains("stAgentSvc")).await?;
        self.stands_still().await?;
        Ok(file)
    }
}
