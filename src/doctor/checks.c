/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "doctor/checks.h"

void sb_doctor_add(SbDoctor *doctor, SbHealth health, const char *mend, const char *format, ...)
{
    SbFoundHealth *found = g_new0(SbFoundHealth, 1);
    va_list arguments;
    va_start(arguments, format);
    found->found = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    found->check = doctor->check;
    found->health = health;
    found->why = doctor->why;
    found->mend = g_strdup(mend);
    g_ptr_array_add(doctor->found, found);
}
