// SPDX-License-Identifier: GPL-2.0
#include "path_read.h"

#include <linux/mm.h>
#include <linux/random.h>
#include <linux/uaccess.h>
#include <asm/word-at-a-time.h>

static u64 key __read_mostly;

void kanary_path_read_init(void)
{
	get_random_bytes(&key, sizeof(key));
	/* an even one would lose bits */
	key |= 1;
}

static __always_inline u64 fold(u64 hash, u64 word)
{
	unsigned __int128 product = (unsigned __int128)(hash ^ word) * key;

	return (u64)product ^ (u64)(product >> 64);
}

/*
 * The rest of a path, a byte at a time: its last word may reach into a page that is not
 * there, though the path does not. With access to user memory open.
 */
static __always_inline int read_bytes(const char __user *from, u32 limit, u64 hash,
				      struct kanary_path_name *name)
{
	u32 at = name->length;
	u64 word = 0;
	u8 byte;

	for (; at < limit; at++) {
		unsafe_get_user(byte, (const u8 __user *)from + at, fault);
		if (!byte)
			break;
		word |= (u64)byte << at % 8 * 8;
		if (at % 8 == 7) {
			*(u64 *)&name->bytes[at - 7] = word;
			hash = fold(hash, word);
			word = 0;
		}
	}
	/* The end of the address space, and not of the path. */
	if (at == limit && limit < KANARY_PATH_SIZE_MAX)
		goto fault;
	if (at % 8) {
		*(u64 *)&name->bytes[at & ~7] = word;
		hash = fold(hash, word);
	}
	name->length = at;
	name->truncated = at == KANARY_PATH_SIZE_MAX;
	name->hash = hash;
	return 0;

fault:
	return -EFAULT;
}

static __always_inline int read_words(const char __user *from, u32 limit, u64 hash,
				      struct kanary_path_name *name)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long word, zeros;
	u32 at;

	for (at = 0; at + sizeof(word) <= limit; at += sizeof(word)) {
		unsafe_get_user(word, (const unsigned long __user *)(from + at), bytes);
		if (has_zero(word, &zeros, &constants)) {
			zeros = create_zero_mask(prep_zero_mask(word, zeros, &constants));
			word &= zero_bytemask(zeros);
			name->length = at + find_zero(zeros);
			name->truncated = false;
			if (word) {
				*(u64 *)&name->bytes[at] = word;
				hash = fold(hash, word);
			}
			name->hash = hash;
			return 0;
		}
		*(u64 *)&name->bytes[at] = word;
		hash = fold(hash, word);
	}
bytes:
	name->length = at;
	return read_bytes(from, limit, hash, name);
}

int kanary_path_read(const char __user *from, u64 seed, struct kanary_path_name *name)
{
	unsigned long address = (unsigned long)untagged_addr((unsigned long)from);
	int ret = -EFAULT;
	u32 limit;

	if (address >= TASK_SIZE_MAX)
		return ret;
	limit = min_t(unsigned long, KANARY_PATH_SIZE_MAX, TASK_SIZE_MAX - address);
	pagefault_disable();
	if (user_access_begin(from, limit)) {
		ret = read_words(from, limit, seed, name);
		user_access_end();
	}
	pagefault_enable();
	return ret;
}
