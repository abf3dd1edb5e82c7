# SPDX-License-Identifier: GPL-2.0
# The front door of mem_monitor: `make help` says what there is.

VERSION := $(shell cat VERSION)
PREFIX ?= /usr/local
DESTDIR ?=
RELEASE ?= $(shell uname -r)
KDIR ?= /lib/modules/$(RELEASE)/build

USER_BUILD := build/user
KMOD_BUILD := build/kmod
SOURCES := $(DESTDIR)/usr/src/mem_monitor-$(VERSION)
LIBDIR := $(PREFIX)/lib
MANDIR := $(PREFIX)/share/man
MAN1 := memmon memmon-diff memmon-leaks memmon-log memmon-pages memmon-record memmon-report memmon-slabs \
	memmon-stat memmon-status memmon-top memmon-verify

.PHONY: all
all: user ## build user space, and the module when the running kernel's headers are there
	@if [ -e "$(KDIR)/Makefile" ]; then $(MAKE) --no-print-directory kmod; \
	else echo "The module was not built: $(KDIR) is missing;"; \
	echo "install the headers: sudo apt-get install linux-headers-$(RELEASE)"; fi

.PHONY: help
help: ## say what each target does
	@echo "usage: make [TARGET]"
	@echo
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1|/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F'|' '{ printf "  %-12s %s\n", $$1, $$2 }'
	@echo
	@echo "Variables: PREFIX ($(PREFIX)), DESTDIR, KDIR (headers to build the module for),"
	@echo "MEMMON_CACHE (where kernels and QEMU are kept)."

.PHONY: user
user: ## build memmon, libmemmon and the workloads into build/user
	@command -v meson >/dev/null && command -v ninja >/dev/null && pkg-config jansson ncursesw || { \
		echo "make: tools to build memmon are missing; run 'scripts/deps user'" >&2; exit 1; }
	@[ -e $(USER_BUILD)/build.ninja ] || { rm -f $(USER_BUILD)/prefix && \
		meson setup $(USER_BUILD) >/dev/null; }
	@[ "$$(cat $(USER_BUILD)/prefix 2>/dev/null)" = "$(PREFIX)" ] || { \
		meson configure $(USER_BUILD) -Dprefix=$(PREFIX) && \
		echo "$(PREFIX)" >$(USER_BUILD)/prefix; }
	@ninja -C $(USER_BUILD) >$(USER_BUILD)/log || { cat $(USER_BUILD)/log >&2; exit 1; }

.PHONY: kmod
kmod: ## build mem_monitor.ko for the running kernel (or KDIR) into build/kmod
	@[ -e "$(KDIR)/Makefile" ] || { \
		echo "make: no kernel headers in $(KDIR); for this kernel: apt-get install linux-headers-$(RELEASE)" >&2; exit 1; }
	@mkdir -p $(KMOD_BUILD) && cp -rsf $(CURDIR)/kmod/. $(KMOD_BUILD)/
	$(MAKE) -C $(KDIR) M=$(CURDIR)/$(KMOD_BUILD) modules

.PHONY: demo
demo: ## watch a stock kernel allocate memory in a virtual machine (sets itself up)
	@scripts/demo

.PHONY: test
test: ## run all tests (sets itself up)
	@scripts/test

.PHONY: test-unit test-cli test-fuzz test-style test-lab test-bench test-vm
test-unit: ## test all pure code on this machine, under ASan and UBSan
	@tests/unit/run
test-cli: ## test the command line of memmon, without root and module
	@tests/cli/run
test-fuzz: ## feed the parsers with anything, for some seconds each
	@tests/fuzz/run
test-style: ## check the style of all C and shell
	@tests/style/run
test-lab: ## test the virtual machine
	@tests/lab/run
test-bench: ## the same as bench-check
	@tests/bench/run
test-vm: ## test the module in virtual machines (tests/vm/run --help)
	@tests/vm/run

.PHONY: style
style: test-style ## the same as test-style

.PHONY: fuzz
fuzz: ## search the parsers for bugs, a minute for each (sets itself up)
	@scripts/deps user test fuzz
	@tests/fuzz/run 60

.PHONY: bench
bench: ## count the instructions that watching costs (sets itself up)
	@scripts/deps user lab
	@bench/run

.PHONY: bench-check bench-mixed bench-scale bench-peers bench-verify bench-tables bench-all
bench-check: ## check that watching costs what bench/expected.json says (sets itself up)
	@scripts/deps user lab test
	@bench/check
bench-mixed: ## what watching costs a mixed load: processes, files, network (sets itself up)
	@scripts/deps user lab bench
	@bench/mixed/run
bench-scale: ## cost against sessions, keys, ring sizes, CPUs (sets itself up)
	@scripts/deps user lab bench
	@bench/scale/run
bench-peers: ## the same loads under other programs, in a Debian 13 (sets itself up)
	@scripts/deps user lab bench
	@bench/peers/run
bench-verify: ## check 10 million call stacks on each kernel with the kernel's own unwinder (45 minutes)
	@scripts/deps user lab bench
	@bench/verify/run
bench-tables: ## put what was measured last into docs/performance.md, with a plot
	@scripts/deps bench
	@bench/tables
bench-all: ## measure all that docs/performance.md shows, and put it there (an hour)
	@scripts/deps user lab bench
	@bench/run -k all --no-goals
	@bench/mixed/run
	@bench/scale/run
	@bench/peers/run
	@bench/tables

.PHONY: bench-record bench-decode
bench-record: ## record a CPU that allocates at full speed, and count what is lost (sets itself up)
	@scripts/deps user lab bench
	@bench/record/run
bench-decode: ## read recordings beside perf, trace-cmd and babeltrace2 (sets itself up)
	@scripts/deps user lab bench
	@bench/decode/run

.PHONY: install
install: user ## install memmon, libmemmon, the manual pages and the module's sources
	@DESTDIR="$(DESTDIR)" meson install -C $(USER_BUILD) --no-rebuild --quiet
	install -d $(SOURCES)
	install -m 644 packaging/dkms/dkms.conf $(SOURCES)/
	sed -i 's/@VERSION@/$(VERSION)/' $(SOURCES)/dkms.conf
	cp -r kmod include $(SOURCES)/
	@[ -n "$(DESTDIR)" ] || packaging/dkms/register $(VERSION)

.PHONY: uninstall
uninstall: ## remove what `make install` put there (same PREFIX and DESTDIR)
	@[ -n "$(DESTDIR)" ] || packaging/dkms/unregister $(VERSION)
	rm -rf $(SOURCES)
	rm -f $(DESTDIR)$(PREFIX)/bin/memmon $(DESTDIR)$(PREFIX)/include/memmon.h
	rm -rf $(DESTDIR)$(PREFIX)/include/memmon
	rm -f $(DESTDIR)$(LIBDIR)/libmemmon.* $(DESTDIR)$(LIBDIR)/pkgconfig/libmemmon.pc
	rm -f $(patsubst %,$(DESTDIR)$(MANDIR)/man1/%.1,$(MAN1)) $(DESTDIR)$(MANDIR)/man3/libmemmon.3

.PHONY: clean
clean: ## remove everything that was built
	rm -rf build
