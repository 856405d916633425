#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Hold common/path_call.c against the kernel's own declarations of its system calls.

Each argument `char __user *` of each call is either a path in our table, at the same place, or
known here to be something else: a call that a kernel gains has to be decided on. The headers
are those of the kernel that the tests use, or of the directory in PATH_CALLS_HEADERS.
"""
import glob
import os
import re
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.realpath(__file__)), '../..')
SKIP = 77

# Strings and buffers that are no path: (call, arguments from 0).
OTHERS = {
    'add_key': {0, 1}, 'delete_module': {0}, 'fgetxattr': {1}, 'finit_module': {1},
    'flistxattr': {1}, 'fremovexattr': {1}, 'fsconfig': {2}, 'fsetxattr': {1}, 'fsopen': {0},
    'getcwd': {0}, 'gethostname': {0}, 'getrandom': {0}, 'getsockopt': {3}, 'getxattr': {1},
    'getxattrat': {3}, 'init_module': {2}, 'kexec_file_load': {3}, 'lgetxattr': {1},
    'listxattr': {1}, 'listxattrat': {3}, 'llistxattr': {1}, 'lookup_dcookie': {1, 2},
    'lremovexattr': {1}, 'lsetxattr': {1}, 'memfd_create': {0}, 'mincore': {2}, 'mount': {2},
    'mq_open': {0}, 'mq_timedreceive': {1}, 'mq_timedsend': {1}, 'mq_unlink': {0},
    'pread64': {1}, 'pwrite64': {1}, 'read': {1}, 'readlink': {1}, 'readlinkat': {2},
    'removexattr': {1}, 'removexattrat': {3}, 'request_key': {0, 1, 2}, 'setdomainname': {0},
    'sethostname': {0}, 'setsockopt': {3}, 'setxattr': {1}, 'setxattrat': {3}, 'shmat': {1},
    'shmdt': {0}, 'spu_create': {0}, 'syslog': {1}, 'write': {1},
}
# Functions that are named otherwise than their calls.
NAMES = {
    'chown16': 'chown', 'lchown16': 'lchown', 'newlstat': 'lstat', 'newstat': 'stat',
    'oldumount': 'umount', 'umount': 'umount2',
}
# Of a call with two declarations, the one of the 32-bit ABI, by its number of arguments.
COMPAT = {('fanotify_mark', 6): 'compat'}


def find_headers():
    given = os.environ.get('PATH_CALLS_HEADERS')
    if given:
        return given
    said = subprocess.run([os.path.join(TOP, 'tools/vm/kernel.sh')], capture_output=True,
                          text=True, check=True).stdout
    kdir = re.search(r'^KDIR=(.*)$', said, re.M).group(1).strip("'\"")
    found = glob.glob(os.path.join(kdir, '../*-common/include/linux'))
    return found[0] if found else os.path.join(kdir, 'include/linux')


def declared(text):
    """(name, arguments that are strings, number of arguments)"""
    text = re.sub(r'/\*.*?\*/', '', text, flags=re.S)
    for name, arguments in re.findall(r'asmlinkage\s+long\s+(?:compat_)?sys_(\w+)\((.*?)\);',
                                      text, re.S):
        arguments = [' '.join(a.split()) for a in arguments.split(',')]
        strings = {i for i, argument in enumerate(arguments)
                   if re.match(r'(const )?(unsigned )?char __user ?\*(?! ?(const|__user))',
                               argument)}
        yield re.sub(r'_time32$|(?<=utime)32$', '', name), strings, len(arguments)


def table():
    """{name: arguments that are paths}, of both ABIs and of the 32-bit one alone"""
    with open(os.path.join(TOP, 'common/path_call.c')) as file:
        text = file.read()
    tables = []
    for part in ('calls', 'compat_calls'):
        body = re.search(r' %s\[\] = \{(.*?)\n\};' % part, text, re.S).group(1)
        paths = {}
        for kind, name, rest in re.findall(r'\t(PATH|PATHS|AT|AT_BOTH)\("(\w+)", (.*?)\),', body):
            numbers = [int(n) if n.isdigit() else None for n in rest.split(', ')]
            paths[name] = set({'PATH': numbers, 'PATHS': numbers, 'AT': numbers[1:],
                               'AT_BOTH': numbers[1::2]}[kind])
        tables.append(paths)
    return tables


def main():
    headers = find_headers()
    texts = []
    for name in ('syscalls.h', 'compat.h'):
        try:
            with open(os.path.join(headers, name)) as file:
                texts.append(file.read())
        except OSError as error:
            print('the kernel\'s %s is not to be had: %s' % (name, error))
            return SKIP
    both, compat = table()
    problems, checked = [], 0
    for name, strings, number in declared('\n'.join(texts)):
        call = NAMES.get(name, name)
        ours = both.get(call, set())
        if (name, number) in COMPAT and strings == compat.get(call):
            ours = compat[call]
        if not strings and not ours:
            continue
        checked += 1
        for argument in sorted(strings - ours - OTHERS.get(name, set())):
            problems.append('argument %d of %s() is a string: is it a path?' % (argument, name))
        for argument in sorted(ours - strings):
            problems.append('argument %d of %s() is a path in the table, and no string in the kernel'
                            % (argument, name))
    for problem in problems:
        print('path_calls: ' + problem, file=sys.stderr)
    if checked < 100:
        problems.append('')
        print('path_calls: only %d calls with strings in %s' % (checked, headers), file=sys.stderr)
    if not problems:
        print('path_calls: %d calls with strings agree' % checked)
    return bool(problems)


if __name__ == '__main__':
    sys.exit(main())
