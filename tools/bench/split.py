#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Part traces into what a model learns and what it is judged on, by their content.

	tools/bench/split.py NORMAL OUT

NORMAL is a folder with a trace a file. OUT/train gets six tenths of the different contents, OUT/test
the others, as hard links or copies, under the same names. All copies of a trace are on the same
side, so nothing is judged that was learned. SHA-256 of the content decides: always the same parts.
"""
import hashlib, os, shutil, sys


def place(source, target):
	try:
		os.link(source, target)
	except OSError:
		shutil.copyfile(source, target)


def main():
	if len(sys.argv) != 3 or sys.argv[1].startswith("-"):
		sys.exit(__doc__.strip())
	normal, out = sys.argv[1:]
	counts = {"train": 0, "test": 0}
	for part in counts:
		os.makedirs(os.path.join(out, part))
	for entry in sorted(os.scandir(normal), key=lambda entry: entry.name):
		if not entry.is_file():
			continue
		with open(entry.path, "rb") as trace:
			digest = int(hashlib.sha256(trace.read()).hexdigest(), 16)
		part = "train" if digest % 10 < 6 else "test"
		place(entry.path, os.path.join(out, part, entry.name))
		counts[part] += 1
	print(f"{out}: {counts['train']} traces to learn, {counts['test']} to be judged")


if __name__ == "__main__":
	main()
