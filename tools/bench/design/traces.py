# SPDX-License-Identifier: GPL-2.0
"""Traces of ADFA-LD, and the histograms that are made of them."""
import re
import zipfile

import numpy

# One more than the highest i386 system call that ADFA-LD has.
CALLS = 341

# Multipliers of the 64-bit golden ratio and of MurmurHash3: they mix well.
_GOLDEN = numpy.uint64(0x9E3779B97F4A7C15)
_MURMUR = numpy.uint64(0xFF51AFD7ED558CCD)


def read(path):
    """The training traces, and the validation traces of odd numbers.

    Nothing else in the archive is opened: neither the half that figures are reported on, nor
    an attack. Who has not read them cannot have chosen a design by them.
    """
    training, design = [], []
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            number = re.search(r"(\d+)\.txt$", name)
            if not number:
                continue
            if "Training_Data_Master/" in name:
                part = training
            elif "Validation_Data_Master/" in name and int(number[1]) % 2:
                part = design
            else:
                continue
            trace = numpy.array(archive.read(name).split(), dtype=numpy.int32)
            if trace.size == 0:
                continue
            if trace.min() < 0 or trace.max() >= CALLS:
                raise ValueError(f"{name}: a call that is not in 0 .. {CALLS - 1}")
            part.append(trace)
    if not training or not design:
        raise ValueError("no training or no odd-numbered validation trace: is it all of ADFA-LD?")
    return training, design


def bins_of(trace, order, bins):
    """The histogram's bin of each run of `order` successive calls of a trace."""
    if order == 1:
        return trace.astype(numpy.int64)
    hashed = numpy.zeros(max(len(trace) - order + 1, 0), numpy.uint64)
    for place in range(order):
        calls = trace[place:place + len(hashed)].astype(numpy.uint64)
        hashed = hashed * _GOLDEN + calls + numpy.uint64(1)
        hashed ^= hashed >> numpy.uint64(29)
    hashed = (hashed * _MURMUR) >> numpy.uint64(40)
    return (hashed % numpy.uint64(bins)).astype(numpy.int64)


def histograms(traces, order=1, bins=CALLS):
    """[traces, bins]: square roots of the shares of each bin.

    Rows have the length 1, so 1 - their product is the square of the Hellinger distance.
    """
    features = numpy.zeros((len(traces), bins), numpy.float32)
    for row, trace in enumerate(traces):
        counts = numpy.bincount(bins_of(trace, order, bins), minlength=bins)
        features[row] = numpy.sqrt(counts / max(1, counts.sum()))
    return features
