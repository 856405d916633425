// SPDX-License-Identifier: GPL-2.0
#include "path_news.h"

#include <string.h>

void kanary_path_news_forget(struct kanary_path_news *news)
{
	memset(news, 0, sizeof(*news));
}

uint64_t kanary_path_news_hash(const char *name, size_t length)
{
	/* FNV-1a (Fowler, Noll, Vo), 64 bits */
	uint64_t hash = 14695981039346656037u;
	size_t i;

	for (i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) * 1099511628211u;
	return hash + !hash;
}

bool kanary_path_news_tell(struct kanary_path_news *news, uint64_t stream, const char *name,
			   size_t length)
{
	uint64_t hash = kanary_path_news_hash(name, length) ^ stream * 0x9E3779B97F4A7C15u, *slot;

	hash += !hash;
	slot = &news->slot[(hash ^ hash >> 32) % KANARY_PATH_NEWS_SLOTS];
	if (*slot == hash)
		return false;
	*slot = hash;
	return true;
}
