#!/usr/bin/env python3
"""site - a forum, a review site and a blog on loopback, for the demo.

Serves the posts of posts.json at http://forum.localhost:PORT/feed and so on, each from the
second on that its "at" names. With --tocsin it asks tocsind to look whenever a post appears:
in real life a feed is asked once a minute at most, and a demo should not last that long.
"""
import argparse
import html
import http.server
import json
import os
import subprocess
import sys
import threading
import time
from datetime import datetime, timezone
from xml.sax.saxutils import escape, quoteattr

SITES = {
    "forum": "Mouse & Barn forum",
    "reviews": "Honest Trap Reviews",
    "blog": "Cabin Diaries",
}


class Site:
    def __init__(self, path, start, speed):
        with open(path, encoding="utf-8") as f:
            self.posts = json.load(f)
        self.start = start
        self.port = 0
        for number, post in enumerate(self.posts, 1):
            post["id"] = number
            post["when"] = start + post["at"] / (speed if post["at"] > 0 else 1)

    def shown(self, name):
        now = time.time()
        return [p for p in self.posts if p["site"] == name and p["when"] <= now]

    def url(self, name, path=""):
        return f"http://{name}.localhost:{self.port}/{path}"

    def link(self, post):
        return self.url(post["site"], f"{post['thread']}#post-{post['id']}")


def stamp(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry(site, post):
    uri = f"<uri>{escape(post['profile'])}</uri>" if "profile" in post else ""
    root = site.url(post["site"], post["thread"])
    answer = f"\n    <thr:in-reply-to ref={quoteattr(root)} href={quoteattr(root)}/>"
    return f"""  <entry>
    <id>tag:{post['site']}.localhost,2026:{post['id']}</id>
    <title>{escape(post['title'])}</title>
    <link href={quoteattr(site.link(post))}/>
    <published>{stamp(post['when'])}</published><updated>{stamp(post['when'])}</updated>
    <author><name>{escape(post['by'])}</name>{uri}</author>{answer if post["title"].startswith("Re: ") else ""}
    <content type="text">{escape(post['text'])}</content>
  </entry>
"""


def feed(site, name):
    entries = "".join(entry(site, p) for p in reversed(site.shown(name)))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xml:lang="en">
  <title>{escape(SITES[name])}</title><id>tag:{name}.localhost,2026:feed</id>
  <link href={quoteattr(site.url(name))}/>
  <updated>{stamp(time.time())}</updated>
{entries}</feed>
"""


def page(site, name, thread):
    posts = [p for p in site.shown(name) if not thread or p["thread"] == thread]
    body = "".join(
        f"<article id='post-{p['id']}'><h2>{html.escape(p['title'])}</h2>"
        f"<p><b>{html.escape(p['by'])}</b>, {stamp(p['when'])}</p>"
        f"<p>{html.escape(p['text'])}</p></article>\n"
        for p in posts
    )
    title = html.escape(SITES[name])
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{title}</title>"
        f"<link rel='alternate' type='application/atom+xml' href='/feed'>"
        f"<h1>{title}</h1>\n{body}</html>\n"
    )


def make_handler(site):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.headers.get("Host", "").split(".")[0]
            path = self.path.split("?")[0].strip("/")
            if name not in SITES:
                self.send_error(404, "there are forum, reviews and blog")
                return
            if path == "feed":
                self.answer(feed(site, name), "application/atom+xml")
            else:
                self.answer(page(site, name, path), "text/html; charset=utf-8")

        def answer(self, text, kind):
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


def poll(tocsin, config, source):
    """Asks the daemon to look at one source; it may still be starting."""
    for _ in range(50):
        done = subprocess.run(
            [tocsin, "-c", config, "source", "poll", source],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode == 0:
            return
        time.sleep(0.2)
    sys.stderr.write(done.stderr.decode(errors="replace"))


def follow(site, tocsin, config):
    for name in SITES:
        poll(tocsin, config, name)
    for post in site.posts:
        wait = post["when"] - time.time()
        if post["at"] < 0:
            continue
        if wait > 0:
            time.sleep(wait)
        time.sleep(0.2)
        poll(tocsin, config, post["site"])


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    args = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    args.add_argument("--port", type=int, default=8917, help="0: any that is free")
    args.add_argument("--port-file", help="write the port here once the site is up")
    args.add_argument("--speed", type=float, default=1, help="2: twice as fast")
    args.add_argument("--posts", default=os.path.join(here, "posts.json"))
    args.add_argument("--tocsin", help="program that asks the daemon to look at once")
    args.add_argument("--config", help="the daemon's configuration")
    given = args.parse_args()

    site = Site(given.posts, time.time(), given.speed)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", given.port), make_handler(site))
    server.daemon_threads = True
    site.port = server.server_address[1]
    if given.port_file:
        with open(given.port_file + ".new", "w", encoding="ascii") as f:
            f.write(f"{site.port}\n")
        os.rename(given.port_file + ".new", given.port_file)
    if given.tocsin:
        threading.Thread(
            target=follow, args=(site, given.tocsin, given.config), daemon=True).start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
