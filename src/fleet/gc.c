/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fleet/gc.h"

#include "base/array.h"
#include "base/error.h"
#include "base/names.h"
#include "fleet/down.h"
#include "fleet/gc-decision.h"
#include "guest/access.h"
#include "image/image-import.h"
#include "image/image-pool.h"
#include "image/warm-state.h"
#include "libvirt/network.h"
#include "local/process-id.h"
#include "local/state-dir.h"
#include "machine/claim.h"
#include "machine/leftovers.h"
#include "machine/selection.h"
#include "model/volume-names.h"

#include <string.h>

enum { EVIDENCE_DAYS = 30 };

SB_DEFINE_ERROR(sb_gc_error, SB_ERRORS_NONE)

typedef struct {
    const SbOperation *operation;
    const SbGcOptions *options;
    virConnect *connection;
    GPtrArray *domains; /* of SbDomain: all that there are at the begin */
    char *refreshed;    /* (nullable) the name of the pool that was refreshed last, after that */
    GPtrArray *bare;    /* of char *: fleets that only have a network */
    GDateTime *now;
    gint64 before_us; /* what is older than this is old */
    guint count;
    GString *failures;
} Gc;

/* Tells what goes, and WHY. Returns whether to remove it. */
static gboolean goes(Gc *gc, const char *name, const char *why)
{
    SbEvent event = {.kind = SB_EVENT_STEP, .machine = name, .text = why};
    sb_operation_tell(gc->operation, &event);
    gc->count++;
    return !gc->options->is_dry_run;
}

/* Remembers the failure of one thing (nullable) (transfer full): the others go on. */
static void fail(Gc *gc, const char *name, GError *cause)
{
    g_autoptr(GError) owned = cause;
    if (owned)
        g_string_append_printf(gc->failures, "%s'%s': %s", gc->failures->len > 0 ? "\n" : "", name,
                               owned->message);
}

/* ---- machines and networks ---- */

/* The first start makes the log of the console. TRUE also if that cannot be known: then the machine
 * stays. */
static gboolean was_started(Gc *gc, const SbDomain *domain)
{
    if (sb_domain_state_is_active(domain->state))
        return TRUE;
    g_autofree char *log = sb_console_log_name(domain->name);
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbPool) pool = sb_pool_open(gc->connection, domain->metadata->pool, NULL, &cause);
    gboolean is_fresh =
        pool && (g_strcmp0(gc->refreshed, pool->name) == 0 || sb_pool_refresh(pool, &cause));
    if (is_fresh) {
        g_free(gc->refreshed);
        gc->refreshed = g_strdup(pool->name);
    }
    g_autoptr(virStorageVol) volume = is_fresh ? sb_volume_find(pool, log, &cause) : NULL;
    return volume || !pool || !g_error_matches(cause, SB_LIBVIRT_ERROR, SB_LIBVIRT_ERROR_NOT_FOUND);
}

static void down(Gc *gc, const char *name, const char *const *words)
{
    g_autoptr(GError) cause = NULL;
    guint count;
    if (!sb_down(gc->operation, words, &count, &cause))
        fail(gc, name, g_steal_pointer(&cause));
}

/* The machines of FLEET that are not wanted, and the fleet with them if no other stays. */
static void collect_fleet(Gc *gc, const char *fleet)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    gboolean is_removed = TRUE, is_whole = TRUE;
    SB_EACH(const SbDomain, domain, gc->domains) {
        const SbMetadata *metadata = domain->metadata;
        if (strcmp(metadata->fleet, fleet) != 0)
            continue;
        const char *why = sb_gc_judge_machine(metadata, sb_claim_maker(metadata),
                                              was_started(gc, domain), gc->now);
        is_whole = is_whole && why;
        if (!why)
            continue;
        is_removed = goes(gc, domain->name, why);
        g_ptr_array_add(words,
                        g_strdup_printf("%s/%s-%u", fleet, metadata->group, metadata->index));
    }
    if (words->len == 0 || !is_removed)
        return;
    if (is_whole) {
        g_ptr_array_set_size(words, 0);
        g_ptr_array_add(words, sb_selection_of_fleet(fleet));
    }
    g_ptr_array_add(words, NULL);
    down(gc, fleet, (const char *const *)words->pdata);
}

