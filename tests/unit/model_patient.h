/* SPDX-License-Identifier: GPL-2.0 */
/* A model file that may be damaged in one place, and must be refused for it. */
#ifndef MODEL_PATIENT_H
#define MODEL_PATIENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model_fixture.h"

/**
 * struct model_patient - a file that may be written to
 * @fixture: the file
 * @pristine: a copy of it as it was
 * @header: of the file
 * @model: of the file; its pointers lead to what may be damaged
 */
struct model_patient {
	struct model_fixture fixture;
	void *pristine;
	struct kanary_model_header *header;
	struct kanary_model model;
};

/**
 * model_patient_admit_whole() - a model of 6 inputs
 * @hidden: of the sequence head; with it comes a container head. 0 for neither
 * @histogram: inputs of the path histogram head, its code being 6; 0 for none
 * @states: of the grams head, 0 for none
 */
void model_patient_admit_whole(struct model_patient *patient, unsigned int hidden,
			       unsigned int steps, unsigned int histogram, unsigned int states);

/** model_patient_admit() - the same with all heads, or with @hidden 0 but the process head */
void model_patient_admit(struct model_patient *patient, unsigned int hidden, unsigned int steps);

/** model_patient_discharge() - free its memory */
void model_patient_discharge(struct model_patient *patient);

/**
 * model_patient_parse() - parse, and check that the model is filled in on success only
 *
 * Return: of kanary_model_parse().
 */
const char *model_patient_parse(const void *file, size_t size);

/** model_patient_refused() - the file, sealed, is refused with @sentence; undoes the damage */
void model_patient_refused(struct model_patient *patient, const char *sentence);

/** model_patient_accepted() - the file, sealed, is accepted; undoes the change */
void model_patient_accepted(struct model_patient *patient);

/** model_patient_refuses_bad_layer() - whatever may be wrong with a layer of the file is seen */
void model_patient_refuses_bad_layer(struct model_patient *shared,
				     const struct kanary_layer *layer);

/* Damage done to the variable "patient", which must be refused with the sentence. */
#define SICK(sentence, ...) \
	do { __VA_ARGS__; model_patient_refused(&patient, sentence); } while (0)

#endif /* MODEL_PATIENT_H */
