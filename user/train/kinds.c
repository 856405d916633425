// SPDX-License-Identifier: GPL-2.0
#include "kinds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Looks at one process at most, and kinds of one name. */
#define LOOKS 16
#define KINDS_NAME 6
/* Squared distance from the centroid, Q30, that is still the same behaviour. */
#define SAME (0.02 * (1 << 30))
#define ITERATIONS 8

/* One look at a process. */
struct look {
	char label[KANARY_COMM_SIZE];
	uint32_t order;
	uint32_t kind;
	bool last;
	const s16 *x;
};

/* The looks at all processes of one name. */
struct name {
	struct look *look;
	uint32_t looks;
	uint32_t processes;
};

void kanary_kinds_label(const char comm[KANARY_COMM_SIZE], char label[KANARY_COMM_SIZE])
{
	uint32_t i;

	memset(label, 0, KANARY_COMM_SIZE);
	for (i = 0; i < KANARY_COMM_SIZE - 1 && comm[i]; i++)
		label[i] = comm[i] > ' ' && comm[i] < 0x7f ? comm[i] : '?';
	if (!i)
		label[0] = '?';
}

static double distance(const s16 *a, const s16 *b, uint32_t inputs)
{
	double sum = 0;
	uint32_t i;

	for (i = 0; i < inputs; i++)
		sum += (double)(a[i] - b[i]) * (a[i] - b[i]);
	return sum;
}

static int compare_looks(const void *left, const void *right)
{
	const struct look *a = left, *b = right;
	int order = strcmp(a->label, b->label);

	return order ? order : (a->order > b->order) - (a->order < b->order);
}

static int compare_names(const void *left, const void *right)
{
	const struct name *a = left, *b = right;

	if (a->processes != b->processes)
		return a->processes < b->processes ? 1 : -1;
	return strcmp(a->look->label, b->look->label);
}

/* Evenly over the stream, its end included. Returns the looks. */
static uint32_t look_at(const struct kanary_dataset *dataset, uint32_t stream,
			const struct kanary_feature_map *features, struct look *look, s16 *x)
{
	const struct kanary_dataset_stream *place = &dataset->stream[stream];
	uint32_t stride = (place->length + LOOKS - 1) / LOOKS, looks = 0, i;
	struct kanary_feature_counts counts = { 0 };

	for (i = 0; i < place->length; i++) {
		const struct kanary_vector *vector =
			kanary_dataset_vector(dataset, place->first + i);

		kanary_feature_map_add(features, &counts, vector, x);
		if ((place->length - 1 - i) % stride)
			continue;
		kanary_kinds_label(vector->comm, look[looks].label);
		look[looks].last = i + 1 == place->length;
		look[looks++].x = x;
		x += features->inputs;
	}
	return looks;
}

/* Gives each look its nearest centroid; returns the sum of the squared distances. */
static double assign(const struct name *name, const s16 *centroid, uint32_t kinds,
		     uint32_t inputs, uint32_t *farthest)
{
	double sum = 0, most = -1, best, d;
	uint32_t i, k;

	for (i = 0; i < name->looks; i++) {
		struct look *look = &name->look[i];

		best = INFINITY;
		for (k = 0; k < kinds; k++) {
			d = distance(look->x, centroid + (size_t)k * inputs, inputs);
			if (d < best) {
				best = d;
				look->kind = k;
			}
		}
		sum += best;
		if (best > most) {
			most = best;
			*farthest = i;
		}
	}
	return sum;
}

static void average(const struct name *name, s16 *centroid, uint32_t kinds, uint32_t inputs)
{
	double sum[KANARY_MODEL_INPUTS_MAX];
	uint32_t i, k, input, count;

	for (k = 0; k < kinds; k++) {
		memset(sum, 0, sizeof(sum));
		for (i = 0, count = 0; i < name->looks; i++) {
			if (name->look[i].kind != k)
				continue;
			count++;
			for (input = 0; input < inputs; input++)
				sum[input] += name->look[i].x[input];
		}
		for (input = 0; count && input < inputs; input++)
			centroid[(size_t)k * inputs + input] = (s16)lrint(sum[input] / count);
	}
}

/* Up to @max kinds of one name; returns how many. */
static uint32_t cluster(const struct name *name, s16 *centroid, uint32_t inputs, uint32_t max,
			struct kanary_model_kind *kind)
{
	double spread[KINDS_NAME] = { 0 };
	uint32_t looks[KINDS_NAME] = { 0 };
	uint32_t kinds = 1, farthest = 0, i, k;

	memset(centroid, 0, inputs * sizeof(*centroid));
	for (i = 0; i < name->looks; i++)
		name->look[i].kind = 0;
	average(name, centroid, 1, inputs);
	for (;;) {
		for (i = 0; i < ITERATIONS; i++) {
			assign(name, centroid, kinds, inputs, &farthest);
			average(name, centroid, kinds, inputs);
		}
		assign(name, centroid, kinds, inputs, &farthest);
		k = name->look[farthest].kind;
		if (kinds == max || distance(name->look[farthest].x,
					     centroid + (size_t)k * inputs, inputs) <= SAME)
			break;
		memcpy(centroid + (size_t)kinds++ * inputs, name->look[farthest].x,
		       inputs * sizeof(*centroid));
	}
	memset(kind, 0, kinds * sizeof(*kind));
	for (i = 0; i < name->looks; i++) {
		k = name->look[i].kind;
		kind[k].processes += name->look[i].last;
		looks[k]++;
		spread[k] += distance(name->look[i].x, centroid + (size_t)k * inputs, inputs);
	}
	for (k = 0; k < kinds; k++) {
		memcpy(kind[k].label, name->look->label, sizeof(kind[k].label));
		kind[k].processes += !kind[k].processes;
		if (looks[k])
			kind[k].spread = (u32)fmin(spread[k] / looks[k], UINT32_MAX);
	}
	return kinds;
}

