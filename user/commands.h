/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The subcommands of kanary. Each gets its own name as argv[0], prints its own
 * errors, and returns an exit status: 0 done, 1 failed, 2 wrong usage.
 */
#ifndef KANARY_COMMANDS_H
#define KANARY_COMMANDS_H

int kanary_status_main(int argc, char **argv);
int kanary_containers_main(int argc, char **argv);
int kanary_record_main(int argc, char **argv);
int kanary_info_main(int argc, char **argv);
int kanary_import_main(int argc, char **argv);
int kanary_train_main(int argc, char **argv);
int kanary_identify_main(int argc, char **argv);
int kanary_eval_main(int argc, char **argv);
int kanary_load_main(int argc, char **argv);
int kanary_unload_main(int argc, char **argv);
int kanary_mode_main(int argc, char **argv);
int kanary_lock_main(int argc, char **argv);
int kanary_watch_main(int argc, char **argv);
int kanary_score_main(int argc, char **argv);
int kanary_paths_main(int argc, char **argv);
int kanary_bench_main(int argc, char **argv);
int kanary_bench_paths_main(int argc, char **argv);

#endif /* KANARY_COMMANDS_H */
