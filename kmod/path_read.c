// SPDX-License-Identifier: GPL-2.0
#include "path_read.h"

#include <linux/mm.h>
#include <linux/random.h>
#include <linux/uaccess.h>
#include <asm/word-at-a-time.h>

/* Bytes that are hashed at once: two words. */
enum { PAIR = 2 * sizeof(u64) };

static_assert(KANARY_PATH_SIZE_MAX % PAIR == 0);

static u64 key __read_mostly;

void kanary_path_read_init(void)
{
	get_random_bytes(&key, sizeof(key));
}

/* Multiply and fold. */
static __always_inline u64 fold(u64 hash, u64 first, u64 second)
{
	unsigned __int128 product = (unsigned __int128)(hash ^ first) * (key ^ second);

	return (u64)product ^ (u64)(product >> 64);
}

/* The bytes of a word before the first that is zero, given as has_zero() gives it. */
static __always_inline unsigned long bytes_before(unsigned long word, unsigned long zeros)
{
	return word & ((zeros & -zeros) / 0x80 - 1);
}

u64 kanary_path_read_hash(const char __user *from, u64 seed)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	const unsigned long __user *word, *end;
	unsigned long first, second, zeros;
	u64 hash = 0;

	from = (const char __user *)untagged_addr((unsigned long)from);
	word = (const unsigned long __user *)from;
	end = (const unsigned long __user *)(from + KANARY_PATH_SIZE_MAX);
	pagefault_disable();
	if (!user_access_begin(from, KANARY_PATH_SIZE_MAX))
		goto out;
	for (; word < end; word += 2) {
		unsafe_get_user(first, word, fault);
		unsafe_get_user(second, word + 1, fault);
		if (has_zero(first, &zeros, &constants)) {
			seed = fold(seed, bytes_before(first, zeros), 0);
			break;
		}
		if (has_zero(second, &zeros, &constants)) {
			seed = fold(seed, first, bytes_before(second, zeros));
			break;
		}
		seed = fold(seed, first, second);
	}
	hash = seed;
fault:
	user_access_end();
out:
	pagefault_enable();
	return hash;
}

/* Up to the end of the path or of what may be read; the bytes, or -EFAULT. */
static int copy(const char __user *from, u32 limit, u8 *to)
{
	u32 at;
	u8 byte;

	if (!user_access_begin(from, limit))
		return -EFAULT;
	for (at = 0; at < limit; at++) {
		unsafe_get_user(byte, (const u8 __user *)from + at, fault);
		if (!byte)
			break;
		to[at] = byte;
	}
	user_access_end();
	return at;

fault:
	user_access_end();
	return -EFAULT;
}

int kanary_path_read(const char __user *from, u64 seed, struct kanary_path_name *name)
{
	unsigned long address = untagged_addr((unsigned long)from);
	const u64 *word = (const u64 *)name->bytes;
	int length = -EFAULT;
	u32 limit, at;

	if (address >= TASK_SIZE_MAX)
		return -EFAULT;
	limit = min_t(unsigned long, KANARY_PATH_SIZE_MAX, TASK_SIZE_MAX - address);
	pagefault_disable();
	length = copy((const char __user *)address, limit, name->bytes);
	pagefault_enable();
	/* The end of the address space is not that of a path. */
	if (length < 0 || (length == limit && limit < KANARY_PATH_SIZE_MAX))
		return -EFAULT;
	name->length = length;
	name->truncated = length == KANARY_PATH_SIZE_MAX;
	memset(name->bytes + length, 0, min_t(u32, PAIR, KANARY_PATH_SIZE_MAX - length));
	name->hash = seed;
	for (at = 0; at <= length && at < KANARY_PATH_SIZE_MAX; at += PAIR, word += 2)
		name->hash = fold(name->hash, word[0], word[1]);
	return 0;
}
