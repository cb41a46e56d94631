/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/rule-rows.h"

#define NEXT_FIREWALL                                                                              \
    "'iptables -S' and 'nft -a list ruleset' show that rule: remove it, or accept such packets "   \
    "before it; what one table of nft drops, no other table can accept"

static const SbRule rules[] = {
    EXPLAINS("cloud-init-degraded", (SB_SIGN_CLOUD_INIT_DEGRADED), 0, NULL,
             "cloud-init is done, but degraded", "without --strict, this is a warning"),
    EXPLAINS("cloud-init-unused", (SB_SIGN_CLOUD_INIT_UNUSED), 0, NULL,
             "cloud-init does not run at each first boot",
             "an image needs a cloud-init that does: look for what removes or disables it in the "
             "user-data"),
    EXPLAINS("other-at-address", (SB_SIGN_OTHER_AT_ADDRESS), SB_SHOW_NETWORK, NULL,
             "another machine answers at its address {address}",
             "find that machine by its MAC {other-mac}, and give it another address"),

    EXPLAINS("host-firewall", (SB_SIGN_FIREWALL, SB_SIGN_AWAITS), SB_SHOW_NETWORK | SB_SHOW_PORT,
             NULL, "the firewall of this host stops ssh to its address {address}: '{firewall}'",
             NEXT_FIREWALL),
    EXPLAINS("network-problem", (SB_SIGN_NETWORK_BAD, SB_SIGN_PORT_SILENT),
             SB_SHOW_NETWORK | SB_SHOW_PORT, NULL, NETWORK_PROBLEM, NEXT_NETWORK_PROBLEM),
    EXPLAINS("host-firewall-dhcp", (SB_SIGN_DHCP_FIREWALL, SB_SIGN_AWAITS), SB_SHOW_NETWORK, NULL,
             DHCP_STOPPED, NEXT_DHCP_STOPPED),
    SAYS(
        "address-conflict",
        "([\\w-]+: .*(?:address conflict was detected|[Dd]uplicate address|DAD (?:detected|failed)|"
        "conflict detected for (?:IP|address))|DHCPDECLINE .*)",
        "another machine in the network has the guest's address: {1}",
        "give each machine its own: leave static 'addresses' out of your network-config; 'ip "
        "neighbour' on the libvirt host shows which MAC has {address}"),
    EXPLAINS("guest-firewall", (SB_SIGN_AWAITS, SB_SIGN_PORT_SILENT), SB_SHOW_PORT,
             "(?:BLOCK|REJECT|DROP|DENY).*\\bIN=\\S.*\\bDPT=22\\b",
             "the guest's own firewall stops ssh",
             "let port 22 in: 'ufw allow ssh', 'firewall-cmd --permanent --add-service=ssh', or a "
             "rule of your own before the one that drops, in your user-data or image"),
    EXPLAINS("network-no-dhcp", (SB_SIGN_NO_DHCP, SB_SIGN_NO_LEASE, SB_SIGN_AWAITS_ADDRESS),
             SB_SHOW_NETWORK, NULL, NO_DHCP, NEXT_NO_DHCP),
    EXPLAINS("image-changed", (SB_SIGN_IMAGE_CHANGED, SB_SIGN_AWAITS),
             SB_SHOW_IMAGE | SB_SHOW_WORK | SB_SHOW_TAIL, NULL,
             "its image is not as it was imported: {image-problem}", NEXT_CHANGED),
    EXPLAINS("seed", (SB_SIGN_SEED_BAD, SB_SIGN_AWAITS), SB_SHOW_IMAGE, NULL,
             "the guest cannot use its seed: {seed}", NEXT_SEED),

    /* ---- the login: LINE is one of ssh's words ---- */
    ENDS("login-protocol", (SB_SIGN_LOGIN_BROKEN), SB_SHOW_LOGIN,
         "Bad packet length|Bad remote protocol version|[Pp]rotocol major versions differ|invalid "
         "format|authentication code incorrect|invalid characters|Connection corrupted",
         "the program on its port 22 greets like an ssh server, but does not speak ssh",
         "look with {console} which program that is: 'ss -ltnp'"),
    ENDS("shell-refuses", (SB_SIGN_LOGIN_BROKEN), SB_SHOW_LOGIN,
         "account is currently not available|nologin|[Ss]hell.* (?:does not exist|not found)|exec.*"
         "No such file",
         "the login shell of the account is missing, or refuses",
         "correct 'shell' of the user in your user-data, or in /etc/passwd of the image"),
    EXPLAINS(
        "login-shell", (SB_SIGN_LOGIN_SHELL), SB_SHOW_LOGIN, "exit status \\d+; it says: (.*)",
        "the login works, but the shell of the account '{account}' ends instead of running a "
        "command; it says: '{1}'",
        "give the account a shell that runs commands: 'shell' of the user in your user-data, or "
        "/etc/passwd of the image; or look at the start files of that shell and at "
        "ForceCommand of sshd"),
    ENDS("login-packets", (SB_SIGN_LOGIN_HANGS), SB_SHOW_LOGIN | SB_SHOW_WORK, "SSH2_MSG_KEX",
         "its ssh server answers, but the login stays at the exchange of keys: large packets get "
         "lost on the way, or that server hangs",
         "'ping -M do -s 1400 {address}' shows whether large packets come through; if not, compare "
         "'mtu' of the guest's card, the bridge and the tap, and look for 'length' in 'nft list "
         "ruleset'; if they do, look with {console} what listens at port 22: 'ss -ltnp'"),
    ENDS("login-shell-hangs", (SB_SIGN_LOGIN_HANGS), SB_SHOW_LOGIN | SB_SHOW_WORK,
         "Sending command|Sending env|[Ee]ntering interactive session|client_global_hostkeys",
         "the login works, but the shell of the account '{account}' does not come to the command",
         "look in your user-data and the image for what waits in the start files of that shell, in "
         "ForceCommand of sshd, or in PAM: {console}"),
    ENDS("login-hangs", (SB_SIGN_LOGIN_HANGS), SB_SHOW_LOGIN | SB_SHOW_WORK,
         "^(?!Connect|Reading|identity|Local version|.*Applying options)(.+)",
         "its ssh server answers, but does not go on with a login: ssh stays at '{1}'",
         "look with {console} at what sshd waits for: its log ('journalctl -u ssh'), 'UseDNS', "
         "PAM"),
    EXPLAINS("login-expired", (SB_SIGN_LOGIN_BROKEN), SB_SHOW_LOGIN,
             "password (?:has expired|change required)|change your password|account has expired",
             "the account, or its password, has expired",
             "look at 'expiredate' and 'chpasswd' ('expire: false') in your user-data, and at the "
             "clock of the guest"),
    EXPLAINS("login-booting", (SB_SIGN_LOGIN_BROKEN), SB_SHOW_LOGIN | SB_SHOW_TAIL,
             "System is booting up|going down|pam_nologin|/run/nologin",
             "the guest does not let users in, because its boot, or shutdown, is not over",
             "the unit that holds up the boot is in {log}; 'systemctl list-jobs' with {console} "
             "names it"),
    EXPLAINS("login-algorithms", (SB_SIGN_LOGIN_BROKEN), SB_SHOW_LOGIN,
             "no matching (host key type|key exchange method|cipher|MAC)",
             "ssh and the guest's sshd have no {1} in common",
             "the image is too old or too strict for this ssh: compare 'ssh -Q kex' with "
             "sshd_config and the crypto policy of the image"),
    EXPLAINS("login-sudo", (SB_SIGN_LOGIN_NONSENSE), SB_SHOW_LOGIN, "sudo:? ",
             "the login works, but sudo refuses",
             "the account needs \"sudo: 'ALL=(ALL) NOPASSWD:ALL'\" in the user-data, and the "
             "package sudo in the image"),
    EXPLAINS("login-nonsense", (SB_SIGN_LOGIN_NONSENSE), SB_SHOW_LOGIN, NULL,
             "the login works, but the answer of 'cloud-init status' makes no sense",
             "call 'cloud-init status --format=json' with {ssh}: it needs cloud-init 22.4 or "
             "newer"),
};

const SbRule *sb_reach_rules(gsize *count_out)
{
    *count_out = G_N_ELEMENTS(rules);
    return rules;
}
