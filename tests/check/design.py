#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""tools/bench/design.py on twelve made-up programs: one of them held out, and loops.

What it must not open is there, and is no trace: who reads it, fails.
"""
import json
import os
import random
import subprocess
import sys
import tempfile
import zipfile

TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "..")
BUILD = os.path.realpath(os.environ.get("BUILD", os.path.join(TOP, "build")))
PROGRAMS, LEARNED, DESIGN = 12, 16, 22


def make(path):
    """An archive as ADFA-LD is. A program has eight calls of its own, and two that all have."""
    rng = random.Random(1)

    def trace(program):
        calls = [*range(program * 25, program * 25 + 8), 330, 331]
        return " ".join(str(rng.choice(calls)) for _ in range(rng.randint(50, 90)))

    with zipfile.ZipFile(path, "w") as archive:
        for i in range(PROGRAMS * LEARNED):
            archive.writestr(f"ADFA-LD/Training_Data_Master/UTD-{i + 1:04}.txt",
                             trace(i % PROGRAMS))
        for i in range(PROGRAMS * DESIGN):
            archive.writestr(f"ADFA-LD/Validation_Data_Master/UVD-{2 * i + 1:04}.txt",
                             trace(i % PROGRAMS))
            archive.writestr(f"ADFA-LD/Validation_Data_Master/UVD-{2 * i + 2:04}.txt",
                             "this was opened, and is of the reported half")
        archive.writestr("ADFA-LD/Attack_Data_Master/Adduser_1/UAD-Adduser-1-0001.txt",
                         "this was opened, and is an attack")


def run(*arguments, status=0):
    """What it prints; on stderr where it is to fail."""
    done = subprocess.run([os.path.join(TOP, "tools/bench/design.py"), *arguments],
                          capture_output=True, text=True, check=False)
    if done.returncode != status:
        sys.exit(f"design.py {' '.join(arguments)}: status {done.returncode}: {done.stderr}")
    return done.stderr if status else done.stdout


def expect(truth, text):
    """Says what is wrong."""
    if not truth:
        sys.exit(text)


def main():
    """Fails at what is wrong first."""
    subprocess.run(["make", "--no-print-directory", "-C", TOP, "user", f"BUILD={BUILD}"],
                   check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as work:
        archive = os.path.join(work, "made-up.zip")
        make(archive)
        kinds = [name for name in run(archive, "--tasks", "list").split() if "-" in name]
        expect(kinds, "no kind of program is held out")
        # numpy alone first: its figures must not depend on what else is run
        alone = json.loads(run(archive, "--tasks", "loop", "--json"))
        both = ("--tasks", f"{kinds[0]},loop", "--kanary", os.path.join(BUILD, "kanary"))
        said = run(archive, *both, "--json")
        expect(said == run(archive, *both, "--json"), "other figures the second time")
        result = json.loads(said)
        table = run(archive, *both)
        broken = os.path.join(work, "broken.zip")
        with open(broken, "w", encoding="ascii") as file:
            file.write("no archive")
        errors = run(broken, status=1).splitlines()

    expect(result["protocol"]["training"] == PROGRAMS * LEARNED and
           result["protocol"]["design"] == PROGRAMS * DESIGN, f"read: {result['protocol']}")
    held_out, loop = result["tasks"]
    expect(held_out["held_out_kind"] and not loop["held_out_kind"], f"tasks: {result['tasks']}")
    expect(held_out["training"] == (PROGRAMS - 1) * LEARNED and held_out["anomalies"] == DESIGN,
           f"one program of {PROGRAMS} is not what was held out: {held_out}")
    designs = {design["name"]: design for design in result["designs"]}
    expect(len(designs) == len(result["designs"]), "a design is there twice")
    ours = [name for name in designs if not name.startswith("kanary bench: ")]
    expect(len(ours) >= 30 and "kanary bench: kanary" in designs, f"designs: {list(designs)}")
    expect(sum(design["chosen"] for design in designs.values()) == 1, "not one design is chosen")
    for name, design in designs.items():
        for part in ("held_out_kinds", "made_anomalies"):
            expect(0 <= design[part]["auc"] <= 1 and 0 <= design[part]["dr_at_fpr"]["0.05"] <= 1,
                   f"{name}: {design[part]}")
    for name in ("nearest of calls", "linear autoencoder of calls, 20 wide",
                 "language model of 3 calls", "kanary bench: kanary"):
        auc = designs[name]["held_out_kinds"]["auc"]
        expect(auc > 0.97, f"{name}: AUC {auc} for a program of which most calls are new")
    for design in alone["designs"]:
        expect(design["made_anomalies"] == designs[design["name"]]["made_anomalies"],
               f"{design['name']}: depends on which tasks are run")
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    groups = {design["group"] for design in result["designs"]}
    expect(len(rows) == 1 + len(designs) + len(groups), f"not a row a design:\n{table}")
    expect(len({line.count("|") for line in rows}) == 1, f"rows of other lengths:\n{table}")
    expect(errors[-1].startswith("kanary: design: ") and "Traceback" not in "".join(errors),
           f"of what is no archive it says {errors}")


main()
