#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The search for Kanary's design, again: which method tells what is new from what is normal?

    tools/bench/design.py ADFA.zip [--kanary build/kanary] [--json]

An attack must not help to choose what is then said to detect attacks. So the designs were
compared by tasks that normal traces alone can set, and this repeats it:

    ADFA-LD    training           833 --+
               validation, odd   2186 --+--> tasks --> designs --> this table
               validation, even  2186        (never opened here: kanary bench reports
               attacks            746         on these, once the design is chosen)

    held-out kinds     training traces are clustered; one cluster is left out of training,
                       and design traces of that kind are the anomalies: a program that
                       was never learned
    made anomalies     design traces put together anew (splice, loop, shuffle, iid, trigram,
                       takeover): calls and their order as they are normal, and a process
                       that is not

    each task:  learn training --> score 600 to 1000 normal and 200 to 300 anomalous traces
                               --> AUC, and detection at 5 % false alarms; means over tasks

All is deterministic; a process is one score, given when it has ended. With --kanary, the
fixed-point code is run on the same tasks, too, by kanary bench, on archives that are thrown
away. What was searched and is not repeated here: a neural discriminator of normal traces and
made negatives, which needs PyTorch.
"""
import os
import sys

# Threads would cost more than they bring, and might change the last digits.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
sys.dont_write_bytecode = True

import argparse
import json
import zipfile

import numpy

from design import kanary
from design.figures import auc, detection, fisher, mean_rank, share_below
from design.histograms import VIEWS, View, Windows, radius_name
from design.sequences import Sequences
from design.tasks import build
from design.traces import read

FALSE_ALARMS = 0.05
WINDOWS = (128, 256)

LINEAR = "linear autoencoder of calls, 5 wide"
LINEAR_TRIPLES = "linear autoencoder of triples, 160 wide"
CALLS, TRIPLES = radius_name("calls"), radius_name("triples")
LANGUAGE = "language model of 6 calls"
CHOSEN = "linear 5 + calls + triples, Fisher (chosen)"
COMBINATIONS = {
    "linear 5 + triples, Fisher": (fisher, LINEAR, TRIPLES),
    "calls + triples, Fisher": (fisher, CALLS, TRIPLES),
    CHOSEN: (fisher, LINEAR, CALLS, TRIPLES),
    "linear 5 + calls + triples, mean rank": (mean_rank, LINEAR, CALLS, TRIPLES),
    "linear 5 + calls + triples + language model, Fisher":
        (fisher, LINEAR, CALLS, TRIPLES, LANGUAGE),
    "linear 5 + calls + triples + linear 160 of triples, Fisher":
        (fisher, LINEAR, CALLS, TRIPLES, LINEAR_TRIPLES),
}

# The table's parts, and how the names begin that are in them.
GROUPS = (("Linear autoencoders of the whole process", ("linear autoencoder",)),
          ("Neighbours", ("nearest", "local PCA", "windows")),
          ("Sequences", ("STIDE", "language model")),
          ("The nearest of few (k-center), radius its 10th neighbour + 0.02", ("memory",)),
          ("Combinations (calls, triples: nearest, radius the 10th neighbour + 0.02)",
           tuple(COMBINATIONS)),
          ("kanary bench on the same tasks, fixed point", ("kanary bench",)))


def progress(text):
    """One line on stderr, over the one before where that is a terminal."""
    if sys.stderr.isatty():
        print(f"\r\033[Kkanary: design: {text}", end="", file=sys.stderr, flush=True)
    else:
        print(f"kanary: design: {text}", file=sys.stderr, flush=True)


def arguments():
    """Those of the command line."""
    parser = argparse.ArgumentParser(
        prog="tools/bench/design.py", formatter_class=argparse.RawDescriptionHelpFormatter,
        description=__doc__.split("\n")[0],
        epilog="Example:\n\n  tools/bench/design.py adfa-ld.zip --kanary build/kanary")
    parser.add_argument("archive", metavar="ADFA.zip", help="the archive of ADFA-LD")
    parser.add_argument("--kanary", metavar="PROGRAM", help="run its fixed-point code, too")
    parser.add_argument("--tasks", metavar="A,B", help="these alone; \"list\" prints their names")
    parser.add_argument("--json", action="store_true", help="print a JSON object")
    return parser.parse_args()


def select(tasks, names):
    """Tasks by name. All are built in any case: each is the same whichever are asked for."""
    if not names:
        return tasks
    known = {task.name: task for task in tasks}
    wrong = [name for name in names.split(",") if name not in known]
    if wrong:
        raise ValueError(f"no task '{wrong[0]}': --tasks takes {','.join(known)}")
    return [known[name] for name in names.split(",")]


def run_tasks(pool, trainings, tasks, options):
    """Of each task, of each design: (AUC, detection)."""
    progress("histograms")
    designs = [View(name, pool, trainings) for name in VIEWS]
    designs += [Windows(pool, trainings, width) for width in WINDOWS]
    progress("n-grams")
    designs.append(Sequences(pool))
    results = []
    for number, task in enumerate(tasks, 1):
        progress(f"task {number} of {len(tasks)}: {task.name}")
        normals = len(task.normal)
        judged = numpy.concatenate([task.normal, task.anomalies])
        scores = {}
        for design in designs:
            scores.update(design.scores(task.training, judged))
        shares = {name: share_below(scores[name], normals)
                  for name in {name for _, *names in COMBINATIONS.values() for name in names}}
        for name, (combine, *names) in COMBINATIONS.items():
            scores[name] = combine([shares[one] for one in names])
        result = {name: (auc(score, normals), detection(score, normals, FALSE_ALARMS))
                  for name, score in scores.items()}
        if options.kanary:
            result.update((f"kanary bench: {name}", value) for name, value in
                          kanary.figures(options.kanary, pool, task).items())
        results.append(result)
    progress("done\n" if sys.stderr.isatty() else "done")
    return results


def summarise(tasks, results):
    """What --json prints of the designs, in the table's order."""
    def mean(name, held_out):
        values = [result[name] for task, result in zip(tasks, results)
                  if task.held_out == held_out]
        if not values:
            return None
        area, detected = numpy.mean(values, 0)
        return {"auc": round(area, 4), "dr_at_fpr": {"0.05": round(detected, 4)}}

    designs = []
    for group, prefixes in GROUPS:
        for name in results[0]:
            if name.startswith(prefixes) and name not in (one["name"] for one in designs):
                designs.append({
                    "group": group, "name": name, "chosen": name == CHOSEN,
                    "held_out_kinds": mean(name, True), "made_anomalies": mean(name, False),
                    "tasks": {task.name: round(result[name][0], 4)
                              for task, result in zip(tasks, results)}})
    return designs