static uint32_t find_names(struct look *look, uint32_t looks, struct name *name)
{
	uint32_t names = 0, i;

	qsort(look, looks, sizeof(*look), compare_looks);
	for (i = 0; i < looks; i++) {
		if (!i || strcmp(look[i].label, look[i - 1].label))
			name[names++] = (struct name){ .look = &look[i] };
		name[names - 1].looks++;
		name[names - 1].processes += look[i].last;
	}
	qsort(name, names, sizeof(*name), compare_names);
	return names;
}

bool kanary_kinds_learn(struct kanary_kinds *kinds, const struct kanary_dataset *dataset,
			const struct kanary_feature_map *features, uint32_t max)
{
	uint32_t inputs = features->inputs, looks = 0, names, share, i;
	size_t room = 1;
	struct look *look;
	struct name *name;
	bool done = false;
	s16 *x;

	memset(kinds, 0, sizeof(*kinds));
	kinds->inputs = inputs;
	for (i = 0; i < dataset->streams; i++)
		room += dataset->stream[i].length < LOOKS ? dataset->stream[i].length : LOOKS;
	look = calloc(room, sizeof(*look));
	name = calloc(room, sizeof(*name));
	x = calloc(room * inputs, sizeof(*x));
	kinds->centroid = calloc(KANARY_MODEL_KINDS_MAX * (size_t)inputs,
				 sizeof(*kinds->centroid));
	if (!look || !name || !x || !kinds->centroid)
		goto out;
	for (i = 0; i < dataset->streams; i++)
		looks += look_at(dataset, i, features, look + looks, x + (size_t)looks * inputs);
	for (i = 0; i < looks; i++)
		look[i].order = i;
	names = find_names(look, looks, name);
	for (i = 0; i < names && kinds->count < max; i++) {
		/* one for each name that is still to come, as far as they go round */
		share = names - i < max - kinds->count ?
			(max - kinds->count) / (names - i) : 1;
		share = share > KINDS_NAME ? KINDS_NAME : share;
		kinds->count += cluster(&name[i], kinds->centroid + (size_t)kinds->count * inputs,
					inputs, share, kinds->kind + kinds->count);
	}
	done = true;
out:
	free(look);
	free(name);
	free(x);
	return done;
}

void kanary_kinds_write(const struct kanary_kinds *kinds, void *file)
{
	struct kanary_model model;

	kanary_model_layout(&model, file);
	if (!kinds->count)
		return;
	memcpy((void *)model.kind, kinds->kind, kinds->count * sizeof(*kinds->kind));
	memcpy((void *)model.centroid, kinds->centroid,
	       (size_t)kinds->count * kinds->inputs * sizeof(*kinds->centroid));
}

void kanary_kinds_free(struct kanary_kinds *kinds)
{
	free(kinds->centroid);
	memset(kinds, 0, sizeof(*kinds));
}

/* Squared distance that so few calls differ by from the shares that they are drawn from, Q30. */
static double chance(const s16 *x, uint32_t inputs, uint32_t calls)
{
	uint32_t used = 0, i;

	for (i = 0; i < inputs; i++)
		used += x[i] > 0;
	/* the square root of a share has a variance of 1 / (4 calls), Bartlett 1936 */
	return used * (double)(1 << 30) / (4.0 * (calls ? calls : 1));
}

/*
 * How well a process is within a kind. A kind of one process has no spread of its own: it
 * borrows that of all, as much as one process of theirs is worth.
 */
static double fit(const struct kanary_model *model, uint32_t kind, double squared, double chance)
{
	const struct kanary_model_kind *own = &model->kind[kind];
	double sum = 0, processes = 0, spread, within;
	uint32_t k;

	for (k = 0; k < model->header->kinds; k++) {
		sum += (double)model->kind[k].spread * model->kind[k].processes;
		processes += model->kind[k].processes;
	}
	spread = ((double)own->spread * own->processes + sum / processes) / (own->processes + 1);
	/* twice the distance is four times its square */
	within = fmax(SAME, 4 * spread) + 4 * chance;
	return squared > within ? within / squared : 1;
}

void kanary_kinds_nearest(const struct kanary_model *model, const s16 *x, uint32_t calls,
			  struct kanary_kinds_match *match)
{
	double own = INFINITY, other = INFINITY, d[KANARY_MODEL_KINDS_MAX], noise;
	uint32_t inputs = model->header->inputs, k;

	for (k = 0; k < model->header->kinds; k++) {
		d[k] = distance(x, model->centroid + (size_t)k * inputs, inputs);
		if (d[k] < own) {
			own = d[k];
			match->kind = k;
		}
	}
	match->fit = 0;
	noise = chance(x, inputs, calls);
	for (k = 0; k < model->header->kinds; k++) {
		if (strcmp(model->kind[k].label, model->kind[match->kind].label))
			other = fmin(other, d[k]);
		else
			match->fit = fmax(match->fit, fit(model, k, d[k], noise));
	}
	match->distance = sqrt(own / (1 << 30));
	match->confidence = match->fit;
	if (isfinite(other))
		match->confidence *= own + other > 0 ?
				     sqrt(other) / (sqrt(own) + sqrt(other)) : 0.5;
	match->none = match->fit < 0.5;
}

bool kanary_kinds_known(const struct kanary_model *model, const char label[KANARY_COMM_SIZE])
{
	uint32_t k;

	for (k = 0; k < model->header->kinds; k++)
		if (!strcmp(model->kind[k].label, label))
			return true;
	return false;
}
