// SPDX-License-Identifier: GPL-2.0
#include "baseline.h"
#include "bench_kanary.h"

const struct kanary_bench_method kanary_bench_methods[] = {
	{ .name = "stide3", .help = "share of unseen windows of 3 calls",
	  .score = kanary_baseline_stide3 },
	{ .name = "stide", .help = "share of unseen windows of 6 calls",
	  .score = kanary_baseline_stide },
	{ .name = "ngram", .help = "language model of 6 calls (Witten and Bell), mean log likelihood",
	  .score = kanary_baseline_ngram },
	{ .name = "linear", .help = "whole process's frequencies, square roots, linear autoencoder of 5",
	  .score = kanary_baseline_linear },
	{ .name = "neighbour", .help = "the same, mean distance to the 5 nearest training traces",
	  .score = kanary_baseline_neighbour },
	{ .name = "kanary", .help = "this program's own model, in the kernel's arithmetic",
	  .random = true, .score = kanary_bench_kanary_score },
	{ .name = "kanary-clk", .help = "without the calls that train --clock drop leaves out",
	  .random = true, .frontier = true, .score = kanary_bench_kanary_drop },
	{ .name = "kanary-ae", .help = "without its grams head: its autoencoder of calls alone",
	  .random = true, .frontier = true, .score = kanary_bench_kanary_autoencoder },
};
const uint32_t kanary_bench_methods_count =
	sizeof(kanary_bench_methods) / sizeof(*kanary_bench_methods);
