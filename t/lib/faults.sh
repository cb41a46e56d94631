# SPDX-License-Identifier: LGPL-2.1-or-later
# faults.sh: lets chosen calls of libvirt fail under seedbed. Sourced after live.sh or test.sh:
# . "$top/t/lib/faults.sh"
#
# t/lib/libvirt-faults.c says how to name the calls, and what they do.
# shellcheck shell=bash
: "${tmp:?} ${top:?}"

# wrapped: "OBJECT(NAME)" or "NUMBER(NAME)", as the headers say, for each function of libvirt that seedbed
# calls, but for those that only read or free an object that it has
wrapped()
{
  local declarations name
  declarations=$(printf '#include <libvirt/%s.h>\n' libvirt libvirt-qemu | ${CC:-cc} -E -P - | tr -s '\n\t ' ' ')
  for name in $(nm -D --undefined-only "$(type -P seedbed)" | grep -o '\bvir[A-Z][A-Za-z]*' |
    grep -Ev 'Free$|Ref$|GetName$|GetConnect$|GetUUIDString$|Error|ConnectClose$|Initialize$|RegisterDefaultImpl$'); do
    if [[ $declarations =~ (\*|Ptr)\ ?$name\ ?\( ]]; then
      echo "OBJECT($name)"
    else
      echo "NUMBER($name)"
    fi
  done
}
wrapped >"$tmp/calls.h"
${CC:-cc} -shared -fPIC -DCALLS="\"$tmp/calls.h\"" -o "$tmp/faults.so" "$top/t/lib/libvirt-faults.c" -ldl ||
  skip_all "no C compiler, or no headers of libvirt: libvirt's calls cannot be made to fail"

# faulty CALLS COMMAND...: runs COMMAND, in which CALLS fail
faulty()
{
  LD_PRELOAD=$tmp/faults.so LIBVIRT_FAULTS=$1 "${@:2}"
}
