import { createHash } from 'node:crypto'

/** The styles of all pages: readable from 360 px on, in light and dark, by keyboard and in print. */
export const stylesheet = `:root { color-scheme: light dark; --text: #1f2328; --muted: #59636e; --back: #fff; --line: #d0d7de; --soft: #f6f8fa;
  --link: #0550ae; --good: #116329; --note: #7d4e00; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --muted: #9da7b3; --back: #0d1117; --line: #30363d; --soft: #161b22;
  --link: #79b8ff; --good: #56d364; --note: #e3b341; } }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; color: var(--text); background: var(--back); overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
body > header, body > footer, main { max-width: 60rem; margin: 0 auto; padding: 0.75rem 1rem; }
body > header, body > footer { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: baseline; }
body > header { border-bottom: 1px solid var(--line); }
body > header .end { margin-inline-start: auto; }
body > footer { border-top: 1px solid var(--line); color: var(--muted); margin-top: 2rem; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
h1, h2, h3 { line-height: 1.25; }
h1 { font-size: 1.6rem; }
h2 { font-size: 1.25rem; }
h3 { font-size: 1rem; }
article, .list > li { border-top: 1px solid var(--line); padding: 0.75rem 0; }
.list { list-style: none; padding: 0; }
.list > li > p { margin: 0.25rem 0; }
img, video { max-width: 100%; height: auto; }
code, pre { font: 0.9em ui-monospace, monospace; }
pre { overflow-x: auto; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem; }
pre[dir] { white-space: pre-wrap; }
table { border-collapse: collapse; display: block; max-width: 100%; overflow-x: auto; }
th, td { border: 1px solid var(--line); padding: 0.25rem 0.6rem; text-align: start; }
blockquote { margin-inline: 0; padding-inline-start: 1rem; border-inline-start: 4px solid var(--line); color: var(--muted); }
small, .muted { color: var(--muted); }
.badge { display: inline-block; border: 1px solid currentcolor; border-radius: 1rem; padding: 0 0.6rem; font-size: 0.8rem; font-weight: 600;
  color: var(--note); vertical-align: middle; }
.badge.good { color: var(--good); }
form.find { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: end; margin: 1rem 0; }
label { display: block; font-weight: 600; }
input, select, button { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--muted); border-radius: 6px;
  padding: 0.4rem 0.7rem; max-width: 100%; }
button { background: var(--soft); font-weight: 600; cursor: pointer; }
progress { width: 10rem; max-width: 100%; vertical-align: middle; accent-color: var(--good); }
.sr-only { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media print { body > header, body > footer, form { display: none; } }
`

const digest = createHash('sha256').update(stylesheet).digest('hex').slice(0, 16)

/** The address changes with the content, so that browsers keep it for ever. It is below the root of the server. */
export const STYLESHEET = `-/assets/waybill-${digest}.css`
