# SPDX-License-Identifier: GPL-2.0
# Sends a file away from the application's own process, whole or a piece every PAUSE seconds.
import socket
import time

with open(FILE, "rb") as file:
    data = file.read()
size = int(PIECE) or len(data)
sent = 0
for first in range(0, min(len(data), 12 * size), size):
    away = socket.create_connection(("127.0.0.1", int(PORT)))
    away.sendall(data[first:first + size])
    away.close()
    sent += 1
    time.sleep(float(PAUSE))
with open("/tmp/loot", "w") as loot:
    print("sent", sent, file=loot)
