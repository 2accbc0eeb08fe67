//! What stands in the page, of all elements that a selector names, for questions that a single test id does not answer.

use anyhow::Result;
use serde_json::{Value, json};

use crate::visit::Visit;

impl Visit {
    /// The texts of the elements, in the order of the page, blanks and breaks as one blank.
    pub async fn contents(&self, selector: &str) -> Result<Vec<String>> {
        let script = "return [...document.querySelectorAll(given)].map(
            (element) => element.textContent.replace(/\\s+/g, ' ').trim());";
        Ok(serde_json::from_value(self.run(script, json!(selector)).await?)?)
    }

    /// Waits until the texts of the elements satisfy `wanted`.
    pub async fn contents_where(&self, selector: &str, wanted: impl Fn(&[String]) -> bool) -> Result<Vec<String>> {
        let found = self
            .until(&format!("{selector} says what it should"), async || Ok(wanted(&self.contents(selector).await?)))
            .await;
        let there = self.contents(selector).await?;
        found.map_err(|error| error.context(format!("it says {there:?}")))?;
        Ok(there)
    }

    /// An attribute of the first such element; null without it.
    pub async fn attribute(&self, selector: &str, name: &str) -> Result<Value> {
        let script = "return document.querySelector(given[0])?.getAttribute(given[1]) ?? null";
        self.run(script, json!([selector, name])).await
    }

    /// Waits until an attribute of the first such element has that value.
    pub async fn attribute_is(&self, selector: &str, name: &str, wanted: &str) -> Result<()> {
        let is_so = async || Ok(self.attribute(selector, name).await? == json!(wanted));
        self.until(&format!("{name} of {selector} is {wanted}"), is_so).await
    }

    /// The value of a field.
    pub async fn value(&self, test_id: &str) -> Result<String> {
        let script = "return document.querySelector(`[data-testid='${given}']`)?.value ?? ''";
        Ok(self.run(script, json!(test_id)).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the browser has drawn some frames in a row in which nothing changed.
    pub async fn stands_still(&self) -> Result<()> {
        const STILL: &str = "
            let still = 0;
            const watch = new MutationObserver(() => { still = 0; });
            watch.observe(document.body, { childList: true, characterData: true, subtree: true });
            const look = () => {
                still += 1;
                if (still < 6) return requestAnimationFrame(look);
                watch.disconnect();
                done();
            };
            requestAnimationFrame(look);";
        self.run_async(STILL, json!({})).await.map(|_| ())
    }
}
