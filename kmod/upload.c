// SPDX-License-Identifier: GPL-2.0
#include "upload.h"

#include "model.h"

#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>

enum { UPLOADS_MAX = 4 };

/**
 * struct upload - a model that has not arrived whole
 * @list: of all uploads
 * @portid: of the socket it comes from
 * @size: bytes announced
 * @have: bytes arrived
 * @data: room for @size
 */
struct upload {
	struct list_head list;
	u32 portid;
	u32 size;
	u32 have;
	void *data;
};

static LIST_HEAD(uploads);
static DEFINE_MUTEX(lock);
static u32 number;

static struct upload *find(u32 portid)
{
	struct upload *upload;

	list_for_each_entry(upload, &uploads, list) {
		if (upload->portid == portid)
			return upload;
	}
	return NULL;
}

static void drop(struct upload *upload)
{
	list_del(&upload->list);
	number--;
	kvfree(upload->data);
	kfree(upload);
}

int kanary_upload_begin(u32 portid, u32 size, const char **why)
{
	struct upload *upload;
	int ret = -EINVAL;

	mutex_lock(&lock);
	upload = find(portid);
	if (upload)
		drop(upload);
	*why = "no model has this size";
	if (size < sizeof(struct kanary_model_header) || size > KANARY_MODEL_SIZE_MAX)
		goto out;
	ret = -EBUSY;
	*why = "too many uploads at once: try again";
	if (number == UPLOADS_MAX)
		goto out;
	ret = -ENOMEM;
	*why = "no memory for the model";
	upload = kzalloc(sizeof(*upload), GFP_KERNEL);
	if (!upload)
		goto out;
	upload->data = kvmalloc(size, GFP_KERNEL);
	if (!upload->data) {
		kfree(upload);
		goto out;
	}
	upload->portid = portid;
	upload->size = size;
	list_add(&upload->list, &uploads);
	number++;
	ret = 0;
out:
	mutex_unlock(&lock);
	return ret;
}

int kanary_upload_append(u32 portid, u32 offset, const void *data, u32 size, const char **why)
{
	struct upload *upload;
	int ret = -EINVAL;

	mutex_lock(&lock);
	upload = find(portid);
	if (!upload) {
		*why = "no upload has been begun on this socket";
	} else if (offset != upload->have) {
		*why = "a part of the model is missing or repeated: begin again";
	} else if (size > upload->size - upload->have) {
		*why = "more bytes than the upload was begun with";
	} else {
		memcpy(upload->data + upload->have, data, size);
		upload->have += size;
		ret = 0;
	}
	mutex_unlock(&lock);
	return ret;
}

int kanary_upload_finish(u32 portid, void **file, u32 *size, const char **why)
{
	struct upload *upload;
	int ret = -EINVAL;

	mutex_lock(&lock);
	upload = find(portid);
	if (!upload) {
		*why = "no upload has been begun on this socket";
	} else if (upload->have != upload->size) {
		*why = "the upload is not complete";
	} else {
		*file = upload->data;
		*size = upload->size;
		upload->data = NULL;
		drop(upload);
		ret = 0;
	}
	mutex_unlock(&lock);
	return ret;
}

void kanary_upload_abort(u32 portid)
{
	struct upload *upload;

	mutex_lock(&lock);
	upload = find(portid);
	if (upload)
		drop(upload);
	mutex_unlock(&lock);
}

void kanary_upload_uninit(void)
{
	struct upload *upload, *next;

	list_for_each_entry_safe(upload, next, &uploads, list)
		drop(upload);
}
