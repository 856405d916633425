/* SPDX-License-Identifier: GPL-2.0 */
/* Model files with a path histogram head: what is wrong with one is said, and none is run. */
#include "model_patient.h"
#include "score.h"

#include <stdlib.h>

static const char inputs[] = "inputs of a histogram head are no power of 2 from 4 to 256";
static const char code[] = "code of a histogram head is odd or out of range (2 to 128)";
static const char stray[] = "model without a histogram head has dimensions of one";
static const char size[] = "size of the model does not follow from its dimensions";

static void refuses_bad_dimensions(void **state)
{
	const u32 flag = KANARY_MODEL_PATH_HISTOGRAM;
	struct kanary_model_header *header;
	struct model_patient patient;

	model_patient_admit_whole(&patient, 0, 0, 8, 0);
	header = patient.header;
	assert_int_equal(header->flags, KANARY_MODEL_PROCESS | flag);
	SICK(inputs, header->paths_inputs = 0);
	SICK(inputs, header->paths_inputs = 1);
	SICK(inputs, header->paths_inputs = 2);
	SICK(inputs, header->paths_inputs = 6);
	SICK(inputs, header->paths_inputs = 9);
	SICK(inputs, header->paths_inputs = 192);
	SICK(inputs, header->paths_inputs = 512);
	SICK(inputs, header->paths_inputs = 32768);
	SICK(inputs, header->paths_inputs = 65535);
	SICK(code, header->paths_code = 0);
	SICK(code, header->paths_code = 5);
	SICK(code, header->paths_code = 129);
	SICK(code, header->paths_code = 130);
	SICK(code, header->paths_code = 65534);
	SICK(stray, header->flags &= ~flag);
	SICK(stray, header->flags &= ~flag, header->paths_inputs = 0);
	SICK(stray, header->flags &= ~flag, header->paths_code = 0);
	SICK(size, header->flags &= ~flag, header->paths_code = 0, header->paths_inputs = 0);
	SICK(size, header->paths_inputs = 4);
	SICK(size, header->paths_inputs = 256);
	SICK(size, header->paths_code = 2);
	SICK(size, header->paths_code = 128);
	model_patient_discharge(&patient);

	model_patient_admit(&patient, 0, 0);
	header = patient.header;
	SICK(inputs, header->flags |= flag);
	SICK(code, header->flags |= flag, header->paths_inputs = 4);
	SICK(stray, header->paths_inputs = 4);
	SICK(stray, header->paths_code = 2);
	model_patient_discharge(&patient);
}

static void refuses_bad_knots(struct model_patient *shared, const struct kanary_model_knot *knots)
{
	struct kanary_model_knot *knot = (struct kanary_model_knot *)knots;
	struct model_patient patient = *shared;
	u32 last = patient.header->knots - 1u;

	SICK("calibration goes beyond a surprise of 100", knot[last].surprise = 25601);
	SICK("errors of the calibration do not ascend", knot[1].error = knot[0].error);
	SICK("errors of the calibration do not ascend", knot[last].error = 0);
	SICK("surprise of the calibration does not ascend", knot[0].surprise = 25600);
}

static void refuses_bad_sections(void **state)
{
	struct model_patient patient;

	model_patient_admit_whole(&patient, 2, 3, 8, 4);
	model_patient_refuses_bad_layer(&patient, &patient.model.paths.encode);
	model_patient_refuses_bad_layer(&patient, &patient.model.paths.decode);
	refuses_bad_knots(&patient, patient.model.paths.knot);
	/* what is combined has a curve of its own */
	refuses_bad_knots(&patient, patient.model.task_knot);
	model_patient_discharge(&patient);
}

static void is_accepted(const struct model_fixture_shape *shape)
{
	struct kanary_model_reference *reference;
	struct kanary_score_container *container;
	const struct kanary_model *model;
	struct kanary_score_stream *stream;
	struct model_fixture fixture;
	void *scratch;

	/* as long as they say, so that any access beyond shows */
	model_fixture_create_whole(&fixture, 1, shape);
	model = &fixture.model;
	assert_int_equal(model->paths.encode.rows, shape->paths_code);
	assert_int_equal(model->paths.decode.rows, shape->paths_inputs);
	stream = malloc(kanary_score_stream_size(model));
	scratch = malloc(kanary_score_scratch_size(model));
	container = malloc(kanary_score_container_size(model) + 1);
	assert_true(kanary_score_reference(model, stream, container, scratch));
	/* its verdict is part of the file */
	reference = (struct kanary_model_reference *)model->reference;
	assert_true(reference->verdict.path_histogram_error);
	reference->verdict.path_histogram_error ^= 1;
	assert_false(kanary_score_reference(model, stream, container, scratch));
	free(stream);
	free(scratch);
	free(container);
	model_fixture_destroy(&fixture);
}

static void smallest_and_largest_are_accepted(void **state)
{
	/* inputs, code */
	static const unsigned int shapes[][2] = { { 4, 2 }, { 256, 128 }, { 4, 128 }, { 256, 2 } };
	unsigned int i;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		is_accepted(&(struct model_fixture_shape){ .inputs = 4, .code = 2,
			.paths_inputs = shapes[i][0], .paths_code = shapes[i][1] });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_bad_dimensions),
		cmocka_unit_test(refuses_bad_sections),
		cmocka_unit_test(smallest_and_largest_are_accepted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
