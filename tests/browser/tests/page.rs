//! The page's stories, each in every engine and from both origins.

use std::io::Write as _;

use anyhow::{Result, ensure};
use browser_tests::{Engine, Look, Origin, Theme, Visit, quiet_visit};

/// A chosen file reaches the worker, in whichever way this engine allows.
async fn a_chosen_file_is_read(visit: &Visit) -> Result<()> {
    let mut file = tempfile::Builder::new().prefix("bundle").suffix(".zip").tempfile()?;
    file.write_all(b"twelve bytes")?;
    visit.choose("file-input", file.path()).await?;
    let notice = visit.text_where("notice", |text| text.contains("bytes")).await?;
    ensure!(notice.ends_with(": 12 bytes"), "the notice says `{notice}`");
    Ok(())
}

macro_rules! everywhere {
    ($($story:ident)*) => { $(
        mod $story {
            use super::*;

            everywhere!(@ $story chromium_file Chromium File);
            everywhere!(@ $story chromium_http Chromium Http);
            everywhere!(@ $story firefox_file Firefox File);
            everywhere!(@ $story firefox_http Firefox Http);
            everywhere!(@ $story webkit_file WebKit File);
            everywhere!(@ $story webkit_http WebKit Http);
        }
    )* };
    (@ $story:ident $name:ident $engine:ident $origin:ident) => {
        #[tokio::test]
        async fn $name() -> Result<()> {
            quiet_visit(stringify!($story), Engine::$engine, Origin::$origin, Look::default(), super::$story).await
        }
    };
}

everywhere! { a_chosen_file_is_read }

/// Pictures for people to look at: both languages, light and dark, in each engine.
mod looks {
    use super::{Engine, Look, Origin, Result, Theme, a_chosen_file_is_read, quiet_visit};

    async fn pictures(engine: Engine) -> Result<()> {
        for language in ["en", "ja"] {
            for theme in [Theme::Light, Theme::Dark] {
                let look = Look { language, theme };
                quiet_visit("look", engine, Origin::File, look, a_chosen_file_is_read).await?;
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn chromium() -> Result<()> {
        pictures(Engine::Chromium).await
    }

    #[tokio::test]
    async fn firefox() -> Result<()> {
        pictures(Engine::Firefox).await
    }

    #[tokio::test]
    async fn webkit() -> Result<()> {
        pictures(Engine::WebKit).await
    }
}
