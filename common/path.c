/* SPDX-License-Identifier: GPL-2.0 */
#include "path.h"

#define DIGIT 1
#define LOWER 2
#define UPPER 4
#define HEX 8

#define L LOWER
#define U UPPER
#define N (DIGIT | HEX)
#define l (LOWER | HEX)
#define u (UPPER | HEX)

static const u8 classes[256] = {
	['0'] = N, N, N, N, N, N, N, N, N, N,
	['A'] = u, u, u, u, u, u, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U,
	['a'] = l, l, l, l, l, l, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
};

#undef L
#undef U
#undef N
#undef l
#undef u

/* FNV-1a (Fowler, Noll, Vo), 32 bits: its start, and its multiplier in step(). */
#define START 2166136261u
#define DOTS 0x2e2e2e2eu

/**
 * struct word - a run of letters and digits
 * @before: hash before it
 * @length: bytes, 0 between words
 * @digits: changes between letters and digits
 * @cases: changes from lower to upper case: wordsLikeThis have few for their length
 * @any: or of its classes
 * @all: and of them
 * @last: class of its last byte
 */
struct word {
	u32 before;
	u32 length;
	u32 digits;
	u32 cases;
	u8 any;
	u8 all;
	u8 last;
};

/**
 * struct component - the one being read
 * @hash: so far
 * @length: bytes
 * @dots: of these, if there was nothing else
 * @excess: components beyond the last that is told apart
 */
struct component {
	u32 hash;
	u32 length;
	u32 dots;
	u32 excess;
};

static u32 step(u32 hash, u8 byte)
{
	return (hash ^ byte) * 16777619u;
}

static u32 take_letter(struct word *word, u32 hash, u8 byte, u8 class)
{
	if (!word->length) {
		word->before = hash;
		word->digits = 0;
		word->cases = 0;
		word->any = 0;
		word->all = HEX;
		word->last = class;
	}
	word->length++;
	word->any |= class;
	word->all &= class;
	word->digits += (class ^ word->last) & DIGIT;
	word->cases += class & UPPER && word->last & LOWER;
	/* of a run of digits, the first speaks for all */
	if (!(class & DIGIT))
		hash = step(hash, byte);
	else if (!(word->last & DIGIT) || word->length == 1)
		hash = step(hash, '#');
	word->last = class;
	return hash;
}

/*
 * Letters and digits that alternate: hexadecimal from four characters on, anything from
 * six on if it changes about as often as chance would. Of six random characters of 62,
 * two changes or more are to be expected in seven of ten; of names that people give, in
 * next to none ("utf8mb4", "getID3").
 */
static bool is_random(const struct word *word)
{
	u32 changes = word->digits + word->cases;

	if (word->length >= 4 && word->all && word->digits)
		return true;
	if (word->length < 6)
		return false;
	return (changes >= 2 && 3 * changes >= word->length) ||
	       (word->digits >= 3 && 4 * word->digits >= word->length);
}

static void end_word(struct word *word, struct component *component)
{
	if (word->length && is_random(word))
		component->hash = step(word->before, '#');
	word->length = 0;
}

static void push(struct kanary_path_walk *walk, struct component *component, u32 name)
{
	u32 above = walk->prefix[walk->count];

	if (walk->count == KANARY_PATH_COMPONENTS)
		component->excess++;
	else
		walk->count++;
	walk->prefix[walk->count] = kanary_path_mix(above, name);
	walk->name[walk->count] = name;
}

/* Of an absolute path there is nothing above the top; of another there is, but what? */
static void pop(struct kanary_path_walk *walk, struct component *component, bool relative)
{
	if (component->excess)
		component->excess--;
	else if (walk->count && walk->name[walk->count] != DOTS)
		walk->count--;
	else if (relative)
		push(walk, component, DOTS);
}

static void end_component(struct kanary_path_walk *walk, struct component *component,
			  bool relative)
{
	bool dots = component->dots == component->length;

	if (component->length == 2 && dots) {
		pop(walk, component, relative);
	} else if (component->length && !(component->length == 1 && dots)) {
		push(walk, component, kanary_path_mix(START, component->hash));
	}
	component->hash = START;
	component->length = 0;
	component->dots = 0;
}

void kanary_path_take(const u8 *name, u32 length, u16 flags, struct kanary_path_walk *walk)
{
	u16 origin = flags & (KANARY_PATH_RELATIVE | KANARY_PATH_DIRFD);
	struct component component = { .hash = START };
	struct word word = { .length = 0 };
	u32 i;

	walk->count = 0;
	walk->prefix[0] = kanary_path_mix(START, origin);
	walk->name[0] = walk->prefix[0];
	if (length > KANARY_PATH_SIZE_MAX)
		length = KANARY_PATH_SIZE_MAX;
	for (i = 0; i < length; i++) {
		u8 byte = name[i], class = classes[byte];

		if (class) {
			component.length++;
			component.hash = take_letter(&word, component.hash, byte, class);
			continue;
		}
		end_word(&word, &component);
		if (byte == '/') {
			end_component(walk, &component, origin);
			continue;
		}
		component.length++;
		component.dots += byte == '.';
		component.hash = step(component.hash, byte);
	}
	end_word(&word, &component);
	end_component(walk, &component, origin);
}

static u16 bin_of(u32 prefix)
{
	return KANARY_PATH_FIRST + (u16)((u64)prefix * KANARY_PATH_BINS >> 32);
}

u32 kanary_path_bins(const u8 *name, u32 length, u16 flags, u16 bins[KANARY_PATH_DEPTH_MAX])
{
	struct kanary_path_walk walk;
	u32 count, i;

	kanary_path_take(name, length, flags, &walk);
	if (!walk.count) {
		bins[0] = bin_of(walk.prefix[0]);
		return 1;
	}
	count = walk.count < KANARY_PATH_DEPTH_MAX ? walk.count : KANARY_PATH_DEPTH_MAX;
	for (i = 0; i + 1 < count; i++)
		bins[i] = bin_of(walk.prefix[i + 1]);
	bins[i] = bin_of(walk.prefix[walk.count]);
	return count;
}
