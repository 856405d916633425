# SPDX-License-Identifier: GPL-2.0
# make            kanary.ko and build/kanary
# make user       build/kanary alone        make module    kanary.ko alone
# make demo       Kanary at its job, in a virtual machine
# make demo-busy  the same with nice -n 19, beside two busy loops
# make check      all tests                 make bench     what it costs
# make check-debug    KUnit and storms on kernels that find faults
# make check-kernels  the module on each of Debian's kernels
# make check-hours    two hours' worth of a busy service, as fast as they go
# make fuzz       hostile bytes for longer, FOR seconds for each reader
# make battery    live attacks on four services, in a virtual machine
# make foreign    other programs, run here under strace: what kanary train estimates detection by
# make install    on this host, the module for its kernel; install-user, install-module: half of it
# make uninstall  what install put there

KDIR ?= /lib/modules/$(shell uname -r)/build
BUILD := build
# One spelling of a folder: the dependencies that the compiler wrote down name their target by it.
override BUILD := $(patsubst $(CURDIR)/%,%,$(abspath $(BUILD)))
V ?= 0
Q := $(if $(filter 1,$(V)),,@)

CC ?= gcc
PKGS := libarchive gsl libnl-3.0 libnl-genl-3.0 jansson
# OpenBLAS before GSL's own CBLAS: the same interface, 5 to 50 times the speed.
USER_LIBS = -lopenblas $(filter-out -lgslcblas,$(shell pkg-config --libs $(PKGS))) -lm
USER_CFLAGS = -std=gnu11 -O2 -g -Wall -Wextra -Wno-unused-parameter -Icommon -Iuser \
	$(shell pkg-config --cflags $(PKGS)) $(CFLAGS)

COMMON_SRC := $(sort $(wildcard common/*.c))
USER_SRC := $(sort $(wildcard user/*.c user/*/*.c user/*/*/*.c))
object = $(patsubst %.c,$(BUILD)/user/%.o,$(1))
# kanary is user/main.c; kanary-NAME, which it executes, is user/main_NAME.c (user/program.h).
PROGRAMS := kanary $(patsubst user/main_%.c,kanary-%,$(wildcard user/main_*.c))
USER_OBJ := $(call object,$(COMMON_SRC) $(USER_SRC))

.PHONY: all user module check unit static fuzz demo battery bench clean
all: user $(if $(wildcard $(KDIR)),module,no-headers)

.PHONY: no-headers
no-headers:
	@echo "no kernel headers in $(KDIR): kanary.ko not built (install linux-headers-$$(uname -r), or say KDIR=DIR)"

user: $(PROGRAMS:%=$(BUILD)/%)

# An archive, so that a program carries only what it calls, and only those libraries.
$(BUILD)/user/kanary.a: $(filter-out $(BUILD)/user/user/main%,$(USER_OBJ))
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/kanary: $(BUILD)/user/user/main.o
$(patsubst %,$(BUILD)/%,$(filter kanary-%,$(PROGRAMS))): $(BUILD)/kanary-%: $(BUILD)/user/user/main_%.o
$(PROGRAMS:%=$(BUILD)/%): $(BUILD)/user/kanary.a
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -Wl,--as-needed -o $@ $(filter %.o,$^) $(filter %.a,$^) $(USER_LIBS)

