#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A small shop, as such things are written in a hurry, with four planted holes.

    /archive?name=   hands the name to a shell          (command injection)
    /static/NAME     joins the name to a path           (traversal)
    /hello?text=     evaluates what is between {{ }}    (template injection)
    Cookie session=  is unpickled                       (insecure deserialisation)

    webapp.py [--upkeep]    serve, or tidy the database up as a daily job does
"""
import base64
import http.server
import json
import os
import pickle
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.parse

ROOT = "/srv/shop"
DATA = "/srv/data"
LOG = open(DATA + "/access.log", "a", buffering=1)


def database():
    connection = sqlite3.connect(DATA + "/shop.db", timeout=20)
    connection.execute("create table if not exists item(id integer primary key, name, price)")
    connection.execute("create table if not exists sale(item, number, at)")
    return connection


def render(text):
    return re.sub(r"{{(.*?)}}", lambda match: str(eval(match[1])), text)


class Shop(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *arguments):
        print(self.client_address[0], time.time(), format % arguments, file=LOG)

    def answer(self, body, status=200, kind="text/html", headers=()):
        if isinstance(body, str):
            body = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        # Clients of HTTP 1.0 that asked for it wait for this word.
        self.send_header("Connection", "close" if self.close_connection else "keep-alive")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def index(self, query):
        with database() as connection:
            items = connection.execute("select id, name from item limit 20").fetchall()
        with open(ROOT + "/template.html") as file:
            self.answer(file.read().replace("ITEMS", json.dumps(items)))

    def item(self, query):
        with database() as connection:
            row = connection.execute("select * from item where id = ?",
                                     (query.get("id", "1"),)).fetchone()
        self.answer(json.dumps(row), 200 if row else 404, "application/json")

    def archive(self, query):
        name = query.get("name", "a.txt")
        done = subprocess.run(f"cd {ROOT}/static && gzip -c {name}", shell=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.answer(done.stdout, kind="application/gzip")

    def hello(self, query):
        self.answer(render(query.get("text", "hello, {{ 'no' + 'body' }}")))

    def account(self, query):
        session = {"visits": 0}
        match = re.search("session=([^;]+)", self.headers.get("Cookie", ""))
        if match:
            session = pickle.loads(base64.urlsafe_b64decode(match[1]))
        session["visits"] += 1
        cookie = base64.urlsafe_b64encode(pickle.dumps(session)).decode()
        self.answer(json.dumps(session), headers=[("Set-Cookie", "session=" + cookie)])

    def health(self, query):
        self.answer("well\n", kind="text/plain")

    def static(self, path):
        try:
            with open(ROOT + "/" + urllib.parse.unquote(path), "rb") as file:
                self.answer(file.read(), kind="application/octet-stream")
        except OSError as error:
            self.answer(str(error), 404)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        pages = {"/": self.index, "/item": self.item, "/archive": self.archive,
                 "/hello": self.hello, "/account": self.account, "/health": self.health}
        if url.path.startswith("/static/"):
            self.static(url.path)
        elif url.path in pages:
            try:
                pages[url.path](dict(urllib.parse.parse_qsl(url.query)))
            except Exception as error:
                self.answer(repr(error), 500)
        else:
            self.answer("no such page", 404)

    do_HEAD = do_GET

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(
            self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
        with database() as connection:
            connection.execute("insert into sale values(?, ?, ?)",
                               (form.get("item"), form.get("number"), time.time()))
        self.answer("sold", 201)


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


def upkeep():
    with database() as connection:
        connection.execute("delete from sale where rowid % 3 = 0")
    connection.execute("vacuum")
    # The server goes on writing to its file.
    shutil.copy(DATA + "/access.log", DATA + "/access.log.1")
    os.truncate(DATA + "/access.log", 0)


if __name__ == "__main__":
    if "--upkeep" in sys.argv:
        upkeep()
    else:
        with database() as connection:
            connection.executemany("insert or ignore into item values(?, ?, ?)",
                                   ((i, f"thing {i}", i * 7 % 100) for i in range(500)))
        Server(("127.0.0.1", 8080), Shop).serve_forever()