static gboolean has_machines(const Gc *gc, const char *fleet)
{
    SB_EACH(const SbDomain, domain, gc->domains)
        if (strcmp(domain->metadata->fleet, fleet) == 0)
            return TRUE;
    return FALSE;
}

/* Whether the process that made a network of FLEET has ended, and none of them has another maker.
 */
static gboolean has_ended(const Gc *gc, const char *fleet, GError **error)
{
    gboolean has_one = FALSE;
    for (SbNetworkKind kind = 0; kind < SB_NETWORK_KINDS; kind++) {
        g_autoptr(GError) cause = NULL;
        g_autoptr(SbFleetNetwork) network =
            sb_network_kind_is_own(kind) ? sb_network_find(gc->connection, fleet, kind, &cause)
                                         : NULL;
        if (cause)
            return sb_error_pass(error, &cause);
        if (network &&
            (!network->creator || sb_process_id_check(network->creator) != SB_PROCESS_GONE))
            return FALSE;
        has_one |= network != NULL;
    }
    return has_one;
}

static void collect_bare(Gc *gc, const char *fleet)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *word = sb_selection_of_fleet(fleet);
    const char *words[] = {word, NULL};
    if (has_ended(gc, fleet, &cause) &&
        goes(gc, fleet, "it has only a network, and the process that made it has ended"))
        down(gc, fleet, words);
    fail(gc, fleet, g_steal_pointer(&cause));
}

static void collect_fleets(Gc *gc)
{
    const char *fleet = "";
    /* They are sorted by fleet. */
    SB_EACH(const SbDomain, domain, gc->domains) {
        if (strcmp(domain->metadata->fleet, fleet) == 0)
            continue;
        fleet = domain->metadata->fleet;
        collect_fleet(gc, fleet);
    }
    SB_EACH(const char, bare, gc->bare)
        if (!has_machines(gc, bare))
            collect_bare(gc, bare);
}

static void collect_leftovers(Gc *gc)
{
    g_autoptr(GError) cause = NULL;
    if (!sb_leftovers_remove(gc->operation, gc->connection, NULL, gc->options->is_dry_run,
                             &gc->count, &cause))
        fail(gc, "volumes", g_steal_pointer(&cause));
}

/* ---- images ---- */

static void collect_image(Gc *gc, const SbPool *pool, const SbImageState *state)
{
    g_autoptr(GError) cause = NULL;
    const SbImage *image = state->image;
    guint versions;
    if (state->is_unfinished && sb_image_is_abandoned(pool, image)) {
        if (goes(gc, image->volume, "the process that imported it has ended"))
            sb_image_delete(pool, image, &cause);
    } else if (sb_gc_is_intermediate(image->name) && state->is_current &&
               image->imported_us < gc->before_us && sb_image_state_check_unused(state, NULL)) {
        gboolean is_removed =
            !goes(gc, image->name, "a build made it for itself, and nothing uses it") ||
            sb_image_remove_unused(gc->connection, pool, image->name, &versions, &cause);
        g_assert(is_removed == !cause);
    }
    fail(gc, image->name, g_steal_pointer(&cause));
}

static void collect_warm(Gc *gc, const SbPool *pool, const SbWarmState *state)
{
    const SbWarmRecord *record = state->warm->record;
    g_autoptr(GDateTime) frozen =
        record ? g_date_time_new_from_iso8601(record->frozen, NULL) : NULL;
    if (!frozen || g_date_time_to_unix(frozen) * G_USEC_PER_SEC >= gc->before_us ||
        state->machines->len > 0 || state->doubt)
        return;
    g_autoptr(GError) cause = NULL;
    if (goes(gc, state->warm->name, "no machine uses this warm image") &&
        !sb_warm_state_remove(gc->connection, pool, state->warm->key, &cause))
        fail(gc, state->warm->name, g_steal_pointer(&cause));
}

/* What a killed process left of images that are not there. */
static gboolean sweep(Gc *gc, const SbPool *pool, GError **error)
{
    guint records = 0;
    if (gc->options->is_dry_run)
        return TRUE;
    gboolean is_swept = sb_image_sweep_records(pool, NULL, &records, error) &&
                        sb_warm_state_sweep(gc->connection, pool, FALSE, error);
    gc->count += records;
    return is_swept;
}

