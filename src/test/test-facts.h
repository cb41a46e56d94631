/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * The facts at the beginning of a test's report. A run can be repeated if they are the same.
 *
 * Room: test.
 * Threads: any.
 */
#pragma once

#include "creation/plan.h"
#include "tap/report.h"
#include "test/test-plan.h"

/** How machines on PLATFORM run: "kvm, virt-7.2", "qemu (emulation), virt-7.2"… (transfer full) */
char *sb_test_facts_accelerator(const SbPlatform *platform);

/**
 * Adds the facts to REPORT.
 *
 * @param connection, domains, accelerators  (nullable) unknown facts are left out
 */
void sb_test_facts_add(SbReport *report, virConnect *connection, const SbFleetFile *fleet,
                       const GPtrArray *domains, const char *accelerators,
                       const SbTestSelection *selection);
