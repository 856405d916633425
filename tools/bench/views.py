#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What views that Kanary does not have would add to its verdict, and what padding takes from it.

	tools/bench/views.py [--kanary FILE] [--period CALLS] SERVICES

SERVICES as in tools/bench/defaults.py, in its three splits by content. Each trace has one score:
its highest surprise by a model with the default options, but without an LSTM. A view's
score is -log10 of the share of learned traces, each content held out in turn from five parts, that
have as much of it. Scores are added, as Kanary adds its views. "Detected" is by the threshold at
which as many normal traces alarm as by the model's own warnings.

Then a call that was never learned is put into each normal trace; and 256 normal calls of a trace
that was not learned are put before and behind each attack.
"""
import argparse, hashlib, json, math, os, random, subprocess, tempfile

SERVICES = {"redis": "redis", "ftp": "ftp", "git": "cryptomining"}
SALTS = ("", "1", "2")
NEVER = "reboot"
PADDING = 256


def run(*arguments):
	done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
	if done.returncode:
		raise SystemExit(f"views.py: {' '.join(arguments)}: {done.stderr.strip()}")
	return done.stdout


def read(folder):
	traces = {}
	for name in sorted(os.listdir(folder)):
		with open(os.path.join(folder, name), encoding="utf-8") as file:
			traces[name] = file.read().split()
	return traces


def part_of(trace, salt, parts):
	return int(hashlib.sha256((salt + " ".join(trace)).encode()).hexdigest(), 16) % parts


def runs(trace):
	return list(zip(trace, trace[1:], trace[2:]))


class Views:
	"""What of a trace no learned trace has."""

	def __init__(self, learned):
		self.calls = {call for trace in learned for call in trace}
		self.runs = {run for trace in learned for run in runs(trace)}

	def new_calls(self, trace):
		return len(set(trace) - self.calls)

	def new_runs(self, trace):
		new = [run not in self.runs for run in runs(trace)]
		return sum(new) / max(len(new), 1)

	def worst_block(self, trace, block=128):
		new = [run not in self.runs for run in runs(trace)]
		return max((sum(new[i:i + block]) / min(block, len(new) - i)
			    for i in range(0, max(len(new) - block // 2, min(len(new), 1)), block // 2)), default=0)


VIEWS = {
	"calls never seen": Views.new_calls,
	"share of runs of 3 never seen": Views.new_runs,
	"the same, worst 128 calls": Views.worst_block,
}


def held_out(learned, view):
	"""The view of learned traces, by views that were learned from other contents."""
	values = []
	for part in range(5):
		others = Views([trace for trace in learned if part_of(trace, "fold", 5) != part])
		values += [view(others, trace) for trace in learned
			   if part_of(trace, "fold", 5) == part]
	return sorted(values)


def surprise(values, value):
	above = sum(other >= value for other in values) if value > 0 else len(values)
	return -math.log10((above + 1) / (len(values) + 1))


def auc(normal, attack):
	ranked = sorted([(score, 0) for score in normal] + [(score, 1) for score in attack])
	total, below, i = 0, 0, 0
	while i < len(ranked):
		j = i
		while j < len(ranked) and ranked[j][0] == ranked[i][0]:
			j += 1
		attacks = sum(kind for _, kind in ranked[i:j])
		total += attacks * (below + (j - i - attacks) / 2)
		below += j - i - attacks
		i = j
	return total / len(normal) / len(attack)


def detected(normal, attack, alarms):
	threshold = sorted(normal, reverse=True)[min(alarms, len(normal) - 1)]
	return sum(score > threshold for score in attack) / len(attack)


class Judge:
	"""A model of one service in one split."""

	def __init__(self, kanary, period, learned, folder):
		self.kanary, self.period, self.folder = kanary, str(period), folder
		self.model = os.path.join(folder, "model")
		run(kanary, "train", self.write(learned), "-o", self.model, "--name", "bench", "--quiet",
		    "--hidden", "0")

	def write(self, traces):
		where = tempfile.mkdtemp(dir=self.folder)
		for number, trace in enumerate(traces):
			with open(os.path.join(where, f"{number:06}.txt"), "w", encoding="utf-8") as file:
				file.write(" ".join(trace) + "\n")
		run(self.kanary, "import", "names", where, "--period", self.period, "-o", where + ".rec")
		return where + ".rec"

	def scores(self, traces):
		said = json.loads(run(self.kanary, "score", self.model, self.write(traces), "--json"))
		# a trace with execve in its midst is several streams
		highest, alerts = [0] * len(traces), [False] * len(traces)
		for stream in said["streams"]:
			number = int(os.path.splitext(os.path.basename(stream["file"]))[0])
			highest[number] = max(highest[number], stream["highest_surprise"])
			alerts[number] |= stream["alerts"] > 0
		return highest, alerts


def pad(traces, normal, rng):
	normal = [trace for trace in normal if len(trace) >= PADDING] or normal
	padded = []
	for trace in traces:
		before, behind = rng.choice(normal), rng.choice(normal)
		padded.append(before[:PADDING] + trace + behind[:PADDING])
	return padded


def share(flags):
	return sum(flags) / max(len(flags), 1)


def service(options, name, salt, normal, attack, folder, sums):
	learned = [trace for trace in normal if part_of(trace, salt, 10) < 6]
	rest = list({" ".join(trace): trace for trace in normal
		     if part_of(trace, salt, 10) >= 6}.values())
	judge = Judge(options.kanary, options.period, learned, folder)
	rng = random.Random(name + salt)
	padded, rest_padded = pad(attack, rest, rng), pad(rest, rest, rng)
	# normal traces, attacks, attacks between normal calls
	sets = [rest, attack, padded]
	scores, alerts = zip(*[judge.scores(traces) for traces in sets])
	alarms = sum(alerts[0])

	def add(key, *values):
		sums.setdefault((name, key), []).append(values)

	add("Kanary alone", auc(scores[0], scores[1]), detected(scores[0], scores[1], alarms),
	    detected(scores[0], scores[2], alarms))
	views = Views(learned)
	for title, view in VIEWS.items():
		known = held_out(learned, view)
		both = [[score + surprise(known, view(views, trace)) for score, trace in zip(*each)]
			for each in zip(scores, sets)]
		missed = [trace for trace, alert in zip(attack, alerts[1]) if not alert]
		add(title, auc(both[0], both[1]), detected(both[0], both[1], alarms),
		    detected(both[0], both[2], alarms),
		    share([view(views, trace) > 0 for trace in missed]),
		    share([view(views, trace) > 0 for trace in rest]))
	one, one_alerts = judge.scores([trace[:len(trace) // 2] + [NEVER] + trace[len(trace) // 2:]
					for trace in rest])
	add("one", share(alerts[0]), share(one_alerts),
	    sorted(b - a for a, b in zip(scores[0], one))[len(one) // 2], max(one))
	add("padded", share(alerts[1]), share(alerts[2]), share(judge.scores(rest_padded)[1]))


def main():
	parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
	parser.add_argument("--kanary", default="build/kanary")
	parser.add_argument("--period", type=int, default=1024)
	parser.add_argument("services")
	arguments = parser.parse_args()
	sums = {}
	for name, against in SERVICES.items():
		normal = list(read(os.path.join(arguments.services, "normal", name)).values())
		attack = list(read(os.path.join(arguments.services, "attack", against)).values())
		for salt in SALTS:
			with tempfile.TemporaryDirectory() as folder:
				service(arguments, name, salt, normal, attack, folder, sums)

	def mean(name, key):
		rows = sums[(name, key)]
		return [sum(values) / len(rows) for values in zip(*rows)]

	print("| | AUC: redis, ftp, git | detected | between 256 normal calls each | missed attacks that have it | normal traces that have it |")
	print("|---|---|---|---|---|---|")
	for key in ["Kanary alone", *VIEWS]:
		found = [mean(name, key) for name in SERVICES]
		cells = [", ".join(f"{values[0]:.3f}" for values in found),
			 *(", ".join(f"{100 * values[i]:.0f} %" for values in found) if len(found[0]) > i else ""
			   for i in range(1, 5))]
		print(f"| {key if key == 'Kanary alone' else 'and ' + key} | {' | '.join(cells)} |")
	print("\n| | normal traces that alert | with one call never seen | it adds, median | highest surprise |")
	print("|---|---|---|---|---|")
	for name in SERVICES:
		before, after, more, highest = mean(name, "one")
		print(f"| {name} | {100 * before:.1f} % | {100 * after:.1f} % | {more:.2f} | {highest:.2f} |")
	print("\n| | attacks that alert | between 256 normal calls each | normal traces there instead |")
	print("|---|---|---|---|")
	for name in SERVICES:
		print(f"| {name} | {' | '.join(f'{100 * value:.0f} %' for value in mean(name, 'padded'))} |")


main()
