#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What sets of options of kanary train are worth, on the data that its defaults were chosen by.

	tools/bench/defaults.py [--kanary FILE] SERVICES ADFA.zip OPTIONS...

SERVICES holds normal/{redis,ftp,git} and attack/{redis,ftp,cryptomining}, a trace a file. Each of
OPTIONS is one argument; "" is the defaults. Three splits are by content, with no trace on both
sides; two are at random, where most traces that are judged have a copy that is learned. "Pooled"
is one model of the three services. Of ADFA-LD the design half is read: validation traces and
attack runs of odd number. The budget is what the recordings bear, three times what was counted.

A row of a table a set of options. Alarms are processes that alert, over as many as the budget
allows; in splits by content each content is judged once. Rows come as they are done.
"""
import argparse, hashlib, json, os, random, shutil, subprocess, tempfile

SERVICES = {"redis": "redis", "ftp": "ftp", "git": "cryptomining"}
PERIODS = (64, 256, 1024)
CONTENT, RANDOM = ("0", "1", "2"), ("r1", "r2")
HEAD = """| options | detected: redis, ftp, git | mean | pooled: AUC | detected | ADFA-LD: AUC at 64, 256, 1024 | mean | alarms, at random: redis, ftp, git, pooled | by content | ADFA-LD | model: redis, ADFA-LD |
|---|---|---|---|---|---|---|---|---|---|---|"""


def run(*arguments):
	done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
	if done.returncode:
		raise SystemExit(f"defaults.py: {' '.join(arguments)}: {done.stderr.strip()}")
	return done.stdout


def learned(service, split, name, content, rng):
	"""Whether a trace is learned in this split."""
	if split in RANDOM:
		return rng.random() < 0.6
	salt = split.replace("0", "").encode()
	return int(hashlib.sha256(salt + content).hexdigest(), 16) % 10 < 6


class Recordings:
	"""All parts of all sets, as recordings in a folder."""

	def __init__(self, kanary, services, adfa, folder):
		self.kanary, self.folder = kanary, folder
		for service, attack in SERVICES.items():
			for split in CONTENT + RANDOM:
				self.part(os.path.join(services, "normal", service), service, split)
			run(kanary, "import", "names", os.path.join(services, "attack", attack), "-o",
			    self.path(service, "attack"))
		for period in PERIODS:
			for part, only in (("train", "*/Training_Data_Master/*"),
					   ("test", "*/Validation_Data_Master/*[13579].txt"),
					   ("attack", "*/Attack_Data_Master/*_[13579]/*")):
				run(kanary, "import", "adfa", adfa, "--period", str(period), "--only",
				    only, "-o", self.path(f"adfa{period}", part))

	def path(self, name, part):
		return os.path.join(self.folder, f"{name}.{part}.rec")

	def part(self, normal, service, split):
		rng, seen = random.Random(service + split), set()
		with tempfile.TemporaryDirectory() as work:
			for part in ("train", "test", "once"):
				os.mkdir(os.path.join(work, part))
			for name in sorted(os.listdir(normal)):
				trace = os.path.join(normal, name)
				with open(trace, "rb") as file:
					content = file.read()
				parts = ["train"]
				if not learned(service, split, name, content, rng):
					parts = ["test"] + ["once"] * (content not in seen)
					seen.add(content)
				for part in parts:
					shutil.copyfile(trace, os.path.join(work, part, name))
			for part in ("train", "test", "once"):
				run(self.kanary, "import", "names", os.path.join(work, part), "-o",
				    self.path(f"{service}.{split}", part))


class Row:
	"""What one set of options is worth."""

	def __init__(self, recordings, options, model):
		self.recordings, self.options, self.model = recordings, options, model
		self.alarms, self.detected, self.auc, self.bytes = {}, {}, {}, {}
		for split in CONTENT + RANDOM:
			for service in SERVICES:
				self.services(service, split, [service])
			self.services("pooled", split, list(SERVICES))
		for period in PERIODS:
			name = f"adfa{period}"
			self.train(name, [recordings.path(name, "train")])
			self.judge(name, [recordings.path(name, "test")], [recordings.path(name, "attack")])
			self.count(name, [recordings.path(name, "test")], [recordings.path(name, "attack")])

	def train(self, name, files):
		run(self.recordings.kanary, "train", *files, "-o", self.model, "--quiet", "--name",
		    "bench", *self.options)
		self.bytes[name] = os.path.getsize(self.model)

	def eval(self, normal, attack):
		return json.loads(run(self.recordings.kanary, "eval", self.model, "--normal", *normal,
				      *(["--attack", *attack] if attack else []), "--json"))

	def judge(self, name, normal, attack):
		said = self.eval(normal, attack)
		self.detected.setdefault(name, []).append(said["attack_streams_alerted"] /
							  said["attack_streams"])
		self.auc.setdefault(name, []).append(said["methods"]["highest"]["auc"])

	def count(self, name, normal, attack):
		alarms = self.alarms.setdefault(name, [0, 0])
		alarms[0] += self.eval(normal, attack)["normal_streams_alerted"]
		alarms[1] += self.eval(normal, None)["expected"]

	def services(self, name, split, services):
		def parts(part):
			return [self.recordings.path(f"{service}.{split}", part) for service in services]

		attacks = [self.recordings.path(service, "attack") for service in services]
		self.train(name, parts("train"))
		if split in RANDOM:
			self.count(f"{name} random", parts("test"), attacks)
			return
		self.count(f"{name} content", parts("once"), attacks)
		self.judge(name, parts("test"), attacks)

	def show(self):
		def mean(values):
			return sum(values) / len(values)

		def ratios(names):
			return ", ".join(f"{self.alarms[name][0] / self.alarms[name][1]:.1f}"
					 for name in names)

		rows = [*SERVICES, "pooled"]
		found = [100 * mean(self.detected[service]) for service in SERVICES]
		areas = [self.auc[f"adfa{period}"][0] for period in PERIODS]
		print(f"| `{' '.join(self.options) or 'defaults'}` | "
		      f"{', '.join(f'{share:.0f} %' for share in found)} | {mean(found):.1f} % | "
		      f"{mean(self.auc['pooled']):.3f} | {100 * mean(self.detected['pooled']):.0f} % | "
		      f"{', '.join(f'{area:.3f}' for area in areas)} | {mean(areas):.3f} | "
		      f"{ratios(f'{name} random' for name in rows)} | "
		      f"{ratios(f'{name} content' for name in rows)} | "
		      f"{ratios(f'adfa{period}' for period in PERIODS)} | "
		      f"{self.bytes['redis'] // 1024}, {self.bytes['adfa1024'] // 1024} KiB |", flush=True)


def main():
	parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
	parser.add_argument("--kanary", default="build/kanary")
	parser.add_argument("services")
	parser.add_argument("adfa")
	parser.add_argument("options", nargs="+")
	arguments = parser.parse_args()
	with tempfile.TemporaryDirectory() as folder:
		recordings = Recordings(arguments.kanary, arguments.services, arguments.adfa, folder)
		print(HEAD, flush=True)
		for options in arguments.options:
			Row(recordings, options.split(), os.path.join(folder, "model")).show()


if __name__ == "__main__":
	main()
