/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A head over a sequence: an LSTM autoencoder of its latest elements. A model may
 * have two, over the vectors of a task and over the processes of a container.
 */
#ifndef _KANARY_SEQUENCE_HEAD_H
#define _KANARY_SEQUENCE_HEAD_H

#include "model.h"
#include "scratch.h"

/**
 * struct kanary_sequence_head_ring - the latest elements
 * @filled: elements in the ring, up to the head's steps
 * @next: slot of the next element
 * @due: elements until the head speaks next
 * @features: [steps][inputs]
 */
struct kanary_sequence_head_ring {
	u16 filled;
	u16 next;
	u32 due;
	s16 features[];
};

/** kanary_sequence_head_ring_size() - bytes of a ring, 0 without such a head */
size_t kanary_sequence_head_ring_size(const struct kanary_model *model,
				      const struct kanary_model_sequence *head);

/** kanary_sequence_head_push() - forget the oldest; the latest's features, to be filled in */
s16 *kanary_sequence_head_push(const struct kanary_model *model,
			       const struct kanary_model_sequence *head,
			       struct kanary_sequence_head_ring *ring);

/** kanary_sequence_head_due() - whether the latest element completes a sequence that is due */
bool kanary_sequence_head_due(const struct kanary_model_sequence *head,
			      struct kanary_sequence_head_ring *ring);

/**
 * kanary_sequence_head_error() - how unlike any learned sequence the ring is
 * @ring: full
 * @reconstruction: [steps][inputs], latest first, set
 *
 * Return: Q20.12.
 */
u32 kanary_sequence_head_error(const struct kanary_model *model,
			       const struct kanary_model_sequence *head,
			       const struct kanary_sequence_head_ring *ring,
			       const struct kanary_scratch *scratch, s32 *reconstruction);

/**
 * kanary_sequence_head_worst() - what one input adds to the error, and where it adds most
 * @reconstruction: from kanary_sequence_head_error()
 * @feature: there, set if the input adds anything
 * @expected: what the head made of it, set likewise
 *
 * Return: Q34, the sum over the steps.
 */
u64 kanary_sequence_head_worst(const struct kanary_model *model,
			       const struct kanary_model_sequence *head,
			       const struct kanary_sequence_head_ring *ring,
			       const s32 *reconstruction, u32 input, s32 *feature,
			       s32 *expected);

#endif /* _KANARY_SEQUENCE_HEAD_H */
