/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file
 * A host that gives this process no more threads, for C tests.
 */
#pragma once

#include <glib.h>
#include <pthread.h>

/** Sets the size of the stack of each new thread. @return what it was */
static inline gsize set_stack_bytes(gsize bytes)
{
    gsize before;
    pthread_attr_t attributes;
    g_assert_cmpint(pthread_getattr_default_np(&attributes), ==, 0);
    g_assert_cmpint(pthread_attr_getstacksize(&attributes, &before), ==, 0);
    g_assert_cmpint(pthread_attr_setstacksize(&attributes, bytes), ==, 0);
    g_assert_cmpint(pthread_setattr_default_np(&attributes), ==, 0);
    pthread_attr_destroy(&attributes);
    return before;
}

/** From now on, no thread can be made: there is no room for its stack. @return for
 * set_stack_bytes(), to end that */
static inline gsize refuse_threads(void)
{
    return set_stack_bytes((gsize)1 << 50);
}
