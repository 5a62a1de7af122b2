/** What is added to Pico: a width for reading, lists, badges, tables that scroll, and print. */
export const additions = `
:root { --pico-font-size: 100%; --pico-spacing: 0.9rem; --pico-typography-spacing-vertical: 0.9rem; }
body { overflow-wrap: anywhere; }
body > header, body > main, body > footer { max-width: 66rem; padding-block: 0.75rem; }
body > header { border-bottom: 1px solid var(--pico-muted-border-color); }
body > footer { border-top: 1px solid var(--pico-muted-border-color); margin-top: 2rem; }
body > header nav, body > footer nav { flex-wrap: wrap; }
main > h1 { margin-top: 0.75rem; }
article { border: 1px solid var(--pico-muted-border-color); box-shadow: none; padding: 0.75rem 1rem; }
article ul { margin-bottom: 0.5rem; }
article h3 { margin-bottom: 0.25rem; }
li { margin-bottom: 0.1rem; }
h1 { font-size: 1.7rem; }
h2 { font-size: 1.3rem; }
h3 { font-size: 1.05rem; }
nav[aria-label="breadcrumb"] { flex-wrap: wrap; }
nav.tabs ul { flex-wrap: wrap; margin-inline: 0; }
nav.tabs li { padding: 0.25rem 0.9rem 0.25rem 0; }
nav.tabs a[aria-current] { font-weight: 700; text-decoration: underline; color: var(--pico-color); }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
.list { list-style: none; padding: 0; }
.list > li { list-style: none; border-top: 1px solid var(--pico-muted-border-color); padding-block: 0.75rem; margin: 0; }
.list > li > p { margin: 0.25rem 0; }
.list h2 { margin-bottom: 0.25rem; }
img, video { max-width: 100%; height: auto; }
a code { color: inherit; text-decoration: inherit; }
pre { padding: 0.75rem; }
pre[dir] { white-space: pre-wrap; }
table { overflow-wrap: break-word; }
table[dir] { display: block; overflow-x: auto; }
th, td { max-width: min(24rem, 75vw); }
:is(th, td) code { max-width: 100%; }
.wide { overflow-x: auto; position: relative; }
@media (max-width: 48rem) { .wide > table { width: max-content; min-width: 100%; } }
small, .muted { color: var(--pico-muted-color); }
.badge { display: inline-block; border: 1px solid currentcolor; border-radius: 1rem; padding: 0 0.6rem; font-size: 0.8rem; font-weight: 600;
  color: var(--pico-color); vertical-align: middle; }
.badge.good { color: var(--pico-ins-color); }
.problem { color: var(--pico-del-color); }
[role="alert"] { border-inline-start: 4px solid var(--pico-del-color); padding-inline-start: 0.75rem; }
form.find { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: end; }
form.find > *, form.find > div > * { width: auto; max-width: 100%; margin-bottom: 0; }
form.find { margin-block: 0.75rem 1rem; }
button.secondary { --pico-background-color: transparent; --pico-color: var(--pico-primary); padding: 0.4rem 0.9rem; }
form.inline { display: inline; }
button, [type="submit"] { width: auto; }
fieldset.row { display: flex; flex-wrap: wrap; gap: 0 1rem; }
fieldset.row > label, fieldset.row > div { flex: 1 1 12rem; }
.chart { display: block; width: 100%; max-width: 45rem; height: auto; }
.chart rect { fill: var(--pico-primary); }
.chart text { fill: var(--pico-color); font-size: 18px; text-anchor: middle; }
.avatar { width: 3rem; height: 3rem; border-radius: 50%; object-fit: cover; }
progress { width: 10rem; max-width: 100%; display: inline-block; margin: 0; vertical-align: middle; }
.sr-only { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media print { body > header, body > footer, form, nav { display: none; } }
`
