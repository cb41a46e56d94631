#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The example of a polkit rule answers as it says. polkitd runs such rules with an engine for JavaScript, as
# this test does.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
type mujs >/dev/null 2>&1 || skip_all 'mujs not found'

cat >"$tmp/polkit.js" <<'END'
var rule, polkit = { Result: { YES: "yes", NO: "no", NOT_HANDLED: "other" }, addRule: function (f) { rule = f; } };
load(scriptArgs[0]);
function ask(group, id, detail, name) {
    return rule({ id: id, lookup: function (key) { return key === detail ? name : undefined; } },
        { isInGroup: function (asked) { return asked === group; } });
}
for (var i = 1; i < scriptArgs.length; i++) {
    var words = scriptArgs[i].split(" ");
    print(ask(words[0], words[1], words[2], words[3]));
}
END
# answers GROUP ACTION [DETAIL NAME] ANSWER
answers()
{
  is "$(mujs "$tmp/polkit.js" "$top/scripts/polkit/60-seedbed-ci.rules" "${*:1:$#-1}")" "${*: -1}" "${*:1:$#-1}: ${*: -1}"
}
answers seedbed-ci org.libvirt.unix.manage yes
answers other org.libvirt.unix.manage other
answers other org.libvirt.api.domain.delete domain_name ci-1-m-1 other
answers seedbed-ci org.freedesktop.login1.reboot other
answers seedbed-ci org.libvirt.api.domain.delete domain_name ci-1-m-1 yes
answers seedbed-ci org.libvirt.api.domain.delete domain_name web-ci-1 no
answers seedbed-ci org.libvirt.api.domain.delete no
answers seedbed-ci org.libvirt.api.domain.getattr domain_name web-m-1 yes
answers seedbed-ci org.libvirt.api.domain.read-secure domain_name web-m-1 no
answers seedbed-ci org.libvirt.api.connect.search-domains yes
answers seedbed-ci org.libvirt.api.network.start network_name seedbed-ci-1 yes
answers seedbed-ci org.libvirt.api.network.stop network_name default no
answers seedbed-ci org.libvirt.api.storage-vol.create vol_name ci-1-m-1.qcow2 yes
answers seedbed-ci org.libvirt.api.storage-vol.delete vol_name debian.0123456789abcdef.qcow2 no
answers seedbed-ci org.libvirt.api.storage-pool.refresh pool_name seedbed yes
answers seedbed-ci org.libvirt.api.storage-pool.delete pool_name seedbed no
answers seedbed-ci org.libvirt.api.secret.read no
done_testing
