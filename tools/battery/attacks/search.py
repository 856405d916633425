# SPDX-License-Identifier: GPL-2.0
# Reads the beginnings of many files; between two of them PADDING of the application's own reads.
import os
import time

seen = 0
for folder, _, names in os.walk(WHERE):
    for name in names:
        if seen >= int(LIMIT):
            break
        try:
            with open(folder + "/" + name, "rb") as file:
                seen += len(file.read(64)) > 0
        except OSError:
            pass
        for _ in range(int(PADDING)):
            with open("/srv/shop/template.html") as file:
                file.read()
        time.sleep(float(PAUSE))
with open("/tmp/loot", "w") as loot:
    print("files", seen, file=loot)
