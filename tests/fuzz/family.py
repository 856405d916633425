#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The netlink family as fuzzers want it, out of common/kanary.yaml.

    family.py tables        C tables for tests/vm/netlink_fuzz.c, on stdout
    family.py syzlang       a description for syzkaller, on stdout: tests/fuzz/kanary.txt
"""
import os
import sys

import yaml

SPEC = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'common', 'kanary.yaml')
KINDS = {'pad': 'PAD', 'u16': 'U16', 'u32': 'U32', 's32': 'S32', 'u64': 'U64', 'string': 'STRING',
         'binary': 'BINARY', 'nest': 'NEST'}
# What a struct's length counts, and what that is.
TAILS = {'vector': ('counts', 'array[kanary_count]'), 'path': ('name', 'array[int8]')}
INTEGERS = {'u16': 'int16', 'u32': 'int32', 's32': 'int32', 'u64': 'int64'}


def c_name(*parts):
    return ''.join(parts).replace('-', '_').upper()


class Family:
    """The definition, with what is looked up more than once."""

    def __init__(self, spec):
        self.spec = spec
        self.definitions = {d['name']: d for d in spec['definitions']}
        self.sets = {s['name']: s for s in spec['attribute-sets']}
        self.attributes = {a['name']: a for a in self.sets['kanary']['attributes']}

    def command(self, operation):
        return c_name(self.spec['operations']['name-prefix'], operation['name'])

    def attribute(self, name):
        return c_name(self.sets['kanary']['name-prefix'], name)

    def operations(self):
        """(operation, what it is, attributes of its request)"""
        for operation in self.spec['operations']['list']:
            for way in ('do', 'dump', 'event'):
                if way in operation:
                    request = (operation[way] or {}).get('request', {}).get('attributes', [])
                    yield operation, way, request if way != 'event' else []

    def limits(self, attribute):
        """Smallest and largest size that its definition allows, in bytes; 0 for none."""
        checks = attribute.get('checks', {})
        exact = checks.get('exact-len', 0)
        return checks.get('min-len', exact), checks.get('max-len', exact)

    def largest(self, attribute):
        """The largest value that means something, or None."""
        checks = attribute.get('checks', {})
        if 'max' in checks:
            return checks['max']
        enum = self.definitions.get(attribute.get('enum'))
        return len(enum['entries']) - 1 if enum else None


def print_tables(family):
    print('/* SPDX-License-Identifier: GPL-2.0 */\n/* Made by tests/fuzz/family.py out of common/kanary.yaml. */')
    for operation, way, request in family.operations():
        print('static const uint16_t request_%s[] = { %s };' % (
            operation['name'].replace('-', '_'),
            ' '.join('%s,' % family.attribute(name) for name in request) or '0'))
    print('\nstatic const struct operation operations[] = {')
    for operation, way, request in family.operations():
        print('\t{ %s, "%s", WAY_%s, %d, request_%s },' % (
            family.command(operation), operation['name'], way.upper(), len(request),
            operation['name'].replace('-', '_')))
    print('};\n\nstatic const struct attribute attributes[] = {')
    for attribute in family.sets['kanary']['attributes']:
        low, high = family.limits(attribute)
        largest = family.largest(attribute)
        print('\t[%s] = { KIND_%s, %d, %d, %d, %d },' % (
            family.attribute(attribute['name']), KINDS[attribute['type']], low, high,
            -1 if largest is None else largest, bool(attribute.get('multi-attr'))))
    print('};')


def syz_type(family, attribute):
    kind = attribute['type']
    if kind in INTEGERS:
        largest = family.largest(attribute)
        return INTEGERS[kind] + ('' if largest is None else '[0:%d]' % largest)
    if kind == 'string':
        return 'string'
    if 'struct' in attribute:
        return 'kanary_' + attribute['struct'].replace('-', '_')
    low, high = family.limits(attribute)
    return 'array[int8, %d:%d]' % (low, high) if high else 'array[int8]'


def syz_struct(family, definition):
    yield 'kanary_%s {' % definition['name'].replace('-', '_')
    for member in definition['members']:
        name = member['name'].replace('-', '_')
        if member['type'] == 'binary':
            kind = 'array[int8, %d]' % member['len']
        elif definition['name'] in TAILS and name == 'length':
            kind = 'len[%s, int16]' % TAILS[definition['name']][0]
        else:
            kind = INTEGERS[member['type']]
            enum = family.definitions.get(member.get('enum'))
            if enum and enum['type'] == 'enum':
                kind += '[0:%d]' % (len(enum['entries']) - 1)
        yield '\t%s\t%s' % (name, kind)
    if definition['name'] in TAILS:
        yield '\t%s\t%s' % TAILS[definition['name']]
    yield '}'
    yield ''


def syzlang(family):
    name = family.spec['name']
    yield '# SPDX-License-Identifier: GPL-2.0'
    yield '# Made by tests/fuzz/family.py out of common/kanary.yaml: syzkaller\'s description of the family.'
    yield '# To be put into sys/linux/ of syzkaller, with kanary_netlink.h where its headers are.'
    yield ''
    for header in ('linux/net.h', 'uapi/linux/netlink.h', 'uapi/linux/genetlink.h',
                   family.spec['uapi-header']):
        yield 'include <%s>' % header
    yield ''
    yield 'resource genl_%s_family_id[int16]' % name
    yield ('type msghdr_%s[CMD, POLICY] msghdr_netlink[netlink_msg_t[genl_%s_family_id, '
           'genlmsghdr_t[CMD], POLICY]]' % (name, name))
    yield ''
    yield ('syz_genetlink_get_family_id$%s(name ptr[in, string["%s"]], fd sock_nl_generic) '
           'genl_%s_family_id' % (name, name, name))
    yield ''
    policies, used = {}, []
    for operation, way, request in family.operations():
        if way == 'event':
            continue
        policy = 'void'
        if request:
            policy = 'kanary_' + operation['name'].replace('-', '_')
            policies[policy] = request
            used += [n for n in request if 'struct' in family.attributes[n]]
        command = family.command(operation)
        yield ('sendmsg$%s(fd sock_nl_generic, msg ptr[in, msghdr_%s[%s, %s]], f flags[send_flags])'
               % (command, name, command, policy))
    yield ''
    for policy, request in policies.items():
        yield policy + ' ['
        for attribute in request:
            symbol = family.attribute(attribute)
            yield '\t%s\tnlattr[%s, %s]' % (attribute.replace('-', '_'), symbol,
                                           syz_type(family, family.attributes[attribute]))
        yield '] [varlen]'
        yield ''
    structs = [family.attributes[n]['struct'] for n in dict.fromkeys(used)]
    for struct in (['count'] if 'vector' in structs else []) + structs:
        yield from syz_struct(family, family.definitions[struct])


def main():
    with open(SPEC) as file:
        family = Family(yaml.safe_load(file))
    if sys.argv[1:] == ['tables']:
        print_tables(family)
    elif sys.argv[1:] == ['syzlang']:
        print('\n'.join(syzlang(family)).rstrip('\n'))
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main()
