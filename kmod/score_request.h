/* SPDX-License-Identifier: GPL-2.0 */
/* KANARY_CMD_SCORE: what a container's model says of vectors and paths that userspace has. */
#ifndef _KANARY_SCORE_REQUEST_H
#define _KANARY_SCORE_REQUEST_H

struct genl_info;
struct sk_buff;

/** kanary_score_request_answer() - judge a request's vectors, from a fresh state; sleeps */
int kanary_score_request_answer(struct sk_buff *request, struct genl_info *info);

#endif /* _KANARY_SCORE_REQUEST_H */