# What tools/check-cases prints: not installed.
CASES_OBJ := $(call object,$(sort $(wildcard tests/cases/*.c)))
.PHONY: cases
cases: user $(BUILD)/describe-case

$(BUILD)/describe-case: $(CASES_OBJ) $(BUILD)/user/kanary.a
	@echo "  LD      $@"
	$(Q)$(CC) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(USER_LIBS)

# The training loop lives on vectorised exp(); nothing that must be exact is here.
$(addprefix $(BUILD)/user/user/train/head/,lstm_train.o adam.o): USER_CFLAGS += -O3 -ffast-math

$(BUILD)/user/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	$(Q)$(CC) $(USER_CFLAGS) -MMD -MP -c -o $@ $<

-include $(USER_OBJ:.o=.d) $(CASES_OBJ:.o=.d)

# kbuild writes beside its sources, so it gets a tree of links of its own, one a kernel.
KERNEL_NAME = $(notdir $(realpath $(KDIR)))
# A module is compiled by the compiler of its kernel.
COMPILER = $(if $(shell grep -s ^CONFIG_CC_IS_CLANG=y "$(KDIR)/include/config/auto.conf"),LLVM=1)
MODULE_DIR = $(abspath $(BUILD))/module/$(KERNEL_NAME)

module:
	$(Q)test -e "$(KDIR)/Makefile" || { echo "kanary: no kernel headers in $(KDIR): install linux-headers, or say KDIR=DIR" >&2; exit 1; }
	$(Q)! test -e "$(KDIR)/vmlinux" || command -v pahole >/dev/null || \
		! grep -qs ^CONFIG_DEBUG_INFO_BTF_MODULES=y "$(KDIR)/include/config/auto.conf" || \
		{ echo "kanary: the headers in $(KDIR) want pahole: install it" >&2; exit 1; }
	$(Q)mkdir -p $(MODULE_DIR)/kmod $(MODULE_DIR)/common
	$(Q)find $(MODULE_DIR)/kmod $(MODULE_DIR)/common -xtype l -delete
	$(Q)ln -sf $(CURDIR)/Kbuild $(MODULE_DIR)/Kbuild
	$(Q)ln -sf $(CURDIR)/kmod/*.[chS] $(CURDIR)/kmod/probe.sh $(MODULE_DIR)/kmod/
	$(Q)ln -sfn $(CURDIR)/kmod/probe $(MODULE_DIR)/kmod/probe
	$(Q)ln -sf $(CURDIR)/common/*.[ch] $(MODULE_DIR)/common/
	$(Q)$(MAKE) -C $(KDIR) M=$(MODULE_DIR) KBUILD_VERBOSE=$(V) $(COMPILER) $(KBUILD_ARGS) modules
	$(Q)cp $(MODULE_DIR)/kanary.ko $(BUILD)/kanary.ko
	$(if $(filter build,$(BUILD)),$(Q)cp $(BUILD)/kanary.ko kanary.ko)

demo:
	$(Q)tools/demo/run $(BUILD)

.PHONY: demo-busy
demo-busy:
	$(Q)tests/check/demo-busy.sh $(BUILD)

battery:
	$(Q)tools/battery/run $(BUILD)

.PHONY: foreign
foreign: $(BUILD)/foreign.rec

$(BUILD)/foreign.rec: tools/foreign/record tools/foreign/server.pl $(wildcard tools/foreign/programs/*) | user
	@echo "  RECORD  $@"
	$(Q)tools/foreign/record $(BUILD)/kanary $@

check:
	$(Q)tests/run --build $(BUILD)

.PHONY: check-debug
check-debug:
	$(Q)tests/debug --build $(BUILD)

.PHONY: check-hours
check-hours:
	$(Q)tests/run --build $(BUILD) vm/hours

.PHONY: check-kernels
check-kernels:
	$(Q)tests/kernels.sh --build $(BUILD)

unit static:
	$(Q)tests/run --build $(BUILD) $@/

FOR ?= 60
fuzz:
	$(Q)tools/install-packages
	$(Q)$(MAKE) --no-print-directory -C tests/fuzz all BUILD=$(abspath $(BUILD))
	$(Q)for name in $$(tests/fuzz/run --list); do \
		echo "fuzz/$$name"; tests/fuzz/run $(abspath $(BUILD)) --for $(FOR) $$name || exit 1; done

bench:
	$(Q)tools/bench/hook.sh $(BUILD)

PREFIX ?= /usr/local
LIBEXEC = $(PREFIX)/libexec/kanary
SHARE = $(PREFIX)/share/kanary
DOCUMENTS = $(PREFIX)/share/doc/kanary
MANUAL = $(PREFIX)/share/man/man8/kanary.8
# The kernel that kanary.ko was built for, which need not be the one that runs.
KERNEL_RELEASE = $(shell modinfo -F vermagic $(BUILD)/kanary.ko 2>/dev/null | cut -d ' ' -f 1)

.PHONY: install install-module install-user uninstall
install: install-module install-user

install-module:
	$(Q)test -n "$(KERNEL_RELEASE)" || { echo "kanary: there is no $(BUILD)/kanary.ko: make module KDIR=DIR, or install-user for the command alone" >&2; exit 1; }
	$(Q)test "$(origin KDIR)" = file || grep -qsF '"$(KERNEL_RELEASE)"' "$(KDIR)/include/generated/utsrelease.h" || { \
		echo "kanary: kanary.ko is for $(KERNEL_RELEASE), the headers in $(KDIR) are not: make module KDIR=$(KDIR)" >&2; exit 1; }
	install -D -m 644 $(BUILD)/kanary.ko $(DESTDIR)/lib/modules/$(KERNEL_RELEASE)/updates/kanary.ko
	$(if $(DESTDIR),,depmod $(KERNEL_RELEASE))

install-user:
	install -D -m 755 $(BUILD)/kanary $(DESTDIR)$(PREFIX)/sbin/kanary
	install -D -m 755 -t $(DESTDIR)$(LIBEXEC) $(BUILD)/kanary-model $(BUILD)/kanary-import
	$(if $(wildcard $(BUILD)/foreign.rec),install -D -m 644 -t $(DESTDIR)$(SHARE) $(BUILD)/foreign.rec)
	install -D -m 644 user/man/kanary.8 $(DESTDIR)$(MANUAL)
	install -D -m 644 -t $(DESTDIR)$(DOCUMENTS) tools/packaging/modules-load.conf tools/packaging/modprobe.conf
	$(if $(DESTDIR),,$(Q)! command -v mandb >/dev/null || mandb -q -f $(MANUAL))

# What install put there, the module of each kernel included. Configuration and models stay.
uninstall:
	rm -f $(addprefix $(DESTDIR),$(PREFIX)/sbin/kanary $(MANUAL))
	rm -rf $(addprefix $(DESTDIR),$(LIBEXEC) $(SHARE) $(DOCUMENTS))
	rm -f $(DESTDIR)/lib/modules/*/updates/kanary.ko
	$(if $(DESTDIR),,depmod)

clean:
	$(Q)rm -rf $(BUILD) kanary.ko
