/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which paths of a stream an importer has not told of yet: a cache like the kernel's, of
 * a fixed size, so that a path is told of about once, and a trace may be of any length.
 */
#ifndef KANARY_PATH_NEWS_H
#define KANARY_PATH_NEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KANARY_PATH_NEWS_SLOTS 65536

/** struct kanary_path_news - hashes of the paths that were told of last, 0 for none */
struct kanary_path_news {
	uint64_t slot[KANARY_PATH_NEWS_SLOTS];
};

/** kanary_path_news_hash() - of a path as it is written, never 0 */
uint64_t kanary_path_news_hash(const char *name, size_t length);

/** kanary_path_news_forget() - from here on all is news again */
void kanary_path_news_forget(struct kanary_path_news *news);

/** kanary_path_news_tell() - whether @name is news of a @stream; it is none afterwards */
bool kanary_path_news_tell(struct kanary_path_news *news, uint64_t stream, const char *name,
			   size_t length);

#endif /* KANARY_PATH_NEWS_H */
