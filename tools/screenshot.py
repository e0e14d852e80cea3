"""./dev screenshot: log in and make a PNG of a page with headless Chromium.

Runs in the set-up's Python, for it needs websocket-client.
"""

import argparse
import base64
import contextlib
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import websocket

from .machine import Problem, find_program, free_port, say

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-allow-origins=*",
)
# loaded, and nothing shows that more is to come
QUIET = """(() => {
  if (document.readyState !== 'complete') return false;
  if (document.querySelector('.o_loading_indicator, .o_blockUI')) return false;
  const client = document.querySelector('.o_web_client');
  return !client || !!document.querySelector('.o_action_manager > *');
})()"""


def _page_address(port):
    """Where the first page of a starting Chromium takes commands."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, StopIteration):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                pages = json.load(answer)
            page = next(page for page in pages if page["type"] == "page")
            return page["webSocketDebuggerUrl"]
        time.sleep(0.1)
    raise Problem("Chromium did not start within 30 s.")


class Browser:
    """One page of a headless Chromium, driven over its own protocol."""

    def __init__(self, width, height, scale=1):
        self.size = {"width": width, "height": height, "deviceScaleFactor": scale}
        self.number = 0
        self.messages = []

    def __enter__(self):
        program = find_program("chromium", "chromium-browser", "google-chrome")
        if not program:
            raise Problem("There is no Chromium. As root: apt-get install chromium")
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        port = free_port()
        self.process = subprocess.Popen(
            [
                *(program, *FLAGS, f"--remote-debugging-port={port}"),
                *(f"--user-data-dir={self.folder.name}", "about:blank"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.socket = websocket.create_connection(_page_address(port), timeout=60)
        except BaseException:
            self.__exit__()
            raise
        for domain in ("Page", "Runtime", "Network"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setDeviceMetricsOverride", mobile=False, **self.size)
        return self

    def __exit__(self, *_error):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def send(self, method, **parameters):
        """Call a method of the protocol; its result."""
        self.number += 1
        call = {"id": self.number, "method": method, "params": parameters}
        self.socket.send(json.dumps(call))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                if "error" in message:
                    raise Problem(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def evaluate(self, expression):
        """The value of a JavaScript expression (promises are awaited)."""
        result = self.send(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            text = details.get("exception", {}).get("description", details["text"])
            raise Problem(f"JavaScript: {text}")
        return result["result"].get("value")

    def go(self, address):
        failure = self.send("Page.navigate", url=address).get("errorText")
        if failure:
            raise Problem(f"{address} does not answer: {failure}")
        time.sleep(0.3)
        self.wait(QUIET)

    def wait(self, condition, seconds=60):
        """Until the condition has held twice in a row."""
        deadline, held = time.monotonic() + seconds, 0
        while held < 2:
            # the page may be exchanged under us
            with contextlib.suppress(Problem):
                held = held + 1 if self.evaluate(condition) else 0
            if time.monotonic() > deadline:
                say(f"  after {seconds} s the page still does not satisfy {condition}")
                return
            time.sleep(0.25)

    def picture(self, path, full=False):
        """Write a PNG of what is visible, or of the page at its full length."""
        options = {"format": "png"}
        if full:
            box = self.send("Page.getLayoutMetrics")["cssContentSize"]
            options["clip"] = {**box, "scale": 1}
            options["captureBeyondViewport"] = True
        data = self.send("Page.captureScreenshot", **options)["data"]
        Path(path).write_bytes(base64.b64decode(data))

    def _note(self, message):
        """Keep what the page complains of."""
        parameters = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            text = details.get("exception", {}).get("description", details["text"])
            self.messages.append(text)
        elif message.get("method") == "Runtime.consoleAPICalled":
            if parameters["type"] == "error":
                values = [str(arg.get("value", "")) for arg in parameters["args"]]
                self.messages.append(" ".join(values))


def log_in(browser, site, user, password):
    """Through Odoo's own login form."""
    browser.go(f"{site}/web/login")
    for name, value in (("login", user), ("password", password)):
        field = f"document.querySelector('input[name={name}]')"
        browser.evaluate(f"{field}.value = {json.dumps(value)}")
    browser.evaluate("document.querySelector('form.oe_login_form').submit()")
    browser.wait("!location.pathname.startsWith('/web/login')")
    browser.wait(QUIET)


def _uid(browser):
    return browser.evaluate(
        "fetch('/web/session/get_session_info', {method: 'POST', body: '{}', "
        "headers: {'Content-Type': 'application/json'}})"
        ".then(response => response.json()).then(answer => answer.result.uid)"
    )


def call(browser, model, method, *arguments, **named):
    """Call a method of a model as the user who is logged in."""
    body = json.dumps({"params": {
        "model": model, "method": method, "args": arguments, "kwargs": named,
    }})  # fmt: skip
    answer = browser.evaluate(
        "fetch('/web/dataset/call_kw', {method: 'POST', headers: "
        f"{{'Content-Type': 'application/json'}}, body: {json.dumps(body)}}})"
        ".then(response => response.json())"
    )
    if "error" in answer:
        raise Problem(answer["error"]["data"]["message"])
    return answer["result"]


def main(arguments):
    options = _parser().parse_args(arguments)
    site = "/".join(options.url.split("/")[:3])
    with Browser(options.width, options.height, options.scale) as browser:
        if not options.public:
            log_in(browser, site, options.user, options.password or options.user)
            call(browser, "res.users", "write", [_uid(browser)], {"lang": options.lang})
        browser.go(options.url)
        for selector in options.click:
            _click(browser, selector)
        if options.wait:
            browser.wait(f"!!document.querySelector({json.dumps(options.wait)})")
        if options.js:
            say(browser.evaluate(options.js))
        time.sleep(options.sleep)
        browser.picture(options.file, options.full)
    for message in browser.messages:
        say(f"  the page complains: {message}")
    say(f"{options.file} ({options.url})")


def _click(browser, selector):
    """Click the first visible element: a CSS selector, or =its text."""
    found = (
        f"[...document.querySelectorAll('button,a,span,td,div.o_kanban_record')]"
        f".find(e => e.innerText?.trim() === {json.dumps(selector[1:])}"
        " && e.offsetParent)"
        if selector.startswith("=")
        else f"document.querySelector({json.dumps(selector)})"
    )
    browser.wait(f"!!({found})", 20)
    browser.evaluate(f"({found}).click()")
    time.sleep(0.5)
    browser.wait(QUIET)


def _parser():
    parser = argparse.ArgumentParser(prog="./dev screenshot")
    parser.add_argument("url")
    parser.add_argument("file")
    parser.add_argument("--lang", default="en_US", help="the user's, e.g. fr_FR")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", help="default: the same as the user")
    parser.add_argument("--public", action="store_true", help="do not log in")
    parser.add_argument("--width", type=int, default=1400)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--full", action="store_true", help="the page's full length")
    parser.add_argument("--wait", help="CSS selector to wait for")
    parser.add_argument(
        *("--click",),
        action="append",
        default=[],
        help="CSS selector or =Text; repeatable",
    )
    parser.add_argument("--js", help="evaluate this before the picture and print it")
    parser.add_argument("--sleep", type=float, default=0.3)
    return parser


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Problem as problem:
        sys.exit(str(problem))
