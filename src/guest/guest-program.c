/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/guest-program.h"

#include <elf.h>
#include <string.h>

/* The instructions are from 'objdump -d' of those beside them. */

/* ioctl(1, RNDRESEEDCRNG); exit_group(its result) */
static const guint8 aarch64_reseed[] = {
    0x20, 0x00, 0x80, 0xd2, /* mov x0, #1       standard output */
    0xe1, 0x40, 0x8a, 0xd2, /* mov x1, #0x5207  RNDRESEEDCRNG */
    0xa8, 0x03, 0x80, 0xd2, /* mov x8, #29      ioctl */
    0x01, 0x00, 0x00, 0xd4, /* svc #0 */
    0xc8, 0x0b, 0x80, 0xd2, /* mov x8, #94      exit_group, of the result in x0 */
    0x01, 0x00, 0x00, 0xd4, /* svc #0 */
};

static const guint8 x86_64_reseed[] = {
    0xbf, 0x01, 0x00, 0x00, 0x00, /* mov $1, %edi       standard output */
    0xbe, 0x07, 0x52, 0x00, 0x00, /* mov $0x5207, %esi  RNDRESEEDCRNG */
    0xb8, 0x10, 0x00, 0x00, 0x00, /* mov $16, %eax      ioctl */
    0x0f, 0x05,                   /* syscall */
    0x89, 0xc7,                   /* mov %eax, %edi     its result */
    0xb8, 0xe7, 0x00, 0x00, 0x00, /* mov $231, %eax     exit_group */
    0x0f, 0x05,                   /* syscall */
};

/* nanosleep({0, 20000000}, NULL); exit_group(0) */
static const guint8 aarch64_nap[] = {
    0x09, 0x00, 0x80, 0xd2, /* mov x9, #0 */
    0x0a, 0xa0, 0x85, 0xd2, /* mov x10, #0x2d00 */
    0x2a, 0x26, 0xa0, 0xf2, /* movk x10, #0x131, lsl #16  20000000 ns */
    0xe9, 0x2b, 0xbf, 0xa9, /* stp x9, x10, [sp, #-16]! */
    0xe0, 0x03, 0x00, 0x91, /* mov x0, sp */
    0x01, 0x00, 0x80, 0xd2, /* mov x1, #0 */
    0xa8, 0x0c, 0x80, 0xd2, /* mov x8, #101               nanosleep */
    0x01, 0x00, 0x00, 0xd4, /* svc #0 */
    0x00, 0x00, 0x80, 0xd2, /* mov x0, #0 */
    0xc8, 0x0b, 0x80, 0xd2, /* mov x8, #94                exit_group */
    0x01, 0x00, 0x00, 0xd4, /* svc #0 */
};

static const guint8 x86_64_nap[] = {
    0x68, 0x00, 0x2d, 0x31, 0x01, /* push $20000000  ns */
    0x6a, 0x00,                   /* push $0 */
    0x48, 0x89, 0xe7,             /* mov %rsp, %rdi */
    0x31, 0xf6,                   /* xor %esi, %esi */
    0xb8, 0x23, 0x00, 0x00, 0x00, /* mov $35, %eax   nanosleep */
    0x0f, 0x05,                   /* syscall */
    0x31, 0xff,                   /* xor %edi, %edi */
    0xb8, 0xe7, 0x00, 0x00, 0x00, /* mov $231, %eax  exit_group */
    0x0f, 0x05,                   /* syscall */
};

typedef struct {
    const guint8 *bytes;
    gsize length;
} Code;

static const struct {
    const char *arch;
    Elf64_Half machine;
    Code programs[SB_GUEST_PROGRAMS];
} architectures[] = {
    {"aarch64",
     EM_AARCH64,
     {[SB_GUEST_PROGRAM_RESEED] = {aarch64_reseed, sizeof aarch64_reseed},
      [SB_GUEST_PROGRAM_NAP] = {aarch64_nap, sizeof aarch64_nap}}},
    {"x86_64",
     EM_X86_64,
     {[SB_GUEST_PROGRAM_RESEED] = {x86_64_reseed, sizeof x86_64_reseed},
      [SB_GUEST_PROGRAM_NAP] = {x86_64_nap, sizeof x86_64_nap}}},
};

/* Where the file is in the memory of its process: any page that is not the first ones. */
#define BASE 0x400000

typedef struct {
    Elf64_Ehdr file;
    Elf64_Phdr segment;
} Headers;

/* The numbers are those of a little-endian host, as libvirt hosts of both architectures are. */
static Headers headers_for(Elf64_Half machine, gsize code_bytes)
{
    gsize file_bytes = sizeof(Headers) + code_bytes;
    return (Headers){
        .file = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                             EV_CURRENT},
                 .e_type = ET_EXEC,
                 .e_machine = machine,
                 .e_version = EV_CURRENT,
                 .e_entry = BASE + sizeof(Headers),
                 .e_phoff = sizeof(Elf64_Ehdr),
                 .e_ehsize = sizeof(Elf64_Ehdr),
                 .e_phentsize = sizeof(Elf64_Phdr),
                 .e_phnum = 1},
        .segment = {.p_type = PT_LOAD,
                    .p_flags = PF_R | PF_X,
                    .p_vaddr = BASE,
                    .p_paddr = BASE,
                    .p_filesz = file_bytes,
                    .p_memsz = file_bytes,
                    .p_align = 0x10000},
    };
}

GBytes *sb_guest_program(SbGuestProgram program, const char *arch)
{
    for (gsize i = 0; i < G_N_ELEMENTS(architectures); i++) {
        if (strcmp(architectures[i].arch, arch) != 0)
            continue;
        const Code *code = &architectures[i].programs[program];
        Headers headers = headers_for(architectures[i].machine, code->length);
        GByteArray *file = g_byte_array_new();
        g_byte_array_append(file, (const guint8 *)&headers, sizeof headers);
        g_byte_array_append(file, code->bytes, (guint)code->length);
        return g_byte_array_free_to_bytes(file);
    }
    return NULL;
}
