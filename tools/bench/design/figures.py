# SPDX-License-Identifier: GPL-2.0
"""How well scores tell anomalies from normal traces, and how scores are combined."""
import numpy


def rank(scores):
    """1 .. n, ties share the mean."""
    inverse, counts = numpy.unique(scores, return_inverse=True, return_counts=True)[1:]
    ends = numpy.cumsum(counts)
    return (ends - (counts - 1) / 2)[inverse]


def auc(scores, normals):
    """Area under the ROC curve; the first `normals` scores are of normal traces."""
    anomalies = len(scores) - normals
    above = rank(scores)[normals:].sum() - anomalies * (anomalies + 1) / 2
    return above / (normals * anomalies)


def detection(scores, normals, false_alarms):
    """Share of anomalies above the threshold that this share of normal traces is above."""
    threshold = numpy.sort(scores[:normals])[::-1][int(false_alarms * normals)]
    return (scores[normals:] > threshold).mean()


def share_below(scores, normals):
    """0 .. 1: how many normal traces have less. It makes scores of methods comparable."""
    return numpy.searchsorted(numpy.sort(scores[:normals]), scores, side="left") / normals


def fisher(shares):
    """Fisher's method: sum of the logarithms of the tail probabilities.

    0.002: how sure can one be, with 600 to 1000 normal traces, that none has more?
    """
    return sum(-numpy.log(1.002 - share) for share in shares)


def mean_rank(shares):
    """The mean is ordered as the sum is."""
    return sum(shares)