static void collect_images(Gc *gc)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(SbPool) pool = NULL;
    g_autoptr(GPtrArray) states = NULL, warm = NULL;
    if (sb_image_pool_open_if_there(gc->connection, gc->options->pool_name, &pool, &cause) && pool)
        states = sb_image_states(gc->connection, pool, NULL, &cause);
    warm = states ? sb_warm_states(gc->connection, pool, NULL, &cause) : NULL;
    if (warm) {
        SB_EACH(const SbWarmState, state, warm)
            collect_warm(gc, pool, state);
        SB_EACH(const SbImageState, state, states)
            collect_image(gc, pool, state);
        sweep(gc, pool, &cause);
    }
    fail(gc, "images", g_steal_pointer(&cause));
}

/* ---- this user's folders ---- */

/* A key is of use only with its machines. */
static gboolean is_fleet_left(const Gc *gc, const char *fleet)
{
    return sb_name_is_valid(fleet) && !has_machines(gc, fleet) &&
           !g_ptr_array_find_with_equal_func(gc->bare, fleet, g_str_equal, NULL);
}

static void collect_folders(Gc *gc)
{
    g_autoptr(GError) cause = NULL;
    SbHost *host = gc->operation->host;
    g_autofree char *any = sb_state_dir_path(sb_host_uri(host), "x");
    g_autofree char *parent = g_path_get_dirname(any);
    g_autoptr(GPtrArray) fleets = sb_state_dir_list(parent, gc->before_us, &cause);
    SB_EACH(const char, fleet, fleets) {
        g_autoptr(GError) left = NULL;
        if (is_fleet_left(gc, fleet) && goes(gc, fleet, "the folder of a fleet that is gone") &&
            !sb_access_forget(host, fleet, &left))
            fail(gc, fleet, g_steal_pointer(&left));
    }
    fail(gc, "folders", g_steal_pointer(&cause));
}

/* People look into it days later. */
static void collect_evidence(Gc *gc)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *parent = sb_state_dir_path(sb_host_uri(gc->operation->host), ".evidence");
    gint64 before_us = MIN(gc->before_us, g_get_real_time() - EVIDENCE_DAYS * G_TIME_SPAN_DAY);
    g_autoptr(GPtrArray) folders = sb_state_dir_list(parent, before_us, &cause);
    for (guint i = 0; folders && i < folders->len; i++) {
        g_autofree char *path = g_build_filename(parent, g_ptr_array_index(folders, i), NULL);
        g_autoptr(GError) left = NULL;
        if (goes(gc, path, "old evidence") && !sb_state_dir_remove(path, &left))
            fail(gc, path, g_steal_pointer(&left));
    }
    fail(gc, "evidence", g_steal_pointer(&cause));
}

/* ---- all of it ---- */

static void gc_clear(Gc *gc)
{
    g_clear_pointer(&gc->domains, g_ptr_array_unref);
    g_clear_pointer(&gc->bare, g_ptr_array_unref);
    g_clear_pointer(&gc->now, g_date_time_unref);
    g_free(gc->refreshed);
    g_string_free(gc->failures, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Gc, gc_clear)

gboolean sb_gc(const SbOperation *operation, const SbGcOptions *options, guint *count_out,
               GError **error)
{
    *count_out = 0;
    g_auto(SbLease) lease = sb_lease_take(operation->host, error);
    if (!lease.connection)
        return FALSE;
    g_auto(Gc) gc = {.operation = operation, .options = options, .connection = lease.connection};
    gc.failures = g_string_new(NULL);
    gc.now = g_date_time_new_now_utc();
    gc.before_us = g_get_real_time() - options->older_than_ms * 1000;
    gc.domains = sb_domain_list(lease.connection, error);
    gc.bare = gc.domains ? sb_network_list_fleets(lease.connection, error) : NULL;
    if (!gc.bare)
        return FALSE;
    collect_fleets(&gc);
    collect_leftovers(&gc);
    collect_images(&gc);
    collect_folders(&gc);
    collect_evidence(&gc);
    *count_out = gc.count;
    if (gc.failures->len > 0)
        g_set_error(error, SB_GC_ERROR, SB_GC_ERROR_LEFT, "not all could be removed:\n%s",
                    gc.failures->str);
    return gc.failures->len == 0;
}
