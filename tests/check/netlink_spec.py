#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Hold common/kanary.yaml against common/kanary_netlink.h: names, numbers, sizes, message contents.

The header's numbers come from the compiler, not from a second reading of C.
"""
import os
import re
import subprocess
import sys
import tempfile

import yaml

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
SPEC = os.path.join(TOP, 'common', 'kanary.yaml')
HEADER = os.path.join(TOP, 'common', 'kanary_netlink.h')
SIZES = {'u16': 2, 'u32': 4, 's32': 4, 'u64': 8}
TYPES = {'u32': 'u32', 'u64': 'u64', 's32': 's32', 'string': 'string', 'nest': 'nest'}

problems = []


def complain(text):
    problems.append(text)


def c_name(*parts):
    return ''.join(parts).replace('-', '_').upper()


def enum_names(text, enum):
    """Names within an enum of the header, without its __MAX helpers."""
    body = re.search(r'enum %s \{(.*?)\n\};' % enum, text, re.S).group(1)
    body = re.sub(r'/\*.*?\*/', '', body, flags=re.S)
    names = re.findall(r'^\s*(\w+)(?:\s*=[^,]*)?,', body, re.M)
    return [name for name in names if not name.startswith('__') and not name.endswith('_MAX')]


def evaluate(expressions):
    """What a C compiler makes of integer expressions over the header."""
    lines = ''.join('\tprintf("%%lld\\n", (long long)(%s));\n' % text for text in expressions)
    source = ('#include <stddef.h>\n#include <stdio.h>\n#include "kanary_netlink.h"\n'
              'int main(void)\n{\n%s\treturn 0;\n}\n' % lines)
    with tempfile.TemporaryDirectory() as directory:
        program = os.path.join(directory, 'values')
        built = subprocess.run(
            [os.environ.get('CC', 'gcc'), '-x', 'c', '-I', os.path.dirname(HEADER), '-o', program,
             '-'], input=source, text=True, capture_output=True)
        if built.returncode:
            missing = re.findall(r"error: .*", built.stderr)
            complain('the header lacks what the specification names: ' + '; '.join(missing[:5]))
            return None
        output = subprocess.run([program], text=True, capture_output=True, check=True).stdout
    return [int(line) for line in output.split()]


def expected_values(spec):
    """(C expression, number according to the specification), for all of it."""
    for definition in spec['definitions']:
        kind, name = definition['type'], definition['name']
        if kind == 'const':
            yield c_name('kanary-', name), definition['value']
        elif kind in ('enum', 'flags'):
            for position, entry in enumerate(definition['entries']):
                value = 1 << position if kind == 'flags' else position
                yield c_name(definition['name-prefix'], entry['name']), value
        elif kind == 'struct':
            struct, offset = 'struct kanary_' + name, 0
            for member in definition['members']:
                size = member.get('len') or SIZES[member['type']]
                field = member['name'].replace('-', '_')
                yield 'offsetof(%s, %s)' % (struct, field), offset
                yield 'sizeof(((%s *)0)->%s)' % (struct, field), size
                offset += size
            yield 'sizeof(%s)' % struct, offset
    for group in spec['attribute-sets']:
        if 'subset-of' in group:
            continue
        for number, attribute in enumerate(group['attributes'], 1):
            yield c_name(group['name-prefix'], attribute['name']), number
        yield c_name(group['name-prefix'], 'max'), len(group['attributes'])
    # What holds a struct has room for it; behind it there may be more.
    for attribute in spec['attribute-sets'][0]['attributes']:
        checks = attribute.get('checks', {})
        for limit in ('min-len', 'exact-len'):
            if 'struct' in attribute and limit in checks:
                yield 'sizeof(struct kanary_%s)' % attribute['struct'], checks[limit]
    operations = spec['operations']
    for number, operation in enumerate(operations['list'], 1):
        yield c_name(operations['name-prefix'], operation['name']), number
    yield c_name(operations['name-prefix'], 'max'), len(operations['list'])
    yield 'KANARY_FAMILY_VERSION', spec['version']


def check_numbers(spec):
    expected = list(expected_values(spec))
    got = evaluate([expression for expression, _ in expected])
    for (expression, number), value in zip(expected, got or []):
        if number != value:
            complain('%s is %d in the header, %d in the specification' % (expression, value, number))
    return len(expected)


def check_complete(spec, text):
    """Whatever the header names, the specification has to name as well."""
    known = {expression for expression, _ in expected_values(spec)}
    for enum in ('kanary_command', 'kanary_attribute', 'kanary_counter', 'kanary_reason',
                 'kanary_mode'):
        for name in enum_names(text, enum):
            if name not in known and not name.endswith('_UNSPEC'):
                complain('%s of the header is not in the specification' % name)


def check_types(spec, text):
    """The type that the header's comment gives to each attribute."""
    attributes = {a['name']: a for a in spec['attribute-sets'][0]['attributes']}
    for name, comment in re.findall(r'^\tKANARY_A_(\w+),\s*/\* (.*?) \*/', text, re.M):
        if name.startswith('COUNTER_'):
            continue
        attribute = attributes.get(name.lower().replace('_', '-'))
        if not attribute:
            continue
        said = re.split(r'[,: ]', comment)[0]
        if said in TYPES and TYPES[said] != attribute['type']:
            complain('KANARY_A_%s is %s in the header, %s in the specification'
                     % (name, said, attribute['type']))
        if said in ('struct', 'bytes') and attribute['type'] != 'binary':
            complain('KANARY_A_%s has to be binary' % name)


