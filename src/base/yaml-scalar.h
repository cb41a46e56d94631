/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * What a scalar without quotes is in YAML 1.1, by the rules of PyYAML, which cloud-init reads with:
 * `yes` is a boolean, 0644 is the number 420, 12:30:45 is 45045, and 2024-01-31 is a date.
 *
 * Source: yaml/resolver.py and SafeConstructor in yaml/constructor.py of PyYAML 6.0.
 *
 * Room: base.
 * Threads: every function is pure.
 */
#pragma once

#include <glib.h>

typedef enum {
    SB_SCALAR_NULL,
    SB_SCALAR_BOOLEAN,
    SB_SCALAR_INTEGER,
    SB_SCALAR_NUMBER, /**< with a fraction, infinite, or not a number */
    SB_SCALAR_TIMESTAMP,
    SB_SCALAR_MERGE, /**< `<<`, which only a key can be */
    SB_SCALAR_VALUE, /**< `=`, which has no meaning to PyYAML as a value */
    SB_SCALAR_TEXT,
} SbScalarType;

typedef struct {
    SbScalarType type;
    gboolean boolean; /**< SB_SCALAR_BOOLEAN */
    double number;    /**< INTEGER (exact up to 2^53) and NUMBER */
    /** It has the form of its type but no value, such as 0b_ or 2024-13-01: PyYAML fails there. */
    gboolean is_impossible;
} SbScalar;

/** Resolves TEXT, a scalar without quotes and without a tag. */
SbScalar sb_scalar_resolve(const char *text);

/**
 * Resolves TEXT with an explicit tag for TYPE, which is INTEGER, NUMBER or TIMESTAMP.
 *
 * A tag allows more forms than plain text, such as 1e3 and 0o17. `is_impossible` is set if TEXT is
 * not of TYPE.
 */
SbScalar sb_scalar_construct(const char *text, SbScalarType type);
