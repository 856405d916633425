/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the linear process head leaves over although it is normal: residuals of
 * behaviour that is rare but always the same, each a codeword. They are chosen
 * far from each other (greedy k-center, Gonzalez 1985), so that a program which
 * ran twice gets one as well as one that runs all day.
 */
#ifndef KANARY_CODEBOOK_H
#define KANARY_CODEBOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "types.h"

/* Share of the vectors that are not searched for: a search costs as much as both layers. */
#define KANARY_CODEBOOK_GATE 0.97
/* Share of the vectors whose errors are ordinary: no codeword has to bring one lower. */
#define KANARY_CODEBOOK_ORDINARY 0.9

/**
 * struct kanary_codebook - residuals that are known
 * @inputs: of each codeword
 * @length: codewords
 * @gate: error from which on they are tried
 * @codeword: [length][inputs], 1.0 is 1.0
 */
struct kanary_codebook {
	uint32_t inputs;
	uint32_t length;
	double gate;
	float *codeword;
};

/**
 * kanary_codebook_fit() - choose codewords
 * @residual: [@count][@inputs], of normal vectors
 * @weight: [@inputs], of each squared residual, Q28.4
 * @max: codewords at most; 0 for an empty codebook
 *
 * Return: false where memory is short.
 */
bool kanary_codebook_fit(struct kanary_codebook *codebook, const float *residual, uint32_t count,
			 uint32_t inputs, const u32 *weight, uint32_t max);

/**
 * kanary_codebook_error() - weighted sum of squares that the best codeword leaves of a residual
 */
double kanary_codebook_error(const struct kanary_codebook *codebook, const float *residual,
			     const u32 *weight);

void kanary_codebook_free(struct kanary_codebook *codebook);

#endif /* KANARY_CODEBOOK_H */
