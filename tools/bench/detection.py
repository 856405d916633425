#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What kanary detects on recordings that it did not learn, for sets of options.

	tools/bench/detection.py [--kanary FILE] [--options='OPTION...']... SET...

A SET is NAME=TRAIN[,TRAIN...]:NORMAL[,NORMAL...]:ATTACK[,ATTACK...], all recordings. NORMAL has to
be of processes that are not in TRAIN. --options= are the defaults of kanary train. For each set and
options a model is trained on TRAIN.

Printed for both levels of alerts, warnings and critical ones, are the alarms on NORMAL, how many the
model's budget allows, and the share of ATTACK's streams that raise one. AUC is that of the highest
surprise of a stream. It does not depend on the budget.

tools/bench/split.py makes TRAIN and NORMAL of traces so that no trace has a copy in both.
A line a set and options on stdout; with --json an object a line.
"""
import argparse, json, os, subprocess, tempfile

LEVELS = ["warning", "critical"]


def run(kanary, *arguments):
	return subprocess.run([kanary, *arguments], check=True, stdout=subprocess.PIPE,
			      stderr=subprocess.DEVNULL, text=True).stdout


def judge(kanary, options, name, train, normal, attack, folder):
	"""One row: what a model with these options says."""
	model = os.path.join(folder, "model")
	summary = json.loads(run(kanary, "train", *train, "-o", model, "--json", "--name", "bench",
				 *options))
	streams = json.loads(run(kanary, "eval", model, "--normal", *normal, "--attack",
				 *attack, "--json"))
	promise = json.loads(run(kanary, "eval", model, "--normal", *normal, "--json"))
	row = {"set": name, "options": " ".join(options), "supported": summary["supported_vectors"],
	       "auc": streams["methods"]["highest"]["auc"]}
	for level in LEVELS:
		said = promise if level == "warning" else promise["critical"]
		count = "alerted" if level == "warning" else "critical"
		row[level] = {
			"threshold": said["threshold"], "budget": said["budget_vectors"],
			"alarms": said["alarms"], "allowed": said["expected"],
			"detected": streams[f"attack_streams_{count}"] / streams["attack_streams"],
			"normal_streams": streams[f"normal_streams_{count}"] / streams["normal_streams"],
		}
	return row


def show(row):
	text = f"{row['set']:<10} {row['options'] or 'defaults':<52} AUC {row['auc']:.3f}"
	for level in LEVELS:
		said = row[level]
		text += (f"  {level} 1/{said['budget']}: {said['alarms']:g} alarms of {said['allowed']:.2g},"
			 f" {100 * said['detected']:.1f} % detected")
	print(text, flush=True)


def main():
	parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
	parser.add_argument("--kanary", default="build/kanary")
	parser.add_argument("--options", action="append")
	parser.add_argument("--json", action="store_true")
	parser.add_argument("set", nargs="+", metavar="NAME=TRAIN,...:NORMAL,...:ATTACK,...")
	arguments = parser.parse_args()
	with tempfile.TemporaryDirectory() as folder:
		for options in arguments.options or [""]:
			for given in arguments.set:
				name, files = given.split("=", 1)
				train, normal, attack = files.split(":")
				row = judge(arguments.kanary, options.split(), name, train.split(","),
					    normal.split(","), attack.split(","), folder)
				if arguments.json:
					print(json.dumps(row), flush=True)
				else:
					show(row)


if __name__ == "__main__":
	main()
