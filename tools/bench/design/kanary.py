# SPDX-License-Identifier: GPL-2.0
"""The real thing on the same tasks: each becomes an archive like ADFA-LD, for kanary bench."""
import json
import os
import subprocess
import tempfile
import zipfile


def _write(path, pool, task):
    """What a task calls normal gets even numbers: these are the half that is reported."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        def write(name, trace):
            archive.writestr(f"ADFA-LD/{name}.txt", " ".join(map(str, pool[trace])) + "\n")

        for number, trace in enumerate(task.training, 1):
            write(f"Training_Data_Master/UTD-{number:04}", trace)
        for number, trace in enumerate(task.normal, 1):
            write(f"Validation_Data_Master/UVD-{2 * number:04}", trace)
        # kanary bench wants a design half, and makes no use of it
        write("Validation_Data_Master/UVD-0001", task.normal[0])
        for number, trace in enumerate(task.anomalies, 1):
            write(f"Attack_Data_Master/Made_1/UAD-Made-1-{number:04}", trace)


def figures(program, pool, task):
    """Of each method of kanary bench: (AUC, detection at 5 % false alarms)."""
    with tempfile.TemporaryDirectory(prefix="kanary-design-") as folder:
        path = os.path.join(folder, "task.zip")
        _write(path, pool, task)
        run = subprocess.run([program, "bench", path, "--json", "--seeds", "1",
                              "--methods", "all"], capture_output=True, text=True, check=False)
    if run.returncode:
        last = (run.stderr.strip() or "it said nothing").splitlines()[-1]
        raise ValueError(f"{program} bench: {last}")
    return {method["name"]: (method["held_out"]["auc"]["mean"],
                             method["held_out"]["dr_at_fpr"]["0.05"])
            for method in json.loads(run.stdout)["methods"]}
