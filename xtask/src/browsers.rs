//! The three engines and their drivers, from the system's packages.

use std::path::Path;

use anyhow::Result;

use crate::command::{answer, command};
use crate::{debian, place};

const PACKAGES: [&str; 6] =
    ["chromium", "chromium-driver", "firefox-esr", "webkit2gtk-driver", "xvfb", "fonts-noto-cjk"];
const PROGRAMS: [&str; 5] = ["chromium", "chromedriver", "firefox-esr", "WebKitWebDriver", "Xvfb"];

pub(crate) fn ensure() -> Result<()> {
    if PROGRAMS.iter().all(|program| place::on_path(program).is_some()) && has_japanese_fonts() {
        return Ok(());
    }
    debian::install(&PACKAGES, "the browser tests", "600 MB, one to two minutes")
}

fn has_japanese_fonts() -> bool {
    Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists()
        || answer(command("fc-list").arg(":lang=ja")).is_some_and(|fonts| !fonts.is_empty())
}
