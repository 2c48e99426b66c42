"""What a test does with a page in a browser, whichever browser it is."""

import json

from .wait import Failed, until


class Page:
    """The page that commands go to. A browser has `js`, `click_at`, `insert` and `key`, and gathers `errors`."""

    def text(self):
        """What the page says."""
        return self.js("document.body ? document.body.innerText : ''")

    def wait_for(self, expression, timeout=15, what=None):
        """Waits until an expression is true, in this page or in the one that it leads to meanwhile."""
        def so():
            try:
                return self.js(expression)
            except Failed as failed:
                if "navigated or closed" in str(failed):
                    return None
                raise

        try:
            return until(so, timeout, what or expression, 0.1)
        except Failed as failed:
            raise Failed(f"{failed}\nthe page says: {self.text()[:1500]}\nerrors: {self.errors}") from None

    def wait_text(self, text, timeout=15):
        """Waits until the page says something."""
        self.wait_for(f"!!document.body?.innerText.includes({json.dumps(text)})", timeout, f"{text!r} on the page")

    def click(self, selector):
        """Clicks the middle of an element as a mouse would."""
        box = self.wait_for(f"""(() => {{ const e = document.querySelector({json.dumps(selector)});
            if (!e) return null; e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect();
            return r.width ? [r.x + r.width / 2, r.y + r.height / 2] : null; }})()""", what=f"{selector} to click")
        self.click_at(*box)

    def type_into(self, selector, text):
        """Types."""
        self.click(selector)
        self.insert(text)

    def fill(self, selector, text):
        """Types in place of what is there."""
        self.click(selector)
        self.js(f"document.querySelector({json.dumps(selector)}).select()")
        self.insert(text)

    def press(self, words, within="body"):
        """Clicks the button, link or choice that says these words."""
        found = f"""(() => {{ const all = [...document.querySelector({json.dumps(within)})?.querySelectorAll(
            'button, a, label, [role=option], .ant-select-item-option') ?? []];
            const e = all.find(e => e.innerText.trim() === {json.dumps(words)} && e.getClientRects().length);
            if (!e) return false; e.click(); return true; }})()"""
        self.wait_for(found, what=f"{words!r} to press")

    def choose(self, selector, text):
        """Types into a list of choices, and takes the one that is left."""
        self.type_into(selector, text)
        offered = ".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option-active"
        self.wait_for(f"[...document.querySelectorAll('{offered}')].some(e => e.innerText.includes({json.dumps(text)}))",
                      what=f"the choice {text}")
        self.key("Enter")
