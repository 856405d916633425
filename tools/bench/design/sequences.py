# SPDX-License-Identifier: GPL-2.0
"""Methods that go along a trace call by call: STIDE and language models."""
import numpy

from .traces import CALLS

ORDER = 6
SELF_ORDER = 3
_BEFORE = CALLS


def _spans(starts, lengths):
    """The places of all members of spans, one span after the other."""
    ends = numpy.cumsum(lengths)
    return numpy.arange(ends[-1]) + numpy.repeat(starts - (ends - lengths), lengths)


def _occurrence(identity):
    """Of each member, how many before it are the same."""
    order = numpy.argsort(identity, kind="stable")
    ordered = identity[order]
    first = numpy.concatenate([[True], ordered[1:] != ordered[:-1]])
    start = numpy.maximum.accumulate(numpy.where(first, numpy.arange(len(order)), 0))
    before = numpy.empty(len(order), numpy.int64)
    before[order] = numpy.arange(len(order)) - start
    return before


class Sequences:
    """All n-grams of a pool of traces by number, so that a task only has to count them.

    Before its first call a trace has ORDER others that no trace makes: the beginning
    is learned, too.
    """

    def __init__(self, pool):
        self.length = numpy.array([len(trace) for trace in pool])
        padded = self.length + ORDER
        self.start = numpy.cumsum(padded) - padded + ORDER
        stream = numpy.full(padded.sum(), _BEFORE, numpy.int64)
        stream[_spans(self.start, self.length)] = numpy.concatenate(pool)
        # gram[n]: at each place the number of the n-gram that ends there; [0]: the empty one
        self.gram = [numpy.zeros(len(stream), numpy.int64)]
        for _ in range(ORDER):
            longer = numpy.roll(self.gram[-1], 1) * (CALLS + 1) + stream
            self.gram.append(numpy.unique(longer, return_inverse=True)[1])
        self.grams = [int(gram.max()) + 1 for gram in self.gram]
        self.own = self._own_information(numpy.arange(len(pool)))

    def _places(self, traces):
        return _spans(self.start[traces], self.length[traces])

    def _mean(self, traces, value):
        """Of each trace, the mean of what its calls have."""
        length = self.length[traces]
        return numpy.add.reduceat(value, numpy.cumsum(length) - length) / length

    def _own_information(self, traces):
        """Mean bits a call of each trace, by a model that has seen of it what came before.

        A process that only repeats itself has few: there is nothing in it, whether or not it is
        known. All traces at once: a gram is of its trace, and counts are of those before.
        """
        places = self._places(traces)
        trace = numpy.repeat(numpy.arange(len(traces)), self.length[traces])
        probability = numpy.full(len(places), 1.0 / CALLS)
        for order in range(1, SELF_ORDER + 1):
            context = self.gram[order - 1][places - 1] + trace * self.grams[order - 1]
            gram = self.gram[order][places] + trace * self.grams[order]
            seen = _occurrence(gram)
            context_seen = _occurrence(context)
            # different calls that came after the context, before this one
            by_context = numpy.argsort(context, kind="stable")
            new = (seen[by_context] == 0).astype(numpy.int64)
            total = numpy.cumsum(new) - new
            begin = numpy.arange(len(places)) - context_seen[by_context]
            followers = numpy.empty(len(places), numpy.int64)
            followers[by_context] = total - total[begin]
            known = context_seen > 0
            probability[known] = ((seen + followers * probability) /
                                  numpy.maximum(context_seen + followers, 1))[known]
        return self._mean(traces, -numpy.log2(probability))

    def scores(self, training, judged):
        """Scores of the traces `judged` by what was learned of those in `training`."""
        learned, places = self._places(training), self._places(judged)
        place = numpy.concatenate([numpy.arange(length) for length in self.length[judged]])
        probability = numpy.full(len(places), 1.0 / CALLS)
        scores = {}
        for order in range(1, ORDER + 1):
            count = numpy.bincount(self.gram[order][learned], minlength=self.grams[order])
            context = self.gram[order - 1][learned - 1]
            context_count = numpy.bincount(context, minlength=self.grams[order - 1])
            # Witten and Bell 1991: a new follower is as likely as there were different ones
            first = numpy.unique(self.gram[order][learned], return_index=True)[1]
            followers = numpy.bincount(context[first], minlength=self.grams[order - 1])
            seen = count[self.gram[order][places]]
            context = self.gram[order - 1][places - 1]
            known = context_count[context] > 0
            probability[known] = ((seen + followers[context] * probability) / numpy.maximum(
                context_count[context] + followers[context], 1))[known]
            if order in (3, 6):
                scores[f"language model of {order} calls"] = self._mean(
                    judged, -numpy.log2(probability))
                # windows that would begin before the trace are none
                whole = place >= order - 1
                windows = numpy.maximum(self.length[judged] - order + 1, 1)
                scores[f"STIDE, windows of {order} calls"] = \
                    self._mean(judged, ((seen == 0) & whole) * 1.0) * self.length[judged] / windows
        scores["language model of 6 calls, less the trace's own information"] = \
            scores["language model of 6 calls"] - self.own[judged]
        return scores
