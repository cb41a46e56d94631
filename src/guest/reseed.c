/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guest/reseed.h"

#include <elf.h>
#include <string.h>

/* ioctl(1, RNDRESEEDCRNG); exit_group(its result): from 'objdump -d' of the instructions beside. */
static const guint8 aarch64_code[] = {
    0x20, 0x00, 0x80, 0xd2, /* mov x0, #1       standard output */
    0xe1, 0x40, 0x8a, 0xd2, /* mov x1, #0x5207  RNDRESEEDCRNG */
    0xa8, 0x03, 0x80, 0xd2, /* mov x8, #29      ioctl */
    0x01, 0x00, 0x00, 0xd4, /* svc #0 */
    0xc8, 0x0b, 0x80, 0xd2, /* mov x8, #94      exit_group, of the result in x0 */
    0x01, 0x00, 0x00, 0xd4, /* svc #0 */
};

static const guint8 x86_64_code[] = {
    0xbf, 0x01, 0x00, 0x00, 0x00, /* mov $1, %edi       standard output */
    0xbe, 0x07, 0x52, 0x00, 0x00, /* mov $0x5207, %esi  RNDRESEEDCRNG */
    0xb8, 0x10, 0x00, 0x00, 0x00, /* mov $16, %eax      ioctl */
    0x0f, 0x05,                   /* syscall */
    0x89, 0xc7,                   /* mov %eax, %edi     its result */
    0xb8, 0xe7, 0x00, 0x00, 0x00, /* mov $231, %eax     exit_group */
    0x0f, 0x05,                   /* syscall */
};

static const struct {
    const char *arch;
    Elf64_Half machine;
    const guint8 *code;
    gsize code_bytes;
} programs[] = {
    {"aarch64", EM_AARCH64, aarch64_code, sizeof aarch64_code},
    {"x86_64", EM_X86_64, x86_64_code, sizeof x86_64_code},
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

GBytes *sb_reseed_program(const char *arch)
{
    for (gsize i = 0; i < G_N_ELEMENTS(programs); i++) {
        if (strcmp(programs[i].arch, arch) != 0)
            continue;
        Headers headers = headers_for(programs[i].machine, programs[i].code_bytes);
        GByteArray *file = g_byte_array_new();
        g_byte_array_append(file, (const guint8 *)&headers, sizeof headers);
        g_byte_array_append(file, programs[i].code, (guint)programs[i].code_bytes);
        return g_byte_array_free_to_bytes(file);
    }
    return NULL;
}
