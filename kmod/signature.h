/* SPDX-License-Identifier: GPL-2.0 */
/* Models that somebody whom the kernel trusts has signed. */
#ifndef _KANARY_SIGNATURE_H
#define _KANARY_SIGNATURE_H

#include <linux/types.h>

/* Parameter require_signature: a model without a signature is refused; set before all else. */
extern bool kanary_signature_required;

/** kanary_signature_state() - "required", "optional", or "impossible" in this kernel */
const char *kanary_signature_state(void);

/** kanary_signature_possible() - whether this kernel can check a signature */
bool kanary_signature_possible(void);

/**
 * kanary_signature_check() - whether a model may be used, as far as its signature says
 * @file: the model file, @size bytes, not validated
 * @signature: detached PKCS#7, DER, @length bytes; NULL for none
 * @why: set to a sentence on failure
 *
 * Trusted is what the kernel trusts to sign its modules: the keys built into it, those that
 * these vouch for, and where it has them those of the platform's firmware. Sleeps.
 *
 * Return: 0 or -errno.
 */
int kanary_signature_check(const void *file, u32 size, const void *signature, u32 length,
			   const char **why);

#endif /* _KANARY_SIGNATURE_H */
