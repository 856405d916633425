/* SPDX-License-Identifier: GPL-2.0 */
#include "model_patient.h"

#include <stdlib.h>
#include <string.h>

void model_patient_admit_whole(struct model_patient *patient, unsigned int hidden,
			       unsigned int steps, unsigned int histogram, unsigned int states)
{
	const struct model_fixture_shape shape = {
		.inputs = 6, .code = 4, .sequence = { (u16)hidden, (u16)steps, hidden ? 1 : 0, 0 },
		.container = { hidden ? 2 : 0, hidden ? 2 : 0, hidden ? 1 : 0, 0 }, .kinds = 3,
		.paths_inputs = histogram, .paths_code = histogram ? 6 : 0, .states = states,
	};

	model_fixture_create_whole(&patient->fixture, 5, &shape);
	patient->pristine = malloc(patient->fixture.size);
	memcpy(patient->pristine, patient->fixture.file, patient->fixture.size);
	patient->header = patient->fixture.file;
	patient->model = patient->fixture.model;
}

void model_patient_admit(struct model_patient *patient, unsigned int hidden, unsigned int steps)
{
	model_patient_admit_whole(patient, hidden, steps, hidden ? 8 : 0, hidden ? 9 : 0);
}

void model_patient_discharge(struct model_patient *patient)
{
	free(patient->pristine);
	model_fixture_destroy(&patient->fixture);
}

const char *model_patient_parse(const void *file, size_t size)
{
	struct kanary_model model;
	const char *why;

	memset(&model, 0xa5, sizeof(model));
	why = kanary_model_parse(&model, file, size);
	/* filled in on success only */
	if (why)
		assert_int_equal(*(u8 *)&model, 0xa5);
	else
		assert_ptr_equal(model.header, file);
	return why;
}

void model_patient_refused(struct model_patient *patient, const char *sentence)
{
	const char *why;

	model_fixture_seal(patient->fixture.file, patient->fixture.size);
	why = model_patient_parse(patient->fixture.file, patient->fixture.size);
	if (!why)
		fail_msg("accepted, although: %s", sentence);
	assert_string_equal(why, sentence);
	memcpy(patient->fixture.file, patient->pristine, patient->fixture.size);
	assert_null(model_patient_parse(patient->fixture.file, patient->fixture.size));
}

void model_patient_accepted(struct model_patient *patient)
{
	const char *why;

	model_fixture_seal(patient->fixture.file, patient->fixture.size);
	why = model_patient_parse(patient->fixture.file, patient->fixture.size);
	if (why)
		fail_msg("refused: %s", why);
	memcpy(patient->fixture.file, patient->pristine, patient->fixture.size);
}

static struct kanary_model_row *row(const struct kanary_layer *layer, uint32_t index)
{
	return (struct kanary_model_row *)&layer->row[index];
}

void model_patient_refuses_bad_layer(struct model_patient *shared, const struct kanary_layer *layer)
{
	static const char overflow[] = "weights of a row could overflow its accumulator";
	static const char multiplier[] =
		"multiplier of a row is out of range (1 to 2147483647)";
	static const char shift[] = "shift of a row is out of range (1 to 62)";
	size_t count = (size_t)layer->rows * layer->columns;
	s16 *weight = (s16 *)layer->weights;
	struct model_patient patient = *shared;
	uint32_t last = layer->rows - 1;
	int64_t bound = 0;
	uint32_t i;

	SICK(overflow, row(layer, last)->bias = INT32_MIN);
	SICK(overflow, row(layer, 0)->bias = INT32_MAX);
	SICK(overflow, weight[0] = weight[1] = INT16_MIN);
	SICK(overflow, weight[count - 1] = weight[count - 2] = INT16_MAX,
	     row(layer, last)->bias = -131070);
	for (i = 0; i < layer->columns; i++)
		bound += abs(weight[i]) * 32767ll;
	SICK(overflow, row(layer, 0)->bias = (int32_t)(bound - INT32_MAX - 1));
	row(layer, 0)->bias = (int32_t)(bound - INT32_MAX);
	model_patient_accepted(&patient);
	SICK(multiplier, row(layer, last)->multiplier = 0);
	SICK(multiplier, row(layer, 0)->multiplier = -1);
	SICK(shift, row(layer, last)->shift = 0);
	SICK(shift, row(layer, 0)->shift = 63);
	SICK(shift, row(layer, 0)->shift = UINT32_MAX);
	for (i = 0; i < (4 - count % 4) % 4; i++)
		SICK("padding of the weights is not 0", weight[count + i] = 1);
}
