/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libvirt/host-routes.h"

#include "model/route-messages.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

/* The kernel makes no larger message. */
enum { MESSAGES_BYTES = 32 * 1024 };

static SbRoutes ask(int socket, guint except, GArray *used)
{
    struct {
        struct nlmsghdr head;
        struct rtmsg route;
    } request = {.head = {.nlmsg_len = sizeof request,
                          .nlmsg_type = RTM_GETROUTE,
                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
                 .route = {.rtm_family = AF_INET}};
    g_autofree void *messages = g_malloc(MESSAGES_BYTES);
    SbRoutes routes = SB_ROUTES_MORE;
    errno = 0;
    if (send(socket, &request, sizeof request, 0) < 0)
        return SB_ROUTES_ERROR;
    while (routes == SB_ROUTES_MORE) {
        gssize got = recv(socket, messages, MESSAGES_BYTES, 0);
        if (got < 0 && errno != EINTR)
            return SB_ROUTES_ERROR;
        if (got >= 0)
            routes = sb_subnets_from_route_messages(messages, (gsize)got, except, used);
    }
    return routes;
}

gboolean sb_host_routes_add(GArray *used, const char *except, GError **error)
{
    guint interface = except ? if_nametoindex(except) : 0;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    gboolean is_done = fd >= 0 && ask(fd, interface, used) == SB_ROUTES_DONE;
    if (!is_done)
        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno),
                    "cannot ask the kernel for the routes of this host: %s",
                    errno ? g_strerror(errno) : "its answer is not understood");
    if (fd >= 0)
        close(fd);
    return is_done;
}
