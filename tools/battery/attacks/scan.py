# SPDX-License-Identifier: GPL-2.0
# Scans ports of loopback; between two of them PADDING of the application's own reads.
import socket
import time

found = []
for port in range(int(FIRST), int(LAST) + 1):
    probe = socket.socket()
    probe.settimeout(0.2)
    if probe.connect_ex(("127.0.0.1", port)) == 0:
        found.append(port)
    probe.close()
    for _ in range(int(PADDING)):
        with open("/srv/shop/template.html") as file:
            file.read()
    time.sleep(float(PAUSE))
with open("/tmp/loot", "w") as loot:
    print("open", *found, file=loot)
