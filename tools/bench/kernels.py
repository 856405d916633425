#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What one program's calls look like on several kernels, and whether a model of one serves on another.

	tools/bench/kernels.py [FOLDER]		build/kernels by default

Out of what `make check-kernels` has recorded: prints two tables for each service, in Markdown.
"""
import collections
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
KANARY = TOP / 'build/kanary'
# As in tests/vm/core.sh, but for the budget
TRAIN = '--budget 1/10000 --hidden 8 --steps 8 --epochs 10 --quiet'.split()
INTRUDERS = ('sh', 'tar', 'nc')
# As in common/evidence.c
CLOCK = ('gettimeofday', 'clock_gettime', 'time', 'clock_getres', 'getcpu', 'getrandom')
# Percentage points from which on two shares differ; ten calls that are seen on some kernels alone.
DIFFERENT = 1
SEEN = 10

# struct kanary_recording_header and struct kanary_vector, common/kanary_netlink.h
HEADER = 8 + 4 + 4 + 4 + 4 + 8 + 32
VECTOR = struct.Struct('<QQQIIIIIHH16sHHI')
BINS = 960


def names():
	text = (TOP / 'common/syscall_table.c').read_text()
	banks = [dict((int(n), name) for n, name in re.findall(r'\[(\d+)\] = "([a-z0-9_]+)"', part))
		 for part in re.split(r'"i386:', text, maxsplit=1)]
	return banks[0]


def calls(path, named):
	"""Counts of calls in a recording, by name."""
	data = path.read_bytes()
	counted = collections.Counter()
	at = HEADER
	while at + 8 <= len(data):
		size, kind = struct.unpack_from('<HH', data, at)
		at += 8
		if kind == 0 and at + size <= len(data):
			length = VECTOR.unpack_from(data, at)[9]
			for i in range(length):
				number, count = struct.unpack_from('<HH', data, at + VECTOR.size + 4 * i)
				if number < BINS:
					counted[named.get(number, f'call {number}')] += count
		at += (size + 7) // 8 * 8
	return counted


def row(*cells):
	print('| ' + ' | '.join(str(cell) for cell in cells) + ' |')


def table(*heads):
	row(*heads)
	print('|' + '---|' * len(heads))


def differs(shares, counts):
	return max(shares) - min(shares) >= DIFFERENT or (max(counts) >= SEEN and not min(counts))


def compare(service, kernels, named):
	"""Shares of the calls that differ: of the clock among all, and of the others among those."""
	counted = [calls(folder / f'{service}.rec', named) for folder in kernels.values()]
	clock = [sum(one[call] for call in CLOCK) for one in counted]
	print(f'\nCalls of {service}, in %: those of the clock of all calls; the others of the others, where the '
	      f'shares differ by {DIFFERENT} or more, or where some kernels saw {SEEN} and others none.\n')
	table('call', *kernels)
	for call in CLOCK:
		if any(one[call] for one in counted):
			row(call, *(f'{100 * one[call] / one.total():.2f}' for one in counted))
	for call in sorted(set().union(*counted) - set(CLOCK)):
		counts = [one[call] for one in counted]
		shares = [100 * one[call] / (one.total() - timed) for one, timed in zip(counted, clock)]
		if differs(shares, counts):
			row(call, *(f'{share:.2f}' for share in shares))
	row('calls in all', *(one.total() for one in counted))
	row('of these, not of the clock', *(one.total() - timed for one, timed in zip(counted, clock)))


def alerts(model, recording):
	"""Vectors and alerts of the service, and alerts of the attack."""
	said = subprocess.run([KANARY, 'score', '--json', model, recording], check=True,
			      capture_output=True).stdout
	vectors = benign = attack = 0
	for stream in json.loads(said)['streams']:
		if stream['comm'] in INTRUDERS:
			attack += stream['alerts']
		else:
			vectors += stream['vectors']
			benign += stream['alerts']
	return vectors, benign, attack


def judge(service, kernels):
	"""A model of each kernel against the test parts of all."""
	print(f'\n{service}: false alarms among the vectors of normal use, and alerts of the attack:\n')
	table('calls of the clock', 'learned on', *(f'judged on {name}' for name in kernels))
	with tempfile.TemporaryDirectory() as work:
		model = pathlib.Path(work) / f'{service}.model'
		for how in ('keep', 'drop'):
			for learned, folder in kernels.items():
				subprocess.run([KANARY, 'train', folder / f'{service}.rec', '-o', model,
						'--clock', how, *TRAIN], check=True)
				cells = []
				for test in kernels.values():
					vectors, benign, _ = alerts(model, test / f'{service}.test.rec')
					more, worse, attack = alerts(model, test / f'{service}.attack.rec')
					cells.append(f'{benign + worse} of {vectors + more}, {attack}')
				row(how, learned, *cells)


def main():
	folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TOP / 'build/kernels'
	kernels = {}
	for said in sorted(folder.glob('*/out/core.json')):
		kernels[json.loads(said.read_text())['kernel']] = said.parent
	if not kernels:
		sys.exit(f'kanary: kernels.py: no recordings in {folder}: run make check-kernels')
	named = names()
	for service in ('redis', 'nginx'):
		compare(service, kernels, named)
		judge(service, kernels)


main()