def check_messages(spec, text):
    """The attributes that the header's first comment gives to each command."""
    comment = re.search(r'/\*\n \* The generic netlink family.*?\*/', text, re.S).group(0)
    names = {a['name'] for a in spec['attribute-sets'][0]['attributes']}
    parts = re.split(r'^ \* KANARY_CMD_(\w+) \((.*?)\)', comment, flags=re.M)[1:]
    for command, _, body in zip(parts[0::3], parts[1::3], parts[2::3]):
        # A list of attributes is all capitals; {what is nested} and prose are not meant.
        body = re.sub(r'\{.*?\}', '', re.sub(r'KANARY_CMD_\w+|EBUSY|CAP_NET_ADMIN', '', body))
        said = {word.lower().replace('_', '-') for word in re.findall(r'\b[A-Z][A-Z_]+\b', body)}
        operation = next((o for o in spec['operations']['list']
                          if c_name(o['name']) == command), None)
        if not operation:
            complain('KANARY_CMD_%s is not in the specification' % command)
            continue
        listed = set(operation.get('event', {}).get('attributes', []))
        for way in ('do', 'dump'):
            for part in ('request', 'reply'):
                listed |= set((operation.get(way) or {}).get(part, {}).get('attributes', []))
        if said & names != listed:
            complain('KANARY_CMD_%s: the header and the specification differ on %s'
                     % (command, ', '.join(sorted((said & names) ^ listed))))
        if not listed <= names:
            complain('%s uses unknown attributes' % operation['name'])


def main():
    with open(SPEC) as file:
        spec = yaml.safe_load(file)
    with open(HEADER) as file:
        text = file.read()
    count = check_numbers(spec)
    check_complete(spec, text)
    check_types(spec, text)
    check_messages(spec, text)
    for name, value in (('FAMILY_NAME', spec['name']),
                        ('GROUP_ALERTS', spec['mcast-groups']['list'][0]['name'])):
        if '#define KANARY_%s "%s"' % (name, value) not in text:
            complain('KANARY_%s is not "%s" in the header' % (name, value))
    for problem in problems:
        print('netlink_spec: ' + problem, file=sys.stderr)
    if not problems:
        print('netlink_spec: %d names and numbers agree' % count)
    return bool(problems)


if __name__ == '__main__':
    sys.exit(main())
