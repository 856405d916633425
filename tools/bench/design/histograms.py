# SPDX-License-Identifier: GPL-2.0
"""Methods that judge a process by its histogram as a whole.

Everything here needs only products of histograms, which are worked out once for all tasks.
d(x, p) = 1 - x p is the square of the Hellinger distance, in 0 .. 1.
"""
import numpy

from .traces import CALLS, histograms

# What the histograms count: successive calls, bins, widths of a linear autoencoder.
VIEWS = {"calls": (1, CALLS, (5, 10, 20)), "pairs": (2, 1024, (20, 160)),
         "triples": (3, 1024, (20, 160))}
# Neighbour whose distance is the radius, and what is added to it.
NEIGHBOUR, FLOOR = 10, 0.02
RADII = {"calls": ((NEIGHBOUR, FLOOR),),
         "triples": ((5, 0.02), (10, 0.0), (10, 0.02), (10, 0.05), (20, 0.02))}
RADIUS_LEAST = 0.001
# Principal components of less variance than this are rounding.
VARIANCE_LEAST = 1e-6
MEMORY_SIZES = (64, 128, 256, 512)
# Local PCA: neighbours, and dimensions of the plane through them. Frank-Wolfe: steps.
LOCAL_NEIGHBOURS, LOCAL_WIDTH = 20, 8
STEPS = 3


def radius_name(view, neighbour=NEIGHBOUR, floor=FLOOR):
    """What scores() calls the nearest neighbour in radii."""
    return f"nearest of {view}, radius its {neighbour}th neighbour + {floor:g}"


class View:
    """One kind of histogram of a pool of traces, of which the first ones are for training."""

    def __init__(self, name, pool, trainings):
        self.name = name
        order, bins, self.widths = VIEWS[name]
        features = histograms(pool, order, bins)
        self.product = features @ features[:trainings].T

    def scores(self, training, judged):
        """Scores of the traces `judged` by what was learned of those in `training`."""
        learned = self.product[numpy.ix_(training, training)]
        product = self.product[numpy.ix_(judged, training)]
        scores = {}
        for width, error in zip(self.widths, linear(learned, product, self.widths)):
            scores[f"linear autoencoder of {self.name}, {width} wide"] = error
        distance = numpy.maximum(1 - product, 0)
        among = numpy.maximum(1 - learned, 0)
        numpy.fill_diagonal(among, 0)
        scores[f"nearest of {self.name}"] = distance.min(1)
        if self.name not in RADII:
            return scores
        for neighbour, floor in RADII[self.name]:
            scores[radius_name(self.name, neighbour, floor)] = \
                (distance / radii(among, neighbour, floor)).min(1)
        scores[f"local PCA of {self.name}, {LOCAL_WIDTH} wide, {LOCAL_NEIGHBOURS} neighbours"] = \
            local_plane(learned, product)
        scores[f"nearest mixture of {self.name}, {STEPS} steps of Frank and Wolfe"] = \
            nearest_mixture(learned, product)
        if self.name == "triples":
            items = spread(among, max(MEMORY_SIZES))
            ratio = distance / radii(among, NEIGHBOUR, FLOOR)
            for size in MEMORY_SIZES:
                scores[f"memory of {size} histograms of triples"] = ratio[:, items[:size]].min(1)
        return scores


def _squares(code, values):
    """Squared lengths along principal components, of products with these."""
    return numpy.where(values > VARIANCE_LEAST,
                       code ** 2 / numpy.maximum(values, VARIANCE_LEAST), 0)


def linear(learned, product, widths):
    """Squared errors of linear autoencoders: what principal components leave over.

    Of the products alone: the eigenvectors of the centred products are the principal
    components' coefficients in the training rows.
    """
    learned = learned.astype(numpy.float64)
    row, mean = learned.mean(0), learned.mean()
    values, vectors = numpy.linalg.eigh(learned - row - row[:, None] + mean)
    average = product.mean(1, dtype=numpy.float64)
    code = (product - row - average[:, None] + mean) @ vectors[:, ::-1][:, :max(widths)]
    code = _squares(code, values[::-1][:max(widths)])
    norm = 1 - 2 * average + mean
    return [numpy.maximum(norm - code[:, :width].sum(1), 0) for width in widths]


