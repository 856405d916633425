/* SPDX-License-Identifier: GPL-2.0 */
/* What an importer made, as text. */
#ifndef IMPORT_FIXTURE_H
#define IMPORT_FIXTURE_H

#include <stddef.h>

/**
 * import_fixture_expect() - hold all vectors of a recording against a text
 * @expected: "1.0 comm read:3 exec | 1.1 ...": stream and index, name, counts of calls, and
 *	why each was made
 *
 * Each vector must count nothing in reserved bins.
 */
void import_fixture_expect(const char *path, const char *expected);

/** import_fixture_pids() - the same with "7:" before each name, the pid */
void import_fixture_pids(const char *path, const char *expected);

/**
 * import_fixture_describe() - all records of a recording in their order, paths too
 * @text: set: "open:/etc/passwd | stat!r:etc | 1.0 comm read:2 open:1 exit"; !r is relative,
 *	!d to a directory, !2 a second path
 */
void import_fixture_describe(const char *path, char *text, size_t size);

/** import_fixture_import() - import a text of a format, and hold all records against another */
void import_fixture_import(const char *format, const char *trace, const char *expected);

#endif /* IMPORT_FIXTURE_H */
