// SPDX-License-Identifier: GPL-2.0
#include "bench_model.h"

#include "bench_kanary.h"

int kanary_bench_model_read(struct kanary_bench_model *model, const char *path)
{
	int status = kanary_model_file_read("bench", path, &model->file);

	if (status)
		return status;
	model->method.name = model->file.model.header->name;
	model->method.help = path;
	return 0;
}

const char *kanary_bench_model_score(const struct kanary_bench_model *model,
				     const struct kanary_bench_data *data, double *scores,
				     struct kanary_bench_cost *cost)
{
	cost->model_bytes = model->file.size;
	return kanary_bench_kanary_judge(data, model->file.data, scores, cost);
}

void kanary_bench_model_free(struct kanary_bench_model *model)
{
	kanary_model_file_free(&model->file);
}