def radii(among, neighbour, floor):
    """Of each training histogram: the distance of its n-th nearest other, and a floor.

    What is far from a histogram in a dense place is nothing special in a sparse one (Breiman,
    Meisel and Purcell 1977); the floor is what chance does to a process of few calls.
    """
    ordered = numpy.sort(among, 1)
    radius = ordered[:, min(neighbour, len(ordered) - 1)] + floor
    return numpy.maximum(radius, RADIUS_LEAST)


def spread(among, count):
    """Histograms that cover all: next is the farthest from those before (Gonzalez 1985)."""
    items = [int(among.sum(1).argmin())]
    nearest = among[items[0]].copy()
    while len(items) < min(count, len(among)) and nearest.max() > 1e-6:
        items.append(int(nearest.argmax()))
        nearest = numpy.minimum(nearest, among[items[-1]])
    return numpy.array(items)


def local_plane(learned, product):
    """Squared distance to the plane through the neighbours, by their own principal components."""
    count = min(LOCAL_NEIGHBOURS, product.shape[1])
    near = numpy.argsort(-product, 1, kind="stable")[:, :count]
    between = learned[near[:, :, None], near[:, None, :]].astype(numpy.float64)
    to = numpy.take_along_axis(product, near, 1).astype(numpy.float64)
    row, mean = between.mean(2), between.mean((1, 2))
    values, vectors = numpy.linalg.eigh(
        between - row[:, :, None] - row[:, None, :] + mean[:, None, None])
    centred = to - row - to.mean(1, keepdims=True) + mean[:, None]
    code = numpy.einsum("nik,ni->nk", vectors[:, :, -LOCAL_WIDTH:], centred)
    code = _squares(code, values[:, -LOCAL_WIDTH:])
    return numpy.maximum(1 - 2 * to.mean(1) + mean - code.sum(1), 0)


def nearest_mixture(learned, product):
    """Squared distance to a mixture of training histograms (Frank and Wolfe 1956).

    A process that did what two others did is far from both, and near a mixture. Each step
    goes towards the training histogram that is most in the direction of what is left.
    """
    rows = numpy.arange(len(product))
    best = product.argmax(1)
    mixture = learned[best].astype(numpy.float64)
    mixture_own = learned[best, best].astype(numpy.float64)
    mixture_to = product[rows, best].astype(numpy.float64)
    for _ in range(STEPS):
        best = (product - mixture).argmax(1)
        item, item_own = mixture[rows, best], learned[best, best]
        gain = product[rows, best] - mixture_to - item + mixture_own
        step = gain / numpy.maximum(item_own - 2 * item + mixture_own, 1e-9)
        step = numpy.clip(step, 0, 1)
        mixture_own = ((1 - step) ** 2 * mixture_own + 2 * step * (1 - step) * item +
                       step ** 2 * item_own)
        mixture_to += step * (product[rows, best] - mixture_to)
        mixture += step[:, None] * (learned[best] - mixture)
    return numpy.maximum(1 - 2 * mixture_to + mixture_own, 0)


class Windows:
    """Windows of a trace, each as a histogram of calls: mean distance to the nearest learned.

    Learned are those that overlap by a half; judged, those that do not overlap.
    """

    def __init__(self, pool, trainings, width):
        self.width = width
        learned, self.owner_learned = self._cut(pool[:trainings], width // 2)
        judged, self.owner = self._cut(pool, width)
        self.learned, self.judged = histograms(learned), histograms(judged)

    def _cut(self, traces, step):
        windows, owner = [], []
        for number, trace in enumerate(traces):
            for start in range(0, max(1, len(trace) - self.width + 1), step):
                windows.append(trace[start:start + self.width])
                owner.append(number)
        return windows, numpy.array(owner)

    def scores(self, training, judged):
        """Scores of the traces `judged` by what was learned of those in `training`."""
        learned = self.learned[numpy.isin(self.owner_learned, training)]
        place = numpy.full(self.owner.max() + 1, -1)
        place[judged] = numpy.arange(len(judged))
        here = numpy.where(place[self.owner] >= 0)[0]
        distance = numpy.concatenate([
            1 - (self.judged[here[start:start + 2000]] @ learned.T).max(1)
            for start in range(0, len(here), 2000)])
        owner = place[self.owner[here]]
        mean = numpy.bincount(owner, distance, len(judged)) / numpy.bincount(owner)
        return {f"windows of {self.width} calls, mean distance to the nearest": mean}
