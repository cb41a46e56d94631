#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The HTML page of a report, in a browser: it shows what is wrong and when, folds, hides what did not
# fail, loads nothing, and what a guest wrote stays text.
# shellcheck source=t/lib/test.sh
. "${srcdir:-.}/t/lib/test.sh"
cd "$tmp" || exit 1
browser=chromium-headless-shell
command -v $browser >/dev/null || skip_all "there is no $browser"

hostile='</script></style><img src=x onerror=hacked()><script>hacked()</script>'
printf '1..2\nok 1 - fine\nnot ok 2 - %s\n# %s\n' "$hostile" "$hostile" |
  seedbed tap --name "$hostile" --format json >bad.json
printf '1..1\nok 1 - a\n' | seedbed tap --name good --format json >good.json
# As `test` has them: with a machine and a time.
sed -i 's|"verdict"|"host" : "f-m-1", "started" : "2026-01-31T12:00:00", "seconds" : 3, "verdict"|' bad.json
run seedbed report merge bad.json good.json --html page.html
is "$status" 1 'a page of a report with a failure'

# seen JAVASCRIPT: the value of the expression in the page. The policy of the page forbids scripts: the
# browser gets a copy without it, and with the script of this test.
seen()
{
  sed -e 's|<meta http-equiv="Content-Security-Policy"[^>]*>||' \
    -e "s|</body>|<script>function hacked() { document.title = 'hacked'; }\
 window.onload = () => { document.body.innerHTML = '<b>' + ($1) + '</b>'; };</script></body>|" page.html >copy.html
  HOME=$tmp timeout 120 $browser --no-sandbox --disable-gpu --dump-dom "file://$tmp/copy.html" 2>/dev/null |
    sed -n 's|.*<b>\(.*\)</b>.*|\1|p'
}
all='[...document.querySelectorAll(SELECTOR)].filter(e => e.checkVisibility()).length'
count() { seen "${2-}${all/SELECTOR/\"$1\"}"; }

is "$(seen 'document.title')" 'Tests: failed' 'the title has the result, and no script of a guest ran'
is "$(seen 'document.querySelector("li").textContent.includes("onerror=hacked()")')" true \
  'the name of a suite is text, and what is wrong comes first'
is "$(seen 'document.querySelectorAll("img, script:not(:last-of-type)").length')" 0 'no element comes from a guest'
is "$(count '.track:first-child .bar')" 1 'a suite with a time is in the timeline'
is "$(count 'details.suite')" 2 'all suites are shown'
is "$(count 'details.suite[open]')" 1 'a bad suite is open, a good one is folded'
is "$(count 'details.suite' 'document.getElementById("only-bad").click(),')" 1 'only failures: the good suite is hidden'
is "$(count 'tr' 'document.getElementById("only-bad").click(),')" 1 'and the tests that passed'
is "$(seen 'document.documentElement.scrollWidth <= window.innerWidth')" true 'nothing is wider than the window'
grep -q "default-src 'none'" page.html
result $? 'the page may not load or run anything'
is "$(grep -cE '(src|href)="[^#]' page.html)" 0 'and names no other file'
run seedbed tap --format html - < <(echo 1..0)
is "$status" 0 'tap writes such a page too'

# Tests that know how long they took have bars of their own.
printf '1..2\nok 1 - a\n  ---\n  duration_ms: 1000\n  ...\nnot ok 2 - b\n  ---\n  duration_ms: 500\n  ...\n' |
  seedbed tap --name timed --format json >timed.json
sed -i 's|"verdict"|"host" : "f-m-1", "started" : "2026-01-31T12:00:00", "seconds" : 3, "verdict"|' timed.json
run seedbed report merge timed.json --html page.html
is "$(count .track)" 2 'steps and tests are two lines of the timeline'
is "$(count '.track:last-child .bar')" 2 'each test is in it'
width='document.querySelector("SELECTOR").getBoundingClientRect().width'
is "$(seen "Math.round(10 * ${width/SELECTOR/.bar.failed[title^=b]} \/ ${width/SELECTOR/.bar.passed[title^=a]})")" 5 'as long as it took'
done_testing
