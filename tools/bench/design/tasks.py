# SPDX-License-Identifier: GPL-2.0
"""Tasks that normal traces alone can set: kinds of them held out, and anomalies made of them."""
from collections import defaultdict, namedtuple

import numpy

from .traces import CALLS, histograms

SEED = 7
# Clusters of training traces, by single calls and by pairs; which of them are held out.
CLUSTERS = 12
CLUSTERED_BY = (("calls", 1, CALLS), ("pairs", 2, 512))
CLUSTER_LEAST, CLUSTER_MOST = 15, 250
ANOMALIES_LEAST = 20
# Traces of a task: that are normal, and that are not.
HELD_OUT_NORMAL, HELD_OUT_ANOMALIES = 600, 200
SYNTHESISED_NORMAL, SYNTHESISED_ANOMALIES = 1000, 300

# Numbers of traces in the pool: those to learn, those that are normal, those that are not.
Task = namedtuple("Task", "name held_out training normal anomalies")


def _cluster(features, count, rng, rounds=30):
    """k-means from k-means++ seeds (Arthur and Vassilvitskii 2007): the cluster of each row."""
    centre = [features[rng.integers(len(features))]]
    while len(centre) < count:
        distance = numpy.min([((features - one) ** 2).sum(1) for one in centre], 0)
        if not distance.any():
            break
        centre.append(features[rng.choice(len(features), p=distance / distance.sum())])
    centre = numpy.array(centre)
    for _ in range(rounds):
        label = ((features[:, None] - centre[None]) ** 2).sum(2).argmin(1)
        for number in range(len(centre)):
            if (label == number).any():
                centre[number] = features[label == number].mean(0)
    return label


def _held_out(training, design, rng):
    """Leaves out of training all traces of one kind: those of the design half are the anomalies.

    A trace of the design half is of the kind of the training trace that is nearest.
    """
    for by, order, bins in CLUSTERED_BY:
        learned = histograms(training, order, bins)
        label = _cluster(learned, CLUSTERS, rng)
        label_design = label[(histograms(design, order, bins) @ learned.T).argmax(1)]
        for kind in range(CLUSTERS):
            if not CLUSTER_LEAST <= (label == kind).sum() <= CLUSTER_MOST:
                continue
            anomalies = numpy.where(label_design == kind)[0]
            normal = numpy.where(label_design != kind)[0]
            if len(anomalies) < ANOMALIES_LEAST:
                continue
            normal = normal[rng.permutation(len(normal))[:HELD_OUT_NORMAL]]
            anomalies = anomalies[rng.permutation(len(anomalies))[:HELD_OUT_ANOMALIES]]
            yield Task(f"{by}-{kind}", True, numpy.where(label != kind)[0],
                       len(training) + normal, len(training) + anomalies)


def _followers(traces):
    """What came after each pair of calls, as often as it did."""
    followers = defaultdict(list)
    for trace in traces:
        calls = trace.tolist()
        for place in range(2, len(calls)):
            followers[calls[place - 2], calls[place - 1]].append(calls[place])
    return followers


def _synthesise(source, lengths, rng):
    """Traces that are normal in what they are made of, and not in how it is put together.

    Each is as long as some trace of the design half is:
    splice    pieces of 15 to 59 calls of many processes, one after the other
    loop      one piece of 5 to 39 calls, again and again
    shuffle   a process, each 8 calls of it in a random order
    iid       calls drawn one by one out of those of a process
    trigram   each call drawn from those that came after the two before it
    takeover  a process that from its half on loops over pieces of three others
    """
    everything = numpy.concatenate(source)
    followers = _followers(source)
    made = defaultdict(list)

    def some():
        return source[rng.integers(len(source))]

    def piece(length):
        trace = some()
        length = min(length, len(trace))
        start = rng.integers(len(trace) - length + 1)
        return trace[start:start + length]

    def fill(pieces, length, next_piece):
        while sum(map(len, pieces)) < length:
            pieces.append(next_piece())
        return numpy.concatenate(pieces)[:length]

    for _ in range(SYNTHESISED_ANOMALIES):
        length = int(lengths[rng.integers(len(lengths))])
        made["splice"].append(fill([], length, lambda: piece(rng.integers(15, 60))))
        body = piece(rng.integers(5, 40))
        made["loop"].append(fill([], length, lambda: body))
        trace = some()
        shuffled = trace.copy()
        for place in range(0, len(shuffled), 8):
            shuffled[place:place + 8] = rng.permutation(shuffled[place:place + 8])
        made["shuffle"].append(shuffled)
        made["iid"].append(rng.choice(trace, len(trace)))
        calls = piece(2).tolist()
        while len(calls) < length:
            known = followers.get(tuple(calls[-2:]), everything)
            calls.append(int(known[rng.integers(len(known))]))
        made["trigram"].append(calls)
        trace = some()
        bodies = [piece(rng.integers(5, 20)) for _ in range(3)]
        made["takeover"].append(fill([trace[:len(trace) // 2]], len(trace),
                                     lambda: bodies[rng.integers(3)]))
    return {name: [numpy.ascontiguousarray(trace, dtype=numpy.int32) for trace in traces]
            for name, traces in made.items()}


def build(training, design):
    """The pool of all traces (training, design half, synthesised), and the tasks. Deterministic.

    Anomalies are made of other design traces than those that a task calls normal: else
    a method could know them by their normal half.
    """
    rng = numpy.random.default_rng(SEED)
    pool = training + design
    tasks = list(_held_out(training, design, rng))
    order = rng.permutation(len(design))
    normals = min(SYNTHESISED_NORMAL, len(design) // 2)
    source = [design[number] for number in order[normals:]]
    lengths = [len(trace) for trace in design]
    for name, traces in _synthesise(source, lengths, rng).items():
        anomalies = numpy.arange(len(pool), len(pool) + len(traces))
        pool = pool + traces
        tasks.append(Task(name, False, numpy.arange(len(training)),
                          len(training) + order[:normals], anomalies))
    return pool, tasks
