#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What it costs to import traces as text: many threads that live at once, and much text.

	tools/bench/import.py [KANARY]

CPU seconds are those of the command, kernel included. Memory a thread is by how much more
the command holds with all threads than with a tenth of them. The text is that of a web
server's ten processes; its rate is of the faster of two runs.
"""
import os
import sys
import tempfile

THREADS = 100000
TEXT_SIZE = 100 * 1000 * 1000

# Of a request: strace's call with its result; sysdig's call, what begins it and what ends it.
REQUEST = (
    ('accept4(3</run/web.sock>, {sa_family=AF_UNIX}, [110 => 2], SOCK_CLOEXEC) = 7',
     'accept4', 'flags=0', 'fd=7(<u>) tuple=ffff9c8f 0 queuepct=0 queuelen=0 queuemax=511'),
    ('recvfrom(7, "GET /index.html HTTP/1.1\\r\\nHost: www.example.org\\r\\n"..., 8192, 0, NULL, NULL) = 412',
     'recvfrom', 'fd=7(<u>) size=8192', 'res=412 data=GET /index.html HTTP/1.1..Host: www.example.org.. tuple=NULL'),
    ('newfstatat(AT_FDCWD, "/srv/www/index.html", {st_mode=S_IFREG|0644, st_size=612, ...}, 0) = 0',
     'newfstatat', '', 'res=0 dirfd=-100(AT_FDCWD) path=/srv/www/index.html flags=0'),
    ('openat(AT_FDCWD, "/srv/www/index.html", O_RDONLY|O_CLOEXEC) = 8</srv/www/index.html>',
     'openat', 'dirfd=-100(AT_FDCWD) name=/srv/www/index.html flags=4097(O_RDONLY|O_CLOEXEC) mode=0',
     'fd=8(<f>/srv/www/index.html) dirfd=-100(AT_FDCWD) name=/srv/www/index.html flags=4097 mode=0'),
    ('writev(7, [{iov_base="HTTP/1.1 200 OK\\r\\nServer: web\\r\\n"..., iov_len=238}], 1) = 238',
     'writev', 'fd=7(<u>) size=238', 'res=238 data=HTTP/1.1 200 OK..Server: web..'),
    ('sendfile(7, 8</srv/www/index.html>, [0] => [612], 612) = 612',
     'sendfile', 'out_fd=7(<u>) in_fd=8(<f>/srv/www/index.html) offset=0 size=612', 'res=612 offset=612'),
    ('close(8</srv/www/index.html>) = 0', 'close', 'fd=8(<f>/srv/www/index.html)', 'res=0'),
    ('close(7) = 0', 'close', 'fd=7(<u>)', 'res=0'),
)


def strace_request(pid):
    """The lines of one request."""
    return ''.join(f'{pid} {call}\n' for call, _, _, _ in REQUEST)


def sysdig_request(pid):
    """The same of sysdig."""
    return ''.join(f'{2 * i + side + 1} 10:20:30.12345678{i} 1 web ({pid}) {"><"[side]} {name} {text}\n'
                   for i, (_, name, begins, ends) in enumerate(REQUEST)
                   for side, text in enumerate((begins, ends)))


FORMATS = {
    'strace': (strace_request, '{} close(3) = 0\n'),
    'sysdig': (sysdig_request, '1 10:20:30.123456789 0 web ({}) > close fd=3\n'),
}


def run(kanary, form, path):
    """CPU seconds and KiB that an import takes."""
    argv = [kanary, 'import', form, path, '-o', path + '.rec']
    pid = os.fork()
    if not pid:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(kanary, argv)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f'import.py: {" ".join(argv)} failed')
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def measure_threads(kanary, form, folder):
    """Seconds for all threads, and bytes a thread."""
    line = FORMATS[form][1]
    measured = []
    for threads in (THREADS // 10, THREADS):
        path = os.path.join(folder, 'threads')
        with open(path, 'w', encoding='ascii') as file:
            file.writelines(line.format(pid + 2) for pid in range(threads))
        measured.append(run(kanary, form, path))
    (_, few), (seconds, many) = measured
    return seconds, (many - few) * 1024 / (THREADS - THREADS // 10)


def measure_text(kanary, form, folder):
    """MB/s."""
    path = os.path.join(folder, 'text')
    block = ''.join(FORMATS[form][0](pid) for pid in range(700, 710))
    with open(path, 'w', encoding='ascii') as file:
        for _ in range(TEXT_SIZE // len(block)):
            file.write(block)
    seconds = min(run(kanary, form, path)[0] for _ in range(2))
    return os.path.getsize(path) / seconds / 1e6


def main():
    """Measure, and print a table."""
    if len(sys.argv) > 2 or sys.argv[1:] in (['-h'], ['--help']):
        print(__doc__)
        return
    kanary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else 'build/kanary')
    print(f'| | {THREADS:,} threads live | memory a live thread | text |\n|---|---|---|---|')
    with tempfile.TemporaryDirectory() as folder:
        for form in FORMATS:
            seconds, size = measure_threads(kanary, form, folder)
            rate = measure_text(kanary, form, folder)
            print(f'| {form} | {seconds:.2f} s of CPU time | {size:.0f} bytes | {rate:.0f} MB/s |',
                  flush=True)


main()