def print_table(tasks, designs):
    """Markdown."""
    kinds = sum(task.held_out for task in tasks)
    print(f"{kinds} held-out kinds, {len(tasks) - kinds} sets of made anomalies; "
          "normal traces only, no attack was read.\n")
    print("| design | AUC, held-out kinds | DR at 5 % FPR | AUC, made anomalies | "
          "DR at 5 % FPR | mean AUC |")
    print("|---|---|---|---|---|---|")
    group = None
    for design in designs:
        if design["group"] != group:
            group = design["group"]
            print(f"| *{group}* | | | | | |")
        cells, areas = [], []
        for part in (design["held_out_kinds"], design["made_anomalies"]):
            cells += [f"{part['auc']:.3f}", f"{100 * part['dr_at_fpr']['0.05']:.1f} %"] \
                if part else ["-", "-"]
            areas += [part["auc"]] if part else []
        cells.append(f"{numpy.mean(areas):.3f}")
        mark = "**" if design["chosen"] else ""
        name = design["name"].removeprefix("kanary bench: ")
        print(f"| {mark}{name}{mark} | {' | '.join(cells)} |")


def main():
    """The exit status."""
    options = arguments()
    try:
        progress("reading")
        training, design = read(options.archive)
        progress("building the tasks")
        pool, tasks = build(training, design)
        if options.tasks == "list":
            print("\n".join(task.name for task in tasks))
            return 0
        tasks = select(tasks, options.tasks)
        results = run_tasks(pool, len(training), tasks, options)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print(f"kanary: design: {options.archive}: {error}", file=sys.stderr)
        return 1
    designs = summarise(tasks, results)
    if options.json:
        json.dump({"protocol": {"training": len(training), "design": len(design),
                                "false_alarms": FALSE_ALARMS},
                   "tasks": [{"name": task.name, "held_out_kind": task.held_out,
                              "training": len(task.training), "normal": len(task.normal),
                              "anomalies": len(task.anomalies)} for task in tasks],
                   "designs": designs}, sys.stdout, indent=1)
        print()
    else:
        print_table(tasks, designs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
