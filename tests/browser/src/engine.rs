//! The three engines: which program, told what.

use std::path::Path;

use serde_json::{Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// What the browser is set to, before the page says anything.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub language: &'static str,
    pub theme: Theme,
}

impl Default for Look {
    fn default() -> Self {
        Self { language: "en", theme: Theme::Light }
    }
}

/// `WebKit`'s test browser, in the distributions' various places.
const MINI_BROWSER: [&str; 3] = [
    "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
];

impl Engine {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::WebKit => "webkit",
        }
    }

    pub(crate) fn driver(self) -> &'static str {
        match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => "geckodriver",
            Self::WebKit => "WebKitWebDriver",
        }
    }

    /// What the command line of a process that runs pages holds.
    pub(crate) fn page_process(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["--type=renderer"],
            Self::Firefox => &["-contentproc"],
            Self::WebKit => &["WebKitWebProcess"],
        }
    }

    /// Capabilities of a fresh session; whatever is not on this machine is asked from `proxy`, which refuses it.
    pub(crate) fn capabilities(self, look: Look, proxy: &str) -> Value {
        let Look { language, theme } = look;
        // Both engines that take a number for it count dark as 0.
        let theme_number = i32::from(theme == Theme::Light);
        match self {
            Self::Chromium => json!({
                "browserName": "chrome",
                "goog:loggingPrefs": { "browser": "ALL" },
                "goog:chromeOptions": {
                    "args": [
                        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                        "--disable-background-networking", "--disable-component-update", "--disable-sync",
                        "--disable-dev-shm-usage", "--disable-features=OptimizationHints,MediaRouter",
                        format!("--lang={language}"),
                        format!("--proxy-server={proxy}"),
                        format!("--blink-settings=preferredColorScheme={theme_number}"),
                    ],
                    "prefs": { "intl.accept_languages": language },
                },
            }),
            Self::Firefox => json!({
                "browserName": "firefox",
                "moz:firefoxOptions": {
                    "args": ["-headless"],
                    "prefs": {
                        // The driver's own settings relax the rules for file:// and hide failures.
                        "remote.prefs.recommended": false,
                        // One of those is needed to choose a file for a page from http.
                        "dom.file.createInChild": true,
                        "devtools.console.stdout.content": true,
                        "intl.accept_languages": language,
                        "layout.css.prefers-color-scheme.content-override": theme_number,
                        "network.captive-portal-service.enabled": false,
                        "network.connectivity-service.enabled": false,
                        "datareporting.policy.dataSubmissionEnabled": false,
                        "browser.shell.checkDefaultBrowser": false,
                        "browser.aboutwelcome.enabled": false,
                        "termsofuse.bypassNotification": true,
                        // Complains on the console of fields that leave while it looks at them.
                        "extensions.formautofill.addresses.enabled": false,
                        "extensions.formautofill.creditCards.enabled": false,
                    },
                },
                "proxy": { "proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy },
            }),
            Self::WebKit => json!({
                "webkitgtk:browserOptions": {
                    "binary": MINI_BROWSER.iter().find(|path| Path::new(path).exists()).unwrap_or(&MINI_BROWSER[0]),
                    "args": ["--automation"],
                },
                "proxy": { "proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy, "noProxy": ["127.0.0.1"] },
            }),
        }
    }

    /// What only the environment can tell the engine.
    pub(crate) fn environment(self, look: Look) -> Vec<(&'static str, String)> {
        if self != Self::WebKit {
            return Vec::new();
        }
        let theme = if look.theme == Theme::Dark { "Adwaita:dark" } else { "Adwaita" };
        vec![("LANGUAGE", look.language.to_owned()), ("GTK_THEME", theme.to_owned()), ("NO_AT_BRIDGE", "1".to_owned())]
    }
}
