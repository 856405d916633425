/* SPDX-License-Identifier: GPL-2.0 */
/* Archives to read in tests, of whatever kind their names say. */
#ifndef ARCHIVE_FIXTURE_H
#define ARCHIVE_FIXTURE_H

#include <archive.h>

/** archive_fixture_create() - begin "x.zip", "x.tar", "x.tar.gz" ... */
struct archive *archive_fixture_create(const char *path);

/** archive_fixture_add() - a file in it */
void archive_fixture_add(struct archive *archive, const char *name, const char *text);

/** archive_fixture_finish() - write the rest of it */
void archive_fixture_finish(struct archive *archive);

#endif /* ARCHIVE_FIXTURE_H */
